//! `cloudimages_horizon_catalog_import`.

mod adoption;
mod concurrency;
mod creation;
mod deletion;
mod drift;
mod existing;
mod failure;
mod gone;
mod import;
mod interruption;
mod lagging;
mod later_work;
mod limits;
mod listing;
mod marker_places;
mod markers;
mod organization;
mod outages;
mod password;
mod progress;
mod redirects;
mod refusals;
mod replacement;
mod retired;
mod secrets;
mod statuses;
mod trouble;
mod unknown;
mod unknown_outcome;
mod unread;
mod validation;

use simulated_clouds::horizon::{Request, Simulation};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, start};

/// An image that was imported, and nothing in the journal.
struct Imported {
    cloud: Simulation,
    workspace: Workspace,
    /// The id of the image.
    id: String,
    /// The id of its version.
    version: String,
}

impl Imported {
    /// The usual image.
    fn new() -> Self {
        Self::of(&Image::new())
    }

    /// This image.
    fn of(image: &Image) -> Self {
        Self::by(start(), image)
    }

    /// This image in this cloud.
    fn by(cloud: Simulation, image: &Image) -> Self {
        let workspace = Workspace::new(&main(&cloud, image));
        workspace.apply().ok();
        let id = cloud.image_ids(NAME)[0].clone();
        let version = cloud.version_ids(&id)[0].clone();
        cloud.forget_requests();
        Self { cloud, workspace, id, version }
    }

    /// Writes another configuration of the image.
    fn configure(&self, image: &Image) {
        self.workspace.main(&main(&self.cloud, image));
    }

    /// The requests of a method.
    fn sent(&self, method: &str) -> Vec<Request> {
        let mut requests = self.cloud.requests();
        requests.retain(|request| request.method == method);
        requests
    }
}

/// The only change of a plan.
fn planned(action: &str) -> [(String, String); 1] {
    [(IMAGE.to_owned(), action.to_owned())]
}
