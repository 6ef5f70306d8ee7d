//! A Terraform provider for virtual machine images.
//!
//! # Three parts
//!
//! - [`tfplugin`] is **Terraform's side**. It could serve any provider and does not depend on
//!   a cloud. The plugin process (handshake, TLS, logs) is in [`tfplugin::process`], the messages
//!   are in [`tfplugin::wire`], and the other files are the API for authors of providers:
//!   [`tfplugin::model!`](model!), resources, data sources, functions.
//! - [`cloud`] is **the clouds' side**: one client per API, with its authentication, its paging
//!   and its quirks. It does not depend on Terraform.
//! - [`provider`] is **what connects them**: the provider block, the list of types, one file per
//!   type, and the one place where an error of a cloud becomes a message to the user.
//!
//! ```text
//! process -> wire -> the framework's files <- provider -> cloud
//! ```
//!
//! An arrow means "uses". A test reads the sources and fails on a dependency in the other
//! direction.
//!
//! # Where to start reading
//!
//! One type from top to bottom: `provider/ucloud/image.rs`, which declares arguments and results;
//! `provider/ucloud/arguments.rs`, whose `model!` is schema, documentation and decoding at once;
//! `cloud/ucloud/`, which calls the API. Then [`tfplugin::model`] for how one declaration can be
//! all of that, [`tfplugin::resource_driver`] for the rules that keep objects from getting lost, and
//! [`tfplugin::wire::service`] for what Terraform calls.
//!
//! # One name, five places
//!
//! `ucloud_image` is `src/provider/ucloud/image.rs`, its client in `src/cloud/ucloud/`,
//! `examples/data-sources/cloudimages_ucloud_image/`, `docs/data-sources/ucloud_image.md` and
//! `acceptance-tests/ucloud_image/`. Tests enforce this: every type needs all five, and
//! files that belong to no type are reported.

pub mod cloud;
pub mod secret;
#[macro_use]
pub mod tfplugin;
pub mod provider;

#[cfg(test)]
mod walls;
