//! The result of reading a list once, and whether it is consistent.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Image;
use super::call::Page;
use crate::cloud::Error;

type Key = (Box<str>, Option<Box<str>>);

/// Consecutive pages of one range of the list.
pub(super) struct Segment {
    pub(super) start: u64,
    pub(super) pages: Vec<Page>,
    /// Whether an empty page came before the range was complete.
    pub(super) ended: bool,
    /// How the service refused the range, which lies behind all that it announced.
    pub(super) refused: Option<Error>,
}

/// One reading of a list.
#[derive(Debug)]
pub(super) struct Pass {
    /// Without duplicates.
    pub(super) images: Vec<Image>,
    /// The `TotalCount` of the first page.
    pub(super) announced: Option<u64>,
    /// The smallest and the largest `TotalCount` of a page with images.
    counts: Option<(u64, u64)>,
    /// Where each image was seen first.
    keys: HashMap<Key, usize>,
    pages: usize,
    /// The digests of the pages, and that of the first one.
    digests: HashSet<u64>,
    first: u64,
    /// Images that occur twice on one page: an error of the service.
    twins: u64,
    /// Images that also occur on another page: the list changed, or the service repeats itself.
    repeats: u64,
    /// Whether a page came again where another one should be, or the first page anywhere.
    stuck: bool,
    end: Option<End>,
    /// Whether images came after an empty page.
    hole: bool,
    /// Whether the first page was as long as requested.
    full: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Empty,
    Repeated,
}

/// Why a pass is inconsistent.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) text: String,
    pub(super) weight: Weight,
}

/// The severity of a [`Flaw`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Nothing is missing; only a number is wrong.
    Harmless,
    /// The list may have changed. Nothing is missing if a second pass is the same.
    Odd,
    /// Images are missing.
    Incomplete,
}

impl Pass {
    /// A pass that begins with `first`, for which `asked` images were requested.
    pub(super) fn new(first: Page, asked: u64) -> Self {
        let mut pass = Self {
            images: Vec::new(),
            announced: first.total,
            counts: None,
            keys: HashMap::new(),
            pages: 0,
            digests: HashSet::new(),
            first: digest(&first),
            twins: 0,
            repeats: 0,
            stuck: false,
            end: None,
            hole: false,
            full: first.images.len() as u64 >= asked,
        };
        pass.add(first);
        pass
    }

    /// Whether there are no further pages to request.
    pub(super) fn over(&self) -> bool {
        self.stuck || self.end.is_some()
    }

    /// Whether a range contains nothing but pages that came before.
    pub(super) fn repeats(&self, segment: &Segment) -> bool {
        !segment.pages.is_empty()
            && segment.pages.iter().all(|page| self.digests.contains(&digest(page)))
    }

    /// Whether a range contains nothing new.
    fn knows(&self, segment: &Segment) -> bool {
        let mut images = segment.pages.iter().flat_map(|page| &page.images).peekable();
        images.peek().is_some() && images.all(|image| self.keys.contains_key(&key(image)))
    }

    /// Adds the next range in the order of the list.
    pub(super) fn take(&mut self, segment: Segment) {
        let due = self.announced.is_some_and(|announced| segment.start < announced);
        let is_first = |page: &Page| digest(page) == self.first;
        let copied = self.repeats(&segment) && (due || segment.pages.iter().any(is_first));
        self.stuck |= copied;
        // Single duplicates may well fill the last page: they count, and the list goes on.
        if copied || (self.knows(&segment) && !due && !segment.ended) {
            if !due {
                self.end.get_or_insert(End::Repeated);
            }
            return;
        }
        self.hole |= self.end == Some(End::Empty) && !segment.pages.is_empty();
        segment.pages.into_iter().for_each(|page| self.add(page));
        if segment.ended {
            self.end.get_or_insert(End::Empty);
        }
    }

    fn add(&mut self, page: Page) {
        if let Some(total) = page.total.filter(|_| !page.images.is_empty()) {
            let (least, most) = self.counts.unwrap_or((total, total));
            self.counts = Some((least.min(total), most.max(total)));
        }
        self.pages += 1;
        self.digests.insert(digest(&page));
        for image in page.images {
            match self.keys.entry(key(&image)) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(self.pages);
                    self.images.push(image);
                }
                std::collections::hash_map::Entry::Occupied(entry) => {
                    let twin = *entry.get() == self.pages;
                    *(if twin { &mut self.twins } else { &mut self.repeats }) += 1;
                }
            }
        }
    }

    fn received(&self) -> u64 {
        self.images.len() as u64 + self.twins
    }

    /// Whether there are as many images as any page announced.
    pub(super) fn has_what_was_announced(&self) -> bool {
        self.counts.is_none_or(|(_, most)| self.received() >= most)
    }

    /// Whether fewer images came than were announced, even if those that came again count.
    pub(super) fn lacks_images(&self) -> bool {
        self.counts.is_some_and(|(_, most)| self.received() + self.repeats < most)
    }

    /// The same for two passes that gave the same images and counts.
    pub(super) fn fingerprint(&self) -> u64 {
        let hash = |value: &dyn Fn(&mut DefaultHasher)| {
            let mut hasher = DefaultHasher::new();
            value(&mut hasher);
            hasher.finish()
        };
        let images = self
            .keys
            .keys()
            .fold(0, |all: u64, key| all.wrapping_add(hash(&|hasher| key.hash(hasher))));
        hash(&|hasher| (images, self.images.len(), self.counts, self.announced).hash(hasher))
    }

    /// The inconsistencies, the worst first.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        let received = self.received();
        let announced = self.announced.unwrap_or(received);
        let flaw = |weight, text| Some(Flaw { text, weight });
        if self.images.is_empty() && announced > 0 {
            let text = format!("the service announces {announced} images and sends none");
            return flaw(Weight::Incomplete, text);
        }
        if self.stuck && received < announced {
            let text = format!(
                "the service sends images again instead of going on: {received} of {announced} \
                 came"
            );
            return flaw(Weight::Incomplete, text);
        }
        if self.hole {
            let text = format!(
                "the service sends an empty page before the last: {received} of {announced} \
                 images came"
            );
            return flaw(Weight::Incomplete, text);
        }
        if self.announced.is_none() && self.end == Some(End::Repeated) {
            let text = format!(
                "the service does not say how many images there are and repeats the {received} \
                 it has sent"
            );
            // Whether a single page is the whole list, or as much as the service ever sends, nothing
            // shows.
            let is_open = self.full || self.pages == 1;
            return flaw(if is_open { Weight::Incomplete } else { Weight::Harmless }, text);
        }
        if let Some((least, most)) = self.counts.filter(|(least, most)| least < most) {
            let text = format!(
                "the list changed while it was read: between {least} and {most} images were \
                 announced, {received} came"
            );
            return flaw(Weight::Odd, text);
        }
        if self.repeats > 0 {
            let images =
                if self.repeats == 1 { "1 image" } else { &format!("{} images", self.repeats) };
            let text = format!("the service sends {images} more than once, on different pages");
            return flaw(Weight::Odd, text);
        }
        let text = format!("the service announces {announced} images, but its list has {received}");
        match received.cmp(&announced) {
            std::cmp::Ordering::Less => flaw(Weight::Odd, text),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => flaw(Weight::Harmless, text),
        }
    }
}

impl Flaw {
    /// The flaw of an endless list.
    pub(super) fn endless(received: usize) -> Self {
        let text = format!("after {received} images the service still sends more");
        Self { text, weight: Weight::Incomplete }
    }
}

/// The same for pages with the same images in the same order.
fn digest(page: &Page) -> u64 {
    let mut hasher = DefaultHasher::new();
    page.images.iter().for_each(|image| image.key().hash(&mut hasher));
    hasher.finish()
}

fn key(image: &Image) -> Key {
    let (id, zone) = image.key();
    (id.into(), zone.map(Box::from))
}
