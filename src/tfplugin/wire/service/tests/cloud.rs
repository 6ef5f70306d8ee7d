//! A fake cloud that follows instructions, and panics on a call that must not happen.

use std::sync::Mutex;

use tokio::sync::Notify;

use crate::tfplugin::diagnostic::{Diagnostic, Result};

/// What a call has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Fail,
    Hang,
    Panic,
}

#[derive(Default)]
pub(super) struct Cloud {
    inner: Mutex<Inner>,
    /// Notified when a call hangs.
    pub(super) hanging: Notify,
}

#[derive(Default)]
struct Inner {
    calls: Vec<&'static str>,
    allowed: Vec<&'static str>,
    orders: Vec<(&'static str, Order)>,
    status: Option<&'static str>,
    gone: bool,
}

impl Cloud {
    /// From now on only these calls may happen.
    pub(super) fn allow(&self, calls: &[&'static str]) {
        let mut inner = self.inner.lock().unwrap();
        inner.calls.clear();
        inner.allowed = calls.to_vec();
    }

    /// From now on this call does as ordered.
    pub(super) fn order(&self, call: &'static str, order: Order) {
        self.inner.lock().unwrap().orders.push((call, order));
    }

    pub(super) fn obey_no_more(&self) {
        self.inner.lock().unwrap().orders.clear();
    }

    pub(super) fn set_status(&self, status: &'static str) {
        self.inner.lock().unwrap().status = Some(status);
    }

    pub(super) fn status(&self) -> &'static str {
        self.inner.lock().unwrap().status.unwrap_or("ready")
    }

    pub(super) fn lose_it(&self) {
        self.inner.lock().unwrap().gone = true;
    }

    pub(super) fn is_gone(&self) -> bool {
        self.inner.lock().unwrap().gone
    }

    /// The calls that were made since [`Cloud::allow`].
    pub(super) fn calls(&self) -> Vec<&'static str> {
        self.inner.lock().unwrap().calls.clone()
    }

    pub(super) fn note(&self, call: &'static str) {
        let mut inner = self.inner.lock().unwrap();
        inner.calls.push(call);
        let allowed = inner.allowed.contains(&call);
        drop(inner);
        assert!(allowed, "{call} must not be called");
    }

    /// Makes a call.
    pub(super) async fn call(&self, call: &'static str) -> Result<()> {
        self.note(call);
        let orders = self.inner.lock().unwrap().orders.clone();
        match orders.iter().find(|(ordered, _)| *ordered == call) {
            Some((_, Order::Fail)) => {
                Err(Diagnostic::error(format!("{call} failed"), "The service said no.").into())
            }
            Some((_, Order::Hang)) => {
                self.hanging.notify_one();
                std::future::pending().await
            }
            Some((_, Order::Panic)) => panic!("{call} panicked"),
            None => Ok(()),
        }
    }
}
