//! A simulated UCloud API gateway with the action `DescribeImage`.
//!
//! It verifies signatures, tokens, regions and projects itself and refuses with the codes of the
//! real gateway: business errors are HTTP 200 with a `RetCode`. Faults and odd behaviour can be
//! switched on and off while it runs, and every request is logged.
//!
//! Labels for [`When::label`]: `offset 0`, `offset 100`, ... for the pages of a list.
//!
//! ```
//! use simulated_clouds::ucloud::{Account, Simulation, ret_code};
//!
//! let cloud = Simulation::builder()
//!     .account(Account::new("public", "private").project("org-a"))
//!     .page_cap(50)
//!     .start();
//! cloud.fail_next(1, ret_code(8889, "failed to get image list"));
//! // Let a client talk to `cloud.url()`, then check its requests:
//! assert_eq!(cloud.request_count(), 0);
//! ```

mod account;
mod catalogue;
mod change;
mod describe;
mod faults;
mod gateway;
mod image;
mod quirks;
mod request;
mod service;
mod signature;
mod wire;

#[cfg(test)]
mod tests_faults;
#[cfg(test)]
mod tests_gateway;
#[cfg(test)]
mod tests_listing;
#[cfg(test)]
mod tiny_client;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

pub use account::Account;
pub use catalogue::{REGION, catalogue, generated};
pub use change::Change;
pub use faults::{ret_code, text_ret_code};
pub use image::Image;
pub use quirks::{ImageSetShape, ItemQuirks, Order, Quirks, SizeShape, TotalCount};
pub use request::Request;
use service::{Service, State};

pub use crate::shared::{Controls, Fault, Switch, When};

/// What a [`Simulation`] starts with.
#[derive(Debug)]
pub struct Builder {
    state: State,
    accounts: Vec<Account>,
    base_path: Option<String>,
    latency: Duration,
}

impl Builder {
    /// Adds an account. Without any, [`Account::example`] is the only one.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Renames the default region, [`REGION`] otherwise. To be called before [`Self::images`].
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        if let Some(images) = self.state.regions.remove(&self.state.default_region) {
            self.state.regions.insert(region.to_owned(), images);
        }
        region.clone_into(&mut self.state.default_region);
        self
    }

    /// Replaces the images of the default region, which are those of [`catalogue()`] otherwise.
    #[must_use]
    pub fn images(mut self, images: Vec<Image>) -> Self {
        let region = self.state.default_region.clone();
        self.state.set_images(&region, images);
        self
    }

    /// Adds a region with its own images.
    #[must_use]
    pub fn images_in(mut self, region: &str, images: Vec<Image>) -> Self {
        self.state.set_images(region, images);
        self
    }

    /// Reduces any bigger `Limit` to this number of images.
    #[must_use]
    pub fn page_cap(mut self, most: usize) -> Self {
        self.state.rules.cap = Some(most);
        self
    }

    /// Refuses any bigger `Limit` with 230.
    #[must_use]
    pub fn refuse_limit_above(mut self, most: usize) -> Self {
        self.state.rules.refuse_above = Some(most);
        self
    }

    /// Lets every answer take this long.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Starts with odd behaviour.
    #[must_use]
    pub fn quirks(mut self, quirks: Quirks) -> Self {
        self.state.quirks = quirks;
        self
    }

    /// Serves below this path alone; any path is served otherwise.
    #[must_use]
    pub fn base_path(mut self, path: &str) -> Self {
        self.base_path = Some(path.to_owned());
        self
    }

    /// Starts the service.
    #[must_use]
    pub fn start(mut self) -> Simulation {
        if self.accounts.is_empty() {
            self.accounts.push(Account::example());
        }
        self.state.accounts = Arc::new(self.accounts);
        let base_path = self.base_path.clone().unwrap_or_default();
        let service = Service::new(self.state, self.base_path);
        let controls = Controls::start(Arc::clone(&service));
        controls.set_latency(self.latency);
        Simulation { controls, service, base_path }
    }
}

/// A running simulation. Dropping it stops the service.
#[derive(Debug)]
pub struct Simulation {
    controls: Controls,
    service: Arc<Service>,
    base_path: String,
}

impl Deref for Simulation {
    type Target = Controls;

    fn deref(&self) -> &Controls {
        &self.controls
    }
}

impl Simulation {
    /// A simulation of one region with the images of [`catalogue()`], to be adapted.
    #[must_use]
    pub fn builder() -> Builder {
        let mut state = State { default_region: REGION.to_owned(), ..State::default() };
        state.set_images(REGION, catalogue());
        Builder { state, accounts: Vec::new(), base_path: None, latency: Duration::ZERO }
    }

    /// A simulation with the images of [`catalogue()`] and [`Account::example`].
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// The address for a client, with the base path if there is one.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.controls.url(), self.base_path)
    }

    /// Lets the next `times` requests for the page at `offset` fail.
    pub fn fail_offset(&self, offset: usize, times: usize, fault: Fault) {
        self.fail(When::label(&service::label(offset)), times, fault);
    }

    /// Replaces the odd behaviour; `Quirks::default()` ends it.
    pub fn set_quirks(&self, quirks: Quirks) {
        self.service.state().quirks = quirks;
    }

    /// Changes the number to which a bigger `Limit` is reduced.
    pub fn set_page_cap(&self, most: Option<usize>) {
        self.service.state().rules.cap = most;
    }

    /// Changes the number above which `Limit` is refused.
    pub fn set_refuse_limit_above(&self, most: Option<usize>) {
        self.service.state().rules.refuse_above = most;
    }

    /// Replaces the images of the default region.
    pub fn set_images(&self, images: Vec<Image>) {
        let mut state = self.service.state();
        let region = state.default_region.clone();
        state.set_images(&region, images);
    }

    /// Replaces the images of a region, which is added if it is new.
    pub fn set_images_in(&self, region: &str, images: Vec<Image>) {
        self.service.state().set_images(region, images);
    }

    /// Changes the list of the default region between the request with this number and the next.
    pub fn change_after(&self, number: usize, change: Change) {
        self.service.state().changes.push((number, change));
    }

    /// Replaces the accounts, for instance to let keys expire.
    pub fn set_accounts(&self, accounts: Vec<Account>) {
        self.service.state().accounts = Arc::new(accounts);
    }

    /// All requests since the start or [`Self::clear_requests`], in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let requests = self.controls.requests().into_iter();
        requests.map(|request| self.service.described(request)).collect()
    }

    /// Empties the log. For [`Self::change_after`], the next request has number 1 again.
    pub fn clear_requests(&self) {
        self.forget_requests();
        let mut state = self.service.state();
        state.notes.clear();
        state.arrived = 0;
    }

    /// The time between the arrivals of successive requests.
    #[must_use]
    pub fn gaps(&self) -> Vec<Duration> {
        let arrivals: Vec<_> = self.requests().iter().map(|request| request.at).collect();
        arrivals.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect()
    }
}
