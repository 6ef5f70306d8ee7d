//! A Terraform provider for people who look after VM images.

pub mod cloud;
pub mod tfplugin;
