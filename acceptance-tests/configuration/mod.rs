//! The provider block: one file for each cloud.

mod ucloud;
