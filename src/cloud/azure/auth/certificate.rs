//! A client certificate with its key, as PKCS#12 files hold them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as Pkcs12Error;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Settings;
use super::assertion::{Certificate, Key};
use super::identity::lacking;
use crate::cloud::text::filled;
use crate::cloud::{Deadline, Error, Result, file};
use crate::secret::Secret;

const OPERATION: &str = "ReadSettings";

/// Reads the certificate that the settings name. One that is given takes precedence over a file.
pub(super) async fn read(settings: &Settings, deadline: &Deadline) -> Result<Certificate> {
    let given = settings.client_certificate.as_ref().map(Secret::expose);
    let (setting, bytes) = if let Some(text) = filled(given) {
        ("client_certificate", decoded(text)?)
    } else {
        let setting = "client_certificate_path";
        let path = filled(settings.client_certificate_path.as_deref());
        let path = path.ok_or_else(|| lacking(setting))?;
        let bytes = file::read(OPERATION, setting, path, path, deadline).await?;
        (setting, bytes)
    };
    let password = settings.client_certificate_password.as_ref().map_or("", Secret::expose);
    open(setting, &bytes, password)
}

/// The PKCS#12 that a text holds, in lines or not.
pub(super) fn decoded(text: &str) -> Result<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    // The decoder's own message quotes a character.
    STANDARD
        .decode(text)
        .map_err(|_| Error::setting(OPERATION, "client_certificate", "is not valid base64"))
}

/// Opens a PKCS#12 file and finds the key that can sign and its certificate.
fn open(setting: &'static str, bytes: &[u8], password: &str) -> Result<Certificate> {
    let archive =
        Pkcs12Archive::from_pkcs12(bytes, password).map_err(|why| broken(setting, &why))?;
    let mut why = "holds no private key".to_owned();
    for bag in &archive.keys {
        let key = match Key::from_pkcs8(bag.key.as_der()) {
            Ok(key) => key,
            Err(reason) => {
                why = format!("holds a private key that {reason}");
                continue;
            }
        };
        let certifies = |der: &[u8]| {
            X509Certificate::from_der(der).is_ok_and(|(_, certificate)| {
                *certificate.public_key().subject_public_key.data == *key.public()
            })
        };
        match archive.certs.iter().find(|bag| certifies(bag.cert.as_der())) {
            Some(bag) => return Ok(Certificate::new(key, bag.cert.as_der())),
            None => why = "holds a private key, but not its certificate".to_owned(),
        }
    }
    Err(Error::setting(OPERATION, setting, why))
}

fn broken(setting: &'static str, why: &Pkcs12Error) -> Error {
    match why {
        // The check sum is keyed by the password; files without one fail while decrypting.
        Pkcs12Error::MacError(_) | Pkcs12Error::UnpadError | Pkcs12Error::Pkcs5Error(_) => {
            let text = "does not open the certificate: it is wrong or missing";
            Error::setting(OPERATION, "client_certificate_password", text)
        }
        _ => Error::setting(
            OPERATION,
            setting,
            format!("is not a PKCS#12 file that can be read: {why}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
        UnparsedPublicKey, VerificationAlgorithm,
    };
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use p12_keystore::{EncryptionAlgorithm, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
    use rcgen::{CertificateParams, KeyPair, SignatureAlgorithm};
    use serde_json::{Value, json};
    use sha1::{Digest, Sha1};
    use sha2::Sha256;

    use super::super::assertion::Reader;
    use super::*;

    fn deadline() -> Deadline {
        let stop = tokio_util::sync::CancellationToken::new();
        Deadline::within(std::time::Duration::from_secs(20), stop)
    }

    const PASSWORD: &str = "open the gate";

    /// A key and certificates of which only the last belongs to it.
    struct Made {
        key: KeyPair,
        certificate: Vec<u8>,
        pkcs12: Vec<u8>,
    }

    fn make(algorithm: &'static SignatureAlgorithm, encryption: EncryptionAlgorithm) -> Made {
        let signed = |key: &KeyPair| {
            let parameters = CertificateParams::new(vec!["shepherd.example".into()]).unwrap();
            parameters.self_signed(key).unwrap().der().to_vec()
        };
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = signed(&key);
        let other = signed(&KeyPair::generate().unwrap());
        let read = |der: &[u8]| p12_keystore::Certificate::from_der(der).unwrap();
        let private = PrivateKey::from_der(&key.serialize_der()).unwrap();
        let chain = PrivateKeyChain::new("1", private, [read(&certificate)]);
        let mut store = KeyStore::new();
        store.add_entry("another", KeyStoreEntry::Certificate(read(&other)));
        store.add_entry("own", KeyStoreEntry::PrivateKeyChain(chain));
        let writer = store.writer(PASSWORD).encryption_algorithm(encryption);
        let pkcs12 = writer.encryption_iterations(10).mac_iterations(10).write().unwrap();
        Made { key, certificate, pkcs12 }
    }

    fn check(
        made: &Made,
        reader: Reader,
        name: &str,
        verifier: &'static dyn VerificationAlgorithm,
    ) {
        let certificate = open("client_certificate", &made.pkcs12, PASSWORD).unwrap();
        let audience = "https://login.example/t/oauth2/v2.0/token";
        let jwt = certificate.assertion("shepherd", audience, reader).unwrap();
        let parts: Vec<&str> = jwt.expose().split('.').collect();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let header: Value = serde_json::from_slice(&decode(parts[0])).unwrap();
        let claims: Value = serde_json::from_slice(&decode(parts[1])).unwrap();
        let sha1 = URL_SAFE_NO_PAD.encode(Sha1::digest(&made.certificate));
        let sha256 = URL_SAFE_NO_PAD.encode(Sha256::digest(&made.certificate));
        let expected = match name {
            "PS256" => json!({"alg": name, "typ": "JWT", "x5t#S256": sha256}),
            _ => json!({"alg": name, "typ": "JWT", "kid": sha1, "x5t": sha1}),
        };
        assert_eq!(header, expected);
        assert_eq!(claims["aud"], "https://login.example/t/oauth2/v2.0/token");
        assert_eq!((&claims["iss"], &claims["sub"]), (&"shepherd".into(), &"shepherd".into()));
        let [nbf, exp] = ["nbf", "exp"].map(|name| claims[name].as_i64().unwrap());
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        assert!((now - nbf).abs() < 60 && exp == nbf + 3600);
        uuid::Uuid::parse_str(claims["jti"].as_str().unwrap()).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        UnparsedPublicKey::new(verifier, made.key.public_key_raw())
            .verify(signed.as_bytes(), &decode(parts[2]))
            .unwrap();
    }

    #[test]
    fn keys_of_both_kinds_sign_whatever_the_file_is_encrypted_with() {
        for encryption in [
            EncryptionAlgorithm::PbeWithHmacSha256AndAes256,
            EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc,
        ] {
            let rsa = make(&rcgen::PKCS_RSA_SHA256, encryption);
            check(&rsa, Reader::Entra, "PS256", &RSA_PSS_2048_8192_SHA256);
            check(&rsa, Reader::AdFs, "RS256", &RSA_PKCS1_2048_8192_SHA256);
            let ec = make(&rcgen::PKCS_ECDSA_P256_SHA256, encryption);
            check(&ec, Reader::Entra, "ES256", &ECDSA_P256_SHA256_FIXED);
            check(&ec, Reader::AdFs, "ES256", &ECDSA_P256_SHA256_FIXED);
        }
    }

    #[test]
    fn a_key_that_cannot_sign_is_named_by_its_kind() {
        let aes = EncryptionAlgorithm::PbeWithHmacSha256AndAes256;
        let made = make(&rcgen::PKCS_ECDSA_P384_SHA384, aes);
        let error = open("client_certificate", &made.pkcs12, PASSWORD).unwrap_err();
        assert!(error.message.contains("P-256"), "{}", error.message);
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_certificate_names_its_setting() {
        let aes = EncryptionAlgorithm::PbeWithHmacSha256AndAes256;
        let made = make(&rcgen::PKCS_ECDSA_P256_SHA256, aes);
        let mut lonely = KeyStore::new();
        let read = p12_keystore::Certificate::from_der(&made.certificate).unwrap();
        lonely.add_entry("alone", KeyStoreEntry::Certificate(read));
        let lonely = lonely.writer(PASSWORD).write().unwrap();
        let text = |bytes: &[u8]| Some(Secret::from(STANDARD.encode(bytes)));
        let given = |client_certificate, password: &str| Settings {
            client_certificate,
            client_certificate_password: Some(password.into()),
            ..Settings::default()
        };
        for (settings, setting, words) in [
            (given(text(&made.pkcs12), "shut"), "client_certificate_password", "wrong or missing"),
            (given(text(&made.pkcs12), ""), "client_certificate_password", "wrong or missing"),
            (given(text(&lonely), PASSWORD), "client_certificate", "no private key"),
            (given(text(b"sheep"), PASSWORD), "client_certificate", "PKCS#12"),
            (given(Some("s*eep".into()), PASSWORD), "client_certificate", "base64"),
            (
                Settings {
                    client_certificate_path: Some("/no/such/file".into()),
                    ..Settings::default()
                },
                "client_certificate_path",
                "/no/such/file",
            ),
        ] {
            let error = super::read(&settings, &deadline()).await.unwrap_err();
            assert_eq!(error.setting, Some(setting), "{}", error.message);
            assert!(error.message.contains(words), "{}", error.message);
        }
    }
}
