//! Changes that happen between two requests.

/// A change of the images, made by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A finished image of this name appears.
    Insert(String),
    /// All images of this name are gone.
    Remove(String),
}
