//! An image as the service lists it, read leniently: fields and values are added over time.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::secret::excerpt;

/// The capability of an image for virtual machines of generation 2.
const GENERATION_2: &str = "Generation2VMImage";

/// The parts of a SKU, or of the id of an agent, that name ARM: `server-arm64`, `9-arm-gen2`.
const ARM64: [&str; 3] = ["arm64", "arm", "aarch64"];

/// How many parts the name of a Marketplace image has: publisher, offer, SKU.
const NAMES: usize = 3;

/// The version of an image for which the service names none.
const LATEST: &str = "latest";

/// An image that pools may use, with the agent they need for it.
///
/// The order of the fields makes the derived order start as the service sorts its list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    /// The publisher, such as `canonical`. Empty for an image known by an id only.
    pub publisher: String,
    /// The offer, such as `ubuntu-hpc`. Empty for an image known by an id only.
    pub offer: String,
    /// The SKU, such as `2204`. Empty for an image known by an id only.
    pub sku: String,
    /// The agent that runs on it, such as `batch.node.ubuntu 22.04`.
    pub node_agent_sku_id: String,
    /// The id of an image in the user's own gallery.
    pub virtual_machine_image_id: Option<String>,
    /// The id of an image in a community gallery.
    pub community_gallery_image_id: Option<String>,
    /// The id of an image in a shared gallery.
    pub shared_gallery_image_id: Option<String>,
    /// The version to use: `latest` unless the service names one.
    pub version: String,
    /// The version that `latest` refers to, if the service reports it.
    pub exact_version: Option<String>,
    /// `linux` or `windows`.
    pub os_type: String,
    /// `verified` or `unverified`.
    pub verification_type: String,
    /// Capabilities such as `DockerCompatible`.
    pub capabilities: Vec<String>,
    /// The end of support by Batch. `None` if no end is planned.
    pub end_of_life: Option<EndOfLife>,
}

/// The end of an image's support.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndOfLife {
    /// The time in UTC, if the text is valid.
    pub at: Option<OffsetDateTime>,
    /// What the service sent.
    pub text: String,
}

impl Image {
    /// `publisher:offer:sku:version`, or the id of an image that has only that.
    #[must_use]
    pub fn urn(&self) -> String {
        let id = [
            &self.virtual_machine_image_id,
            &self.community_gallery_image_id,
            &self.shared_gallery_image_id,
        ];
        match id.into_iter().flatten().next() {
            Some(id) if !self.missing_names().is_empty() => id.clone(),
            _ => format!("{}:{}:{}:{}", self.publisher, self.offer, self.sku, self.version),
        }
    }

    /// The parts of the name that a Marketplace image has and this one has not.
    fn missing_names(&self) -> Vec<&'static str> {
        let names = [("publisher", &self.publisher), ("offer", &self.offer), ("sku", &self.sku)];
        names.into_iter().filter(|(_, name)| name.is_empty()).map(|(part, _)| part).collect()
    }

    fn is_in_a_gallery(&self) -> bool {
        self.virtual_machine_image_id.is_some()
            || self.community_gallery_image_id.is_some()
            || self.shared_gallery_image_id.is_some()
    }

    /// Whether the service has verified that it works with its agent.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verification_type.eq_ignore_ascii_case("verified")
    }

    /// The processor architecture, `x64` or `arm64`, which only the SKU and the agent tell.
    #[must_use]
    pub fn architecture(&self) -> &'static str {
        let names = [&self.sku, &self.node_agent_sku_id].into_iter();
        let mut parts = names.flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()));
        let is_arm64 = parts.any(|part| ARM64.iter().any(|arm| part.eq_ignore_ascii_case(arm)));
        if is_arm64 { "arm64" } else { "x64" }
    }

    /// Whether it is for virtual machines of generation 2.
    #[must_use]
    pub fn is_generation_2(&self) -> bool {
        self.has(GENERATION_2)
    }

    /// Whether it has a capability, in any case.
    #[must_use]
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|own| own.eq_ignore_ascii_case(capability))
    }
}

/// The image that `element` describes, and warnings about it.
pub(super) fn read(element: &Value) -> (Option<Image>, Option<String>) {
    let reference = element.get("imageReference").unwrap_or(&Value::Null);
    let image = Image {
        publisher: text(reference, "publisher").unwrap_or_default(),
        offer: text(reference, "offer").unwrap_or_default(),
        sku: text(reference, "sku").unwrap_or_default(),
        node_agent_sku_id: text(element, "nodeAgentSKUId").unwrap_or_default(),
        virtual_machine_image_id: text(reference, "virtualMachineImageId"),
        community_gallery_image_id: text(reference, "communityGalleryImageId"),
        shared_gallery_image_id: text(reference, "sharedGalleryImageId"),
        version: text(reference, "version").unwrap_or_else(|| LATEST.to_owned()),
        exact_version: text(reference, "exactVersion"),
        os_type: text(element, "osType").unwrap_or_default(),
        verification_type: text(element, "verificationType").unwrap_or_default(),
        capabilities: capabilities(element),
        end_of_life: EndOfLife::read(element.get("batchSupportEndOfLife")),
    };
    // A pool needs all parts of the name, or the id of an image in a gallery.
    let mut missing = if image.is_in_a_gallery() { Vec::new() } else { image.missing_names() };
    if missing.len() == NAMES {
        missing = vec!["image reference"];
    }
    if image.node_agent_sku_id.is_empty() {
        missing.push("node agent");
    }
    if !missing.is_empty() {
        let (missing, shown) = (missing.join(", "), excerpt(&element.to_string(), 200));
        return (None, Some(format!("an image without {missing} was left out: {shown}")));
    }
    let warning = match &image.end_of_life {
        Some(EndOfLife { at: None, text }) => Some(format!(
            "the end of life of {} ({}) is not a valid date: {text:?}",
            image.urn(),
            image.node_agent_sku_id
        )),
        _ => None,
    };
    (Some(image), warning)
}

/// A text, or a number as its text: a SKU such as `2204` may be sent as either.
fn text(object: &Value, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn capabilities(element: &Value) -> Vec<String> {
    let list = element.get("capabilities").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl EndOfLife {
    /// Reads it. Only null and an empty text mean that there is none: an image whose end of life
    /// cannot be read must not pass for one that is supported for ever.
    fn read(value: Option<&Value>) -> Option<Self> {
        let text = match value? {
            Value::Null => return None,
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.clone(),
            other => return Some(Self { at: None, text: other.to_string() }),
        };
        // A time without an offset is UTC, as all of the service's times are.
        let time = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        let read =
            [&*text, &format!("{text}Z"), &format!("{text}T00:00:00Z")].into_iter().find_map(time);
        let at = read.and_then(|at| at.checked_to_offset(time::UtcOffset::UTC));
        Some(Self { at, text })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn element() -> Value {
        json!({
            "nodeAgentSKUId": "batch.node.shepherd 9",
            "imageReference": {"publisher": "meadow", "offer": "flock", "sku": "9"},
            "verificationType": "verified",
            "osType": "linux",
        })
    }

    fn end_of_life(text: &str) -> Option<OffsetDateTime> {
        EndOfLife::read(Some(&text.into())).unwrap().at
    }

    #[test]
    fn what_the_service_leaves_out_has_its_usual_meaning() {
        let (image, warning) = read(&element());
        let image = image.unwrap();
        assert_eq!(image.urn(), "meadow:flock:9:latest");
        assert!(image.capabilities.is_empty() && image.end_of_life.is_none() && warning.is_none());
    }

    #[test]
    fn new_fields_and_words_are_no_obstacle() {
        let mut element = element();
        element["osType"] = json!("plan9");
        element["verificationType"] = json!("adored");
        element["capabilities"] = json!(["Flies", 7, null]);
        element["securityProfile"] = json!({"deep": [1]});
        element["imageReference"]["exactVersion"] = json!("9.1.2");
        element["imageReference"]["version"] = json!(null);
        let image = read(&element).0.unwrap();
        assert_eq!((image.os_type.as_str(), image.is_verified()), ("plan9", false));
        assert!(image.has("FLIES") && !image.has("Swims"));
        assert_eq!(
            (image.version.as_str(), image.exact_version.as_deref()),
            ("latest", Some("9.1.2"))
        );
    }

    #[test]
    fn the_architecture_is_a_part_of_the_sku() {
        for (sku, architecture) in [
            ("server-arm64", "arm64"),
            ("12-ARM64", "arm64"),
            ("9-arm-gen2", "arm64"),
            ("24_04_arm64", "arm64"),
            ("base.aarch64", "arm64"),
            ("server", "x64"),
            ("server-amd64", "x64"),
            ("swarm-charm64", "x64"),
        ] {
            let mut element = element();
            element["imageReference"]["sku"] = json!(sku);
            assert_eq!(read(&element).0.unwrap().architecture(), architecture, "{sku}");
        }
    }

    #[test]
    fn an_image_known_by_its_id_alone_passes() {
        let mut element = element();
        element["imageReference"] =
            json!({"communityGalleryImageId": "/communityGalleries/g/images/i"});
        let (image, warning) = read(&element);
        assert_eq!(image.unwrap().urn(), "/communityGalleries/g/images/i");
        assert_eq!(warning, None);
    }

    #[test]
    fn what_is_no_image_is_left_out_with_a_warning() {
        let without_agent = json!({"imageReference": {"publisher": "meadow"}});
        for odd in
            [json!(null), json!(7), json!({}), json!({"imageReference": null}), without_agent]
        {
            let (image, warning) = read(&odd);
            assert_eq!(image, None);
            assert!(warning.unwrap().contains("left out"));
        }
    }

    #[test]
    fn the_end_of_life_is_read_in_all_its_spellings() {
        let expected = Some(datetime!(2024-06-30 00:00 UTC));
        for text in [
            "2024-06-30T00:00:00Z",
            "2024-06-30T00:00:00.0Z",
            "2024-06-30T00:00:00.0000000Z",
            "2024-06-30T00:00:00.000000000000Z",
            "2024-06-30T02:00:00+02:00",
            "2024-06-29T19:00:00.000-05:00",
            "2024-06-30T00:00:00",
            "2024-06-30",
        ] {
            assert_eq!(end_of_life(text), expected, "{text}");
        }
        assert_eq!(
            end_of_life("2024-06-30T00:00:00.1234567Z"),
            Some(datetime!(2024-06-30 00:00:00.1234567 UTC))
        );
    }

    #[test]
    fn an_end_of_life_that_is_no_date_is_kept_and_warned_about() {
        for text in ["soon", "2024-13-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "30.06.2024"] {
            let mut element = element();
            element["batchSupportEndOfLife"] = json!(text);
            let (image, warning) = read(&element);
            let end = image.unwrap().end_of_life.unwrap();
            assert_eq!((end.at, end.text.as_str()), (None, text));
            let warning = warning.unwrap();
            assert!(warning.contains("meadow:flock:9:latest") && warning.contains(text));
        }
    }

    /// Read as missing, it would mean that the image is supported for ever.
    #[test]
    fn an_end_of_life_of_another_type_is_kept_and_warned_about() {
        for (sent, kept) in [
            (json!(1_719_705_600), "1719705600"),
            (json!(false), "false"),
            (json!({"year": 2024}), r#"{"year":2024}"#),
            (json!(["2024-06-30"]), r#"["2024-06-30"]"#),
        ] {
            let mut element = element();
            element["batchSupportEndOfLife"] = sent;
            let (image, warning) = read(&element);
            let end = image.unwrap().end_of_life.unwrap();
            assert_eq!((end.at, end.text.as_str()), (None, kept));
            assert!(warning.unwrap().contains("meadow:flock:9:latest"));
        }
        for nothing in [json!(null), json!(""), json!(" ")] {
            let mut element = element();
            element["batchSupportEndOfLife"] = nothing;
            let (image, warning) = read(&element);
            assert_eq!((image.unwrap().end_of_life, warning), (None, None));
        }
    }

    #[test]
    fn an_image_that_lacks_a_part_of_its_name_is_left_out_with_a_warning() {
        for part in ["publisher", "offer", "sku"] {
            for value in [json!(null), json!(""), json!(["9"])] {
                let mut element = element();
                element["imageReference"][part] = value;
                let (image, warning) = read(&element);
                assert_eq!(image, None, "{part}");
                let expected = format!("an image without {part} was left out");
                assert!(warning.unwrap().starts_with(&expected));
                element["imageReference"]["virtualMachineImageId"] = json!("/images/i");
                let (image, warning) = read(&element);
                assert_eq!((image.unwrap().urn().as_str(), warning), ("/images/i", None));
            }
        }
        let mut element = element();
        element["imageReference"] = json!({"sku": "9"});
        element["nodeAgentSKUId"] = json!(null);
        let warning = read(&element).1.unwrap();
        assert!(warning.starts_with("an image without publisher, offer, node agent"), "{warning}");
    }

    #[test]
    fn a_number_in_a_name_is_read_as_its_text() {
        let mut element = element();
        element["imageReference"]["sku"] = json!(2204);
        element["imageReference"]["version"] = json!(1.5);
        let (image, warning) = read(&element);
        assert_eq!((image.unwrap().urn().as_str(), warning), ("meadow:flock:2204:1.5", None));
    }

    #[test]
    fn the_architecture_may_be_a_part_of_the_agent_only() {
        for (agent, architecture) in [
            ("batch.node.ubuntu 24.04-arm64", "arm64"),
            ("batch.node.el 9-AARCH64", "arm64"),
            ("batch.node.windows amd64", "x64"),
            ("batch.node.alarm 9", "x64"),
        ] {
            let mut element = element();
            element["nodeAgentSKUId"] = json!(agent);
            assert_eq!(read(&element).0.unwrap().architecture(), architecture, "{agent}");
        }
    }
}
