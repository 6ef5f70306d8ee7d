//! Being Terraform's child process.

mod proto;
