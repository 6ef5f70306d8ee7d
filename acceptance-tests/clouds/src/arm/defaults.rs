//! What exists unless a test sets something else up, and the versions there are.

/// The stable version of the gallery image operations.
pub const API_VERSION: &str = "2024-01-01";
/// The version that supports images created from virtual machines.
pub const PREVIEW_API_VERSION: &str = "2024-05-01-preview";
/// The subscription that exists unless the builder adds more.
pub const SUBSCRIPTION_ID: &str = "7e570000-0000-4000-8000-000000000010";
/// The resource group that exists in it.
pub const RESOURCE_GROUP: &str = "Images-RG";
/// The audiences a token may have: both names of Resource Manager, with and without a slash.
pub const AUDIENCES: [&str; 4] = [
    "https://management.azure.com",
    "https://management.azure.com/",
    "https://management.core.windows.net",
    "https://management.core.windows.net/",
];

/// A custom location in the default resource group, for request bodies.
#[must_use]
pub fn custom_location_id() -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}/providers/Microsoft.ExtendedLocation/customLocations/edge-site-1"
    )
}
