//! UCloud's list of images: `DescribeImage`.
//!
//! [`Settings`] become [`Credentials`], those and an [`endpoint()`] become a [`Client`], and the
//! client answers a [`Query`] with a [`SearchResult`] that is complete, or fails.
//! See <https://docs.ucloud.cn/api/uhost-api/describe_image>.

mod call;
mod credentials;
mod decode;
mod endpoint;
mod envelope;
#[cfg(test)]
mod fixture;
mod images;
mod listing;
mod pass;
mod retcode;
mod signature;
mod types;

pub use credentials::{Credentials, Settings};
pub use endpoint::{DEFAULT_BASE_URL, endpoint};
pub use images::{Client, DEFAULT_MAX_RETRIES};
pub use types::{Image, Price, Query, SearchResult};

/// The one operation of the API that this client knows.
const OPERATION: &str = "DescribeImage";
