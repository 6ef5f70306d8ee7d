//! Odd behaviour that a client has to live with.

/// A peculiarity of answers that can be switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quirk {
    /// Fields without a value are sent as null; usually they are left out.
    ExplicitNulls,
    /// Every field that is not an id, a name, a status or an object is null.
    Nulls,
    /// Documents have fields that the definition does not know.
    UnknownFields,
    /// `markers` is left out of images, versions and creations.
    NoMarkers,
    /// A search finds what contains the value, in any case, instead of what equals it.
    SearchContains,
    /// A search is ignored.
    SearchIgnored,
    /// The answer to a PATCH shows the version as it is going to be.
    PatchShowsNew,
    /// Resource ids in `assetDetails.data` come back in lower case.
    LowerCaseIds,
    /// A version can be deleted with `force=true` while it is imported.
    ForceEndsImport,
    /// A creation with a name that exists is accepted.
    DuplicateNames,
    /// Empty `description` texts are sent where there is none.
    EmptyDescriptions,
}

/// How a list answers that has nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyList {
    /// 404 with an error of the service, as documented.
    #[default]
    NotFound,
    /// 204 without a body.
    NoContent,
    /// 200 with an empty page.
    EmptyPage,
}
