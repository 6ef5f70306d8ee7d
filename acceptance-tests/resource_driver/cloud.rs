//! A cloud in memory. A test sets its failures, and reads its requests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// An image in the service.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) place: Option<String>,
    pub(super) kind: String,
    pub(super) size: i64,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) source: Option<String>,
    pub(super) password: Option<String>,
    /// `creating`, `ready` or `failed`.
    pub(super) status: &'static str,
    /// The operation that created it.
    pub(super) operation: String,
}

/// The result of creations.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Making {
    /// They are ready at the second poll.
    #[default]
    Succeeds,
    /// They have failed at the second poll.
    Fails,
    /// They never end.
    GoesOn,
}

/// The behaviour of the service, and its requests.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) items: BTreeMap<String, Item>,
    /// The calls that change something, in order.
    pub(super) calls: Vec<String>,
    pub(super) making: Making,
    /// How long the response to a creation takes.
    pub(super) delay: Duration,
    /// The name of the image whose creation panics.
    pub(super) bug: Option<String>,
    /// Whether requests to change or delete something are refused.
    pub(super) refuses: bool,
    /// Creations without a response so far.
    pub(super) being_asked: usize,
    /// How often an image that is being created was polled.
    pub(super) looks: usize,
    made: usize,
}

/// The cloud.
#[derive(Debug, Default)]
pub(super) struct Cloud(Mutex<Inside>);

impl Cloud {
    /// Its state, to read and to change.
    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls since the last call of this method.
    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.inside().calls)
    }

    /// The only image there is.
    #[track_caller]
    pub(super) fn only(&self) -> Item {
        let inside = self.inside();
        assert_eq!(inside.items.len(), 1, "{inside:?}");
        inside.items.values().next().unwrap().clone()
    }

    /// Creates an image and returns its id and operation.
    pub(super) async fn create(&self, item: Item) -> (String, String) {
        let delay = {
            let mut inside = self.inside();
            if inside.bug.as_ref() == Some(&item.name) {
                panic!("cannot cope with {}", item.name);
            }
            inside.calls.push(format!("create {}", item.name));
            inside.being_asked += 1;
            inside.delay
        };
        tokio::time::sleep(delay).await;
        let mut inside = self.inside();
        inside.being_asked -= 1;
        inside.made += 1;
        let (id, operation) = (format!("img-{}", inside.made), format!("op-{}", inside.made));
        let item = Item { status: "creating", operation: operation.clone(), ..item };
        inside.items.insert(id.clone(), item);
        (id, operation)
    }

    /// Reads an image.
    pub(super) fn get(&self, id: &str) -> Option<Item> {
        let mut inside = self.inside();
        let making = inside.making;
        let item = inside.items.get_mut(id)?;
        let seen = item.clone();
        if item.status == "creating" {
            item.status = match making {
                Making::Succeeds => "ready",
                Making::Fails => "failed",
                Making::GoesOn => "creating",
            };
            inside.looks += 1;
        }
        Some(seen)
    }

    /// Changes an image. False when the service refuses.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Item)) -> bool {
        let mut inside = self.inside();
        inside.calls.push(format!("update {id}"));
        if inside.refuses {
            return false;
        }
        change(inside.items.get_mut(id).unwrap());
        true
    }

    /// Deletes an image. False when the service refuses.
    pub(super) fn delete(&self, id: &str, operation: &str) -> bool {
        let mut inside = self.inside();
        inside.calls.push(format!("delete {id} {operation}"));
        if !inside.refuses {
            inside.items.remove(id);
        }
        !inside.refuses
    }
}
