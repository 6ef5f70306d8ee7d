//! A response body that does not reach its end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use http_body::{Body, Frame};

/// What follows the first half.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Half {
    ThenClose,
    ThenNothing,
}

/// The first half of a body. Its length is not told to the server, which would otherwise notice
/// that it falls short of the `Content-Length`.
#[derive(Debug)]
pub(crate) struct HalfBody {
    half: Option<Bytes>,
    then: Half,
    flushed: bool,
}

impl HalfBody {
    pub(crate) fn new(half: Bytes, then: Half) -> Self {
        Self { half: Some(half), then, flushed: false }
    }
}

impl Body for HalfBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match (self.half.take(), self.then) {
            (Some(half), _) => Poll::Ready(Some(Ok(Frame::data(half)))),
            (None, Half::ThenClose) if self.flushed => {
                Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())))
            }
            (None, Half::ThenClose) => {
                // An error at once would discard the half before it is written out.
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (None, Half::ThenNothing) => Poll::Pending,
        }
    }
}
