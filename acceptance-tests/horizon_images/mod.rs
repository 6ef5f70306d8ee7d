//! `cloudimages_horizon_images`.
