//! The kinds of text that the test provider takes.

use crate::tfplugin::attr::Text;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Type, Value};

/// Text whose meaning does not depend on case and spaces.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place(pub(super) String);

pub(super) fn plain(place: &str) -> String {
    place.to_lowercase().replace(' ', "")
}

/// An address whose query is a signature that expires.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link(pub(super) String);

fn without_pass(link: &Value) -> Option<&str> {
    Some(link.as_str()?.split('?').next().unwrap_or_default())
}

macro_rules! text {
    ($name:ident { $($rest:tt)* }) => {
        impl Attr for $name {
            fn shape() -> Shape {
                Shape::Plain(Type::String)
            }
            fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
                String::decode(value, at, problems).map(Self)
            }
            fn encode(&self, out: &mut dyn Sink) {
                out.string(&self.0);
            }
            $($rest)*
        }
    };
}

text!(Place {
    fn same(a: &Value, b: &Value) -> bool {
        match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => plain(a) == plain(b),
            _ => a == b,
        }
    }
});
text!(Link {
    fn adopts(prior: &Value, planned: &Value) -> bool {
        without_pass(prior).is_some() && without_pass(prior) == without_pass(planned)
    }
});

/// A word of three letters.
#[derive(Clone, Debug)]
pub(super) struct Code;
impl Text for Code {
    const EXPECTED: &'static str = "a code";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        (text.len() == 3).then_some(Self).ok_or_else(|| format!("{text:?} has not three letters."))
    }
}
