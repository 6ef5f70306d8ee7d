//! The two things a client assertion needs from a certificate: its thumbprints and its key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::Digest as _;

/// A certificate registered for an application.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    pub(crate) thumbprint_sha1: String,
    pub(crate) thumbprint_sha256: String,
    /// `SubjectPublicKeyInfo`, DER.
    pub(crate) public_key: Vec<u8>,
}

impl Certificate {
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        Some(Self {
            thumbprint_sha1: URL_SAFE_NO_PAD.encode(sha1::Sha1::digest(der)),
            thumbprint_sha256: URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(der)),
            public_key: public_key(der)?.to_vec(),
        })
    }

    /// The first certificate in a PEM text.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
        let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
        let body: String = body.split_whitespace().collect();
        Self::from_der(&STANDARD.decode(body).ok()?)
    }
}

/// One DER element: its tag, its content, and it as a whole with what follows.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
    rest: &'a [u8],
}

fn element(der: &[u8]) -> Option<Element<'_>> {
    let (&tag, after_tag) = der.split_first()?;
    let (&first, after_first) = after_tag.split_first()?;
    let (length, after_length) = if first < 0x80 {
        (usize::from(first), after_first)
    } else {
        let count = usize::from(first & 0x7f);
        let bytes = after_first.get(..count).filter(|b| (1..=4).contains(&b.len()))?;
        let length = bytes.iter().fold(0_usize, |n, &b| (n << 8) | usize::from(b));
        (length, &after_first[count..])
    };
    let content = after_length.get(..length)?;
    let rest = &after_length[length..];
    Some(Element { tag, content, whole: &der[..der.len() - rest.len()], rest })
}

/// Walks Certificate -> tbsCertificate -> subjectPublicKeyInfo (RFC 5280, section 4.1).
fn public_key(der: &[u8]) -> Option<&[u8]> {
    let tbs = element(element(der)?.content)?;
    let mut rest = tbs.content;
    let version = element(rest)?;
    if version.tag == 0xa0 {
        rest = version.rest;
    }
    // serialNumber, signature, issuer, validity, subject
    for _ in 0..5 {
        rest = element(rest)?.rest;
    }
    element(rest).filter(|e| e.tag == 0x30).map(|e| e.whole)
}

#[cfg(test)]
pub(crate) mod tests {
    //! Builds just enough DER around a key to stand for a certificate.

    pub(crate) fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let mut out = vec![tag];
        match content.len() {
            n if n < 0x80 => out.push(n as u8),
            n if n < 0x100 => out.extend([0x81, n as u8]),
            n => out.extend([0x82, (n >> 8) as u8, n as u8]),
        }
        out.extend(content);
        out
    }

    /// A certificate (with no valid signature of its own) that carries this key.
    pub(crate) fn around(public_key_info: &[u8]) -> Vec<u8> {
        let empty = der(0x30, &[]);
        let version = der(0xa0, &[&der(0x02, &[&[2]])]);
        let serial = der(0x02, &[&[7]]);
        let tbs = der(0x30, &[&version, &serial, &empty, &empty, &empty, &empty, public_key_info]);
        der(0x30, &[&tbs, &empty, &der(0x03, &[&[0]])])
    }

    #[test]
    fn the_key_is_found_behind_version_serial_and_names() {
        let key = der(0x30, &[&[1; 200]]);
        let found = super::Certificate::from_der(&around(&key)).unwrap();
        assert_eq!(found.public_key, key);
        assert_eq!(found.thumbprint_sha1.len(), 27);
        assert!(super::Certificate::from_der(&around(&key)[..50]).is_none());
    }
}
