//! UCloud.
