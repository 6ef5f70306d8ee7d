//! Arguments that take one of several words.

use std::fmt::Debug;
use std::marker::PhantomData;

use super::attr::Text;
use super::diagnostic::{Diagnostic, Path};
use super::model::{Attr, Shape, unexpected};
use super::similarity::nearest;
use super::value::{Sink, Type, Value};

/// The words that an argument takes, in the service's own spelling.
pub trait StringEnum: Debug + Clone + Copy + Send + Sync + 'static {
    /// All of them.
    const VALUES: &'static [&'static str];
}

/// Declares the words of arguments: `string_enum! { /// What they are. Os = ["Linux", "Windows"]; }`.
#[macro_export]
macro_rules! string_enum {
    ($($(#[$doc:meta])* $vis:vis $name:ident = [$($word:literal),+];)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        $vis struct $name;
        impl $crate::tfplugin::string_enum::StringEnum for $name {
            const VALUES: &'static [&'static str] = &[$($word),+];
        }
    )+};
}

/// One of the words, written in any case. Holds the service's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseInsensitive<W>(&'static str, PhantomData<W>);

/// One of the words in the service's own spelling, as required for what is stored in a state and
/// compared with what the service returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseSensitive<W>(&'static str, PhantomData<W>);

macro_rules! word {
    ($name:ident, $equal:expr) => {
        impl<W> $name<W> {
            /// The word in the service's spelling.
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                self.0
            }
        }

        impl<W: StringEnum> Attr for $name<W> {
            fn shape() -> Shape {
                Shape::Plain(Type::String)
            }
            fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
                let Value::String(text) = value else {
                    return unexpected(&one_of(W::VALUES), &value, at, problems);
                };
                let equal: fn(&str, &str) -> bool = $equal;
                let found = W::VALUES.iter().find(|word| equal(word, &text));
                if found.is_none() {
                    problems.push(Diagnostic::invalid(at, refusal(&text, W::VALUES)));
                }
                found.map(|word| Self(word, PhantomData))
            }
            fn encode(&self, out: &mut dyn Sink) {
                out.string(self.0);
            }
            fn same(a: &Value, b: &Value) -> bool {
                let equal: fn(&str, &str) -> bool = $equal;
                match (a, b) {
                    (Value::String(a), Value::String(b)) => equal(a, b),
                    _ => a == b,
                }
            }
        }
    };
}

word!(CaseInsensitive, str::eq_ignore_ascii_case);
word!(CaseSensitive, |a, b| a == b);

impl<W: StringEnum> Text for CaseSensitive<W> {
    const EXPECTED: &'static str = "a string";
    fn parse(text: &str) -> Result<Self, String> {
        let found = W::VALUES.iter().find(|word| **word == text);
        found.map(|word| Self(word, PhantomData)).ok_or_else(|| refusal(text, W::VALUES))
    }
    fn written(text: &str) -> Option<String> {
        let found = W::VALUES.iter().find(|word| word.eq_ignore_ascii_case(text));
        found.map(|word| (*word).to_owned())
    }
    /// A service may return another case than it received.
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

/// A word of a service that may add more: one that this release does not know is accepted
/// unchanged, with a warning; a known one in another case is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open<W>(PhantomData<W>);

impl<W: StringEnum> Text for Open<W> {
    const EXPECTED: &'static str = "a string";
    fn parse(text: &str) -> Result<Self, String> {
        let known = W::VALUES.iter().find(|word| word.eq_ignore_ascii_case(text));
        match known {
            Some(word) if *word != text => {
                Err(format!("{text:?} is not spelled as by the service. Did you mean {word:?}?"))
            }
            _ => Ok(Self(PhantomData)),
        }
    }
    fn written(text: &str) -> Option<String> {
        let known = W::VALUES.iter().find(|word| word.eq_ignore_ascii_case(text));
        Some((*known.unwrap_or(&text)).to_owned())
    }
    fn doubt(text: &str) -> Option<String> {
        let is_known = W::VALUES.contains(&text);
        let known = one_of(W::VALUES);
        (!is_known).then(|| {
            format!("{text:?} is not {known}, which this release knows. It is sent unchanged.")
        })
    }
    /// A service may return another case than it received.
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

fn one_of(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("one of {}", words.join(", "))
}

fn refusal(text: &str, words: &[&str]) -> String {
    let text: String = text.chars().take(100).collect();
    match nearest(&text, words.iter().copied()) {
        Some(word) => format!("{text:?} is not {}. Did you mean {word:?}?", one_of(words)),
        None => format!("{text:?} is not {}.", one_of(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy)]
    struct Os;
    impl StringEnum for Os {
        const VALUES: &'static [&'static str] = &["Linux", "Windows"];
    }

    fn problems<T: Attr>(text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        T::decode(text.into(), &Path::attribute("os_type"), &mut problems);
        problems.into_iter().map(|problem| problem.detail).collect()
    }

    #[test]
    fn case_matters_only_where_the_word_is_stored() {
        assert_eq!(problems::<CaseInsensitive<Os>>("linUX"), [""; 0]);
        let expected = "\"linUX\" is not one of \"Linux\", \"Windows\". Did you mean \"Linux\"?";
        assert_eq!(problems::<CaseSensitive<Os>>("linUX"), [expected]);
        let expected = "\"plan9\" is not one of \"Linux\", \"Windows\".";
        assert_eq!(problems::<CaseInsensitive<Os>>("plan9"), [expected]);
    }

    #[test]
    fn an_open_enum_takes_words_that_nobody_has_heard_of() {
        let wrong = |text| Open::<Os>::parse(text).err();
        assert_eq!(["Linux", "Plan9"].map(wrong), [None, None]);
        let expected = "\"linux\" is not spelled as by the service. Did you mean \"Linux\"?";
        assert_eq!(wrong("linux").as_deref(), Some(expected));
        assert_eq!(Open::<Os>::doubt("Linux"), None);
        assert!(Open::<Os>::doubt("Plan9").unwrap().contains("\"Linux\", \"Windows\""));
    }
}
