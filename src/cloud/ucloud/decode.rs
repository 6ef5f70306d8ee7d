//! Reading a response leniently and directly into its compact form.
//!
//! The service has sent numbers as text, left fields out and filled them with null. None of that
//! should fail a read, so a value of a wrong type counts as missing. What is still left of an image
//! that cannot be decoded names it in a warning. No generic JSON tree is built on the way.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

/// A scalar of any type; lists and objects count as missing.
enum Scalar {
    Text(Box<str>),
    Whole(i64),
    Number(f64),
    Bool(bool),
    Nothing,
}

impl Scalar {
    fn number(self) -> Option<f64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            #[expect(clippy::cast_precision_loss, reason = "prices and sizes are small")]
            Self::Whole(whole) => Some(whole as f64),
            Self::Number(number) => Some(number),
            Self::Bool(_) | Self::Nothing => None,
        }
        .filter(|number| number.is_finite())
    }

    fn whole(self) -> Option<i64> {
        match self {
            Self::Whole(whole) => Some(whole),
            Self::Text(text) if text.trim().parse::<i64>().is_ok() => text.trim().parse().ok(),
            // Saturates: no real time, count or code is that large.
            #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second is noise")]
            other => other.number().map(|number| number as i64),
        }
    }

    fn text(self) -> Option<Box<str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Whole(whole) => Some(whole.to_string().into()),
            Self::Number(number) => Some(number.to_string().into()),
            Self::Bool(bool) => Some(bool.to_string().into()),
            Self::Nothing => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(whole))
    }

    fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(i64::try_from(whole).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_bool<E: de::Error>(self, bool: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(bool))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }
}

pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<str>>, D::Error> {
    Scalar::deserialize(from).map(Scalar::text)
}

pub(super) fn id<'de, D: Deserializer<'de>>(from: D) -> Result<Box<str>, D::Error> {
    text(from).map(Option::unwrap_or_default)
}

pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Scalar::deserialize(from).map(Scalar::whole)
}

pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    Scalar::deserialize(from).map(Scalar::number)
}

pub(super) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Box<[Box<str>]>, D::Error> {
    let list = from.deserialize_any(ListVisitor::<Scalar>(PhantomData))?;
    Ok(list.unwrap_or_default().into_iter().filter_map(Scalar::text).collect())
}

/// A list of objects. Null, or anything that is not a list, is an empty one; an element that cannot
/// be decoded is left out.
pub(super) fn list<'de, T, D>(from: D) -> Result<Box<[T]>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let elements = elements(from)?.unwrap_or_default();
    Ok(elements.into_iter().filter_map(|element| object(element).ok()).collect())
}

/// The elements of a list as they are written, so that each of them can be decoded by itself. Null
/// is an empty list; anything else that is not a list is none.
pub(super) fn elements<'de, D>(from: D) -> Result<Option<Vec<&'de RawValue>>, D::Error>
where
    D: Deserializer<'de>,
{
    from.deserialize_any(ListVisitor(PhantomData))
}

/// Decodes an object, or says why that fails.
pub(super) fn object<'de, T: Deserialize<'de>>(element: &'de RawValue) -> Result<T, String> {
    // The parser takes a list for an object with its fields in order.
    if !element.get().starts_with('{') {
        return Err("it is not an object".to_owned());
    }
    serde_json::from_str(element.get()).map_err(|error| error.to_string())
}

/// The texts of these fields of an object, as far as they can be decoded.
pub(super) fn fields<const N: usize>(
    element: &RawValue,
    names: [&str; N],
) -> [Option<Box<str>>; N] {
    let all: HashMap<Cow<'_, str>, &RawValue> =
        serde_json::from_str(element.get()).unwrap_or_default();
    names.map(|name| {
        let scalar: Scalar = serde_json::from_str(all.get(name)?.get()).ok()?;
        scalar.text()
    })
}

/// Reads a list; none if the value is of another type.
struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = list.next_element()? {
            all.push(element);
        }
        Ok(Some(all))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Some(Vec::new()))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Image;
    use super::super::envelope::Envelope;

    fn image(json: &str) -> Image {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_field_of_an_image_is_read() {
        let read = image(
            r#"{"Zone": "cn-bj2-04", "ImageId": "uimage-a1", "ImageName": " Ubuntu 64位",
                "Tag": "Default", "OsType": "Linux", "OsName": "Ubuntu 22.04 64位",
                "ImageType": "Business", "Features": ["CloudInit", "NetEnhnced"],
                "FuncType": "gpu", "IntegratedSoftware": "driver", "Vendor": "Maker",
                "Links": "https://example.com", "State": "Available",
                "ImageDescription": "ends with a space ", "CreateTime": 1503554550,
                "ImageSize": 40, "MinimalCPU": "Broadwell", "MaintainEol": "2027/04/30",
                "DataSnapshotIds": ["snap-1"], "SupportedGPUTypes": ["T4"],
                "SceneCategories": ["HPC"], "PrimarySoftware": "toolkit", "Extra": {"a": [1]},
                "PriceSet": [{"ChargeType": "Month", "Price": 1.5, "OriginalPrice": "3"}]}"#,
        );
        let some = |text: &str| Some(Box::from(text));
        let list = |text: &str| Box::from([Box::from(text)]);
        let expected = Image {
            id: "uimage-a1".into(),
            name: some(" Ubuntu 64位"),
            description: some("ends with a space "),
            zone: some("cn-bj2-04"),
            os_type: some("Linux"),
            os_name: some("Ubuntu 22.04 64位"),
            image_type: some("Business"),
            func_type: some("gpu"),
            features: Box::from([Box::from("CloudInit"), Box::from("NetEnhnced")]),
            integrated_software: some("driver"),
            vendor: some("Maker"),
            links: some("https://example.com"),
            state: some("Available"),
            create_time: Some(1_503_554_550),
            image_size: Some(40.0),
            minimal_cpu: some("Broadwell"),
            maintain_eol: some("2027/04/30"),
            data_snapshot_ids: list("snap-1"),
            supported_gpu_types: list("T4"),
            scene_categories: list("HPC"),
            primary_software: some("toolkit"),
            tag: some("Default"),
            prices: Box::from([super::super::Price {
                charge_type: some("Month"),
                price: Some(1.5),
                original_price: Some(3.0),
            }]),
            undecodable: None,
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn numbers_are_read_from_text_and_with_a_fraction() {
        let read = image(r#"{"CreateTime": "1503554550", "ImageSize": 20.5}"#);
        assert_eq!((read.create_time, read.image_size), (Some(1_503_554_550), Some(20.5)));
        let read = image(r#"{"CreateTime": 1503554550.0, "ImageSize": "40"}"#);
        assert_eq!((read.create_time, read.image_size), (Some(1_503_554_550), Some(40.0)));
    }

    #[test]
    fn null_missing_and_empty_fields_do_no_harm() {
        assert_eq!(image("{}"), Image::default());
        let read = image(
            r#"{"ImageId": null, "Features": null, "PriceSet": null, "CreateTime": null,
                "ImageSize": "", "SceneCategories": "", "Tag": "", "Vendor": null,
                "DataSnapshotIds": [null, "snap-1"], "Links": ["odd"]}"#,
        );
        assert_eq!(read.tag.as_deref(), Some(""));
        assert_eq!(*read.data_snapshot_ids, [Box::from("snap-1")]);
        let rest = Image { tag: None, data_snapshot_ids: Box::default(), ..read };
        assert_eq!(rest, Image::default());
    }

    #[test]
    fn a_return_code_is_read_from_text_and_an_image_set_may_be_missing() {
        for (json, code) in [
            (r#"{"RetCode": "171", "Message": "no"}"#, Some(171)),
            (r#"{"RetCode": 0, "ImageSet": null, "TotalCount": "0"}"#, Some(0)),
            (r#"{"Message": "x"}"#, None),
        ] {
            let read: Envelope = serde_json::from_str(json).unwrap();
            let images = read.image_set.map(|images| images.len());
            assert_eq!((read.ret_code, images), (code, Some(0)), "{json}");
        }
    }
}
