//! Acceptance tests: the real `terraform` runs the real provider against simulated services.
//!
//! One folder for each type, one for the provider block, one for running as Terraform's child, and
//! one for the driver of managed resources (`resource_driver`), which has its own test provider.
//! Shared code is in `harness`; the simulated services are the crate in `clouds`.
//!
//! A test asserts what a user of Terraform sees: diagnostics, plans, state, exit codes, and the
//! requests to the service.

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
mod horizon_catalog_import;
mod horizon_image;
mod horizon_image_sources;
mod horizon_images;
mod process;
mod resource_driver;
mod ucloud_image;
mod ucloud_images;
