//! An address of a service, as a user gave it: checked before anything is sent to it.

use reqwest::Url;

use super::http::{is_link_local, is_loopback};

/// What an address may be beyond `https://host:port/path`, and plain http for loopback hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// The scheme may be left out: https.
    pub no_scheme: bool,
    /// Plain http for link-local hosts as well, where the metadata services of virtual machines
    /// are: nobody but the machine reaches them.
    pub link_local: bool,
    /// A query.
    pub query: bool,
}

/// Reads an address.
///
/// # Errors
/// A sentence without its full stop that says what is wrong. It never quotes a user name or a
/// password.
pub fn parse(text: &str, allowed: Allowed) -> Result<Url, String> {
    let text = text.trim();
    let wrong = |why: &str| Err(format!("{text:?} {why}"));
    if text.is_empty() {
        return Err("the address is empty".to_owned());
    }
    // Also in places where the parser sees a path: a password may hold any character.
    if text.contains('@') {
        return Err("the address must not contain a user name or a password".to_owned());
    }
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false if allowed.no_scheme => format!("https://{text}"),
        false => return wrong("has no scheme: it must start with https://"),
    };
    let url = match Url::parse(&whole) {
        Ok(url) if url.has_host() => url,
        Ok(_) => return wrong("cannot be read: it names no host"),
        Err(why) => return wrong(&format!("cannot be read: {why}")),
    };
    if url.fragment().is_some() || (url.query().is_some() && !allowed.query) {
        return wrong("must not have a query or a fragment");
    }
    let is_near = is_loopback(&url) || (allowed.link_local && is_link_local(&url));
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_near => Ok(url),
        "http" if allowed.link_local => {
            wrong("uses plain http, which is accepted for loopback and link-local hosts only")
        }
        "http" => wrong("uses plain http, which is accepted for loopback hosts only"),
        scheme => wrong(&format!("uses {scheme}, but has to be https")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: Allowed = Allowed { no_scheme: true, link_local: false, query: false };
    const NEAR: Allowed = Allowed { no_scheme: false, link_local: true, query: true };

    #[test]
    fn an_address_may_have_a_port_a_path_and_spaces_around_it() {
        for (given, allowed, read) in [
            ("https://api.ucloud.cn", Allowed::default(), "https://api.ucloud.cn/"),
            (" https://a.example:8443/x ", Allowed::default(), "https://a.example:8443/x"),
            ("https://[2001:db8::1]:8443/", Allowed::default(), "https://[2001:db8::1]:8443/"),
            ("http://127.0.0.1:8080", Allowed::default(), "http://127.0.0.1:8080/"),
            ("http://[::1]:8080/", Allowed::default(), "http://[::1]:8080/"),
            ("HTTP://LocalHost", Allowed::default(), "http://localhost/"),
            ("a.example:8443", BARE, "https://a.example:8443/"),
            ("http://169.254.169.254/token?x=1", NEAR, "http://169.254.169.254/token?x=1"),
        ] {
            assert_eq!(parse(given, allowed).unwrap().as_str(), read);
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_no_password_with_it() {
        for (given, allowed, reason) in [
            ("", BARE, "empty"),
            ("api.example", Allowed::default(), "has no scheme"),
            ("localhost:8080", Allowed::default(), "has no scheme"),
            ("http://api.example", Allowed::default(), "loopback hosts only"),
            ("http://127.0.0.1.example", Allowed::default(), "loopback hosts only"),
            ("http://169.254.169.254", Allowed::default(), "loopback hosts only"),
            ("http://api.example", NEAR, "loopback and link-local hosts only"),
            ("ftp://api.example", BARE, "has to be https"),
            ("https://", Allowed::default(), "cannot be read"),
            ("a b", BARE, "cannot be read"),
            ("https://api.example:99999", BARE, "cannot be read"),
            ("https://api.example/?x=1", Allowed::default(), "must not have a query"),
            ("https://api.example/#x", NEAR, "must not have a query or a fragment"),
            ("https://me:hunter2@api.example", BARE, "a user name or a password"),
            ("me:hunter2@api.example", BARE, "a user name or a password"),
            ("https://me:/hunter2@api.example", NEAR, "a user name or a password"),
            ("https://me:1?hunter2@api.example", NEAR, "a user name or a password"),
            ("https://me:1#hunter2@api.example", NEAR, "a user name or a password"),
        ] {
            let why = parse(given, allowed).unwrap_err();
            assert!(why.contains(reason), "{given}: {why}");
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
