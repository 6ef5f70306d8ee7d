//! One page of the list, and the link to the next.

use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::error::note_web_page;
use super::query::encoded;
use super::{Image, OPERATION, image};
use crate::cloud::authorized::Origins;
use crate::cloud::http::Response;
use crate::cloud::{Error, Kind, Result};
use crate::secret::excerpt;

#[derive(Debug)]
pub(super) struct Page {
    pub(super) images: Vec<Image>,
    pub(super) warnings: Vec<String>,
    pub(super) next_link: Option<String>,
}

/// Elements stay JSON here: one that is odd must not hide the others.
#[derive(Deserialize)]
struct Body {
    value: Vec<Value>,
    #[serde(rename = "odata.nextLink")]
    next_link: Option<String>,
}

pub(super) fn read(response: &Response) -> Result<Page> {
    // The parser takes a list for an object with its fields in order.
    let is_object = response.json().trim_ascii_start().starts_with(b"{");
    let read = match is_object {
        true => serde_json::from_slice(response.json()).map_err(|why| why.to_string()),
        false => Err("it is not a JSON object".to_owned()),
    };
    let body: Body = read.map_err(|why| {
        let text = format!("the response is not a list of images ({why}): {}", response.describe());
        let error = Error::new(Kind::Unexpected, OPERATION, text)
            .status(response.status.as_u16())
            .fact("request-id", response.header("request-id").unwrap_or_default());
        note_web_page(error, response)
    })?;
    let mut page = Page { images: Vec::new(), warnings: Vec::new(), next_link: None };
    for element in &body.value {
        let (image, warning) = image::read(element);
        page.images.extend(image);
        page.warnings.extend(warning);
    }
    page.next_link = body.next_link.filter(|link| !link.trim().is_empty());
    Ok(page)
}

/// The URL that `link` names: byte for byte, with the version added if it has none.
///
/// A token is opaque, so nothing is decoded or rebuilt. One character
/// that a link may hold is an exception: a raw `'` is sent as `%27`, as [`Url`] wants it. The
/// service decodes it to the same token, and both are signed alike.
pub(super) fn follow(link: &str, endpoint: &Url, api_version: &str) -> Result<Url> {
    let shown = link;
    let mut link = link.trim().split('#').next().unwrap_or_default().to_owned();
    if !has_version(&link) {
        let joint = if link.contains('?') { '&' } else { '?' };
        link = format!("{link}{joint}api-version={}", encoded(api_version));
    }
    // The service sends whole addresses only. To complete another one would be a guess.
    let url = Url::parse(&link).map_err(|_| {
        let start = excerpt(shown, 200);
        let text = format!("the link to the next page is not a URL: {start:?}");
        Error::new(Kind::Unexpected, OPERATION, text)
    })?;
    Origins::One(endpoint.clone()).check(OPERATION, &url)?;
    Ok(url)
}

fn has_version(link: &str) -> bool {
    let query = link.split_once('?').map_or("", |(_, query)| query);
    let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    names.any(|name| name.eq_ignore_ascii_case("api-version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Url {
        Url::parse("https://sheep.westeu.batch.azure.com").unwrap()
    }

    #[test]
    fn a_link_keeps_its_bytes() {
        for query in [
            "api-version=2020-03-01.11.0&maxresults=1&$skiptoken=W2:Dv4%5EkN/1l+6T==:1$1",
            "$skiptoken=%5e%5Ea%2fb%20c~!*(),;:@/?&api-version=1",
            "api-version=1&$skiptoken=a^b|c`d{e}[f]\\g%",
            "%24skiptoken=%27&API-version=1",
        ] {
            let link = format!("https://sheep.westeu.batch.azure.com/supportedimages?{query}");
            assert_eq!(follow(&link, &endpoint(), "9").unwrap().as_str(), link);
        }
    }

    #[test]
    fn a_raw_quote_travels_encoded_and_means_the_same() {
        let link = "https://sheep.westeu.batch.azure.com/x?api-version=1&$filter=a%20eq%20'b'";
        let url = follow(link, &endpoint(), "1").unwrap();
        assert_eq!(url.as_str(), link.replace('\'', "%27"));
    }

    #[test]
    fn a_link_without_version_gets_it() {
        let start = "https://sheep.westeu.batch.azure.com/supportedimages";
        for (link, expected) in [
            ("?$skiptoken=1%5E", "?$skiptoken=1%5E&api-version=2025-06-01"),
            ("", "?api-version=2025-06-01"),
        ] {
            let url = follow(&format!("{start}{link}"), &endpoint(), "2025-06-01").unwrap();
            assert_eq!(url.as_str(), format!("{start}{expected}"));
        }
    }

    #[test]
    fn a_link_to_elsewhere_is_refused_with_its_place() {
        for (link, place) in [
            ("https://wolf.example/supportedimages?api-version=1", "https://wolf.example:443"),
            ("http://sheep.westeu.batch.azure.com/x?api-version=1", "http://sheep.westeu"),
            ("https://sheep.westeu.batch.azure.com:444/x", "sheep.westeu.batch.azure.com:444"),
            ("https://sheep.westeu.batch.azure.com@wolf.example/x", "https://wolf.example:443"),
        ] {
            let error = follow(link, &endpoint(), "1").unwrap_err();
            assert_eq!(error.kind, Kind::Invalid);
            assert!(error.message.contains(place), "{}", error.message);
        }
        assert!(follow("https://SHEEP.westeu.batch.azure.com:443/x", &endpoint(), "1").is_ok());
    }

    #[test]
    fn a_link_that_is_not_a_url_is_shown() {
        for link in
            ["/supportedimages?a=b", "//wolf.example/x", "page 2", "?$skiptoken=1", "https://"]
        {
            let error = follow(link, &endpoint(), "1").unwrap_err();
            assert_eq!(error.kind, Kind::Unexpected);
            let expected = format!("the link to the next page is not a URL: {link:?}");
            assert_eq!(error.message, expected);
        }
    }
}
