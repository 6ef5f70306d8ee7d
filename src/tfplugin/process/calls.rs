//! The calls in progress.

use super::open::{Counted, Open};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::codegen::Service;

/// A service whose calls are counted until they have a response or are cancelled.
///
/// A stream counts until its first message only: the two that a client keeps open all the time
/// must not count as work.
#[derive(Clone, Debug)]
pub(super) struct Calls<S> {
    service: S,
    open: Arc<Open>,
}

impl<S> Calls<S> {
    pub(super) fn to(service: S, open: &Arc<Open>) -> Self {
        Self { service, open: Arc::clone(open) }
    }
}

impl<S, R> Service<R> for Calls<S>
where
    S: Service<R>,
    S::Future: Unpin,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Call<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        Call { _counted: Counted::new(&self.open), answer: self.service.call(request) }
    }
}

/// One call.
#[derive(Debug)]
pub(super) struct Call<F> {
    answer: F,
    _counted: Counted,
}

impl<F: Future + Unpin> Future for Call<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(&mut self.answer).poll(context)
    }
}
