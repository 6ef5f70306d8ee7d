//! Certificates of hosts that were not accepted. Another attempt would meet the same one.

use std::error::Error;
use std::io;

use rustls::CertificateError;

/// Why the host's certificate was not accepted, if that is what went wrong.
pub(super) fn refusal(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(rustls::Error::InvalidCertificate(why)) = tls(inner) {
            return Some(explained(why));
        }
        cause = inner.source();
    }
    None
}

/// An error of TLS, also inside of I/O errors: those skip the error that they hold in their
/// `source`.
fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    error.downcast_ref().or_else(|| tls(error.downcast_ref::<io::Error>()?.get_ref()?))
}

fn explained(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => {
            "it was issued by an authority that this computer does not trust".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired, or the clock of this computer is wrong".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet, or the clock of this computer is wrong".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            format!("it is for another host ({})", presented.join(", "))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host".to_owned()
        }
        CertificateError::BadSignature => {
            "its signature is not that of the authority that this computer trusts".to_owned()
        }
        CertificateError::Revoked => "it has been revoked".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not meant for servers".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_given_in_words() {
        for (why, text) in [
            (CertificateError::UnknownIssuer, "authority that this computer does not trust"),
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidYet, "is not valid yet"),
            (CertificateError::NotValidForName, "is for another host"),
            (
                CertificateError::NotValidForNameContext {
                    expected: "api.example".try_into().unwrap(),
                    presented: vec!["DnsName(\"gateway.example\")".to_owned()],
                },
                "is for another host (DnsName(\"gateway.example\"))",
            ),
            (CertificateError::BadSignature, "its signature is not that of the authority"),
            (CertificateError::Revoked, "has been revoked"),
            (CertificateError::InvalidPurpose, "not meant for servers"),
            (CertificateError::BadEncoding, "BadEncoding"),
        ] {
            let inside = io::Error::other(rustls::Error::InvalidCertificate(why));
            let inside = io::Error::other(inside);
            let found = refusal(&inside).unwrap();
            assert!(found.to_lowercase().contains(&text.to_lowercase()), "{found}");
        }
        let other = io::Error::other(rustls::Error::DecryptError);
        assert_eq!(refusal(&other), None);
    }
}
