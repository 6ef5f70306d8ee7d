//! `cloudimages_hci_gallery_image`: an image that a cluster of Azure Local makes machines from.

mod creation;
