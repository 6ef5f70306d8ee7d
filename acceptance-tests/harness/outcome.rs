//! The result and the output of a run.

use std::time::Duration;

use serde_json::Value;

/// The end of a run.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The command, for messages.
    pub(crate) shown: String,
    /// The exit code; none after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// From start to end.
    pub(crate) took: Duration,
}

/// A message of Terraform's `-json` output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// `error` or `warning`.
    pub(crate) severity: String,
    pub(crate) summary: String,
    pub(crate) detail: String,
    /// The object it is about; empty for none.
    pub(crate) address: String,
    /// The line of the configuration that it points at.
    pub(crate) code: String,
}

impl Diagnostic {
    fn read(message: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
        Self {
            severity: text(&message["severity"]),
            summary: text(&message["summary"]),
            detail: text(&message["detail"]),
            address: text(&message["address"]),
            code: text(&message["snippet"]["code"]),
        }
    }

    /// Summary and detail on one line, however they were broken.
    pub(crate) fn text(&self) -> String {
        flat(&format!("{}: {}", self.summary, self.detail))
    }

    /// Asserts that the message holds each of `fragments`.
    #[track_caller]
    pub(crate) fn says(&self, fragments: &[&str]) -> &Self {
        let text = self.text();
        for fragment in fragments {
            assert!(text.contains(fragment), "{fragment:?} is not in {self:#?}");
        }
        self
    }
}

/// Text as it reads, without Terraform's frames and line breaks.
fn flat(text: &str) -> String {
    let bare = text.replace(['│', '╷', '╵'], " ");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Outcome {
    /// Asserts success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.exits(0)
    }

    /// Asserts failure.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        self.exits(1)
    }

    /// Asserts an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Both outputs on one line.
    pub(crate) fn text(&self) -> String {
        flat(&format!("{}\n{}", self.stdout, self.stderr))
    }

    /// Asserts that the output holds each of `fragments`.
    #[track_caller]
    pub(crate) fn says(&self, fragments: &[&str]) -> &Self {
        let text = self.text();
        for fragment in fragments {
            assert!(text.contains(fragment), "{fragment:?} is not in the output\n{self}");
        }
        self
    }

    /// What a run with `-json` wrote: the lines of most commands, or the one document of others.
    pub(crate) fn messages(&self) -> Vec<Value> {
        if let Ok(whole) = serde_json::from_str(&self.stdout) {
            return vec![whole];
        }
        self.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The errors and warnings of a run with `-json`.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let messages = self.messages();
        let listed = messages.iter().filter_map(|message| message["diagnostics"].as_array());
        let single = messages.iter().map(|message| &message["diagnostic"]);
        let all = listed.flatten().chain(single.filter(|message| message.is_object()));
        all.map(Diagnostic::read).collect()
    }

    /// The errors of a run with `-json`.
    pub(crate) fn errors(&self) -> Vec<Diagnostic> {
        self.of_severity("error")
    }

    /// The warnings of a run with `-json`, without that about the override of the provider.
    pub(crate) fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings = self.of_severity("warning");
        warnings
            .retain(|warning| warning.summary != "Provider development overrides are in effect");
        warnings
    }

    fn of_severity(&self, severity: &str) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics();
        diagnostics.retain(|diagnostic| diagnostic.severity == severity);
        diagnostics
    }

    /// The only error of a run that failed.
    #[track_caller]
    pub(crate) fn error(&self) -> Diagnostic {
        assert_eq!(self.code, Some(1), "{self}");
        match self.errors().as_slice() {
            [only] => only.clone(),
            others => panic!("{} errors instead of one\n{self}", others.len()),
        }
    }

    /// Asserts that each of these lines, named by its first word, has one error that says this, and
    /// that there are no others.
    #[track_caller]
    pub(crate) fn one_error_for_each(&self, lines: &[(&str, &[&str])]) {
        let errors = self.errors();
        for (argument, fragments) in lines {
            let is_of_line =
                |error: &&Diagnostic| error.code.split_whitespace().next() == Some(argument);
            let of_line: Vec<_> = errors.iter().filter(is_of_line).collect();
            assert_eq!(of_line.len(), 1, "{argument}\n{self}");
            of_line[0].says(fragments);
        }
        assert_eq!(errors.len(), lines.len(), "{self}");
    }

    /// The errors about one object.
    pub(crate) fn errors_about(&self, address: &str) -> Vec<Diagnostic> {
        let mut errors = self.errors();
        errors.retain(|error| error.address == address);
        errors
    }

    /// What a plan with `-json` is going to do: address and action.
    pub(crate) fn changes(&self) -> Vec<(String, String)> {
        self.of_type("planned_change")
    }

    /// What a plan with `-json` found to be different from the state.
    pub(crate) fn drift(&self) -> Vec<(String, String)> {
        self.of_type("resource_drift")
    }

    fn of_type(&self, kind: &str) -> Vec<(String, String)> {
        let mut messages = self.messages();
        messages.retain(|message| message["type"] == kind);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let read = |message: &Value| {
            let change = &message["change"];
            (text(&change["resource"]["addr"]), text(&change["action"]))
        };
        messages.iter().map(read).collect()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { shown, code, stdout, stderr, took } = self;
        write!(f, "{shown}\nexit code {code:?} after {took:?}\n{stdout}\n{stderr}")
    }
}
