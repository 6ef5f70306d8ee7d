//! Checks of client assertions: signed by a registered certificate, or federated.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::certificate::Certificate;
use super::problem::Problem;

const DAY: f64 = 24.0 * 60.0 * 60.0;
/// How far the clocks of both sides may be apart.
const SKEW: f64 = 5.0 * 60.0;

/// What an assertion has to say about itself.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    /// The URLs of the token endpoint it may be addressed to.
    pub(crate) audiences: &'a [String],
    pub(crate) certificates: &'a [Certificate],
}

/// Verifies a JWT made with a certificate and returns its `jti`, for the replay check.
pub(crate) fn verify(jwt: &str, expected: &Expected<'_>) -> Result<String, Problem> {
    let malformed =
        |why: &str| Problem::client(50027, &format!("JWT token is invalid or malformed ({why})."));
    let parts: Vec<&str> = jwt.split('.').collect();
    let [head, claims, signature] = parts.as_slice() else {
        return Err(malformed("not three parts"));
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let json = |part: &str| -> Option<Value> { serde_json::from_slice(&decode(part)?).ok() };
    let head = json(head).ok_or_else(|| malformed("header"))?;
    let claims = json(claims).ok_or_else(|| malformed("claims"))?;
    let signature = decode(signature).ok_or_else(|| malformed("signature encoding"))?;

    let algorithm: &'static dyn VerificationAlgorithm = match head["alg"].as_str() {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        Some("ES256") => &ECDSA_P256_SHA256_FIXED,
        other => return Err(malformed(&format!("alg {other:?}"))),
    };
    if !head["typ"].is_null() && head["typ"].as_str() != Some("JWT") {
        return Err(malformed("typ"));
    }
    let certificate = find(expected.certificates, &head).ok_or_else(|| {
        Problem::client(
            700_027,
            "The certificate with identifier used to sign the client assertion is not registered \
             on application. [Reason - The key was not found.]",
        )
    })?;
    let signed = &jwt.as_bytes()[..jwt.rfind('.').unwrap_or_default()];
    UnparsedPublicKey::new(algorithm, &certificate.public_key).verify(signed, &signature).map_err(
        |_| {
            Problem::client(
                700_027,
                "Client assertion failed signature validation. [Reason - The provided signature \
                 value did not match the expected signature value.]",
            )
        },
    )?;
    check_claims(&claims, expected)
}

/// The certificate the header points at. Both thumbprints, if sent, must be of the same one.
fn find<'a>(certificates: &'a [Certificate], head: &Value) -> Option<&'a Certificate> {
    let sha1 = head["x5t"].as_str().map(plain);
    let sha256 = head["x5t#S256"].as_str().map(plain);
    if sha1.is_none() && sha256.is_none() {
        return None;
    }
    certificates.iter().find(|c| {
        sha1.as_ref().is_none_or(|t| *t == c.thumbprint_sha1)
            && sha256.as_ref().is_none_or(|t| *t == c.thumbprint_sha256)
    })
}

/// A thumbprint in base64url without padding. MSAL for Python pads it, MSAL for Go writes it in
/// the standard alphabet, and Entra ID takes both.
fn plain(thumbprint: &str) -> String {
    thumbprint.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

fn check_claims(claims: &Value, expected: &Expected<'_>) -> Result<String, Problem> {
    let addressed =
        claims["aud"].as_str().is_some_and(|a| expected.audiences.iter().any(|e| e == a));
    if !addressed {
        return Err(Problem::client(
            700_023,
            "Client assertion audience claim does not match Realm issuer.",
        ));
    }
    for claim in ["iss", "sub"] {
        if claims[claim].as_str() != Some(expected.client_id) {
            return Err(Problem::client(
                700_021,
                &format!(
                    "Client assertion application identifier doesn't match 'client_id' parameter ('{claim}')."
                ),
            ));
        }
    }
    // Times are numbers, which MSAL for Python sends with a fraction.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    let in_time = claims["exp"].as_f64().is_some_and(|exp| exp > now && exp <= now + DAY + SKEW)
        && (claims["nbf"].is_null() || claims["nbf"].as_f64().is_some_and(|nbf| nbf <= now + SKEW));
    if !in_time {
        return Err(Problem::client(
            700_024,
            "Client assertion is not within its valid time range.",
        ));
    }
    claims["jti"]
        .as_str()
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| Problem::client(50027, "JWT token is invalid or malformed (no jti)."))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
    };
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use serde_json::json;

    use super::super::certificate::tests::{around, der};
    use super::*;

    const CLIENT: &str = "11111111-0000-4000-8000-00000000000c";
    const AUDIENCE: &str = "http://127.0.0.1:1/t/oauth2/v2.0/token";

    fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
    }

    fn claims() -> Value {
        json!({"aud": AUDIENCE, "iss": CLIENT, "sub": CLIENT, "jti": "j-1", "nbf": now(), "exp": now() + 3600})
    }

    fn jwt(head: &Value, claims: &Value, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> String {
        let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
        let signed = format!("{}.{}", part(head), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn check(jwt: &str, certificate: &Certificate) -> Result<String, u32> {
        let expected = Expected {
            client_id: CLIENT,
            audiences: &[AUDIENCE.to_owned()],
            certificates: std::slice::from_ref(certificate),
        };
        verify(jwt, &expected).map_err(|problem| problem.number)
    }

    fn elliptic() -> (EcdsaKeyPair, Certificate) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let ec_public_key = der(0x06, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]]);
        let p256 = der(0x06, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]]);
        let point = key.public_key().as_ref();
        let info = der(0x30, &[&der(0x30, &[&ec_public_key, &p256]), &der(0x03, &[&[0], point])]);
        (key, Certificate::from_der(&around(&info)).unwrap())
    }

    #[test]
    fn an_es256_assertion_by_a_registered_certificate_passes_once_its_claims_are_right() {
        let (key, certificate) = elliptic();
        let sign = |m: &[u8]| key.sign(&SystemRandom::new(), m).unwrap().as_ref().to_vec();
        let head = json!({"alg": "ES256", "typ": "JWT", "x5t#S256": certificate.thumbprint_sha256});
        assert_eq!(check(&jwt(&head, &claims(), &sign), &certificate), Ok("j-1".to_owned()));
        let mut fraction = claims();
        fraction["exp"] = json!(now() as f64 + 600.25);
        assert_eq!(check(&jwt(&head, &fraction, &sign), &certificate), Ok("j-1".to_owned()));
        for (claim, value, number) in [
            ("aud", json!("http://elsewhere/token"), 700_023),
            ("iss", json!("other"), 700_021),
            ("sub", json!("other"), 700_021),
            ("exp", json!(now() - 1), 700_024),
            ("exp", json!(now() + 2 * 86_400), 700_024),
            ("nbf", json!(now() + 3600), 700_024),
            ("jti", Value::Null, 50027),
        ] {
            let mut changed = claims();
            changed[claim] = value;
            assert_eq!(check(&jwt(&head, &changed, &sign), &certificate), Err(number), "{claim}");
        }
    }

    #[test]
    fn an_assertion_with_a_foreign_key_thumbprint_or_algorithm_is_refused() {
        let (key, certificate) = elliptic();
        let (other, _) = elliptic();
        let sign = |m: &[u8]| key.sign(&SystemRandom::new(), m).unwrap().as_ref().to_vec();
        let forge = |m: &[u8]| other.sign(&SystemRandom::new(), m).unwrap().as_ref().to_vec();
        let head = json!({"alg": "ES256", "x5t": certificate.thumbprint_sha1});
        assert_eq!(check(&jwt(&head, &claims(), &forge), &certificate), Err(700_027));
        let without = json!({"alg": "ES256"});
        assert_eq!(check(&jwt(&without, &claims(), &sign), &certificate), Err(700_027));
        let none = json!({"alg": "none", "x5t": certificate.thumbprint_sha1});
        assert_eq!(check(&jwt(&none, &claims(), &sign), &certificate), Err(50027));
        assert_eq!(check("not.ajwt", &certificate), Err(50027));
    }

    fn rsa() -> (RsaKeyPair, Certificate) {
        let key = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let rsa = der(0x06, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]]);
        let algorithm = der(0x30, &[&rsa, &[5, 0]]);
        let info = der(0x30, &[&algorithm, &der(0x03, &[&[0], key.public_key().as_ref()])]);
        (key, Certificate::from_der(&around(&info)).unwrap())
    }

    fn signature(key: &RsaKeyPair, padding: &'static dyn RsaEncoding, m: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(padding, &SystemRandom::new(), m, &mut signature).unwrap();
        signature
    }

    #[test]
    fn an_rsa_key_signs_ps256_or_rs256_and_either_thumbprint_names_its_certificate() {
        let (key, certificate) = rsa();
        let pss = |m: &[u8]| signature(&key, &RSA_PSS_SHA256, m);
        let pkcs1 = |m: &[u8]| signature(&key, &RSA_PKCS1_SHA256, m);
        let (sha1, sha256) = (&certificate.thumbprint_sha1, &certificate.thumbprint_sha256);
        for thumbprint in ["x5t", "x5t#S256"] {
            let value = if thumbprint == "x5t" { sha1 } else { sha256 };
            let head = |alg: &str| json!({"alg": alg, "typ": "JWT", thumbprint: value});
            let passed = Ok("j-1".to_owned());
            assert_eq!(check(&jwt(&head("PS256"), &claims(), &pss), &certificate), passed);
            assert_eq!(check(&jwt(&head("RS256"), &claims(), &pkcs1), &certificate), passed);
            let crossed = jwt(&head("PS256"), &claims(), &pkcs1);
            assert_eq!(check(&crossed, &certificate), Err(700_027));
            let crossed = jwt(&head("RS256"), &claims(), &pss);
            assert_eq!(check(&crossed, &certificate), Err(700_027));
        }
        let (other, _) = rsa();
        let forge = |m: &[u8]| signature(&other, &RSA_PSS_SHA256, m);
        let head = json!({"alg": "PS256", "x5t#S256": sha256});
        assert_eq!(check(&jwt(&head, &claims(), &forge), &certificate), Err(700_027));
        let mixed = json!({"alg": "PS256", "x5t#S256": sha256, "x5t": "AAAA"});
        assert_eq!(check(&jwt(&mixed, &claims(), &pss), &certificate), Err(700_027));
        let swapped = json!({"alg": "PS256", "x5t": sha256});
        assert_eq!(check(&jwt(&swapped, &claims(), &pss), &certificate), Err(700_027));
    }

    #[test]
    fn thumbprints_may_be_padded_and_in_the_standard_alphabet() {
        let (key, certificate) = rsa();
        let pss = |m: &[u8]| signature(&key, &RSA_PSS_SHA256, m);
        let standard = |text: &str| STANDARD.encode(URL_SAFE_NO_PAD.decode(text).unwrap());
        let padded = |text: &str| URL_SAFE.encode(URL_SAFE_NO_PAD.decode(text).unwrap());
        for (name, value) in [
            ("x5t", padded(&certificate.thumbprint_sha1)),
            ("x5t", standard(&certificate.thumbprint_sha1)),
            ("x5t#S256", padded(&certificate.thumbprint_sha256)),
            ("x5t#S256", standard(&certificate.thumbprint_sha256)),
        ] {
            assert!(value.ends_with('='), "{value}");
            let head = json!({"alg": "PS256", "typ": "JWT", name: value});
            assert_eq!(check(&jwt(&head, &claims(), &pss), &certificate), Ok("j-1".to_owned()));
        }
    }
}
