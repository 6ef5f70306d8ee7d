//! Access tokens in the shape of signed JSON Web Tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// What an access token looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenShape {
    /// A JSON Web Token whose `context_name` is the organization.
    #[default]
    Jwt,
    /// A JSON Web Token without `context_name`.
    WithoutOrg,
    /// Three parts, of which the second one is not JSON.
    Unreadable,
    /// Random characters without a dot.
    Opaque,
}

/// A new token.
pub(crate) fn new(shape: TokenShape, org: &str, expires_in: Duration) -> String {
    let random = || uuid::Uuid::new_v4().simple().to_string();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut claims = json!({
        "sub": format!("simulated:{}", uuid::Uuid::new_v4()),
        "iss": "https://gaz.csp.simulated.example",
        "azp": "simulated",
        "context": uuid::Uuid::new_v4().to_string(),
        "context_name": org,
        "domain": "simulated.example",
        "perms": ["csp:org_member", "external/horizon/administrator"],
        "iat": now.as_secs(),
        "exp": (now + expires_in).as_secs(),
        "jti": random(),
    });
    match shape {
        TokenShape::Opaque => return random() + &random(),
        TokenShape::Unreadable => return format!("{}.{}.{}", random(), random(), random()),
        TokenShape::WithoutOrg => {
            if let Value::Object(claims) = &mut claims {
                claims.remove("context_name");
            }
        }
        TokenShape::Jwt => {}
    }
    let head = URL_SAFE_NO_PAD.encode(json!({"alg": "HS256", "typ": "JWT"}).to_string());
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    // Nobody checks the signature: the service asks the registry of tokens.
    let signature = Hmac::<Sha256>::new_from_slice(random().as_bytes())
        .map(|mut mac| {
            mac.update(signed.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default();
    format!("{signed}.{signature}")
}
