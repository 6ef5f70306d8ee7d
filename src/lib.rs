//! A Terraform provider for people who look after VM images.
//!
//! # Three rooms
//!
//! - [`tfplugin`] is **Terraform's side**. It would serve any provider and has never heard of a
//!   cloud. Being a child process of Terraform (handshake, TLS, logs) is in [`tfplugin::process`],
//!   the messages are in [`tfplugin::wire`], and the files beside them are what a provider is
//!   written with: [`tfplugin::model!`](model!), resources, data sources, functions.
//! - [`cloud`] is **the clouds' side**: one client per API, with its login, its paging and its
//!   oddities. It would compile in a repository without Terraform.
//! - [`provider`] is **where they meet**: the provider block, the list of what is offered, one file
//!   per type, and the one place where an error of a cloud becomes a message to the user.
//!
//! ```text
//! process -> wire -> the framework's files <- provider -> cloud
//! ```
//!
//! An arrow means "uses". None is ever reversed: a test reads the
//! sources and says where one was.
//!
//! # Where to start reading
//!
//! One type from top to bottom: `provider/ucloud/image.rs`, which says what users write and get;
//! `provider/ucloud/arguments.rs` beside it, whose `model!` is schema, documentation and decoding at once;
//! `cloud/ucloud/`, which asks the service. Then [`tfplugin::model`] for how one declaration can be
//! all of that, [`tfplugin::life`] for the rules by which no object gets lost, and
//! [`tfplugin::wire::service`] for what Terraform calls.
//!
//! # One name, five places
//!
//! `ucloud_image` is `src/provider/ucloud/image.rs`, its client in `src/cloud/ucloud/`,
//! `examples/data-sources/cloudimages_ucloud_image/`, `docs/data-sources/ucloud_image.md` and
//! `acceptance-tests/ucloud_image/`. Tests hold that as well: what a type has, all have, and what
//! belongs to none is found.

pub mod cloud;
pub mod secret;
#[macro_use]
pub mod tfplugin;
pub mod provider;

#[cfg(test)]
mod walls;
