//! The script of faults: which requests go wrong.

use std::time::{Duration, Instant};

use super::fault::Fault;
use super::journal::Request;

/// Which requests a fault hits.
#[derive(Debug, Clone, Default)]
pub struct When {
    method: Option<String>,
    fragment: Option<String>,
    exact: Option<String>,
    label: Option<String>,
    body: Option<String>,
    skip: usize,
}

impl When {
    /// Every request.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests with this verb.
    #[must_use]
    pub fn method(verb: &str) -> Self {
        Self { method: Some(verb.to_owned()), ..Self::default() }
    }

    /// Requests whose raw target contains this text.
    #[must_use]
    pub fn path(fragment: &str) -> Self {
        Self { fragment: Some(fragment.to_owned()), ..Self::default() }
    }

    /// Requests for exactly this raw path, whatever their query.
    #[must_use]
    pub fn exact_path(path: &str) -> Self {
        Self { exact: Some(path.to_owned()), ..Self::default() }
    }

    /// Requests of one kind; each service documents the labels it gives.
    #[must_use]
    pub fn label(label: &str) -> Self {
        Self { label: Some(label.to_owned()), ..Self::default() }
    }

    /// Narrows to targets that contain this text.
    #[must_use]
    pub fn and_path(mut self, fragment: &str) -> Self {
        self.fragment = Some(fragment.to_owned());
        self
    }

    /// Narrows to this verb.
    #[must_use]
    pub fn and_method(mut self, verb: &str) -> Self {
        self.method = Some(verb.to_owned());
        self
    }

    /// Narrows to requests of one kind.
    #[must_use]
    pub fn and_label(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }

    /// Narrows to requests whose body contains this text.
    #[must_use]
    pub fn and_body(mut self, fragment: &str) -> Self {
        self.body = Some(fragment.to_owned());
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    fn matches(&self, request: &Request, label: &str) -> bool {
        self.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(&request.method))
            && self.fragment.as_ref().is_none_or(|f| request.target.contains(f.as_str()))
            && self.exact.as_ref().is_none_or(|e| request.path() == e)
            && self.body.as_ref().is_none_or(|b| request.body.contains(b.as_str()))
            && self.label.as_ref().is_none_or(|l| l == label)
    }
}

/// The script: rules in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Script {
    rules: Vec<Rule>,
    added: usize,
}

#[derive(Debug)]
struct Rule {
    number: usize,
    when: When,
    left: usize,
    until: Option<Instant>,
    fault: Fault,
}

impl Script {
    /// The number of the new rule.
    pub(crate) fn add(&mut self, when: When, times: usize, fault: Fault) -> usize {
        self.push(when, times, None, fault)
    }

    /// A rule that ends by itself.
    pub(crate) fn add_for(&mut self, when: When, time: Duration, fault: Fault) {
        self.push(when, usize::MAX, Some(Instant::now() + time), fault);
    }

    fn push(&mut self, when: When, left: usize, until: Option<Instant>, fault: Fault) -> usize {
        self.added += 1;
        self.rules.push(Rule { number: self.added, when, left, until, fault });
        self.added
    }

    pub(crate) fn remove(&mut self, number: usize) {
        self.rules.retain(|rule| rule.number != number);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Takes the fault for this request, if one is due. Every rule counts down its own requests
    /// to skip, so two rules for the third and the fifth request do not disturb each other.
    pub(crate) fn take(&mut self, request: &Request, label: &str) -> Option<Fault> {
        let mut due = None;
        let now = Instant::now();
        self.rules.retain(|rule| rule.until.is_none_or(|until| now < until));
        for rule in self.rules.iter_mut().filter(|r| r.when.matches(request, label)) {
            if rule.when.skip > 0 {
                rule.when.skip -= 1;
            } else if due.is_none() && rule.left > 0 {
                rule.left -= 1;
                due = Some(rule.fault.clone());
            }
        }
        self.rules.retain(|rule| rule.left > 0);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, body: &str) -> Request {
        Request {
            number: 1,
            method: method.to_owned(),
            target: target.to_owned(),
            secure: false,
            headers: Vec::new(),
            body: body.to_owned(),
            at: Instant::now(),
            status: None,
        }
    }

    #[test]
    fn a_fault_hits_the_requests_of_its_condition_and_no_other() {
        let hits = |when: When, method: &str, target: &str, body: &str, label: &str| {
            let mut script = Script::default();
            script.add(when, 1, Fault::reset());
            script.take(&request(method, target, body), label).is_some()
        };
        let get = |when: When| hits(when, "GET", "/a/b?c=d", "body", "read");
        assert!(get(When::any()));
        assert!(get(When::method("get")) && !get(When::method("PUT")));
        assert!(get(When::path("b?c")) && !get(When::path("b?d")));
        assert!(get(When::exact_path("/a/b")) && !get(When::exact_path("/a")));
        assert!(get(When::label("read")) && !get(When::label("rea")));
        assert!(get(When::any().and_body("od")) && !get(When::any().and_body("do")));
        assert!(!get(When::label("read").and_method("PUT")));
        assert!(!get(When::method("GET").and_label("write")));
        assert!(!get(When::method("GET").and_path("/x")));
        assert!(!get(When::any().after(1)));
    }

    #[test]
    fn a_fault_happens_as_often_and_as_long_as_it_was_asked_for() {
        let due = |script: &mut Script| script.take(&request("GET", "/", ""), "").is_some();
        let mut script = Script::default();
        script.add(When::any(), 2, Fault::reset());
        assert_eq!([(); 3].map(|()| due(&mut script)), [true, true, false]);
        script.add(When::any().after(1), 1, Fault::reset());
        assert_eq!([(); 3].map(|()| due(&mut script)), [false, true, false]);
        let number = script.add(When::any(), usize::MAX, Fault::reset());
        assert_eq!([(); 3].map(|()| due(&mut script)), [true; 3]);
        script.remove(number);
        assert!(!due(&mut script));
        script.add_for(When::any(), Duration::from_secs(60), Fault::reset());
        assert!(due(&mut script) && due(&mut script));
        script.clear();
        script.add_for(When::any(), Duration::ZERO, Fault::reset());
        assert!(!due(&mut script));
    }
}
