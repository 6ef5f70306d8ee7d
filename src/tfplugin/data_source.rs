//! Data sources: the trait that their authors implement, and its driver.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::config::{Config, checked};
use super::context::Context;
use super::diagnostic::{Diagnostic, Path, Result};
use super::model::{Attribute, Model, description, schema};
use super::timeouts::{self, Timeouts};
use super::value::{Object, Sink};

/// The default time limit of a read, which is usual for providers.
const READ: Duration = Duration::from_secs(5 * 60);

/// A data source. `C` is what the provider's configuration makes available.
pub trait DataSource<C>: Send + Sync + 'static {
    /// The type name without the provider's prefix.
    const NAME: &'static str;
    /// The arguments. Their doc comment describes the data source.
    type Inputs: Model;
    /// The results. One that has the name of an argument fills it in when it is left out.
    type Outputs: Model;

    /// Checks that concern several arguments at once. Each argument has been checked already.
    fn validate(&self, _config: &Config<'_>, _problems: &mut Vec<Diagnostic>) {}

    /// Looks up.
    fn read(
        &self,
        clients: &C,
        inputs: Self::Inputs,
        context: &Context,
    ) -> impl Future<Output = Result<Self::Outputs>> + Send;
}

/// Something that can be written to Terraform.
pub trait Encode: Send {
    /// Writes it.
    fn encode(&self, out: &mut dyn Sink);
}

/// A future that a trait object returns.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The outcome of a read: the result, if there is one, and the diagnostics.
pub type Reading = (Option<Box<dyn Encode>>, Vec<Diagnostic>);

/// A [`DataSource`] of any type, which is how the protocol holds them.
pub trait AnyDataSource<C>: Send + Sync {
    /// The type name without the provider's prefix.
    fn name(&self) -> &'static str;
    /// What it is for.
    fn description(&self) -> String;
    /// Its attributes, sorted by name.
    fn schema(&self) -> Vec<Attribute>;
    /// All mistakes that can be found without a network.
    fn validate(&self, config: Object) -> Vec<Diagnostic>;
    /// Looks up.
    fn read<'a>(
        &'a self,
        clients: &'a C,
        config: Object,
        stop: &'a tokio_util::sync::CancellationToken,
    ) -> Pending<'a, Reading>;
}

impl<C: Sync, D: DataSource<C>> AnyDataSource<C> for D {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn description(&self) -> String {
        description(D::Inputs::DOC)
    }

    fn schema(&self) -> Vec<Attribute> {
        let mut attributes = schema::<D::Inputs, D::Outputs>();
        attributes.push(limits().attribute());
        attributes.sort_by_key(|attribute| attribute.name);
        attributes
    }

    fn validate(&self, config: Object) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let schema = AnyDataSource::<C>::schema(self);
        let (written, _) = checked::<D::Inputs>(&schema, limits(), config, &mut problems);
        DataSource::validate(self, &Config(&written), &mut problems);
        problems
    }

    fn read<'a>(
        &'a self,
        clients: &'a C,
        config: Object,
        stop: &'a tokio_util::sync::CancellationToken,
    ) -> Pending<'a, Reading> {
        Box::pin(async move {
            let mut problems = AnyDataSource::<C>::validate(self, config.clone());
            if problems.iter().any(Diagnostic::is_error) {
                return (None, problems);
            }
            // Validation has reported them already.
            problems.clear();
            let mut arguments = config.clone();
            let timeout = limits().take(&mut arguments, &mut problems).read.unwrap_or(READ);
            let Some(inputs) =
                D::Inputs::decode_fields(&mut arguments, &Path::default(), &mut problems)
            else {
                return (None, not_known(problems, "data source"));
            };
            let context = Context::new(stop.clone(), timeouts::READ, timeout);
            let outcome =
                interruptible(&context, DataSource::read(self, clients, inputs, &context));
            let outcome = outcome.await;
            problems.extend(context.take_warnings());
            match outcome {
                Ok(outputs) => {
                    let names = AnyDataSource::<C>::schema(self);
                    let names = names.into_iter().map(|attribute| attribute.name).collect();
                    (Some(Box::new(Found { names, config, outputs }) as Box<dyn Encode>), problems)
                }
                Err(failure) => {
                    problems.extend(context.name_limit(failure));
                    (None, problems)
                }
            }
        })
    }
}

fn limits() -> Timeouts {
    Timeouts { read: Some(READ), ..Timeouts::default() }
}

/// Terraform reads only what is known; another caller may not.
pub(crate) fn not_known(mut problems: Vec<Diagnostic>, what: &str) -> Vec<Diagnostic> {
    if problems.is_empty() {
        problems.push(Diagnostic::error(
            "Arguments not known yet",
            format!("A {what} needs all its arguments. Some of them are known only after apply."),
        ));
    }
    problems
}

/// How long after the time limit the driver cancels.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// Runs `work` until Terraform asks to stop or the time limit is over.
///
/// Clients keep to the time limit themselves and return a better error; the limit here is a safety
/// net, a little later.
pub(crate) async fn interruptible<T>(
    context: &Context,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = context.stop.cancelled() => Err(Diagnostic::error(
            "Interrupted",
            "Terraform asked the provider to stop. Nothing was changed by this read.",
        ).into()),
        outcome = tokio::time::timeout_at(context.deadline + GRACE, work) => {
            outcome.unwrap_or_else(|_| Err(context.timed_out().into()))
        }
    }
}

/// The result of a read, merged with the configuration.
struct Found<O> {
    names: Vec<&'static str>,
    config: Object,
    outputs: O,
}

impl<O: Model> Encode for Found<O> {
    fn encode(&self, out: &mut dyn Sink) {
        out.map(self.names.len());
        for name in &self.names {
            out.key(name);
            match self.config.get(*name) {
                // Arguments stay as users wrote them.
                Some(value) if !value.is_null() => out.value(value),
                _ if *name == timeouts::NAME => out.null(),
                _ => {
                    if !self.outputs.encode_field(name, out) {
                        out.null();
                    }
                }
            }
        }
    }
}
