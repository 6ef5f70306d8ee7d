//! Terraform's messages and our types: the only importer of the generated code.
//!
//! [`service`] implements each rpc, [`codec`] and [`json`] read and write values, [`schema`] states
//! the types.

mod answer;
pub mod codec;
mod connections;
pub mod json;
mod offer;
pub mod proto;
pub mod schema;
pub mod service;
mod trace;

pub use connections::Connection;
pub use service::routes;

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Path, Step};
use super::value::{Object, Type, Value};

/// A message that does not match its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where in the value.
    pub at: Path,
    /// What is wrong.
    pub why: String,
}

impl Malformed {
    fn new(why: impl Into<String>) -> Self {
        Self { at: Path::default(), why: why.into() }
    }

    /// The same with one more step at the start of the path. Values are read without a path, since
    /// only errors need one.
    fn inside(mut self, step: Step) -> Self {
        self.at.0.insert(0, step);
        self
    }
}

fn index(index: usize) -> Step {
    Step::Index(i64::try_from(index).unwrap_or(i64::MAX))
}

/// Gives an object the attributes that it lacks, as null, so that compared objects have the same
/// attributes.
fn complete(object: &mut Object, attributes: &BTreeMap<&'static str, Type>) {
    if object.len() < attributes.len() {
        for name in
            attributes.keys().filter(|name| !object.contains_key(**name)).collect::<Vec<_>>()
        {
            object.insert((*name).to_owned(), Value::Null);
        }
    }
}

impl From<Malformed> for Diagnostic {
    fn from(malformed: Malformed) -> Self {
        let at = match malformed.at.to_string() {
            at if at.is_empty() => "the value".to_owned(),
            at => format!("`{at}`"),
        };
        Self::error(
            "Unreadable value",
            format!(
                "Terraform sent a value that does not fit the schema: {at}: {}.",
                malformed.why
            ),
        )
        .at(malformed.at)
    }
}

/// The largest message to send or receive, which is also that of Go's providers. gRPC's usual
/// 4 MB are too little for the state of large configurations.
pub const MESSAGE_LIMIT: usize = 256 << 20;
