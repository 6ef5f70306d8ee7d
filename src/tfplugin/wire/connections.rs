//! What is kept between calls: the provider's configuration, and the calls that can be stopped.
//!
//! A process that Terraform starts serves one configuration. In debug mode one process serves many
//! runs and aliases, each over a connection of its own, and must not mix them up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The connection of a request: in its extensions, and never used twice.
///
/// A process that Terraform starts has one. In debug mode each run of Terraform opens its own,
/// and the configuration of one must not affect another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Connection(pub u64);

/// Connections whose configuration is kept. A debug process may have many over time.
const REMEMBERED: usize = 64;

/// The configurations of this process, by connection.
#[derive(Debug)]
pub(super) struct Connections<C> {
    by_connection: Mutex<BTreeMap<u64, Known<C>>>,
    /// Cancelled when the process is about to end, and all the others with it.
    stop: CancellationToken,
}

#[derive(Debug)]
struct Known<C> {
    clients: Option<Arc<C>>,
    stop: CancellationToken,
}

impl<C> Known<C> {
    fn new(stop: CancellationToken) -> Self {
        Self { clients: None, stop }
    }
}

impl<C> Connections<C> {
    /// None yet. Once `stop` is cancelled, so is every call, including later ones.
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { by_connection: Mutex::default(), stop }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Known<C>>> {
        self.by_connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a connection's configuration.
    pub(super) fn configure(&self, connection: u64, clients: C) {
        let mut connections = self.lock();
        // Calls in flight continue, and can still be stopped.
        self.known(&mut connections, connection).clients = Some(Arc::new(clients));
        while connections.len() > REMEMBERED {
            let oldest = connections.keys().copied().find(|other| *other != connection);
            oldest.and_then(|oldest| connections.remove(&oldest));
        }
    }

    /// The configuration that a connection uses.
    pub(super) fn clients(&self, connection: u64) -> Option<Arc<C>> {
        let connections = self.lock();
        connections.get(&home(&connections, connection))?.clients.clone()
    }

    /// The token that cancels the calls of a connection when Terraform asks to stop.
    pub(super) fn stop_token(&self, connection: u64) -> CancellationToken {
        let mut connections = self.lock();
        let home = home(&connections, connection);
        self.known(&mut connections, home).stop.clone()
    }

    /// Cancels the calls in flight. Later ones are not affected, as in Go's servers.
    pub(super) fn stop(&self, connection: u64) {
        let mut connections = self.lock();
        let home = home(&connections, connection);
        if let Some(known) = connections.get_mut(&home) {
            std::mem::replace(&mut known.stop, self.stop.child_token()).cancel();
        }
    }

    fn known<'a>(
        &self,
        connections: &'a mut BTreeMap<u64, Known<C>>,
        connection: u64,
    ) -> &'a mut Known<C> {
        connections.entry(connection).or_insert_with(|| Known::new(self.stop.child_token()))
    }
}

/// The connection whose configuration this one shares: its own if it sent a configuration, or else
/// the latest that did. A client that was idle for long opens another connection, maybe just to ask
/// to stop, without configuring again.
fn home<C>(connections: &BTreeMap<u64, Known<C>>, connection: u64) -> u64 {
    let is_configured = |known: &Known<C>| known.clients.is_some();
    if connections.get(&connection).is_some_and(is_configured) {
        return connection;
    }
    let latest = connections.iter().rev().find(|(_, known)| is_configured(known));
    latest.map_or(connection, |(other, _)| *other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_connections_keep_their_configurations_apart() {
        let connections = Connections::new(CancellationToken::new());
        connections.configure(1, "one");
        connections.configure(2, "two");
        assert_eq!(*connections.clients(1).unwrap(), "one");
        assert_eq!(*connections.clients(2).unwrap(), "two");
        assert_eq!(*connections.clients(3).unwrap(), "two");
    }

    #[test]
    fn a_connection_without_a_configuration_speaks_for_the_latest_one() {
        let connections = Connections::new(CancellationToken::new());
        connections.configure(1, ());
        let running = connections.stop_token(1);
        connections.stop(2);
        assert!(running.is_cancelled());
    }

    #[test]
    fn stopping_ends_what_runs_and_not_what_comes_later() {
        let connections = Connections::<()>::new(CancellationToken::new());
        let (ours, theirs) = (connections.stop_token(1), connections.stop_token(2));
        connections.stop(1);
        assert!(ours.is_cancelled());
        assert!(!theirs.is_cancelled());
        assert!(!connections.stop_token(1).is_cancelled());
    }

    #[test]
    fn the_end_of_the_process_stops_all_connections_and_what_comes_later() {
        let stop = CancellationToken::new();
        let connections = Connections::new(stop.clone());
        connections.configure(1, ());
        let (first, second) = (connections.stop_token(1), connections.stop_token(2));
        connections.stop(1);
        let renewed = connections.stop_token(1);
        assert!(!renewed.is_cancelled());
        stop.cancel();
        for token in [first, second, renewed, connections.stop_token(1), connections.stop_token(3)]
        {
            assert!(token.is_cancelled());
        }
        connections.stop(1);
        assert!(connections.stop_token(1).is_cancelled());
    }

    #[test]
    fn what_runs_can_be_stopped_after_another_configuration() {
        let connections = Connections::new(CancellationToken::new());
        connections.configure(1, "one");
        let running = connections.stop_token(1);
        connections.configure(1, "another");
        connections.stop(1);
        assert!(running.is_cancelled());
    }

    #[test]
    fn an_old_connection_may_be_configured_after_many_new_ones() {
        let connections = Connections::new(CancellationToken::new());
        for connection in 2..100 {
            connections.configure(connection, connection);
        }
        connections.configure(1, 1);
        assert_eq!(*connections.clients(1).unwrap(), 1);
        assert_eq!(connections.lock().len(), REMEMBERED);
    }
}
