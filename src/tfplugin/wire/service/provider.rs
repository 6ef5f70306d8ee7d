//! The rpcs about the provider itself: its configuration, and the request to stop.

use crate::tfplugin::config::{Config, checked};
use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::model::Model;
use crate::tfplugin::provider::Provider;
use crate::tfplugin::timeouts::Timeouts;
use crate::tfplugin::value::Object;
use crate::tfplugin::wire::answer::config;
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;

impl<P: Provider> Service<P> {
    pub(super) async fn validate_provider(
        &self,
        _connection: u64,
        request: pb::validate_provider_config::Request,
    ) -> pb::validate_provider_config::Response {
        let work = async {
            let checked = config(request.config, &self.offer().config);
            ((), checked.map_or_else(|Failure(problems)| problems, |config| self.checked(config).1))
        };
        let (_, diagnostics) = self.run("ValidateProviderConfig", About::Provider, work).await;
        pb::validate_provider_config::Response { diagnostics }
    }

    /// The configuration, if it can be read, and all its errors.
    fn checked(&self, written: Object) -> (Option<P::Config>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let (schema, limits) = (P::Config::attributes(), Timeouts::default());
        let (written, decoded) = checked::<P::Config>(&schema, limits, written, &mut problems);
        self.provider.validate(&Config(&written), &mut problems);
        (decoded, problems)
    }

    pub(super) async fn configure(
        &self,
        connection: u64,
        request: pb::configure_provider::Request,
    ) -> pb::configure_provider::Response {
        let work = || {
            let (decoded, mut problems) =
                self.checked(config(request.config, &self.offer().config)?);
            // Validation has reported the warnings already.
            problems.retain(Diagnostic::is_error);
            match decoded {
                Some(decoded) if problems.is_empty() => {
                    let clients = self.provider.configure(decoded, &request.terraform_version)?;
                    self.connections.configure(connection, clients);
                    return Ok(());
                }
                None if problems.is_empty() => problems.push(Diagnostic::error(
                    "Provider configuration not known yet",
                    "A part of it that has to be known depends on something that has not been \
                     applied yet.",
                )),
                _ => {}
            }
            Err(Failure(problems))
        };
        let (_, diagnostics) = self.run_now("ConfigureProvider", About::Provider, work).await;
        pb::configure_provider::Response { diagnostics }
    }

    pub(super) async fn stop(
        &self,
        connection: u64,
        _request: pb::stop_provider::Request,
    ) -> pb::stop_provider::Response {
        let work = || {
            self.connections.stop(connection);
            Ok(())
        };
        self.run_now("StopProvider", About::Provider, work).await;
        pb::stop_provider::Response { error: String::new() }
    }
}
