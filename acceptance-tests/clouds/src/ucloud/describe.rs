//! The action `DescribeImage`: filters, pages, and the text of the answer.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::gateway::Refusal;
use super::image::{Entry, Listing};
use super::quirks::{ImageSetShape, Order, Quirks, TotalCount, shuffle};
use super::wire::Parameters;

const DEFAULT_LIMIT: usize = 20;
const MOST_IMAGE_IDS: usize = 100;

/// The page-size rules in force.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PageRules {
    /// A bigger `Limit` is silently reduced to this.
    pub(super) cap: Option<usize>,
    /// A bigger `Limit` is refused.
    pub(super) refuse_above: Option<usize>,
}

/// The conditions of a request.
#[derive(Debug)]
struct Filter<'a> {
    /// Field and required value.
    equal: Vec<(&'static str, &'a str)>,
    ids: Option<BTreeSet<&'a str>>,
    tag: Option<&'a str>,
    project: Option<&'a str>,
}

/// Answers a request that passed the gateway; `number` is its place in the request log.
pub(super) fn answer(
    parameters: &Parameters,
    project: Option<&str>,
    listing: &Listing,
    rules: PageRules,
    quirks: &Quirks,
    number: usize,
) -> Result<String, Refusal> {
    let filter = Filter::read(parameters, project, quirks)?;
    let prices = match parameters.get("PriceSet") {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(Refusal::parameter("PriceSet")),
    };
    let mut offset = count(parameters, "Offset")?.unwrap_or_default();
    let mut limit = count(parameters, "Limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || rules.refuse_above.is_some_and(|most| limit > most) {
        return Err(Refusal::parameter("Limit"));
    }
    limit = limit.min(rules.cap.unwrap_or(usize::MAX));
    if quirks.ignore_offset {
        offset = 0;
    } else if quirks.repeat_page_at == Some(offset) {
        offset = offset.saturating_sub(limit);
    }

    let mut matching = listing.select(format!("{filter:?}"), |entry| filter.admits(entry));
    match quirks.order {
        Order::AsGiven => {}
        Order::Shuffled(seed) => shuffle(Arc::make_mut(&mut matching), seed),
        Order::Unstable(seed) => {
            let salt = u64::try_from(number).unwrap_or_default();
            shuffle(Arc::make_mut(&mut matching), seed.wrapping_add(salt));
        }
    }
    let page = matching.iter().skip(offset).take(limit);

    let mut out = String::with_capacity(512 * page.len().min(limit) + 128);
    out.push_str("{\"Action\":\"DescribeImageResponse\",");
    match quirks.image_set {
        ImageSetShape::Array => {
            out.push_str("\"ImageSet\":[");
            for (index, entry) in page.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                entry.write(prices, &quirks.items, &mut out);
            }
            out.push_str("],");
        }
        ImageSetShape::Null => out.push_str("\"ImageSet\":null,"),
        ImageSetShape::Absent => {}
    }
    out.push_str(if quirks.ret_code_as_text { "\"RetCode\":\"0\"" } else { "\"RetCode\":0" });
    let total = match quirks.total_count {
        TotalCount::Exact => i64::try_from(matching.len()).ok(),
        TotalCount::Fixed(number) => Some(number),
        TotalCount::Missing => None,
    };
    if let Some(total) = total {
        let _ = write!(out, ",\"TotalCount\":{total}");
    }
    out.push('}');
    Ok(out)
}

/// A number that is not negative, if the parameter is there.
fn count(parameters: &Parameters, name: &str) -> Result<Option<usize>, Refusal> {
    parameters
        .get(name)
        .map(|text| {
            // `parse` alone would let a plus sign pass.
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().ok_or_else(|| Refusal::parameter(name))
        })
        .transpose()
}

/// The offset a request asks for, as far as it can be read at all.
pub(super) fn offset(parameters: &Parameters) -> usize {
    count(parameters, "Offset").ok().flatten().unwrap_or_default()
}

impl<'a> Filter<'a> {
    fn read(
        parameters: &'a Parameters,
        project: Option<&'a str>,
        quirks: &Quirks,
    ) -> Result<Self, Refusal> {
        let mut equal = Vec::new();
        for (name, allowed) in
            [("ImageType", &["Base", "Business", "Custom"][..]), ("OsType", &["Linux", "Windows"])]
        {
            if let Some(value) = parameters.get(name) {
                if !allowed.contains(&value) {
                    return Err(Refusal::parameter(name));
                }
                equal.push((name, value));
            }
        }
        for name in ["Zone", "ImageId"] {
            if let Some(value) = parameters.get(name) {
                equal.push((name, value));
            }
        }
        // An unknown value is documented to have no effect, unlike those of the other two.
        if let Some(value @ ("gpu" | "app" | "uhost")) = parameters.get("FuncType")
            && !quirks.ignore_func_type
        {
            equal.push(("FuncType", value));
        }
        let ids = image_ids(parameters)?.filter(|_| !quirks.ignore_image_ids);
        Ok(Self { equal, ids, tag: parameters.get("Tag"), project })
    }

    fn admits(&self, entry: &Entry) -> bool {
        self.equal.iter().all(|(name, value)| entry.field(name) == Some(value))
            && self
                .ids
                .as_ref()
                .is_none_or(|ids| entry.field("ImageId").is_some_and(|id| ids.contains(id)))
            && self.tag.is_none_or(|tag| entry.field("Tag").unwrap_or("Default") == tag)
            && (entry.project().is_none() || entry.project() == self.project)
    }
}

/// `ImageIds.0` to `ImageIds.99`, without gaps.
fn image_ids(parameters: &Parameters) -> Result<Option<BTreeSet<&str>>, Refusal> {
    let refused = || Refusal::parameter("ImageIds");
    let given: Vec<_> = parameters
        .by_name
        .iter()
        .filter_map(|(name, id)| name.strip_prefix("ImageIds.").map(|index| (index, id)))
        .collect();
    if given.is_empty() {
        return Ok(None);
    }
    if given.len() > MOST_IMAGE_IDS || given.iter().any(|(_, id)| id.is_empty()) {
        return Err(refused());
    }
    // As many different names as ids, each below their number: no gap is left then.
    let expected: HashSet<String> = (0..given.len()).map(|index| index.to_string()).collect();
    if given.iter().any(|(index, _)| !expected.contains(*index)) {
        return Err(refused());
    }
    Ok(Some(given.into_iter().map(|(_, id)| id.as_str()).collect()))
}
