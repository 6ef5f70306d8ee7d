//! The identity to authenticate: values that are given, in files, or set in the pod.

use super::Settings;
use crate::cloud::text::filled;
use crate::cloud::{Deadline, Error, Result, file};
use crate::secret::Secret;

const OPERATION: &str = "ReadSettings";

/// An application and its directory.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) tenant_id: String,
    pub(super) client_id: String,
}

impl Identity {
    pub(super) async fn read(settings: &Settings, deadline: &Deadline) -> Result<Self> {
        let platform = &settings.platform;
        let tenant = filled(settings.tenant_id.as_deref()).map(str::to_owned);
        let in_pod = |value| in_pod(settings, value);
        let tenant =
            same("tenant_id", tenant, in_pod(&platform.azure_tenant_id), "AZURE_TENANT_ID")?;
        let client = client_id(settings, deadline).await?;
        let tenant_id = tenant.ok_or_else(|| lacking("tenant_id"))?;
        let client_id = client.ok_or_else(|| lacking("client_id"))?;
        Ok(Self { tenant_id, client_id })
    }
}

/// The client id, if there is one.
pub(super) async fn client_id(settings: &Settings, deadline: &Deadline) -> Result<Option<String>> {
    let given = settings.client_id.as_deref();
    let path = settings.client_id_file_path.as_deref();
    let client =
        given_or_in_file(("client_id", given), ("client_id_file_path", path), deadline).await?;
    same(
        "client_id",
        client,
        in_pod(settings, &settings.platform.azure_client_id),
        "AZURE_CLIENT_ID",
    )
}

/// The application's secret.
pub(super) async fn secret(settings: &Settings, deadline: &Deadline) -> Result<Secret> {
    let given = settings.client_secret.as_ref().map(Secret::expose);
    let path = settings.client_secret_file_path.as_deref();
    given_or_in_file(("client_secret", given), ("client_secret_file_path", path), deadline)
        .await?
        .map(Secret::from)
        .ok_or_else(|| lacking("client_secret"))
}

/// The token of another issuer. Its file is read each time, since it is renewed by others.
pub(super) async fn oidc_token(settings: &Settings, deadline: &Deadline) -> Result<Secret> {
    let given = settings.oidc_token.as_ref().map(Secret::expose);
    let pod = in_pod(settings, &settings.platform.azure_federated_token_file);
    let path = filled(settings.oidc_token_file_path.as_deref()).map(str::to_owned);
    let path = same("oidc_token_file_path", path, pod, "AZURE_FEDERATED_TOKEN_FILE")?;
    let file = ("oidc_token_file_path", path.as_deref());
    given_or_in_file(("oidc_token", given), file, deadline)
        .await?
        .map(Secret::from)
        .ok_or_else(|| lacking("oidc_token"))
}

/// A setting that [`super::Method`] requires. If it is missing, it was blank.
pub(super) fn lacking(setting: &'static str) -> Error {
    Error::setting(OPERATION, setting, "is not set")
}

fn in_pod<'s>(settings: &Settings, value: &'s Option<String>) -> Option<&'s str> {
    filled(value.as_deref()).filter(|_| settings.use_aks_workload_identity == Some(true))
}

/// What was set and what the pod sets, which must agree if both are present.
fn same(
    setting: &'static str,
    given: Option<String>,
    pod: Option<&str>,
    variable: &str,
) -> Result<Option<String>> {
    match (given, pod) {
        (Some(given), Some(pod)) if given != pod => {
            let text = format!("{given:?} differs from {variable}, which is {pod:?}");
            Err(Error::setting(OPERATION, setting, text))
        }
        (given, pod) => Ok(given.or_else(|| pod.map(str::to_owned))),
    }
}

/// A value that is given, in a file, or the same in both.
async fn given_or_in_file(
    (setting, given): (&'static str, Option<&str>),
    (file_setting, path): (&'static str, Option<&str>),
    deadline: &Deadline,
) -> Result<Option<String>> {
    let given = filled(given);
    let Some(path) = filled(path) else { return Ok(given.map(str::to_owned)) };
    let text = file::read_text(OPERATION, file_setting, path, deadline).await?;
    match given {
        Some(given) if given != text => {
            // Neither is shown: they may be secret.
            let why = format!("differs from what {file_setting} ({path}) holds");
            Err(Error::setting(OPERATION, setting, why))
        }
        _ => Ok(Some(text)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::settings::Platform;
    use super::*;

    fn deadline() -> Deadline {
        let stop = tokio_util::sync::CancellationToken::new();
        Deadline::within(std::time::Duration::from_secs(20), stop)
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn path(file: &tempfile::NamedTempFile) -> Option<String> {
        Some(file.path().to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn a_file_is_trimmed_and_may_say_what_the_value_says() {
        let file = file(" wool\r\n");
        for client_secret in [None, Some("wool".into()), Some("".into())] {
            let settings = Settings {
                client_secret,
                client_secret_file_path: path(&file),
                ..Settings::default()
            };
            assert_eq!(secret(&settings, &deadline()).await.unwrap().expose(), "wool");
        }
    }

    #[tokio::test]
    async fn a_value_and_a_file_that_differ_are_refused_without_being_shown() {
        let file = file("wool");
        let settings = Settings {
            client_secret: Some("silk".into()),
            client_secret_file_path: path(&file),
            ..Settings::default()
        };
        let error = secret(&settings, &deadline()).await.unwrap_err();
        assert_eq!(error.setting, Some("client_secret"));
        assert!(error.message.contains("client_secret_file_path"));
        assert!(!error.message.contains("silk") && !error.message.contains("wool"));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_or_empty_is_named() {
        let blank = file("\n");
        for path in [path(&blank).unwrap(), "/no/such/file".to_owned()] {
            let settings =
                Settings { oidc_token_file_path: Some(path.clone()), ..Settings::default() };
            let error = oidc_token(&settings, &deadline()).await.unwrap_err();
            assert_eq!(error.setting, Some("oidc_token_file_path"));
            assert!(error.message.contains(&path), "{}", error.message);
        }
    }

    #[tokio::test]
    async fn what_the_pod_says_must_agree_with_what_is_set() {
        let platform = Platform {
            azure_client_id: Some("shepherd".into()),
            azure_tenant_id: Some("meadow".into()),
            ..Platform::default()
        };
        let mut settings =
            Settings { use_aks_workload_identity: Some(true), platform, ..Settings::default() };
        let identity = Identity::read(&settings, &deadline()).await.unwrap();
        assert_eq!((&*identity.tenant_id, &*identity.client_id), ("meadow", "shepherd"));
        settings.client_id = Some("goatherd".into());
        let error = Identity::read(&settings, &deadline()).await.unwrap_err();
        assert_eq!(error.setting, Some("client_id"));
        assert!(error.message.contains("AZURE_CLIENT_ID"));
    }
}
