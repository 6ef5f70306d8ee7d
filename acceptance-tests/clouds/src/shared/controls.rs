//! What a test can ask and tell a simulation, whatever its service.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::fault::Fault;
use super::journal::{Request, lock};
use super::script::When;
use super::server::Server;
use super::shell::{Service, Shell, handle};
use super::tls::Authority;

/// What every simulation can be asked and told while it runs.
#[derive(Debug)]
pub struct Controls {
    server: Server,
    /// The same service over TLS, once it is asked for.
    secure: Mutex<Option<Server>>,
    secure_router: axum::Router,
    shell: Arc<Shell>,
}

impl Controls {
    pub(crate) fn start<S: Service>(service: Arc<S>) -> Self {
        let shell = Arc::new(Shell::default());
        let router = |secure: bool| {
            let (service, shared) = (Arc::clone(&service), Arc::clone(&shell));
            axum::Router::new().fallback(move |request: axum::extract::Request| {
                let (service, shell) = (Arc::clone(&service), Arc::clone(&shared));
                async move { Ok::<_, Infallible>(handle(&*service, &shell, request, secure).await) }
            })
        };
        Self {
            server: Server::start(router(false)),
            secure: Mutex::default(),
            secure_router: router(true),
            shell,
        }
    }

    /// Serves the same over TLS as well, on a port of its own and with a certificate of
    /// `authority` for 127.0.0.1 and localhost. The first call decides on the authority.
    ///
    /// Gives back the origin, `https://127.0.0.1:<port>`. Links that the service sends have the
    /// scheme and the host of the request they answer.
    pub fn serve_tls(&self, authority: &Authority) -> String {
        let start = || Server::start_secure(self.secure_router.clone(), authority);
        lock(&self.secure).get_or_insert_with(start).url()
    }

    /// `http://127.0.0.1:<port>`, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The bound address.
    #[must_use]
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// What was asked so far; of very many requests, the last thousands.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shell.journal).entries()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn request_count(&self) -> usize {
        lock(&self.shell.journal).count()
    }

    /// How many of the requests are no longer in the log, because so many others came since.
    #[must_use]
    pub fn dropped_requests(&self) -> usize {
        lock(&self.shell.journal).dropped()
    }

    /// How many requests are under way now. One that hangs counts until its client hangs up.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        lock(&self.shell.journal).in_flight()
    }

    /// The largest number of requests that were under way at the same time. Answers are computed
    /// in microseconds, so set a latency before asserting on this.
    #[must_use]
    pub fn max_in_flight(&self) -> usize {
        lock(&self.shell.journal).max_in_flight()
    }

    /// The whole log as text: request lines, headers and bodies, to be searched for what must not
    /// be in it.
    #[must_use]
    pub fn journal_text(&self) -> String {
        let mut text = match self.dropped_requests() {
            0 => String::new(),
            dropped => format!("({dropped} earlier requests were dropped)\n\n"),
        };
        text.push_str(
            &self.requests().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        );
        text
    }

    /// Empties the log.
    pub fn forget_requests(&self) {
        lock(&self.shell.journal).clear();
    }

    /// The next `times` requests go wrong.
    pub fn fail_next(&self, times: usize, fault: Fault) {
        self.fail(When::any(), times, fault);
    }

    /// The `nth` request from now (counted from 1) goes wrong.
    pub fn fail_request(&self, nth: usize, fault: Fault) {
        self.fail(When::any().after(nth.saturating_sub(1)), 1, fault);
    }

    /// The next `times` requests that match go wrong.
    pub fn fail(&self, when: When, times: usize, fault: Fault) {
        lock(&self.shell.script).add(when, times, fault);
    }

    /// All requests that match go wrong from now on, until the switch is turned off. Faults that
    /// were scripted earlier come first.
    pub fn fail_always(&self, when: When, fault: Fault) -> Switch {
        let number = lock(&self.shell.script).add(when, usize::MAX, fault);
        Switch { shell: Arc::clone(&self.shell), number }
    }

    /// All requests that match go wrong for this long.
    pub fn fail_for(&self, time: Duration, when: When, fault: Fault) {
        lock(&self.shell.script).add_for(when, time, fault);
    }

    /// Drops every fault that has not happened yet.
    pub fn clear_faults(&self) {
        lock(&self.shell.script).clear();
    }

    /// Closes all connections and refuses new ones, until told otherwise.
    pub fn set_refusing_connections(&self, on: bool) {
        let secure = lock(&self.secure);
        for server in [Some(&self.server), secure.as_ref()].into_iter().flatten() {
            if on {
                server.close();
            } else {
                server.open();
            }
        }
    }

    /// Every answer takes at least this long from now on.
    pub fn set_latency(&self, latency: Duration) {
        *lock(&self.shell.latency) = latency;
    }
}

/// A fault that is switched on; dropping this leaves it on.
#[derive(Debug)]
pub struct Switch {
    shell: Arc<Shell>,
    number: usize,
}

impl Switch {
    /// Ends the fault for the requests to come.
    pub fn off(self) {
        lock(&self.shell.script).remove(self.number);
    }
}
