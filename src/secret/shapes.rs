//! What looks like a secret, whoever wrote it: signatures in URLs, tokens, passwords in addresses.
//!
//! Services quote what they could not use, also in answers to a process that has never seen it.

use std::ops::Range;

use super::canonical::Canonical;

/// Names whose value is a secret, in a query, a form or JSON.
const NAMES: [&[u8]; 20] = [
    b"sig",
    b"signature",
    b"client_secret",
    b"client_assertion",
    b"access_token",
    b"refresh_token",
    b"id_token",
    b"token",
    b"secret",
    b"sas",
    b"apikey",
    b"api_key",
    b"api-key",
    b"assertion",
    b"password",
    b"x-amz-signature",
    b"x-goog-signature",
    b"accountkey",
    b"sharedaccesssignature",
    b"securitytoken",
];

/// In a query, a signature may have this name as well. In prose it means nothing.
const SHORT_NAME: &[u8] = b"s";

/// A value of [`SHORT_NAME`] that is shorter is not a signature.
const SHORTEST_SIGNATURE: usize = 16;

/// A word behind `Bearer` that is shorter is one of a sentence.
const SHORTEST_TOKEN: usize = 16;

/// Where something looks like a secret in the original of a text.
pub(super) fn find(text: &Canonical) -> Vec<Range<usize>> {
    let lower: Vec<u8> = text.bytes.iter().map(u8::to_ascii_lowercase).collect();
    let mut found = Vec::new();
    for at in 0..lower.len() {
        let range = match lower[at] {
            b'=' => assignment(&lower, at),
            b':' if lower.get(at.wrapping_sub(1)) == Some(&b'"') => member(&lower, at),
            b'@' => user_info(&lower, at),
            b' ' => bearer(&lower, at),
            b'e' if lower[at..].starts_with(b"eyj") => json_web_token(&lower, at),
            _ => None,
        };
        found.extend(range.map(|range| text.original(range)));
    }
    found
}

/// `sig=...`: the value, or the whole query when it is in a URL, since a part of it could be
/// enough to guess the rest.
fn assignment(text: &[u8], at: usize) -> Option<Range<usize>> {
    let name = name_before(text, at);
    let value = at + 1..end_of(text, at + 1, ends_parameter);
    let query = query_around(text, at);
    let is_short = name == SHORT_NAME && query.is_some() && value.len() >= SHORTEST_SIGNATURE;
    if !is_short && (!NAMES.contains(&name) || value.is_empty()) {
        return None;
    }
    Some(query.unwrap_or(at - name.len()..value.end))
}

/// The query of the URL around a place: from behind the question mark to the end of the URL.
fn query_around(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = text[..at].iter().rposition(|byte| ends_url(*byte)).map_or(0, |at| at + 1);
    let mark = start + text[start..at].iter().position(|byte| *byte == b'?')?;
    Some(mark + 1..end_of(text, at, ends_url))
}

/// `"access_token": "..."`, in JSON: the value.
fn member(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !NAMES.contains(&name_before(text, at - 1)) {
        return None;
    }
    let start = at + 1 + text[at + 1..].iter().position(|byte| *byte != b' ')?;
    let start = start + usize::from(text[start] == b'"');
    let end = end_of(text, start, |byte| matches!(byte, b'"' | b'\n'));
    (start < end).then_some(start..end)
}

/// `user:password` before the host of an address.
fn user_info(text: &[u8], at: usize) -> Option<Range<usize>> {
    let ends = |byte: u8| ends_url(byte) || matches!(byte, b'/' | b'?' | b'#' | b'=' | b'(' | b',');
    let start = text[..at].iter().rposition(|byte| ends(*byte)).map_or(0, |at| at + 1);
    let colon = text[start..at].iter().position(|byte| *byte == b':');
    // `image@sha256:...` and `name@example.com` hold no password.
    let is_address = start >= 2 && &text[start - 2..start] == b"//";
    (colon.is_some() || is_address).then_some(start..at).filter(|range| !range.is_empty())
}

/// `Bearer ...`, and `SharedKey account:...`.
fn bearer(text: &[u8], at: usize) -> Option<Range<usize>> {
    let scheme = [&b"bearer"[..], b"sharedkey"].into_iter().find(|s| text[..at].ends_with(s))?;
    let before = text[..at - scheme.len()].last();
    if before.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let end = end_of(text, at + 1, |byte| ends_url(byte) || byte == b',');
    let range = at + 1..end;
    let has_digit = text[range.clone()].iter().any(u8::is_ascii_digit);
    (range.len() >= SHORTEST_TOKEN && has_digit).then_some(range)
}

/// Three parts in base64, of which the first begins as `{"` does.
fn json_web_token(text: &[u8], at: usize) -> Option<Range<usize>> {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if at > 0 && fits(&text[at - 1]) {
        return None;
    }
    let length = text[at..].iter().take_while(|byte| fits(byte)).count();
    let token = &text[at..at + length];
    (length >= SHORTEST_TOKEN && token.contains(&b'.')).then_some(at..at + length)
}

fn name_before(text: &[u8], at: usize) -> &[u8] {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = text[..at].iter().rev().take_while(|byte| fits(byte)).count();
    &text[at - length..at]
}

fn end_of(text: &[u8], start: usize, ends: impl Fn(u8) -> bool) -> usize {
    text[start..].iter().position(|byte| ends(*byte)).map_or(text.len(), |at| start + at)
}

fn ends_url(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`')
}

fn ends_parameter(byte: u8) -> bool {
    ends_url(byte) || matches!(byte, b'&' | b';' | b',' | b')' | b']' | b'}')
}
