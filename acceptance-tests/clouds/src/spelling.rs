//! The spellings in which services repeat what they were sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of URLs (RFC 3986).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a text is written when a message quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// As it is.
    Raw,
    /// Percent-encoded.
    Percent,
    /// Percent-encoded twice: `%253D`.
    PercentTwice,
    /// As inside of a JSON string, with `\u0026` for `&`, and `\u003c` and `\u003e`.
    Json,
    /// As a JSON string inside of another one: `\\u0026`.
    JsonTwice,
    /// HTML: `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&#39;`.
    Html,
    /// As inside of a JSON string, with `\/` for `/`.
    Slashes,
}

impl Spelling {
    /// Every spelling.
    pub const ALL: [Self; 7] = [
        Self::Raw,
        Self::Percent,
        Self::PercentTwice,
        Self::Json,
        Self::JsonTwice,
        Self::Html,
        Self::Slashes,
    ];

    /// The text in this spelling.
    #[must_use]
    pub fn spell(self, text: &str) -> String {
        match self {
            Self::Raw => text.to_owned(),
            Self::Percent => percent(text),
            Self::PercentTwice => percent(&percent(text)),
            Self::Json => escaped(text),
            Self::JsonTwice => escaped(&escaped(text)),
            Self::Html => html(text),
            Self::Slashes => in_json(text).replace('/', "\\/"),
        }
    }
}

fn percent(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The inside of a JSON string.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn escaped(text: &str) -> String {
    in_json(text).replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_the_one_of_its_name() {
        let spelled = Spelling::ALL.map(|spelling| spelling.spell("s://h/a?b=c%3D&\"d\""));
        assert_eq!(
            spelled,
            [
                r#"s://h/a?b=c%3D&"d""#,
                "s%3A%2F%2Fh%2Fa%3Fb%3Dc%253D%26%22d%22",
                "s%253A%252F%252Fh%252Fa%253Fb%253Dc%25253D%2526%2522d%2522",
                r#"s://h/a?b=c%3D\u0026\"d\""#,
                r#"s://h/a?b=c%3D\\u0026\\\"d\\\""#,
                "s://h/a?b=c%3D&amp;&quot;d&quot;",
                r#"s:\/\/h\/a?b=c%3D&\"d\""#,
            ]
        );
    }
}
