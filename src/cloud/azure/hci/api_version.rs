//! The versions of the API.

/// The versions of the API that are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiVersion {
    /// The only stable version.
    #[default]
    Stable,
    /// The first version that can create an image from a virtual machine.
    WithSourceVirtualMachine,
}

impl ApiVersion {
    /// As it stands in URLs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "2024-01-01",
            Self::WithSourceVirtualMachine => "2024-05-01-preview",
        }
    }
}
