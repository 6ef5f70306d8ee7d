//! `cloudimages_horizon_image_sources`.
