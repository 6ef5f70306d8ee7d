//! Changes of the image list while it is being read.

use super::image::Image;

/// A change of the image list between two requests.
#[derive(Clone, Debug)]
pub enum Change {
    /// The first image disappears; those behind it move up.
    RemoveFirst,
    /// An image appears at the front; all others move down.
    InsertFirst(Image),
    /// The whole list is another one.
    Replace(Vec<Image>),
}
