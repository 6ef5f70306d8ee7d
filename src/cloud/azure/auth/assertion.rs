//! The client assertion (a signed JWT) of an application with a certificate.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
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
    /// How Entra ID finds the certificate: the SHA-1 of it.
    thumbprint: String,
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

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        let signed = match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature).map(|()| signature)
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
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, der));
        Self { key, thumbprint }
    }

    /// An assertion of `client_id` for `audience`, signed.
    pub(super) fn assertion(&self, client_id: &str, audience: &str) -> Result<Secret> {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let header = json!({
            "alg": self.key.algorithm(),
            "typ": "JWT",
            "kid": self.thumbprint,
            "x5t": self.thumbprint,
        });
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4().to_string(),
            "nbf": now,
            "exp": now + VALIDITY.as_secs().cast_signed(),
        });
        let text = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes())?);
        Ok(format!("{text}.{signature}").into())
    }
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}
