//! Tokens from the Azure CLI, for the user who is logged in to it.

use std::ffi::OsString;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use super::Settings;
use super::response::{UNSAID, left_until};
use crate::cloud::deadline::readable;
use crate::cloud::json::decimal;
use crate::cloud::text::{bounded, filled};
use crate::cloud::token::{OPERATION, Token, stated};
use crate::cloud::{Deadline, Error, Kind, Result};

/// The code of the error that says that there is no CLI.
pub const NOT_FOUND: &str = "AzureCliNotFound";

/// A cold start of the CLI takes seconds; renewing a login takes longer.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Cli {
    program: OsString,
    longest: Duration,
}

impl Default for Cli {
    fn default() -> Self {
        let program = if cfg!(windows) { "az.cmd" } else { "az" };
        Self { program: program.into(), longest: LONGEST }
    }
}

impl Cli {
    pub(super) async fn token(
        &self,
        settings: &Settings,
        scope: &str,
        deadline: &Deadline,
    ) -> Result<Token> {
        let mut arguments = vec!["account", "get-access-token", "--scope", scope];
        // The CLI takes one of them; a subscription of another directory would be wrong.
        if let Some(tenant) = filled(settings.tenant_id.as_deref()) {
            arguments.extend(["--tenant", tenant]);
        } else if let Some(subscription) = filled(settings.subscription_id.as_deref()) {
            arguments.extend(["--subscription", subscription]);
        }
        let response = self.run(&arguments, deadline).await?;
        let secret = response["accessToken"].as_str().filter(|text| !text.is_empty());
        let secret = secret.ok_or_else(|| unexpected("accessToken"))?;
        // Versions before 2.54 give the expiry in local time only, whose offset is not known here.
        let lifetime = decimal(&response["expires_on"]).map(left_until);
        let lifetime = lifetime.map_or(UNSAID, stated);
        Ok(Token::new(secret, lifetime))
    }

    pub(super) async fn default_subscription(&self, deadline: &Deadline) -> Result<String> {
        let response = self.run(&["account", "show"], deadline).await?;
        let id = response["id"].as_str().filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| unexpected("id"))
    }

    async fn run(&self, arguments: &[&str], deadline: &Deadline) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--output", "json"]);
        command.stdin(Stdio::null()).kill_on_drop(true);
        let step = deadline.no_later_than(self.longest);
        let output =
            step.race(OPERATION, command.output()).await.map_err(|ended| match ended.kind {
                Kind::TimedOut => {
                    let within = readable(step.within);
                    let text = format!("the Azure CLI did not answer within {within}");
                    // That the program hangs is the same for all who wait for it.
                    let is_late = deadline.left().is_zero();
                    let kind = if is_late { Kind::TimedOut } else { Kind::Unavailable };
                    Error::new(kind, OPERATION, text)
                }
                _ => ended,
            })?;
        let output = output.map_err(|why| self.not_started(&why))?;
        if !output.status.success() {
            return Err(failed(arguments, &output));
        }
        let text = output.stdout.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&output.stdout);
        // Not quoted: it contains a token.
        serde_json::from_slice(text).map_err(|_| unexpected("JSON"))
    }

    /// Whether the program exists. It is not run.
    pub(super) fn is_installed(&self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(&self.program).is_file())
    }

    fn not_started(&self, why: &std::io::Error) -> Error {
        let program = self.program.to_string_lossy();
        if why.kind() == std::io::ErrorKind::NotFound {
            let text = format!("the Azure CLI was not found: there is no {program} in PATH");
            return Error { setting: Some("use_cli"), ..Error::new(Kind::Denied, OPERATION, text) }
                .code(NOT_FOUND);
        }
        let text = format!("the Azure CLI ({program}) could not be started: {why}");
        Error::new(Kind::Unavailable, OPERATION, text)
    }
}

fn unexpected(what: &str) -> Error {
    Error::new(Kind::Unexpected, OPERATION, format!("the Azure CLI's answer does not hold {what}"))
}

/// The CLI's message is for people: "Please run 'az login' to setup account."
fn failed(arguments: &[&str], output: &Output) -> Error {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = bounded(said.trim());
    let said = if said.is_empty() { output.status.to_string() } else { said };
    let command = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    Error::new(Kind::Denied, OPERATION, format!("az {command} failed: {said}"))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    use super::*;

    const SCOPE: &str = "https://meadow.example/.default";

    /// A CLI that runs `script`, and its folder.
    fn cli(script: &str) -> (Cli, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("az");
        let folder_name = folder.path().display();
        let text = format!("#!/bin/sh\nprintf '%s ' \"$@\" > {folder_name}/arguments\n{script}\n");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (Cli { program: path.into(), longest: Duration::from_secs(20) }, folder)
    }

    fn deadline() -> Deadline {
        Deadline::within(Duration::from_secs(60), CancellationToken::new())
    }

    async fn token(cli: &Cli, settings: &Settings) -> Result<Token> {
        // A script that was just written may still be open in a process forked in the meantime.
        loop {
            match cli.token(settings, SCOPE, &deadline()).await {
                Err(error) if error.message.contains("Text file busy") => {}
                result => return result,
            }
        }
    }

    #[tokio::test]
    async fn a_token_is_asked_for_by_tenant_or_else_by_subscription() {
        let later = time::OffsetDateTime::now_utc().unix_timestamp() + 3600;
        let response = format!(
            r#"{{"accessToken": "wool", "expiresOn": "2031-02-03 04:05:06.0", "expires_on": {later}}}"#
        );
        let (cli, folder) = cli(&format!("echo '{response}'"));
        let with = |tenant: Option<&str>| Settings {
            tenant_id: tenant.map(str::to_owned),
            subscription_id: Some("pasture".into()),
            ..Settings::default()
        };
        for (settings, whose) in [
            (with(Some("meadow")), " --tenant meadow"),
            (with(None), " --subscription pasture"),
            (Settings::default(), ""),
        ] {
            assert_eq!(token(&cli, &settings).await.unwrap().secret().expose(), "wool");
            let arguments = std::fs::read_to_string(folder.path().join("arguments")).unwrap();
            let expected =
                format!("account get-access-token --scope {SCOPE}{whose} --output json ");
            assert_eq!(arguments, expected);
        }
    }

    #[tokio::test]
    async fn the_default_subscription_is_the_clis() {
        let (cli, folder) = cli(r#"echo '{"id": "pasture", "name": "Pasture"}'"#);
        let id = loop {
            match cli.default_subscription(&deadline()).await {
                Err(error) if error.message.contains("Text file busy") => {}
                result => break result.unwrap(),
            }
        };
        let arguments = std::fs::read_to_string(folder.path().join("arguments")).unwrap();
        assert_eq!((&*id, &*arguments), ("pasture", "account show --output json "));
    }

    #[tokio::test]
    async fn what_the_cli_complains_about_is_shown() {
        let (cli, _folder) = cli("echo \"ERROR: Please run 'az login'\" >&2; exit 1");
        let error = token(&cli, &Settings::default()).await.unwrap_err();
        let expected = "az account get-access-token failed: ERROR: Please run 'az login'";
        assert_eq!((error.kind, error.message.as_str()), (Kind::Denied, expected));
    }

    #[tokio::test]
    async fn an_answer_that_is_none_is_not_quoted() {
        for response in [r#"{"accessToken": "wool"#, r#"{"token": "wool"}"#] {
            let (cli, _folder) = cli(&format!("echo '{response}'"));
            let error = token(&cli, &Settings::default()).await.unwrap_err();
            assert_eq!(error.kind, Kind::Unexpected);
            assert!(!error.message.contains("wool"));
        }
    }

    #[tokio::test]
    async fn a_cli_that_is_not_there_or_does_not_answer_is_named() {
        let absent = Cli { program: "no-such-az".into(), longest: LONGEST };
        let error = token(&absent, &Settings::default()).await.unwrap_err();
        assert_eq!((error.code.as_deref(), error.setting), (Some(NOT_FOUND), Some("use_cli")));
        let (slow, _folder) = cli("sleep 30");
        let slow = Cli { longest: Duration::from_millis(200), ..slow };
        let error = token(&slow, &Settings::default()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(error.message.contains("0.2s"), "{}", error.message);
    }

    #[tokio::test]
    async fn a_caller_that_stops_does_not_wait_for_the_cli() {
        let (slow, _folder) = cli("sleep 30");
        let deadline = deadline();
        let stop = deadline.stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            stop.cancel();
        });
        let started = Instant::now();
        let error = slow.token(&Settings::default(), SCOPE, &deadline).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(matches!(error.kind, Kind::Interrupted | Kind::Unavailable));
    }
}
