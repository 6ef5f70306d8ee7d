//! The little `$filter` language of this operation, parsed and evaluated.

use serde_json::Value;

/// A parsed filter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Compare { property: String, equal: bool, value: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    Name(String),
    Text(String),
}

impl Filter {
    /// Parses, or says what the service would not understand.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { words: words(text)?, at: 0 };
        let filter = parser.any()?;
        match parser.next() {
            None => Ok(filter),
            Some(word) => Err(format!("{word:?} was not expected")),
        }
    }

    /// Whether an image passes; values are compared without regard to case.
    pub(crate) fn accepts(&self, image: &Value) -> bool {
        match self {
            Self::And(left, right) => left.accepts(image) && right.accepts(image),
            Self::Or(left, right) => left.accepts(image) || right.accepts(image),
            Self::Compare { property, equal, value } => {
                let actual = image[property].as_str().unwrap_or_default();
                (actual.to_lowercase() == value.to_lowercase()) == *equal
            }
        }
    }
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' => {}
            '(' => out.push(Word::Open),
            ')' => out.push(Word::Close),
            '\'' => {
                let mut value = String::new();
                loop {
                    match chars.next() {
                        None => return Err("unterminated string literal".to_owned()),
                        Some('\'') if chars.next_if_eq(&'\'').is_some() => value.push('\''),
                        Some('\'') => break,
                        Some(other) => value.push(other),
                    }
                }
                out.push(Word::Text(value));
            }
            c if c.is_ascii_alphabetic() => {
                let mut name = c.to_string();
                while let Some(more) = chars.next_if(char::is_ascii_alphanumeric) {
                    name.push(more);
                }
                out.push(Word::Name(name));
            }
            other => return Err(format!("character {other:?} is not allowed")),
        }
    }
    Ok(out)
}

struct Parser {
    words: Vec<Word>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Word> {
        self.at += 1;
        self.words.get(self.at - 1).cloned()
    }

    fn take_name(&mut self, name: &str) -> bool {
        // The documentation writes the connectives in capitals, its examples in lower case.
        let found =
            matches!(self.words.get(self.at), Some(Word::Name(n)) if n.eq_ignore_ascii_case(name));
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut left = self.all()?;
        while self.take_name("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.take_name("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        let property = match self.next() {
            Some(Word::Open) => {
                let inner = self.any()?;
                return match self.next() {
                    Some(Word::Close) => Ok(inner),
                    _ => Err("a closing parenthesis is missing".to_owned()),
                };
            }
            Some(Word::Name(name)) => name,
            other => return Err(format!("expected a property name, found {other:?}")),
        };
        if !["osType", "verificationType", "nodeAgentSKUId"].contains(&property.as_str()) {
            return Err(format!("'{property}' is not a property that can be filtered on"));
        }
        let equal = match self.next() {
            Some(Word::Name(operator)) if operator == "eq" => true,
            Some(Word::Name(operator)) if operator == "ne" => false,
            other => return Err(format!("operator {other:?} is not supported")),
        };
        match self.next() {
            Some(Word::Text(value)) => Ok(Filter::Compare { property, equal, value }),
            other => Err(format!("expected a string literal, found {other:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(filter: &str) -> bool {
        let image = json!({
            "osType": "linux",
            "verificationType": "verified",
            "nodeAgentSKUId": "batch.node.o'brien 22.04",
        });
        Filter::parse(filter).unwrap().accepts(&image)
    }

    #[test]
    fn values_ignore_case_and_quotes_are_doubled() {
        assert!(passes("osType eq 'LINUX'"));
        assert!(!passes("osType ne 'linux'"));
        assert!(passes("nodeAgentSKUId eq 'Batch.Node.O''Brien 22.04'"));
    }

    #[test]
    fn and_binds_tighter_than_or_and_parentheses_win() {
        let (t, f) = ("osType eq 'linux'", "osType eq 'windows'");
        assert!(passes(&format!("{t} or {f} and {f}")));
        assert!(!passes(&format!("({t} or {f}) and {f}")));
        assert!(passes(&format!("(({t})) AND verificationType eq 'verified'")));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "ostype eq 'linux'",
            "verification eq 'verified'",
            "publisher eq 'canonical'",
            "osType gt 'linux'",
            "osType EQ 'linux'",
            "osType eq linux",
            "osType eq \"linux\"",
            "osType eq 'linux",
            "osType+eq+'linux'",
            "osType eq 'linux' and",
            "(osType eq 'linux'",
            "osType eq 'linux')",
            "not osType eq 'linux'",
            "startswith(nodeAgentSKUId,'batch')",
            "osType eq 'linux' osType eq 'linux'",
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
