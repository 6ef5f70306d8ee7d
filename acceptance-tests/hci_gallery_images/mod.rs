//! `cloudimages_hci_gallery_images` and, of one image, `cloudimages_hci_gallery_image` as data
//! sources.

mod listing;
mod one;
