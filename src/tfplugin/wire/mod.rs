//! Terraform's messages and our types: the only importer of the generated code.
//!
//! [`service`] answers each rpc, [`codec`] and [`json`] read and write values, [`schema`] states
//! the types.

mod answer;
pub mod codec;
pub mod json;
mod offer;
pub mod proto;
pub mod schema;
pub mod service;
mod session;
mod trace;

pub use service::routes;
pub use session::Connection;

use super::diagnostic::{Diagnostic, Path};

/// A message that does not hold what its schema says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where in the value.
    pub at: Path,
    /// What is wrong.
    pub why: String,
}

impl Malformed {
    fn new(at: &Path, why: impl Into<String>) -> Self {
        Self { at: at.clone(), why: why.into() }
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

/// The largest message to send or to take, which is also that of Go's providers. gRPC's usual
/// 4 MB are too little for the state of large configurations.
pub const MESSAGE_LIMIT: usize = 256 << 20;
