//! tfplugin6 and our own types, in both directions.

pub mod proto;
