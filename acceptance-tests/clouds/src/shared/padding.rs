//! A response body of any length, made while it is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

const HEAD: &[u8] = b"{\"padding\":\"";
const TAIL: &[u8] = b"\"}";

/// How such a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) chunk: usize,
    pub(crate) pause: Duration,
    /// Whether the length is announced.
    pub(crate) announced: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { chunk: 64 << 10, pause: Duration::ZERO, announced: true }
    }
}

/// `{"padding":"xxx…"}` of exactly `total` bytes.
#[derive(Debug)]
pub(crate) struct Padding {
    total: u64,
    sent: u64,
    pace: Pace,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Padding {
    pub(crate) fn new(total: u64, pace: Pace) -> Self {
        Self { total, sent: 0, pace, pause: None }
    }

    fn byte(&self, at: u64) -> u8 {
        let from_end = usize::try_from(self.total - at).unwrap_or(usize::MAX);
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        if from_end <= TAIL.len() {
            TAIL[TAIL.len() - from_end]
        } else {
            HEAD.get(at).copied().unwrap_or(b'x')
        }
    }

    fn next_chunk(&mut self) -> Bytes {
        let left = usize::try_from(self.total - self.sent).unwrap_or(usize::MAX);
        let end = self.sent + left.min(self.pace.chunk.max(1)) as u64;
        let chunk = (self.sent..end).map(|at| self.byte(at)).collect();
        self.sent = end;
        chunk
    }
}

impl Body for Padding {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        if self.sent == self.total {
            return Poll::Ready(None);
        }
        let chunk = self.next_chunk();
        if !self.pace.pause.is_zero() {
            self.pause = Some(Box::pin(tokio::time::sleep(self.pace.pause)));
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.pace.announced {
            SizeHint::with_exact(self.total - self.sent)
        } else {
            SizeHint::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunks_are_json_of_that_length() {
        let mut body = Padding::new(40, Pace { chunk: 13, ..Pace::default() });
        let mut text = Vec::new();
        let mut lengths = Vec::new();
        while body.sent < body.total {
            let chunk = body.next_chunk();
            lengths.push(chunk.len());
            text.extend(chunk);
        }
        assert_eq!(lengths, [13, 13, 13, 1]);
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(value["padding"], "x".repeat(26));
    }
}
