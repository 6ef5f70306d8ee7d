//! The client assertion (a signed JWT) of an application with a certificate.
//!
//! Entra ID documents PS256 with the certificate's SHA-256 (`x5t#S256`) for RSA keys, see
//! [certificate credentials](https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
//! AD FS does not know that: it takes RS256 with the SHA-1 (`x5t`). A key on the curve P-256 signs
//! ES256, and its certificate is named by the SHA-1 to both.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::cloud::token::OPERATION;
use crate::cloud::{Error, Kind, Result};
use crate::secret::Secret;

/// How long an assertion is valid. Entra ID wants it short, and clocks differ.
const VALIDITY: Duration = Duration::from_secs(3600);

/// A key that can sign, and the certificate that Entra ID knows.
#[derive(Debug)]
pub(super) struct Certificate {
    key: Key,
    /// How AD FS finds the certificate, and Entra ID one of a P-256 key: by its SHA-1.
    sha1: String,
    /// How Entra ID finds the certificate of an RSA key: by its SHA-256.
    sha256: String,
}

/// Who reads an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Microsoft Entra ID.
    Entra,
    /// Active Directory Federation Services, the login of disconnected clouds.
    AdFs,
}

pub(super) enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Key {
    /// # Errors
    /// Why it cannot sign, as the end of a sentence about the key.
    pub(super) fn from_pkcs8(der: &[u8]) -> std::result::Result<Self, String> {
        let rsa = match RsaKeyPair::from_pkcs8(der) {
            Ok(key) => return Ok(Self::Rsa(key)),
            Err(why) => why,
        };
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map(Self::P256)
            .map_err(|ec| format!("is neither RSA ({rsa}) nor on the curve P-256 ({ec})"))
    }

    /// The public key as a certificate encodes it.
    pub(super) fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.public_key().as_ref(),
            Self::P256(key) => key.public_key().as_ref(),
        }
    }

    fn algorithm(&self, reader: Reader) -> &'static str {
        match (self, reader) {
            (Self::Rsa(_), Reader::Entra) => "PS256",
            (Self::Rsa(_), Reader::AdFs) => "RS256",
            (Self::P256(_), _) => "ES256",
        }
    }

    fn sign(&self, text: &[u8], reader: Reader) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        let signed = match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let signed = match reader {
                    Reader::Entra => key.sign(&RSA_PSS_SHA256, &random, text, &mut signature),
                    Reader::AdFs => key.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature),
                };
                signed.map(|()| signature)
            }
            Self::P256(key) => key.sign(&random, text).map(|signature| signature.as_ref().to_vec()),
        };
        signed.map_err(|_| {
            Error::new(Kind::Unexpected, OPERATION, "the certificate's key could not sign")
        })
    }
}

impl Certificate {
    pub(super) fn new(key: Key, der: &[u8]) -> Self {
        let sha1 = URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, der));
        let sha256 = URL_SAFE_NO_PAD.encode(digest(&SHA256, der));
        Self { key, sha1, sha256 }
    }

    /// An assertion of `client_id` for `audience`, signed as `reader` wants it.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        reader: Reader,
    ) -> Result<Secret> {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let algorithm = self.key.algorithm(reader);
        let header = match algorithm {
            "PS256" => json!({"alg": algorithm, "typ": "JWT", "x5t#S256": self.sha256}),
            _ => json!({"alg": algorithm, "typ": "JWT", "kid": self.sha1, "x5t": self.sha1}),
        };
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4().to_string(),
            "nbf": now,
            "exp": now + VALIDITY.as_secs().cast_signed(),
        });
        let text = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes(), reader)?);
        Ok(format!("{text}.{signature}").into())
    }
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}
