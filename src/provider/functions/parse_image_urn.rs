//! `provider::cloudimages::parse_image_urn`.

use crate::tfplugin::function::{Fault, Function};

model! {
    /// Parses the URN of an Azure Marketplace image, as used by `az` and other tools, and returns
    /// its parts. The URN has the form `publisher:offer:sku:version` or `publisher:offer:sku`, in
    /// which case the version is `latest`.
    #[derive(Clone, Debug)]
    pub(crate) struct Parameters {
        /// URN of the image, such as `Canonical:ubuntu-24_04-lts:server:latest`.
        pub urn: String,
    }
}

model! {
    /// The parts of the URN.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Urn {
        /// Publisher of the image, such as `Canonical`.
        pub publisher: String,
        /// Marketplace offer of the image, such as `ubuntu-24_04-lts`.
        pub offer: String,
        /// Marketplace SKU (plan) of the image, such as `server`.
        pub sku: String,
        /// Version of the image, `latest` if the URN does not contain one.
        pub version: String,
    }
}

/// The function.
pub(crate) struct ParseImageUrn;

impl Function for ParseImageUrn {
    const NAME: &'static str = "parse_image_urn";
    const SUMMARY: &'static str = "Parses the URN of a Marketplace image";
    type Parameters = Parameters;
    type Returns = Urn;

    fn call(&self, Parameters { urn }: Parameters) -> Result<Urn, Fault> {
        let parts: Vec<&str> = urn.split(':').collect();
        let sound = parts.iter().all(|part| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '/')
        });
        let (publisher, offer, sku, version) = match parts.as_slice() {
            [publisher, offer, sku] if sound => (*publisher, *offer, *sku, "latest"),
            [publisher, offer, sku, version] if sound => (*publisher, *offer, *sku, *version),
            _ => {
                let shown: String = urn.chars().take(200).collect();
                let text = format!(
                    "{shown:?} is not the URN of an image. Use the form \
                     publisher:offer:sku:version or publisher:offer:sku, such as \
                     canonical:ubuntu-24_04-lts:server:latest."
                );
                return Err(Fault { text, argument: Some(0) });
            }
        };
        Ok(Urn {
            publisher: publisher.to_owned(),
            offer: offer.to_owned(),
            sku: sku.to_owned(),
            version: version.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(urn: &str) -> Result<Urn, Fault> {
        Function::call(&ParseImageUrn, Parameters { urn: urn.to_owned() })
    }

    #[test]
    fn a_version_that_is_left_out_is_latest() {
        for (urn, version) in
            [("Canonical:o:22_04-lts", "latest"), ("Canonical:o:22_04-lts:1.2", "1.2")]
        {
            let parts = parse(urn).unwrap();
            assert_eq!((parts.publisher.as_str(), parts.offer.as_str()), ("Canonical", "o"));
            assert_eq!((parts.sku.as_str(), parts.version.as_str()), ("22_04-lts", version));
        }
    }

    #[test]
    fn anything_else_is_an_error_about_the_argument() {
        for urn in ["", "a:b", "a:b:c:d:e", "a::c", "a:b:c:", "a:b c:d", "/a/b:c:d"] {
            let fault = parse(urn).unwrap_err();
            assert_eq!(fault.argument, Some(0), "{urn}");
            assert!(fault.text.contains("publisher:offer:sku:version"), "{}", fault.text);
        }
    }
}
