//! What looks like a secret, although it is not known: signatures in URLs, tokens, passwords in
//! addresses.
//!
//! Services quote input that they reject, also in responses to a process that does not know it.

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

/// In a query, a signature may have this name as well. In prose it is an ordinary word.
const SHORT_NAME: &[u8] = b"s";

/// A value of [`SHORT_NAME`] that is shorter is not a signature.
const SHORTEST_SIGNATURE: usize = 16;

/// A shorter word after `Bearer` is ordinary text.
const SHORTEST_TOKEN: usize = 16;

/// Fewer strings of one character are an ordinary list.
const FEWEST_LETTERS: usize = 4;

/// The same without quotation marks, where short lists are common.
const FEWEST_BARE: usize = 6;

/// Where something looks like a secret in the original of a text.
///
/// Takes a time that grows with the length of the text alone, whatever is in it: services that are
/// not to be trusted wrote it.
pub(super) fn find(text: &Canonical) -> Vec<Range<usize>> {
    let lower: Vec<u8> = text.bytes.iter().map(u8::to_ascii_lowercase).collect();
    let mut found = Vec::new();
    let (mut url, mut user) = (Url::default(), User::default());
    // What is hidden already is not searched again.
    let mut hidden = 0;
    for at in 0..lower.len() {
        url.pass(&lower, at);
        user.pass(lower[at], at);
        if at < hidden {
            continue;
        }
        let range = match lower[at] {
            b'=' => assignment(&lower, at, &mut url),
            b':' if lower.get(at.wrapping_sub(1)) == Some(&b'"') => member(&lower, at),
            b'@' => user.info(&lower, at),
            b' ' => bearer(&lower, at),
            b'[' => letters(&lower, at).or_else(|| bare_letters(&lower, at)),
            b'e' if lower[at..].starts_with(b"eyj") => json_web_token(&lower, at),
            _ => None,
        };
        if let Some(range) = range {
            hidden = range.end;
            found.push(text.original(range));
        }
    }
    found
}

/// The URL that a place may be in.
#[derive(Default)]
struct Url {
    /// The question mark.
    mark: Option<usize>,
    /// Where it ends, once somebody has asked.
    end: Option<usize>,
}

impl Url {
    fn pass(&mut self, text: &[u8], at: usize) {
        match text[at] {
            byte if ends_url(byte) => *self = Self::default(),
            b'?' => drop(self.mark.get_or_insert(at)),
            _ => {}
        }
    }

    /// The query around a place: from behind the question mark to the end of the URL.
    fn query(&mut self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let mark = self.mark?;
        Some(mark + 1..*self.end.get_or_insert_with(|| end_of(text, at, ends_url)))
    }
}

/// The part of an address before its host that a place may be in.
#[derive(Default)]
struct User {
    start: usize,
    has_colon: bool,
}

impl User {
    fn pass(&mut self, byte: u8, at: usize) {
        if ends_url(byte) || matches!(byte, b'/' | b'?' | b'#' | b'=' | b'(' | b',') {
            *self = Self { start: at + 1, has_colon: false };
        }
        self.has_colon |= byte == b':';
    }

    /// `user:password`.
    fn info(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let start = self.start;
        // `image@sha256:...` and `name@example.com` hold no password.
        let is_address = start >= 2 && &text[start - 2..start] == b"//";
        (self.has_colon || is_address).then_some(start..at).filter(|range| !range.is_empty())
    }
}

/// `sig=...`: the value, or the whole query when it is in a URL, since a part of it could be
/// enough to guess the rest.
fn assignment(text: &[u8], at: usize, url: &mut Url) -> Option<Range<usize>> {
    let name = name_before(text, at);
    let is_short = name == SHORT_NAME;
    if !(NAMES.contains(&name) || is_short && url.mark.is_some()) {
        return None;
    }
    let query = url.query(text, at);
    let value = at + 1..end_of(text, at + 1, ends_parameter);
    let is_secret = value.len() >= if is_short { SHORTEST_SIGNATURE } else { 1 };
    is_secret.then(|| query.unwrap_or(at - name.len()..value.end))
}

/// `"access_token": "..."`, in JSON: the value.
fn member(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !NAMES.contains(&name_before(text, at - 1)) {
        return None;
    }
    let start = at + 1 + text[at + 1..].iter().position(|byte| *byte != b' ')?;
    if text[start] == b'[' {
        // Up to the bracket that closes it, which may be a character of the secret: the last one.
        let line = end_of(text, start, |byte| byte == b'\n');
        let spelled = letters(text, start).or_else(|| bare_letters(text, start));
        let end =
            spelled.map_or_else(|| end_of(&text[..line], start, |byte| byte == b']'), |r| r.end);
        return (start + 1 < end).then_some(start + 1..end);
    }
    let start = start + usize::from(text[start] == b'"');
    let end = end_of(text, start, |byte| matches!(byte, b'"' | b'\n'));
    (start < end).then_some(start..end)
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

/// `["s","e","c","r","e","t"]`: a password as some services take it, one string for each character.
fn letters(text: &[u8], at: usize) -> Option<Range<usize>> {
    let skip = |from: usize| from + text[from..].iter().take_while(|byte| **byte == b' ').count();
    let (start, mut next, mut end, mut count) = (skip(at + 1), skip(at + 1), 0, 0);
    while text.get(next) == Some(&b'"') {
        let rest = &text[next + 1..];
        // One character of UTF-8, which may be a quotation mark itself, or a backslash that is gone
        // after all escapes were undone.
        let length = match rest {
            [b'"', b'"', ..] => 1,
            [b'"', ..] | [] => 0,
            [_, more @ ..] => 1 + more.iter().take_while(|byte| **byte >> 6 == 0b10).count(),
        };
        if rest.get(length) != Some(&b'"') {
            break;
        }
        (end, count) = (next + 2 + length, count + 1);
        let comma = skip(end);
        if text.get(comma) != Some(&b',') {
            break;
        }
        next = skip(comma + 1);
    }
    (count >= FEWEST_LETTERS).then_some(start..end)
}

/// `[s, e, c, r, e, t]`: the same as Java prints an array of characters.
fn bare_letters(text: &[u8], at: usize) -> Option<Range<usize>> {
    let skip = |from: usize| from + text[from..].iter().take_while(|byte| **byte == b' ').count();
    let start = skip(at + 1);
    let (mut next, mut end, mut count, mut is_number) = (start, start, 0, true);
    while let [first, more @ ..] = &text[next..] {
        // A space of the text is one of the spaces between.
        let length = match first {
            b',' => 0,
            _ => 1 + more.iter().take_while(|byte| **byte >> 6 == 0b10).count(),
        };
        let after = skip(next + length);
        if !matches!(text.get(after), Some(b',' | b']')) {
            break;
        }
        is_number &= first.is_ascii_digit();
        (end, count) = (next + length, count + 1);
        if text[after] == b']' {
            break;
        }
        next = skip(after + 1);
    }
    (count >= FEWEST_BARE && !is_number).then_some(start..end)
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
