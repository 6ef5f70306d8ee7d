//! `cloudimages_horizon_catalog_import`.

mod creation;
mod interruption;
