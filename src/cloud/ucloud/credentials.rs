//! Where the keys come from: arguments, a profile of the shared file, or the environment.
//!
//! The environment is a function that the caller passes in. Nothing here sends anything: keys
//! that cannot be valid are found before the first request.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use super::OPERATION;
use crate::cloud::{Deadline, Error, Result, file};
use crate::secret::Secret;

/// The file that UCloud's own tools write.
const DEFAULT_FILE: &str = "~/.ucloud/credential.json";

/// How an environment variable is read.
type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// The settings about the keys. All of them are optional.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The public key. Goes with `private_key`.
    pub public_key: Option<String>,
    /// The private key. Goes with `public_key`.
    pub private_key: Option<Secret>,
    /// The token of temporary keys.
    pub security_token: Option<Secret>,
    /// A profile of the shared file, instead of the two keys.
    pub profile: Option<String>,
    /// Where the shared file is.
    pub shared_credentials_file: Option<String>,
}

/// A pair of keys, with the token that belongs to temporary ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub(super) public_key: String,
    pub(super) private_key: Secret,
    pub(super) security_token: Option<Secret>,
    source: String,
}

impl Credentials {
    /// Where the keys come from, for messages.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    #[cfg(test)]
    pub(super) fn of(public: &str, private: &str, token: Option<&str>) -> Self {
        Self {
            public_key: public.to_owned(),
            private_key: private.into(),
            security_token: token.map(Secret::from),
            source: "the test".to_owned(),
        }
    }
}

/// One entry of the shared file. It may have further fields.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    profile: Option<String>,
    public_key: Option<String>,
    #[serde(deserialize_with = "secret")]
    private_key: Option<Secret>,
}

/// A key is registered as a secret before the rest of the file is read.
fn secret<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Secret>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.map(Secret::from))
}

impl Settings {
    /// Finds the settings that contradict each other, without reading any file or variable.
    ///
    /// # Errors
    /// When keys are given together with a profile, or a setting is an empty string.
    pub fn check(&self) -> Result<()> {
        let private_key = self.private_key.as_ref().map(Secret::expose);
        let named = [
            ("public_key", self.public_key.as_deref()),
            ("private_key", private_key),
            ("profile", self.profile.as_deref()),
            ("shared_credentials_file", self.shared_credentials_file.as_deref()),
        ];
        for (name, value) in named {
            if value.is_some_and(|value| value.trim().is_empty()) {
                return Err(refused(name, format!("`{name}` is an empty string")));
            }
        }
        if self.profile.is_some() && (self.public_key.is_some() || self.private_key.is_some()) {
            let text = "`profile` cannot be combined with `public_key` and `private_key`: the \
                        keys come either from the settings or from a profile";
            return Err(refused("profile", text));
        }
        Ok(())
    }

    /// The keys to sign with: the two key settings, else the profile setting, else
    /// `UCLOUD_PUBLIC_KEY` and `UCLOUD_PRIVATE_KEY`, else the profile `UCLOUD_PROFILE`, else the
    /// profile `default`.
    ///
    /// If only one of the keys is set, the other is read from its variable. Empty variables
    /// count as unset.
    ///
    /// # Errors
    /// When settings contradict each other, half a pair is missing, the file cannot be read or
    /// does not have the profile, or nothing is configured.
    pub async fn resolve(
        &self,
        environment: Environment<'_>,
        deadline: &Deadline,
    ) -> Result<Credentials> {
        self.check()?;
        let variable = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let mut found = self.pair(&variable, deadline).await?;
        let token = match &self.security_token {
            Some(token) => Some((token.clone(), configured("security_token"))),
            None => variable("UCLOUD_SECURITY_TOKEN")
                .map(|token| (token.into(), "UCLOUD_SECURITY_TOKEN".to_owned())),
        };
        if let Some((token, source)) = token.filter(|(token, _)| !token.is_blank()) {
            found.security_token = Some(token.trimmed());
            // A token that belongs to other keys is refused: this shows that there is one.
            found.source = format!("{}, security token: {source}", found.source);
        }
        Ok(found)
    }

    async fn pair(&self, variable: Environment<'_>, deadline: &Deadline) -> Result<Credentials> {
        let public = Key::of("public_key", self.public_key.as_ref(), variable);
        let private = Key::of("private_key", self.private_key.as_ref(), variable);
        if self.public_key.is_some() || self.private_key.is_some() {
            return joined(public, private);
        }
        if let Some(profile) = &self.profile {
            return self.profile_of_file(profile, "", variable, deadline).await;
        }
        if public.value.is_some() || private.value.is_some() {
            return joined(public, private);
        }
        if let Some(profile) = variable("UCLOUD_PROFILE") {
            let profile = profile.trim();
            return self.profile_of_file(profile, " (UCLOUD_PROFILE)", variable, deadline).await;
        }
        let named = self.shared_credentials_file.is_some()
            || variable("UCLOUD_SHARED_CREDENTIAL_FILE").is_some();
        let (path, shown) = self.file(variable)?;
        let exists = tokio::fs::try_exists(&path);
        if !named && !deadline.race(OPERATION, exists).await?.unwrap_or(true) {
            return Err(refused(
                "private_key",
                format!("no keys: {FOUR_WAYS}; {shown} does not exist"),
            ));
        }
        let found = self.profile_of_file("default", "", variable, deadline).await;
        found.map_err(|mut error| {
            if error.setting == Some("profile") {
                error.message = format!("no keys: {}; {FOUR_WAYS}", error.message);
            }
            error
        })
    }

    /// The file's path, and its name in messages.
    fn file(&self, variable: Environment<'_>) -> Result<(PathBuf, String)> {
        let shown = self
            .shared_credentials_file
            .clone()
            .or_else(|| variable("UCLOUD_SHARED_CREDENTIAL_FILE"))
            .unwrap_or_else(|| DEFAULT_FILE.to_owned());
        let Some(below) = shown.strip_prefix("~/") else {
            return Ok((PathBuf::from(&shown), shown));
        };
        match variable("HOME").or_else(|| variable("USERPROFILE")) {
            Some(home) => Ok((Path::new(&home).join(below), shown)),
            None if shown == DEFAULT_FILE => {
                Err(refused("private_key", format!("no keys: {FOUR_WAYS}; HOME is not set")))
            }
            None => Err(refused(
                "shared_credentials_file",
                format!("{shown} cannot be found, since HOME is not set"),
            )),
        }
    }

    /// The keys of a profile. `origin` says what names the profile, where that is not a setting.
    async fn profile_of_file(
        &self,
        profile: &str,
        origin: &str,
        variable: Environment<'_>,
        deadline: &Deadline,
    ) -> Result<Credentials> {
        let (path, shown) = self.file(variable)?;
        let entries = entries(path, &shown, deadline).await?;
        let names: Vec<&str> =
            entries.iter().filter_map(|entry| entry.profile.as_deref()).collect();
        let entry = match of_name(&entries, profile).as_slice() {
            [entry] => *entry,
            [] => {
                let present = match names.as_slice() {
                    [] => "it has no profiles".to_owned(),
                    names => format!("it has {}", names.join(", ")),
                };
                let text = format!("{shown} has no profile `{profile}`{origin}; {present}");
                return Err(refused("profile", text));
            }
            several => {
                let count = several.len();
                let text = format!(
                    "{shown} has {count} profiles `{profile}`: remove or rename all but one"
                );
                return Err(refused("shared_credentials_file", text));
            }
        };
        let key = |name: &str, value: Option<&str>| match value.map(str::trim) {
            Some(value) if !value.is_empty() => Ok(value.to_owned()),
            _ => Err(refused(
                "shared_credentials_file",
                format!(
                    "profile `{profile}` of {shown} has no {name} (profiles in the file: {})",
                    names.join(", ")
                ),
            )),
        };
        Ok(Credentials {
            public_key: key("public_key", entry.public_key.as_deref())?,
            private_key: key("private_key", entry.private_key.as_ref().map(Secret::expose))?.into(),
            security_token: None,
            source: format!("profile `{profile}`{origin} of {shown}"),
        })
    }
}

const FOUR_WAYS: &str = "set `public_key` and `private_key`, or `profile`, or the environment \
                         variables UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or UCLOUD_PROFILE, \
                         or write a profile `default` into the shared credentials file";

/// One of the two keys: what it is called, and its value with the place where it is.
struct Key<T> {
    setting: &'static str,
    variable: String,
    value: Option<(T, String)>,
}

impl<T: Clone + From<String>> Key<T> {
    /// A key from the configuration, or else from the variable.
    fn of(setting: &'static str, given: Option<&T>, environment: Environment<'_>) -> Self {
        let variable = format!("UCLOUD_{}", setting.to_uppercase());
        let value = match given {
            Some(value) => Some((value.clone(), configured(setting))),
            None => environment(&variable).map(|value| (value.into(), variable.clone())),
        };
        Self { setting, variable, value }
    }
}

/// How a message names a setting that the configuration has.
fn configured(setting: &str) -> String {
    format!("`{setting}` of the configuration")
}

fn joined(public: Key<String>, private: Key<Secret>) -> Result<Credentials> {
    match (public.value, private.value) {
        (Some((public_key, one)), Some((private_key, other))) => {
            let both = one == configured("public_key") && other == configured("private_key");
            let source = match both {
                true => "`public_key` and `private_key` of the configuration".to_owned(),
                false => format!("{one} and {other}"),
            };
            Ok(Credentials {
                public_key: public_key.trim().to_owned(),
                private_key: private_key.trimmed(),
                security_token: None,
                source,
            })
        }
        (Some((_, place)), _) => Err(refused(
            private.setting,
            format!(
                "{place} is set, but its private key is missing: set `{}` or {}",
                private.setting, private.variable
            ),
        )),
        (None, other) => {
            let place = other.map_or_else(|| "nothing".to_owned(), |(_, place)| place);
            Err(refused(
                public.setting,
                format!(
                    "{place} is set, but its public key is missing: set `{}` or {}",
                    public.setting, public.variable
                ),
            ))
        }
    }
}

fn of_name<'a>(entries: &'a [Entry], profile: &str) -> Vec<&'a Entry> {
    entries.iter().filter(|entry| entry.profile.as_deref() == Some(profile)).collect()
}

async fn entries(path: PathBuf, shown: &str, deadline: &Deadline) -> Result<Vec<Entry>> {
    const SETTING: &str = "shared_credentials_file";
    let bytes = file::read(OPERATION, SETTING, path, shown, deadline).await?;
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    // The parser's own message may quote the text, which may be a key.
    serde_json::from_slice(json).map_err(|error| {
        let text = format!(
            "the file {shown} cannot be read: line {}, column {} does not fit a JSON list of profiles",
            error.line(),
            error.column()
        );
        refused(SETTING, text)
    })
}

fn refused(setting: &'static str, text: impl Into<String>) -> Error {
    Error::setting(OPERATION, setting, text)
}

#[cfg(test)]
mod tests;
