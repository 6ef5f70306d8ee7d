//! The Terraform side: what makes a process a provider. It would serve any provider.

pub mod process;
pub mod wire;
