//! Horizon Cloud, as far as it manages images, with the identity service in front of it.
//!
//! Written from the vendor's OpenAPI definition. Requests are held against its schemas and against
//! the rules of its prose; answers have exactly the fields of its documents.
//!
//! Labels for [`When::label`]: `create`, `list`, `get`, `versions`, `get-version`, `add-version`,
//! `patch`, `delete`, `publish`, `copies`, `get-copy`, `markers`, `get-marker`, `delete-marker`,
//! `reset-password`, `image-sources`. Those of [`Simulation::csp`]: `api-token`,
//! `client-credentials`.
//!
//! An import goes through the steps of a [`Lifecycle`]. A `GET` of the image counts as a poll, and
//! so does a `DELETE` of one of its versions; for a deletion any read of the image does. Reads of
//! versions, copies, markers and lists show the state without changing it.
//!
//! ```
//! use simulated_clouds::horizon::{Fault, Simulation, When};
//!
//! let horizon = Simulation::start();
//! // The image is created, but the client never hears of it:
//! horizon.fail(When::label("create"), 1, Fault::cut_after_handling());
//! // Let a client talk to `horizon.url()` and `horizon.csp_url()`, then check its requests:
//! assert_eq!(horizon.images_created(), 0);
//! ```

mod bodies;
mod change;
mod control;
mod csp;
mod errors;
mod image_sources;
mod journal;
mod lifecycle;
mod new_image;
mod outside;
mod page;
mod quirks;
mod reads;
mod route;
mod schema;
mod service;
mod settings;
mod show;
mod source;
mod store;
mod strict_json;
mod writes;

use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

pub use change::Change;
use csp::Csp;
pub use csp::TokenShape;
pub use lifecycle::{Lifecycle, Step};
pub use new_image::PROVIDER_INSTANCE;
pub use quirks::{EmptyList, Quirk};
use service::State;
use store::Store;

use crate::shared::{Authority, lock};
pub use crate::shared::{Controls, Fault, Progress, Request, Switch, Tokens, When};
pub use crate::spelling::Spelling;

/// The organization of the tokens unless the builder names another one.
pub const ORG_ID: &str = "0a1b2c3d-0000-4000-8000-00000000c5b0";
/// The API token that is accepted unless the builder names others.
pub const API_TOKEN: &str = "Made-Up.Api_Token~0123456789abcdefghijklmnopqrstuvwxyz";
/// The id of the application that is accepted unless the builder names others.
pub const CLIENT_ID: &str = "made-up-application";
/// The secret of [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "Made-Up+Secret/0123456789:%&=";

/// A moment as the documents of the service have it, for `createdAt` and `updatedAt`.
#[must_use]
pub fn timestamp(moment: SystemTime) -> String {
    store::at(moment.into())
}

/// Sets a [`Simulation`] up. Everything that [`Simulation`] can change while it runs has its
/// setter there.
#[derive(Debug)]
pub struct Builder {
    org: String,
    other_orgs: Vec<String>,
    csp: csp::Settings,
    store: Store,
}

impl Builder {
    /// The organization of the tokens, in place of [`ORG_ID`].
    #[must_use]
    pub fn org(mut self, id: &str) -> Self {
        id.clone_into(&mut self.org);
        self
    }

    /// One more organization that the tokens may work for.
    #[must_use]
    pub fn other_org(mut self, id: &str) -> Self {
        self.other_orgs.push(id.to_owned());
        self
    }

    /// One more API token.
    #[must_use]
    pub fn api_token(mut self, token: &str) -> Self {
        self.csp.api_tokens.push(token.to_owned());
        self
    }

    /// One more application.
    #[must_use]
    pub fn client(mut self, id: &str, secret: &str) -> Self {
        self.csp.clients.push((id.to_owned(), secret.to_owned()));
        self
    }

    /// How long access tokens are valid, and say so; 1799 seconds unless set.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.csp.expires_in = time;
        self
    }

    /// What access tokens look like.
    #[must_use]
    pub fn token_shape(mut self, shape: TokenShape) -> Self {
        self.csp.shape = shape;
        self
    }

    /// Takes no other provider instances than those named this way.
    #[must_use]
    pub fn provider_instance(mut self, id: &str) -> Self {
        self.store.settings.provider_instances.push(id.to_owned());
        self
    }

    /// Takes creations without `orgId`, which the definition leaves optional.
    #[must_use]
    pub fn org_id_optional(mut self) -> Self {
        self.store.settings.org_id_optional = true;
        self
    }

    /// How long each step of the usual imports lasts.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.store.settings.progress = Some(progress);
        self
    }

    /// Switches a peculiarity on.
    #[must_use]
    pub fn quirk(mut self, quirk: Quirk) -> Self {
        self.store.settings.quirks.insert(quirk);
        self
    }

    /// Starts both services.
    #[must_use]
    pub fn start(self) -> Simulation {
        let csp = Arc::new(Csp {
            org: self.org,
            tokens: Tokens::new(),
            settings: Mutex::new(self.csp),
            secrets: Mutex::default(),
        });
        let state = Arc::new(State {
            csp: Arc::clone(&csp),
            other_orgs: self.other_orgs,
            forbidden: Mutex::default(),
            store: Mutex::new(self.store),
        });
        Simulation {
            controls: Controls::start(Arc::clone(&state)),
            csp_controls: Controls::start(csp),
            state,
        }
    }
}

/// A running Horizon Cloud with its identity service, each on a server of its own.
#[derive(Debug)]
pub struct Simulation {
    controls: Controls,
    csp_controls: Controls,
    state: Arc<State>,
}

impl Deref for Simulation {
    type Target = Controls;

    fn deref(&self) -> &Controls {
        &self.controls
    }
}

impl Simulation {
    /// Starts from the defaults: [`ORG_ID`], [`API_TOKEN`], [`CLIENT_ID`] with [`CLIENT_SECRET`],
    /// no images, each step of an import shown by one poll.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            org: ORG_ID.to_owned(),
            other_orgs: Vec::new(),
            csp: csp::Settings {
                api_tokens: vec![API_TOKEN.to_owned()],
                clients: vec![(CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned())],
                shape: TokenShape::Jwt,
                expires_in: Duration::from_secs(1799),
                lifetime: None,
                expires_in_as_text: false,
                quoted: None,
            },
            store: Store::default(),
        }
    }

    /// The defaults, and nothing else.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// The address of the identity service.
    #[must_use]
    pub fn csp_url(&self) -> String {
        self.csp_controls.url()
    }

    /// Serves both over TLS as well, see [`Controls::serve_tls`]. Gives back the origins of the
    /// service and of its identity service.
    pub fn serve_all_tls(&self, authority: &Authority) -> (String, String) {
        (self.serve_tls(authority), self.csp_controls.serve_tls(authority))
    }

    /// Journal, faults and latency of the identity service.
    #[must_use]
    pub fn csp(&self) -> &Controls {
        &self.csp_controls
    }

    /// One more server with the same images, such as a region that requests are redirected to. It
    /// has its own journal and faults.
    #[must_use]
    pub fn start_region(&self) -> Controls {
        Controls::start(Arc::clone(&self.state))
    }
}

#[cfg(test)]
mod tests;
