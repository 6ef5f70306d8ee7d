//! The rpcs about data sources.

use crate::tfplugin::data_source::Reading;
use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::value::Refinement;
use crate::tfplugin::wire::answer::{config, written};
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;
use super::resource::{AWAITS_CONFIGURATION, may_defer};

impl<P: Provider> Service<P> {
    pub(super) async fn validate_data_source(
        &self,
        _connection: u64,
        request: pb::validate_data_resource_config::Request,
    ) -> pb::validate_data_resource_config::Response {
        let work = async {
            let checked = || -> Result<Vec<Diagnostic>, Failure> {
                let entry = self.offer().data_source(&request.type_name)?;
                Ok(entry.is.validate(config(request.config, &entry.ty)?))
            };
            ((), checked().unwrap_or_else(|Failure(problems)| problems))
        };
        let about = About::DataSource(&request.type_name);
        let (_, diagnostics) = self.run("ValidateDataResourceConfig", about, work).await;
        pb::validate_data_resource_config::Response { diagnostics }
    }

    pub(super) async fn look_up(
        &self,
        connection: u64,
        request: pb::read_data_source::Request,
    ) -> pb::read_data_source::Response {
        let type_name = request.type_name.clone();
        let allowed = may_defer(request.client_capabilities.as_ref());
        let mut deferred = None;
        let work = async {
            let (found, problems) = match self.found(connection, request).await {
                Ok(outcome) => outcome,
                Err(Failure(problems)) => (None, problems),
            };
            let failure = Failure(problems);
            if allowed && found.is_none() && failure.is_deferrable() {
                deferred = Some(AWAITS_CONFIGURATION);
                let unknown = written(|sink| sink.unknown(&Refinement::default()));
                return (Some(unknown), Vec::new());
            }
            (found.map(|found| written(|sink| found.encode(sink))), failure.0)
        };
        let about = About::DataSource(&type_name);
        let (state, diagnostics) = self.run("ReadDataSource", about, work).await;
        pb::read_data_source::Response { state: state.flatten(), diagnostics, deferred }
    }

    async fn found(
        &self,
        connection: u64,
        request: pb::read_data_source::Request,
    ) -> Result<Reading, Failure> {
        let entry = self.offer().data_source(&request.type_name)?;
        let config = config(request.config, &entry.ty)?;
        let clients = self.clients(connection)?;
        let stop = self.connections.stop_token(connection);
        Ok(entry.is.read(&clients, config, &stop).await)
    }
}
