//! The provider block: one file for each cloud.

mod azure_login;
mod azure_login_failures;
mod azure_secrets;
mod batch;
mod empty_strings;
mod files;
mod horizon;
mod horizon_tokens;
mod https;
mod leaks;
mod ucloud;
