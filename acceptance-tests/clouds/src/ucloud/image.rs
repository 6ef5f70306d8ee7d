//! One image of a catalogue, as the service would describe it.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::quirks::{ItemQuirks, SizeShape};

/// An image. Every field can be replaced, left out, or invented.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    fields: Map<String, Value>,
    prices: Value,
    project: Option<String>,
    /// What answers hold instead of the fields.
    text: Option<String>,
}

impl Image {
    /// An available custom Linux image of 20 GB in `cn-bj2-04`, named like its id.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self::bare(id)
            .with("Zone", "cn-bj2-04")
            .with("ImageName", id)
            .with("ImageType", "Custom")
            .with("OsType", "Linux")
            .with("OsName", "CentOS 7.9 64位")
            .with("State", "Available")
            .with("CreateTime", 1_700_000_000)
            .with("ImageSize", 20)
            .with("Tag", "Default")
    }

    /// An image of which nothing but the id is known.
    #[must_use]
    pub fn bare(id: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("ImageId".to_owned(), id.into());
        Self { fields, prices: json!([]), project: None, text: None }
    }

    /// Sets a field by its name in the API. Any JSON value will do, also of a wrong type.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, field: &str) -> Self {
        self.fields.remove(field);
        self
    }

    /// Adds a price, which is shown only to requests that ask for prices.
    #[must_use]
    pub fn with_price(mut self, charge_type: &str, price: f64, original: f64) -> Self {
        if let Value::Array(prices) = &mut self.prices {
            prices.push(
                json!({"ChargeType": charge_type, "Price": price, "OriginalPrice": original}),
            );
        }
        self
    }

    /// Makes the image visible in one project only.
    #[must_use]
    pub fn in_project(mut self, project: &str) -> Self {
        self.project = Some(project.to_owned());
        self
    }

    /// Writes the image as this text in every answer, whatever it is. The fields still decide which
    /// requests it matches.
    #[must_use]
    pub fn written_as(mut self, text: &str) -> Self {
        self.text = Some(text.to_owned());
        self
    }

    /// The id; empty if the field was left out or is not a string.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("ImageId").unwrap_or_default()
    }

    /// A field by its name in the API.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
    }

    /// A field that holds a string.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str)
    }
}

/// An image with its JSON text, which is made once and copied into every answer.
#[derive(Debug)]
pub(super) struct Entry {
    image: Image,
    /// Without the closing brace, so that the prices can follow.
    text: String,
    prices: String,
}

/// Images in the order of a list. Shared, so that no answer copies more than pointers.
pub(super) type Entries = Arc<[Arc<Entry>]>;

/// The images of one region.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) entries: Entries,
    /// The latest selection with its conditions. The pages of one list differ in nothing but
    /// their place, and looking at each image again for each page would show in measurements.
    selected: Mutex<Option<(String, Entries)>>,
}

impl Listing {
    /// Prepares images for serving.
    pub(super) fn new(images: impl IntoIterator<Item = Image>) -> Self {
        Self::of(images.into_iter().map(|image| Arc::new(Entry::new(image))).collect())
    }

    pub(super) fn of(entries: Vec<Arc<Entry>>) -> Self {
        Self { entries: entries.into(), selected: Mutex::new(None) }
    }

    /// The images that `admits` lets pass; `conditions` tells different tests apart.
    pub(super) fn select(&self, conditions: String, admits: impl Fn(&Entry) -> bool) -> Entries {
        let mut selected = self.selected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, entries)) = selected.as_ref()
            && *known == conditions
        {
            return Arc::clone(entries);
        }
        let entries: Entries = self.entries.iter().filter(|entry| admits(entry)).cloned().collect();
        *selected = Some((conditions, Arc::clone(&entries)));
        entries
    }
}

impl Entry {
    pub(super) fn new(image: Image) -> Self {
        let text = open_text(&image.fields);
        let prices = image.prices.to_string();
        Self { image, text, prices }
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.image.text(name)
    }

    pub(super) fn project(&self) -> Option<&str> {
        self.image.project.as_deref()
    }

    /// Appends the item to an answer.
    pub(super) fn write(&self, prices: bool, quirks: &ItemQuirks, out: &mut String) {
        if let Some(text) = &self.image.text {
            out.push_str(text);
            return;
        }
        if quirks.is_none() {
            out.push_str(&self.text);
        } else {
            out.push_str(&self.distorted(quirks));
        }
        if prices {
            if !out.ends_with('{') {
                out.push(',');
            }
            out.push_str("\"PriceSet\":");
            out.push_str(&self.prices);
        }
        out.push('}');
    }

    fn distorted(&self, quirks: &ItemQuirks) -> String {
        let mut fields = self.image.fields.clone();
        if quirks.create_time_as_text
            && let Some(time) = fields.get_mut("CreateTime")
        {
            *time = Value::String(time.to_string());
        }
        match quirks.image_size {
            SizeShape::Integer => {}
            SizeShape::Fraction => {
                fields.insert("ImageSize".to_owned(), json!(20.5));
            }
            SizeShape::Null => {
                fields.insert("ImageSize".to_owned(), Value::Null);
            }
        }
        open_text(&fields)
    }
}

fn open_text(fields: &Map<String, Value>) -> String {
    let mut text = serde_json::to_string(fields).unwrap_or_else(|_| "{}".to_owned());
    text.pop();
    text
}
