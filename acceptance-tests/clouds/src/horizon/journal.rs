//! Counts of what was asked, out of the journals.

use std::time::Duration;

use super::{Request, Simulation, lock};

impl Simulation {
    /// How many creations were accepted, whatever became of their answers.
    #[must_use]
    pub fn images_created(&self) -> usize {
        lock(&self.state.store).created.values().sum()
    }

    /// How many creations of images of this name were accepted.
    #[must_use]
    pub fn images_created_named(&self, name: &str) -> usize {
        lock(&self.state.store).created.get(name).copied().unwrap_or_default()
    }

    /// The requests of a method for a path that ends like this: `("POST", "/images")` are the
    /// creations, whatever became of them.
    #[must_use]
    pub fn requests_to(&self, method: &str, path_end: &str) -> Vec<Request> {
        let is_it =
            |request: &Request| request.method == method && request.path().ends_with(path_end);
        self.requests().into_iter().filter(is_it).collect()
    }

    /// The requests below `/images/{id}`.
    #[must_use]
    pub fn requests_of(&self, image: &str) -> Vec<Request> {
        let part = format!("/images/{image}");
        let is_it = |request: &Request| {
            let path = request.path();
            path.ends_with(&part) || path.contains(&format!("{part}/"))
        };
        self.requests().into_iter().filter(is_it).collect()
    }

    /// The time between the reads of an image that count as polls.
    #[must_use]
    pub fn poll_gaps(&self, image: &str) -> Vec<Duration> {
        let polls = self.requests_to("GET", &format!("/images/{image}"));
        polls.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at)).collect()
    }

    /// How many access tokens were issued.
    #[must_use]
    pub fn tokens_issued(&self) -> usize {
        self.state.csp.tokens.issued()
    }

    /// The access tokens that were issued, to be looked for in logs.
    #[must_use]
    pub fn access_tokens(&self) -> Vec<String> {
        lock(&self.state.csp.secrets).clone()
    }

    /// The journals of both services as text.
    #[must_use]
    pub fn whole_journal(&self) -> String {
        format!("{}\n{}", self.csp().journal_text(), self.journal_text())
    }
}
