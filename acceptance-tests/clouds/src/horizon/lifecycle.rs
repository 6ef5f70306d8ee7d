//! How an import, a publication or a deletion goes: the statuses it passes through.

use std::time::Instant;

use serde_json::{Value, json};

use crate::shared::Progress;

/// What the image copy says about its failure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) details: String,
    pub(crate) parameters: Value,
}

/// One stage: the three statuses, and how long they are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub(crate) image: String,
    pub(crate) version: String,
    pub(crate) copy: String,
    pub(crate) lasts: Progress,
    pub(crate) failure: Option<Failure>,
    pub(crate) warning: Option<String>,
}

impl Step {
    /// The statuses of the image, its version and its copy; any text. Shown by one poll.
    #[must_use]
    pub fn new(image: &str, version: &str, copy: &str) -> Self {
        Self {
            image: image.to_owned(),
            version: version.to_owned(),
            copy: copy.to_owned(),
            lasts: Progress::Polls(1),
            failure: None,
            warning: None,
        }
    }

    /// How long it is shown. The last step of a [`Lifecycle`] stays.
    #[must_use]
    pub fn lasts(mut self, progress: Progress) -> Self {
        self.lasts = progress;
        self
    }

    /// The `errorCode`, `errorDetails` and `errorDetailsParameters` of the copy.
    #[must_use]
    pub fn failure(mut self, code: &str, details: &str, parameters: Value) -> Self {
        self.failure =
            Some(Failure { code: code.to_owned(), details: details.to_owned(), parameters });
        self
    }

    /// The `warningDetails` of the copy.
    #[must_use]
    pub fn warning(mut self, details: &str) -> Self {
        self.warning = Some(details.to_owned());
        self
    }
}

/// The steps in their order. `GET` of the image counts as a poll, and so does a refused deletion.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifecycle {
    pub(crate) steps: Vec<Step>,
    /// What was worked on is gone after the last step.
    pub(crate) vanishes: bool,
}

impl Lifecycle {
    /// Any steps; the last one stays.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self { steps, vanishes: false }
    }

    fn ending(last: Step) -> Self {
        Self::new(vec![
            Step::new("PENDING", "PENDING", "IMPORT_PENDING"),
            Step::new("IN_PROGRESS", "IMPORT_IN_PROGRESS", "DEPLOYING_VM"),
            last,
        ])
    }

    /// An import that ends well: PENDING, IN_PROGRESS, IMPORT_COMPLETE.
    #[must_use]
    pub fn import() -> Self {
        Self::ending(Step::new("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE"))
    }

    /// The copy of a published image: PENDING, IN_PROGRESS, IMPORT_COMPLETE, AVAILABLE.
    #[must_use]
    pub fn copy_existing_image() -> Self {
        let mut life = Self::import();
        life.steps[1].copy = "COPYING_IMAGE".to_owned();
        life.steps[2].copy = "REPLICATING".to_owned();
        life.steps.push(Step::new("AVAILABLE", "AVAILABLE", "AVAILABLE"));
        life
    }

    /// An import that fails for lack of quota.
    #[must_use]
    pub fn failed() -> Self {
        Self::failed_with(
            "AZURE_QUOTA_EXHAUSTED",
            "The quota of the subscription does not allow another virtual machine.",
            json!({"region": "westus2", "vmSize": "Standard_DS2_v2"}),
        )
    }

    /// An import that fails with these details on the copy.
    #[must_use]
    pub fn failed_with(code: &str, details: &str, parameters: Value) -> Self {
        let last = Step::new("FAILED", "FAILED", "IMPORT_FAILED");
        Self::ending(last.failure(code, details, parameters))
    }

    /// An import that ends PARTIALLY_AVAILABLE.
    #[must_use]
    pub fn partially_available() -> Self {
        Self::ending(Step::new("PARTIALLY_AVAILABLE", "PARTIALLY_AVAILABLE", "AVAILABLE"))
    }

    /// An image that gets disabled while it is imported.
    #[must_use]
    pub fn disabled() -> Self {
        Self::ending(Step::new("DISABLED", "DISABLED", "DISABLED"))
    }

    /// An image that gets deleted while it is imported, and stays DELETING.
    #[must_use]
    pub fn deleting() -> Self {
        Self::ending(Step::new("DELETING", "DELETING", "DELETING"))
    }

    /// An import that stays IN_PROGRESS.
    #[must_use]
    pub fn endless() -> Self {
        let mut life = Self::import();
        life.steps.pop();
        life
    }

    /// A publication: PUBLISH_IN_PROGRESS, AVAILABLE.
    #[must_use]
    pub fn publish() -> Self {
        Self::new(vec![
            Step::new("IN_PROGRESS", "PUBLISH_IN_PROGRESS", "PUBLISH_IN_PROGRESS"),
            Step::new("AVAILABLE", "AVAILABLE", "AVAILABLE"),
        ])
    }

    /// A deletion: DELETING, then gone.
    #[must_use]
    pub fn deletion() -> Self {
        let steps = vec![Step::new("DELETING", "DELETING", "DELETING")];
        Self { steps, vanishes: true }
    }

    /// A deletion that fails: DELETING, then FAILED.
    #[must_use]
    pub fn failed_deletion(code: &str, details: &str) -> Self {
        let last = Step::new("FAILED", "FAILED", "DELETION_FAILED");
        Self::new(vec![
            Step::new("DELETING", "DELETING", "DELETING"),
            last.failure(code, details, json!({})),
        ])
    }

    /// Shows each step but a staying one for this long.
    #[must_use]
    pub fn each_lasts(mut self, progress: Progress) -> Self {
        self.steps.iter_mut().for_each(|step| step.lasts = progress);
        self
    }
}

/// A lifecycle under way.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    cycle: Lifecycle,
    at: usize,
    since: Instant,
    polls: usize,
}

impl Life {
    pub(crate) fn new(mut cycle: Lifecycle) -> Self {
        if cycle.steps.is_empty() {
            cycle.steps = Lifecycle::import().steps;
        }
        Self { cycle, at: 0, since: Instant::now(), polls: 0 }
    }

    /// A life that stays in one step.
    pub(crate) fn settled(step: Step) -> Self {
        Self::new(Lifecycle::new(vec![step]))
    }

    pub(crate) fn step(&self) -> &Step {
        &self.cycle.steps[self.at]
    }

    /// Goes on to where it is for this read; a poll shows a step of `Polls` once more.
    pub(crate) fn advance(&mut self, poll: bool) {
        self.polls += usize::from(poll);
        while !self.is_last() && self.is_step_over() {
            self.since = match self.step().lasts {
                Progress::Wall(time) => self.since + time,
                _ => Instant::now(),
            };
            self.polls = usize::from(poll);
            self.at += 1;
        }
    }

    /// Whether what was worked on does not exist any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.cycle.vanishes && self.is_last() && self.is_step_over()
    }

    /// Jumps to the last step.
    pub(crate) fn finish(&mut self) {
        self.at = self.cycle.steps.len() - 1;
        if self.cycle.vanishes {
            self.cycle.steps[self.at].lasts = Progress::NONE;
        }
    }

    fn is_last(&self) -> bool {
        self.at + 1 == self.cycle.steps.len()
    }

    fn is_step_over(&self) -> bool {
        self.step().lasts.is_over(self.since, self.polls.max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn polled(cycle: Lifecycle, times: usize) -> Vec<String> {
        let mut life = Life::new(cycle);
        (0..times)
            .map(|_| {
                life.advance(true);
                life.step().image.clone()
            })
            .collect()
    }

    #[test]
    fn each_step_is_shown_by_its_number_of_polls() {
        let life = Lifecycle::import().each_lasts(Progress::Polls(2));
        assert_eq!(
            polled(life, 6),
            [
                "PENDING",
                "PENDING",
                "IN_PROGRESS",
                "IN_PROGRESS",
                "IMPORT_COMPLETE",
                "IMPORT_COMPLETE"
            ]
        );
        assert_eq!(polled(Lifecycle::import().each_lasts(Progress::NONE), 1), ["IMPORT_COMPLETE"]);
    }

    #[test]
    fn time_goes_on_without_polls() {
        let mut life = Life::new(Lifecycle::import().each_lasts(Progress::Wall(Duration::ZERO)));
        life.advance(false);
        assert_eq!(life.step().image, "IMPORT_COMPLETE");
        let mut life = Life::new(Lifecycle::deletion());
        life.advance(false);
        life.advance(true);
        assert!(!life.is_gone());
        life.advance(true);
        assert!(life.is_gone());
    }
}
