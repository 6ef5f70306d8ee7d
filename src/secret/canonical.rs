//! The canonical form of a text: all escapes decoded, and where each byte came from.
//!
//! What a service repeats may be percent-encoded or escaped for JSON or HTML, even several times.
//! Instead of guessing every combination, both the text and the secret are decoded
//! until nothing changes, and then compared.

use std::ops::Range;

/// Deeper nesting does not occur in practice; the limit stops malicious input.
const MOST_PASSES: usize = 6;

/// Whitespace that was percent-encoded: it belongs to a value, and does not end it.
pub(super) const ENCODED_SPACE: u8 = 0x1f;

/// The escapes of HTML that text in URLs and JSON is likely to get.
const ENTITIES: [(&[u8], u8); 5] =
    [(b"&amp;", b'&'), (b"&quot;", b'"'), (b"&apos;", b'\''), (b"&lt;", b'<'), (b"&gt;", b'>')];

/// No code point takes more digits in HTML; leading zeros are allowed.
const LONGEST_CODE: usize = 8;

/// A text without escapes.
pub(super) struct Canonical {
    /// The bytes of the text, decoded.
    pub(super) bytes: Vec<u8>,
    /// The same without differences of encoding: a plus sign for a space, a slash for a
    /// backslash.
    pub(super) folded: Vec<u8>,
    /// For each byte, where what it stands for begins in the original, and how long it is.
    from: Vec<(u32, u32)>,
}

impl Canonical {
    pub(super) fn of(text: &str) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        let mut from: Vec<(u32, u32)> = (0..).zip(std::iter::repeat(1)).take(bytes.len()).collect();
        for _ in 0..MOST_PASSES {
            if !bytes.iter().any(|byte| matches!(byte, b'%' | b'\\' | b'&')) {
                break;
            }
            let (decoded, ranges) = pass(&bytes, &from);
            let is_done = decoded.len() == bytes.len();
            (bytes, from) = (decoded, ranges);
            if is_done {
                break;
            }
        }
        let folded = bytes.iter().map(|byte| fold(*byte)).collect();
        Self { bytes, folded, from }
    }

    /// Where a range of the canonical text is in the original.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let Some(&(start, _)) = self.from.get(range.start) else { return 0..0 };
        let (last, length) = self.from[range.end.max(range.start + 1) - 1];
        start as usize..(last + length) as usize
    }
}

pub(super) fn fold(byte: u8) -> u8 {
    match byte {
        b'+' | ENCODED_SPACE => b' ',
        b'\\' => b'/',
        byte => byte,
    }
}

/// Undoes one layer of escapes.
fn pass(bytes: &[u8], from: &[(u32, u32)]) -> (Vec<u8>, Vec<(u32, u32)>) {
    let (mut out, mut ranges) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len()));
    let mut at = 0;
    while at < bytes.len() {
        let (length, decoded) = escape(&bytes[at..]);
        let (last, size) = from[at + length - 1];
        let range = (from[at].0, last + size - from[at].0);
        match decoded {
            Decoded::Byte(byte) => {
                out.push(byte);
                ranges.push(range);
            }
            Decoded::Char(c) => {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    out.push(byte);
                    ranges.push(range);
                }
            }
        }
        at += length;
    }
    (out, ranges)
}

enum Decoded {
    Byte(u8),
    Char(char),
}

/// The byte at the start of `rest`, and the length of its encoding there.
fn escape(rest: &[u8]) -> (usize, Decoded) {
    let plain = (1, Decoded::Byte(rest[0]));
    match rest {
        [b'%', high, low, ..] => {
            let digit = |byte: u8| (byte as char).to_digit(16);
            match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                    let is_space = byte.is_ascii_whitespace();
                    (3, Decoded::Byte(if is_space { ENCODED_SPACE } else { byte }))
                }
                _ => plain,
            }
        }
        [b'\\', b'u', digits @ ..] => {
            let code = digits.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
            let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            match code.and_then(char::from_u32) {
                Some(c) => (6, Decoded::Char(c)),
                None => plain,
            }
        }
        [b'\\', escaped @ (b'"' | b'\'' | b'\\' | b'/'), ..] => (2, Decoded::Byte(*escaped)),
        [b'\\', b'n' | b'r' | b't', ..] => (2, Decoded::Byte(b' ')),
        [b'&', b'#', code @ ..] => entity(code).map_or(plain, |(length, c)| (length + 2, c)),
        [b'&', ..] => {
            let found = ENTITIES.iter().find(|(entity, _)| {
                rest.get(..entity.len()).is_some_and(|start| start.eq_ignore_ascii_case(entity))
            });
            found.map_or(plain, |(entity, byte)| (entity.len(), Decoded::Byte(*byte)))
        }
        [b'\n' | b'\r' | b'\t', ..] => (1, Decoded::Byte(b' ')),
        _ => plain,
    }
}

/// The character that HTML names by its number, and how long that is: `61;` and `x3D;`.
fn entity(code: &[u8]) -> Option<(usize, Decoded)> {
    let (radix, prefix) = match code.first()? {
        b'x' | b'X' => (16, 1),
        _ => (10, 0),
    };
    let digits = code.get(prefix..)?;
    let length = digits.iter().take(LONGEST_CODE + 1).position(|byte| *byte == b';')?;
    let digits = std::str::from_utf8(&digits[..length]).ok()?;
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    Some((prefix + length + 1, Decoded::Char(c)))
}
