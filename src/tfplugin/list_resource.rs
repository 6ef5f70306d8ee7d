//! List resources, which `terraform query` runs: the trait that their authors implement, and its
//! driver.
//!
//! Objects are passed on as they are found. Terraform reads them one by one, so a long list is never
//! in memory as a whole.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::config::{Config, checked};
use super::context::Context;
use super::data_source::{Pending, interruptible, not_known};
use super::diagnostic::{Diagnostic, Path, Result};
use super::model::{Attribute, Model, description};
use super::resource::{Resource, StateOf};
use super::resource_driver::recorded;
use super::timeouts::{self, Timeouts};
use super::value::Object;

/// How long a list may take: there is no argument for it.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// A list of the objects of a resource type. `C` is what the provider's configuration makes
/// available.
pub trait ListResource<C>: Send + Sync + 'static {
    /// The resource whose objects are listed. It has the same type name.
    type Of: Resource<C> + Default;
    /// The arguments. Their doc comment describes the list.
    type Inputs: Model;

    /// Checks that concern several arguments at once. Each argument has been checked already.
    fn validate(&self, _config: &Config<'_>, _problems: &mut Vec<Diagnostic>) {}

    /// Passes each object to `listing`, until that is full.
    ///
    /// An error is reported after the objects that came before it.
    fn list(
        &self,
        clients: &C,
        inputs: Self::Inputs,
        context: &Context,
        listing: &mut Listing<Self::Of, C>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// One object of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// How people know it.
    pub display_name: String,
    /// What identifies it.
    pub identity: Object,
    /// All attributes, if they were asked for.
    pub object: Option<Object>,
}

/// What the caller of a list asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Whether all attributes of each object are wanted.
    pub objects: bool,
    /// How many objects are wanted at most, if there is a limit.
    pub limit: Option<u64>,
}

/// Where a list puts its objects.
#[derive(Debug)]
pub struct Listing<R, C> {
    to: mpsc::Sender<Listed>,
    wanted: Wanted,
    of: PhantomData<fn() -> (R, C)>,
}

impl<C, R: Resource<C> + Default> Listing<R, C> {
    /// Passes on an object. False as soon as no more are wanted.
    pub async fn push(&mut self, display_name: String, state: &StateOf<R, C>) -> bool {
        if self.is_full() {
            return false;
        }
        let record = recorded(&R::default(), state, &Object::new(), None, None);
        let listed = Listed {
            display_name,
            identity: record.identity.unwrap_or_default(),
            object: self.wanted.objects.then_some(record.object),
        };
        if let Some(limit) = &mut self.wanted.limit {
            *limit -= 1;
        }
        // A caller that has gone wants nothing more.
        self.to.send(listed).await.is_ok() && !self.is_full()
    }

    /// Whether all attributes of each object are wanted, and not only its identity.
    #[must_use]
    pub fn wants_objects(&self) -> bool {
        self.wanted.objects
    }

    /// Whether no more objects are wanted.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.wanted.limit == Some(0)
    }
}

/// A [`ListResource`] of any type, which is how the protocol holds them.
pub trait AnyListResource<C>: Send + Sync {
    /// The type name without the provider's prefix.
    fn name(&self) -> &'static str;
    /// What it is for.
    fn description(&self) -> String;
    /// Its arguments, sorted by name.
    fn schema(&self) -> Vec<Attribute>;
    /// All mistakes that can be found without a network.
    fn validate(&self, config: Object) -> Vec<Diagnostic>;
    /// Sends all objects, and returns what else there is to say.
    fn list(
        self: Arc<Self>,
        clients: Arc<C>,
        config: Object,
        wanted: Wanted,
        to: mpsc::Sender<Listed>,
        stop: CancellationToken,
    ) -> Pending<'static, Vec<Diagnostic>>;
}

impl<C: Send + Sync + 'static, L: ListResource<C>> AnyListResource<C> for L {
    fn name(&self) -> &'static str {
        <L::Of as Resource<C>>::NAME
    }

    fn description(&self) -> String {
        description(L::Inputs::DOC)
    }

    fn schema(&self) -> Vec<Attribute> {
        let mut attributes = L::Inputs::attributes();
        attributes.sort_by_key(|attribute| attribute.name);
        attributes
    }

    fn validate(&self, config: Object) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let (schema, limits) = (L::Inputs::attributes(), Timeouts::default());
        let (written, _) = checked::<L::Inputs>(&schema, limits, config, &mut problems);
        ListResource::validate(self, &Config(&written), &mut problems);
        problems
    }

    fn list(
        self: Arc<Self>,
        clients: Arc<C>,
        mut config: Object,
        wanted: Wanted,
        to: mpsc::Sender<Listed>,
        stop: CancellationToken,
    ) -> Pending<'static, Vec<Diagnostic>> {
        Box::pin(async move {
            let mut problems = AnyListResource::<C>::validate(&*self, config.clone());
            if problems.iter().any(Diagnostic::is_error) {
                return problems;
            }
            // Validation has reported them already.
            problems.clear();
            let inputs = L::Inputs::decode_fields(&mut config, &Path::default(), &mut problems);
            let Some(inputs) = inputs else { return not_known(problems, "list") };
            let context = Context::new(stop, timeouts::READ, LIMIT);
            let mut listing = Listing { to, wanted, of: PhantomData };
            let work = ListResource::list(&*self, &clients, inputs, &context, &mut listing);
            let outcome = interruptible(&context, work).await;
            problems.extend(context.take_warnings());
            if let Err(failure) = outcome {
                problems.extend(failure.0);
            }
            problems
        })
    }
}
