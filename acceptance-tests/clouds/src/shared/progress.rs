//! How long background work takes.

use std::time::{Duration, Instant};

/// How long background work runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// This many polls find it running; the next one finds it at its end. Which requests count as
    /// polls, each service documents.
    Polls(usize),
    /// It ends after this time.
    Wall(Duration),
    /// It never ends.
    Endless,
}

impl Progress {
    /// At its end from the start.
    pub const NONE: Self = Self::Polls(0);

    /// Whether work is over that began then and was polled so often, the present poll included.
    pub(crate) fn is_over(self, started: Instant, polls: usize) -> bool {
        match self {
            Self::Polls(running) => polls > running,
            Self::Wall(time) => started.elapsed() >= time,
            Self::Endless => false,
        }
    }
}

/// Work that runs since a moment and counts its polls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Countdown {
    progress: Progress,
    started: Instant,
    polls: usize,
}

impl Countdown {
    pub(crate) fn new(progress: Progress) -> Self {
        Self { progress, started: Instant::now(), polls: 0 }
    }

    /// Counts a poll.
    pub(crate) fn poll(&mut self) {
        self.polls += 1;
    }

    /// Whether the work is over for the latest poll.
    pub(crate) fn is_over(&self) -> bool {
        self.progress.is_over(self.started, self.polls.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_polls_find_the_work_running() {
        let seen = |progress| {
            let mut work = Countdown::new(progress);
            std::array::from_fn(|_| {
                work.poll();
                work.is_over()
            })
        };
        assert_eq!(seen(Progress::Polls(2)), [false, false, true, true]);
        assert_eq!(seen(Progress::NONE), [true; 4]);
        assert_eq!(seen(Progress::Wall(Duration::ZERO)), [true; 4]);
        assert_eq!(seen(Progress::Wall(Duration::from_secs(60))), [false; 4]);
        assert_eq!(seen(Progress::Endless), [false; 4]);
    }
}
