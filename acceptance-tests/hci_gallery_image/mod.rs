//! `cloudimages_hci_gallery_image`: an image for virtual machines on Azure Local.

mod adoption;
mod concurrency;
mod creation;
mod deletion;
mod drift;
mod existing;
mod failure;
mod gone;
mod image_path;
mod import;
mod interruption;
mod limits;
mod listing;
mod moves;
mod replacement;
mod secrets;
mod source_machine;
mod steady;
mod tags;
mod trouble;
mod unknown_outcome;
mod unreadable;
mod validation;
