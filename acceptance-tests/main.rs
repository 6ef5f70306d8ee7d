//! Acceptance tests: the real `terraform` runs the real provider against simulated services.
//!
//! One folder for each type, one for the provider block, one for being Terraform's child, and one
//! for the life of a managed resource (`resource_driver`), which has a made-up provider of its own. What they have in
//! common is in `harness`; the services are the crate in `clouds`.
//!
//! A test asserts what somebody sees who runs Terraform: diagnostics, plans, state, exit codes,
//! and what the service was asked.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "everything here is a test or serves one: a failure is what a panic is for"
)]

mod harness;

mod batch_supported_image;
mod batch_supported_images;
mod configuration;
mod examples;
mod functions;
mod hci_gallery_image;
mod hci_gallery_images;
mod process;
mod resource_driver;
mod ucloud_image;
mod ucloud_images;
