//! `cloudimages_horizon_image`.
