//! The rpcs of list resources. The objects are a stream, which ends with what else there is to say.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tokio_stream::Stream;

use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::list_resource::{Listed, Wanted};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::wire::answer::{config, diagnostics, dynamic, identity};
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::{About, traced};

use super::{Events, Service};

type Event = pb::list_resource::Event;

/// How many objects may wait for Terraform to read them.
const AHEAD: usize = 16;

impl<P: Provider> Service<P> {
    pub(super) async fn validate_list(
        &self,
        _connection: u64,
        request: pb::validate_list_resource_config::Request,
    ) -> pb::validate_list_resource_config::Response {
        let work = async {
            let checked = || -> Result<Vec<Diagnostic>, Failure> {
                let entry = self.offer().list_resource(&request.type_name)?;
                Ok(entry.is.validate(config(request.config, &entry.ty)?))
            };
            ((), checked().unwrap_or_else(|Failure(problems)| problems))
        };
        let about = About::List(&request.type_name);
        let (_, diagnostics) = self.run("ValidateListResourceConfig", about, work).await;
        pb::validate_list_resource_config::Response { diagnostics }
    }

    /// The objects, as they are found.
    pub(super) fn list(
        &self,
        connection: u64,
        request: pb::list_resource::Request,
    ) -> Events<Event> {
        let (to, listed) = mpsc::channel(AHEAD);
        let type_name = request.type_name.clone();
        let list = self.listing(connection, request, to);
        let work = async move {
            let list = async {
                match list {
                    Ok(list) => ((), list.await),
                    Err(Failure(problems)) => ((), problems),
                }
            };
            traced(P::ADDRESS, "ListResource", About::List(&type_name), list).await.1
        };
        Box::pin(Listing { work: Some(Box::pin(work)), listed, problems: Vec::new() })
    }

    fn listing(
        &self,
        connection: u64,
        request: pb::list_resource::Request,
        to: mpsc::Sender<Listed>,
    ) -> Result<impl Future<Output = Vec<Diagnostic>> + use<P>, Failure> {
        let entry = self.offer().list_resource(&request.type_name)?;
        let config = config(request.config, &entry.ty)?;
        let clients = self.clients(connection)?;
        let stop = self.connections.stop_token(connection);
        let limit = u64::try_from(request.limit).ok().filter(|limit| *limit > 0);
        let wanted = Wanted { objects: request.include_resource_object, limit };
        Ok(entry.is.clone().list(clients, config, wanted, to, stop))
    }
}

/// The work that finds objects, and those found. Nobody reading them stops the work.
struct Listing {
    work: Option<Pin<Box<dyn Future<Output = Vec<Diagnostic>> + Send>>>,
    listed: mpsc::Receiver<Listed>,
    /// What there is to say in the end.
    problems: Vec<Diagnostic>,
}

impl Stream for Listing {
    type Item = Result<Event, tonic::Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(work) = &mut self.work
            && let Poll::Ready(problems) = work.as_mut().poll(context)
        {
            // With it goes the sender: the objects have an end.
            self.work = None;
            self.problems = problems;
        }
        match self.listed.poll_recv(context) {
            Poll::Ready(Some(listed)) => Poll::Ready(Some(Ok(event(listed)))),
            Poll::Ready(None) if !self.problems.is_empty() => {
                Poll::Ready(Some(Ok(said(std::mem::take(&mut self.problems)))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

fn event(listed: Listed) -> Event {
    Event {
        identity: identity(Some(listed.identity)),
        display_name: listed.display_name,
        resource_object: listed.object.map(|object| dynamic(Some(object))),
        diagnostic: Vec::new(),
    }
}

fn said(problems: Vec<Diagnostic>) -> Event {
    Event { diagnostic: diagnostics(problems), ..Default::default() }
}
