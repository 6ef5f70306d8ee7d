//! Being Terraform's child process.

mod proto;

/// X
#[derive(Clone, Copy, Debug)]
pub struct Connection(pub u64);
