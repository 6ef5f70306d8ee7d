//! A provider that uses everything the framework offers, for the tests of the rpcs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::tfplugin::attr::{Lenient, Setting, Span, Verbatim, WriteOnly};
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::{AnyDataSource, DataSource};
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::function::{AnyFunction, Fault, Function};
use crate::tfplugin::list_resource::{AnyListResource, ListResource, Listing};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource_driver::AnyResource;

use super::cloud::Cloud;
use super::machine::{Machine, found, not_known_yet};
use super::texts::{Code, Link, Place, plain};

model! {
    /// A disk.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Disk {
        /// What it is made of.
        #[tf(replace)]
        pub(super) kind: String,
        /// Where it stands.
        pub(super) place: Option<Place>,
        /// How large it is.
        #[tf(computed)]
        pub(super) gb: Option<i64>,
        /// How it is written.
        #[tf(default = "plain")]
        pub(super) mode: String,
        /// What opens it.
        pub(super) key_wo: Option<WriteOnly<String>>,
    }
}

model! {
    /// A port.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Port {
        /// Its number.
        pub(super) number: i64,
        /// Where it leads.
        pub(super) place: Option<Place>,
        /// A code that may be an unknown one once it is stored.
        pub(super) code: Option<Lenient<Code>>,
    }
}

model! {
    /// A machine.
    #[derive(Clone, Debug)]
    pub(super) struct Inputs {
        /// The name.
        #[tf(replace)]
        pub(super) name: String,
        /// Where it stands.
        #[tf(replace)]
        pub(super) location: Place,
        /// Changed in place.
        pub(super) size: Option<i64>,
        /// A fraction.
        pub(super) rate: Option<f64>,
        /// Chosen by the service if left out.
        #[tf(computed, replace)]
        pub(super) zone: Option<String>,
        /// An argument and a result.
        pub(super) region: Option<String>,
        /// Has a default.
        #[tf(default = "plain")]
        pub(super) mode: String,
        /// Never returned.
        #[tf(create_only, replace)]
        pub(super) seed: Option<String>,
        /// Where it is copied from.
        #[tf(replace)]
        pub(super) source: Option<Link>,
        /// Of no concern to the service.
        #[tf(state_only)]
        pub(super) wait: Option<bool>,
        /// A code.
        pub(super) code: Option<Verbatim<Code>>,
        /// The password.
        pub(super) password: Option<Secret>,
        /// The password, not stored.
        pub(super) password_wo: Option<WriteOnly<Secret>>,
        /// Which password.
        pub(super) password_wo_version: Option<i64>,
        /// The disk.
        pub(super) disk: Option<Disk>,
        /// The ports.
        pub(super) ports: Option<Vec<Port>>,
        /// The tags.
        pub(super) tags: Option<BTreeMap<String, String>>,
        /// The marks.
        pub(super) marks: Option<BTreeSet<String>>,
    }
}

model! {
    /// A machine.
    #[derive(Clone, Debug)]
    pub(super) struct Outputs {
        /// The id.
        #[tf(stable)]
        pub(super) id: String,
        /// How it is.
        pub(super) status: String,
        /// How often it was changed.
        pub(super) revision: i64,
        /// Where it stands in the end.
        pub(super) region: Option<String>,
    }
}

model! {
    /// A machine.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Identity {
        /// The id.
        pub(super) id: String,
        /// Whose it is.
        pub(super) project: Option<String>,
    }
}

/// The private state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Private {
    pub(super) etag: String,
}

model! {
    /// Looks for machines.
    #[derive(Clone, Debug)]
    pub(super) struct Query {
        /// The beginning of the name.
        pub(super) prefix: Place,
        /// What to do: `hang`, `fail`, `panic`, `warn`.
        pub(super) order: Option<String>,
        /// A secret.
        pub(super) secret: Option<Secret>,
        /// Codes.
        pub(super) codes: Option<Vec<Lenient<Code>>>,
        /// Has a default.
        #[tf(default = "plain")]
        pub(super) mode: String,
        /// A span of time.
        pub(super) span: Option<Span>,
    }
}

model! {
    /// One that was found.
    #[derive(Clone, Debug)]
    pub(super) struct Found {
        /// The name.
        pub(super) name: String,
        /// The sizes.
        pub(super) sizes: Vec<i64>,
        /// Where it stands.
        pub(super) place: Option<String>,
    }
}

model! {
    /// What was found.
    #[derive(Clone, Debug)]
    pub(super) struct Results {
        /// The id.
        pub(super) id: String,
        /// The prefix in the service's spelling.
        pub(super) prefix: String,
        /// The mode that was used.
        pub(super) mode: String,
        /// The machines.
        pub(super) machines: Vec<Found>,
    }
}

pub(super) struct Machines;

impl DataSource<Clients> for Machines {
    const NAME: &'static str = "machines";
    type Inputs = Query;
    type Outputs = Results;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        if config.known::<String>("order").as_deref() == Some("warn") {
            problems.push(Diagnostic::warning("Old", "Warnings are old."));
        }
    }

    async fn read(&self, clients: &Clients, query: Query, context: &Context) -> Result<Results> {
        if clients.endpoint == "unknown" {
            return Err(not_known_yet().into());
        }
        clients.cloud.note("machines");
        match query.order.as_deref() {
            Some("hang") => std::future::pending().await,
            Some("panic") => panic!("no machines at all"),
            Some("fail") => {
                let secret = query.secret.as_ref().map_or("", Secret::expose);
                let detail = format!("The service does not know {secret}.");
                return Err(Diagnostic::error("Refused", detail).into());
            }
            Some("warn") => context.warn(Diagnostic::warning("Few", "There are few.")),
            _ => {}
        }
        let found = |name: &str| Found { name: name.to_owned(), sizes: vec![1, 2], place: None };
        Ok(Results {
            id: clients.endpoint.clone(),
            prefix: plain(&query.prefix.0),
            mode: query.mode,
            machines: vec![found("a1"), found("a2")],
        })
    }
}

model! {
    /// Lists machines.
    #[derive(Clone, Debug)]
    pub(super) struct ListQuery {
        /// How many there are.
        pub(super) count: i64,
        /// What to do in the end: `hang`, `fail`, `panic`.
        pub(super) order: Option<String>,
    }
}

pub(super) struct ListMachines;

impl ListResource<Clients> for ListMachines {
    type Of = Machine;
    type Inputs = ListQuery;

    async fn list(
        &self,
        clients: &Clients,
        query: ListQuery,
        _context: &Context,
        listing: &mut Listing<Machine, Clients>,
    ) -> Result<()> {
        for number in 1..=query.count {
            clients.cloud.note("machine");
            let machine = found(format!("m{number}"), number, "listed");
            if !listing.push(format!("machine {number}"), &machine).await {
                return Ok(());
            }
        }
        match query.order.as_deref() {
            Some("hang") => {
                clients.cloud.hanging.notify_one();
                std::future::pending().await
            }
            Some("panic") => panic!("no more machines"),
            Some("fail") => Err(Diagnostic::error("Refused", "The next page is missing.").into()),
            _ => Ok(()),
        }
    }
}

model! {
    /// Joins two texts.
    pub(super) struct Parts {
        /// The left one.
        pub(super) left: String,
        /// The right one.
        pub(super) right: Option<String>,
    }
}

pub(super) struct Join;

impl Function for Join {
    const NAME: &'static str = "join";
    const SUMMARY: &'static str = "Joins";
    type Parameters = Parts;
    type Returns = String;
    fn call(&self, parts: Parts) -> std::result::Result<String, Fault> {
        match parts.left.as_str() {
            "panic" => panic!("cannot join"),
            "bad" => Err(Fault { text: "It is bad.".to_owned(), argument: Some(0) }),
            left => Ok(format!("{left}{}", parts.right.unwrap_or_default())),
        }
    }
}

model! {
    /// A zone.
    #[derive(Clone, Debug)]
    pub(super) struct Zone {
        /// Its name.
        pub(super) name: Setting<String>,
        /// How long to wait.
        pub(super) pause: Setting<Span>,
    }
}

model! {
    /// The provider.
    #[derive(Clone, Debug)]
    pub(super) struct Configuration {
        /// Where the service is.
        pub(super) endpoint: Setting<String>,
        /// What lets in.
        pub(super) token: Setting<Secret>,
        /// Where.
        pub(super) zone: Setting<Zone>,
        /// Has to be known.
        pub(super) strict: Option<bool>,
    }
}

pub(super) struct Clients {
    pub(super) cloud: Arc<Cloud>,
    pub(super) endpoint: String,
}

pub(super) struct Alpha(pub(super) Arc<Cloud>);

impl Provider for Alpha {
    const NAME: &'static str = "alpha";
    const ADDRESS: &'static str = "example.com/test/alpha";
    const VERSION: &'static str = "1.2.3";
    type Config = Configuration;
    type Clients = Clients;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        if config.is_given("token") && !config.is_given("endpoint") {
            problems.push(Diagnostic::warning("Token without endpoint", "It is not used."));
        }
    }

    fn configure(&self, config: Configuration, _terraform_version: &str) -> Result<Clients> {
        let endpoint = match config.endpoint {
            Setting::Null => "default".to_owned(),
            Setting::Unknown => "unknown".to_owned(),
            Setting::Set(endpoint) if endpoint == "panic" => panic!("no such endpoint"),
            Setting::Set(endpoint) if endpoint == "refuse" => {
                return Err(Diagnostic::error("Refused", "Never that one.").into());
            }
            Setting::Set(endpoint) => endpoint,
        };
        Ok(Clients { cloud: self.0.clone(), endpoint })
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Clients>>> {
        vec![Box::new(Machine)]
    }
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Clients>>> {
        vec![Box::new(Machines)]
    }
    fn list_resources(&self) -> Vec<Arc<dyn AnyListResource<Clients>>> {
        vec![Arc::new(ListMachines)]
    }
    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![Box::new(Join)]
    }
}
