//! Turns a cloud's error into a message to the user: what failed, what the service said, all facts,
//! and what to do.

use std::fmt::Write as _;

use crate::cloud::{Error, Kind};
use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::resource::Unsettled;

use super::settings::sentence;

/// What to do about an error with one of these codes.
pub(crate) struct Advice {
    /// Codes of the service, compared exactly.
    pub(crate) codes: &'static [&'static str],
    /// What to do. `{name}` is replaced by an argument with its variables.
    pub(crate) text: &'static str,
}

/// What a table says about an error, if it knows its code. `argument` writes an argument with its
/// variables.
pub(crate) fn advice(
    table: &[Advice],
    error: &Error,
    argument: impl Fn(&str) -> String,
) -> Option<String> {
    let code = error.code.as_deref()?;
    let row = table.iter().find(|row| row.codes.contains(&code))?;
    let mut pieces = row.text.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    Some(pieces.fold(first, |all, piece| match piece.split_once('}') {
        Some((name, rest)) => format!("{all}{}{rest}", argument(name)),
        None => format!("{all}{piece}"),
    }))
}

/// What each operation of an API is for, as it continues "Cannot".
const ACTIONS: [(&str, &str); 19] = [
    ("CreateGalleryImage", "create the gallery image"),
    ("CreateImageCatalog", "import the image"),
    ("DeleteGalleryImage", "delete the gallery image"),
    ("DeleteMarker", "remove the marker of the image"),
    ("DeleteVersion", "delete the image"),
    ("DescribeImage", "list the images"),
    ("GetGalleryImage", "read the gallery image"),
    ("GetImage", "read the image"),
    ("GetVersion", "read the version of the image"),
    ("ListCopies", "list the copies of the image"),
    ("ListGalleryImages", "list the gallery images"),
    ("ListImageSources", "list the image sources"),
    ("ListImages", "list the images"),
    ("ListMarkers", "list the markers of the image"),
    ("ListSupportedImages", "list the supported images"),
    ("ListVersions", "list the versions of the image"),
    ("ResetVmPassword", "reset the password"),
    ("UpdateGalleryImage", "update the gallery image"),
    ("UpdateVersion", "update the version of the image"),
];

/// Codes that say more about a call than its kind, in words.
const MEANINGS: [(&str, &str); 9] = [
    ("ExtendedLocationNotFound", "custom location not found"),
    ("InvalidExtendedLocation", "custom location not usable"),
    ("InvalidResourceLocation", "its name is taken in another region"),
    ("LocationNotAvailableForResourceType", "region not available"),
    ("MissingSubscriptionRegistration", "resource provider not registered"),
    ("RequestDisallowedByPolicy", "not allowed by a policy"),
    ("ResourceGroupNotFound", "resource group not found"),
    ("ScopeLocked", "locked"),
    ("SubscriptionNotFound", "subscription not found"),
];

/// What happened to a call, as it follows the colon of a title.
fn outcome(error: &Error) -> &'static str {
    let code = error.code.as_deref().unwrap_or_default();
    if let Some((_, words)) = MEANINGS.iter().find(|(known, _)| *known == code) {
        return words;
    }
    match error.kind {
        Kind::NotFound => "not found",
        Kind::Conflict => "conflicts with the current state",
        Kind::Denied => "not allowed",
        Kind::Invalid if error.status.is_none() && error.code.is_none() => "not possible",
        Kind::Invalid => "rejected by the service",
        Kind::Throttled => "too many requests",
        Kind::Unavailable => "service unavailable",
        Kind::Untrusted => "certificate not accepted",
        Kind::TimedOut => "timed out",
        Kind::Interrupted => "interrupted",
        Kind::Failed => "the service reports a failure",
        Kind::Unreadable => "its state cannot be read",
        Kind::Unexpected => "unexpected response",
    }
}

/// What failed, in words: the title is all that some people read.
fn summary(error: &Error) -> String {
    let what = outcome(error);
    let action = ACTIONS.iter().find(|(operation, _)| *operation == error.operation);
    match action {
        Some((_, action)) => format!("Cannot {action}: {what}"),
        None => format!("{} {what}", error.operation),
    }
}

/// What the service said and all facts about it, one to a line.
fn facts(error: &Error) -> String {
    let message = error.message.trim_end();
    // What a service said is quoted unchanged.
    let is_quoted = error.code.is_some() || error.status.is_some();
    let mut text = match message.ends_with(['!', '?']) || is_quoted && message.ends_with('.') {
        true => message.to_owned(),
        false if is_quoted => format!("{message}."),
        false => sentence(message),
    };
    let mut facts: Vec<(&str, String)> = vec![("Operation", error.operation.to_owned())];
    facts.extend(error.code.iter().map(|code| ("Code", code.clone())));
    facts.extend(error.status.iter().map(|status| ("HTTP status", status.to_string())));
    facts.extend(error.facts.iter().map(|(name, value)| (*name, value.clone())));
    text.push('\n');
    for (name, value) in facts {
        let _ = write!(text, "\n  {name}: {value}");
    }
    text
}

/// Whether a refusal is not in the form of the service, which names a code. One that passes, such as a
/// gateway that is overloaded, does not count.
pub(crate) fn is_foreign(error: &Error) -> bool {
    let is_lasting = matches!(error.kind, Kind::Denied | Kind::Invalid | Kind::Unexpected);
    is_lasting && error.status.is_some() && error.code.is_none()
}

/// An error with advice.
pub(crate) fn diagnostic(error: &Error, advice: &str) -> Diagnostic {
    let mut detail = facts(error);
    let advice = match (advice, error.kind) {
        // Whatever the operation was: it never reached the service.
        (_, Kind::Untrusted) => {
            "Check that the address is right. If a proxy on the way or the service itself has a \
             certificate of your own authority, add that authority to the trusted certificates of \
             this computer, or, on Linux, set the environment variable SSL_CERT_FILE to a PEM file \
             with all authorities to trust."
        }
        ("", Kind::TimedOut) => "Raise `timeouts` to allow more time.",
        ("", Kind::Interrupted) => {
            "Interrupted on request. What the service has accepted goes on there; run the same command \
             again to continue."
        }
        ("", Kind::Unavailable) if error.code.is_some() => {
            "The service is temporarily unable to process the request. Try again later."
        }
        ("", Kind::Unavailable) => {
            "The service could not be reached or could not answer. Check \
             the address, the network and the proxy variables (HTTPS_PROXY, NO_PROXY); if they \
             are right, try again later."
        }
        ("", Kind::Throttled) => "Try again later, or allow more time in `timeouts`.",
        (advice, _) => advice,
    };
    if !advice.is_empty() {
        let _ = write!(detail, "\n\n{advice}");
    }
    Diagnostic::error(summary(error), detail)
}

/// The same about a login to `service`.
pub(crate) fn login_diagnostic(service: &str, error: &Error, advice: &str) -> Diagnostic {
    let summary = format!("Cannot log in to {service}: {}", outcome(error));
    Diagnostic { summary, ..diagnostic(error, advice) }
}

/// How a wait ended before the object was ready. `explain` adds the advice.
pub(crate) fn unsettled(error: Error, explain: impl FnOnce(Error) -> Failure) -> Unsettled {
    match error.kind {
        Kind::Interrupted => Unsettled::Interrupted,
        // What to do about that is the same for every object, and added where it is decided.
        Kind::TimedOut => {
            Unsettled::TimedOut(Diagnostic::error(summary(&error), facts(&error)).into())
        }
        Kind::Unreadable => Unsettled::Unreadable(explain(error)),
        _ => Unsettled::Failed(explain(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_in_words_what_failed() {
        let error = Error::new(Kind::Denied, "GetImage", "no").status(403);
        assert_eq!(summary(&error), "Cannot read the image: not allowed");
        let login = login_diagnostic("Azure", &error.of_login(), "");
        assert_eq!(login.summary, "Cannot log in to Azure: not allowed");
        let missing = Error::new(Kind::NotFound, "CreateGalleryImage", "no").status(404);
        let missing = missing.code("ResourceGroupNotFound");
        assert_eq!(summary(&missing), "Cannot create the gallery image: resource group not found");
    }

    #[test]
    fn advice_about_a_certificate_comes_before_any_other() {
        let text = "the certificate of api.example was not accepted: it has expired";
        let error = Error::new(Kind::Untrusted, "GetImage", text);
        let Diagnostic { summary, detail, .. } = diagnostic(&error, "Raise the limit.");
        assert_eq!(summary, "Cannot read the image: certificate not accepted");
        assert!(detail.contains("SSL_CERT_FILE") && !detail.contains("Raise"), "{detail}");
    }

    /// Every operation of a client has words of its own.
    #[test]
    fn every_operation_of_the_clients_is_known() {
        fn visit(folder: &std::path::Path, found: &mut std::collections::BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() {
                    visit(&entry.path(), found);
                    continue;
                }
                let text = std::fs::read_to_string(entry.path()).unwrap();
                let verbs = "(Create|Update|Delete|Get|List|Describe|Reset)";
                let name = regex::Regex::new(&format!("\"({verbs}[A-Z][A-Za-z]+)\"")).unwrap();
                found.extend(name.captures_iter(&text).map(|name| name[1].to_owned()));
            }
        }
        let mut found = std::collections::BTreeSet::new();
        let clients = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cloud");
        for cloud in ["azure/hci", "azure/batch", "horizon", "ucloud"] {
            visit(&clients.join(cloud), &mut found);
        }
        for no_call in [
            "CreateTime",
            "CreateUHostInstance",
            "DescribeImageResponse",
            "DescribeUHostInstance",
            "GetOrganisation",
        ] {
            found.remove(no_call);
        }
        let known = ACTIONS.iter().map(|(operation, _)| (*operation).to_owned()).collect();
        assert_eq!(found, known);
    }
}
