//! How long-running operations look and how they end.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::spelling::Spelling;

/// Which polling headers come with an accepted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Headers {
    AsyncOperation,
    Location,
    Both,
    None,
}

/// How the polling URL is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Url {
    Absolute,
    Relative,
    Host(String),
    Scheme(String),
}

/// How the signed form of a polling URL is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Plain,
    WithApostrophe,
}

/// What the first answer says about the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstBody {
    Accepted,
    Terminal,
    Stateless,
}

/// The `Retry-After` of the first answer and of polls that find the operation running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryAfter {
    /// Not sent.
    Missing,
    /// Seconds.
    Seconds(u64),
    /// The HTTP date this far ahead.
    Date(Duration),
    /// Any text.
    Raw(String),
}

impl RetryAfter {
    pub(crate) fn value(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Seconds(seconds) => Some(seconds.to_string()),
            Self::Date(ahead) => Some(httpdate::fmt_http_date(SystemTime::now() + *ahead)),
            Self::Raw(text) => Some(text.clone()),
        }
    }
}

/// The style of a long-running operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lro {
    pub(crate) headers: Headers,
    pub(crate) synchronous: bool,
    pub(crate) status: Option<u16>,
    pub(crate) first_body: FirstBody,
    pub(crate) url: Url,
    pub(crate) own_api_version: Option<String>,
    pub(crate) padding: usize,
    pub(crate) signed: Option<Signed>,
    pub(crate) moving: bool,
    pub(crate) silent_polls: bool,
    pub(crate) running_word: String,
    pub(crate) retry_after: RetryAfter,
}

impl Lro {
    fn new(headers: Headers) -> Self {
        Self {
            headers,
            synchronous: false,
            status: None,
            first_body: FirstBody::Accepted,
            url: Url::Absolute,
            own_api_version: None,
            padding: 0,
            signed: None,
            moving: false,
            silent_polls: false,
            running_word: "InProgress".to_owned(),
            retry_after: RetryAfter::Missing,
        }
    }

    /// An `Azure-AsyncOperation` header.
    #[must_use]
    pub fn async_operation() -> Self {
        Self::new(Headers::AsyncOperation)
    }

    /// A `Location` header.
    #[must_use]
    pub fn location() -> Self {
        Self::new(Headers::Location)
    }

    /// Both headers, to different URLs.
    #[must_use]
    pub fn both() -> Self {
        Self::new(Headers::Both)
    }

    /// No header: only the resource's provisioningState tells.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Headers::None)
    }

    /// Done when the answer comes, with no header.
    #[must_use]
    pub fn synchronous() -> Self {
        Self { synchronous: true, ..Self::new(Headers::None) }
    }

    /// Answers with this status instead of the usual one (PUT 201 or 200, PATCH and DELETE 202).
    /// With 202 and 204 there is no body.
    #[must_use]
    pub fn accepted_with(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The first body says `Succeeded` although a header is there; the work is done by then.
    #[must_use]
    pub fn terminal_body(mut self) -> Self {
        self.first_body = FirstBody::Terminal;
        self
    }

    /// The first body has no provisioningState.
    #[must_use]
    pub fn stateless_body(mut self) -> Self {
        self.first_body = FirstBody::Stateless;
        self
    }

    /// The polling URL has no scheme and host.
    #[must_use]
    pub fn relative(mut self) -> Self {
        self.url = Url::Relative;
        self
    }

    /// The polling URL is on this origin (`http://127.0.0.1:1234`).
    #[must_use]
    pub fn on_host(mut self, origin: &str) -> Self {
        self.url = Url::Host(origin.trim_end_matches('/').to_owned());
        self
    }

    /// The polling URL has this scheme, such as `http` where the test serves https.
    #[must_use]
    pub fn with_scheme(mut self, scheme: &str) -> Self {
        self.url = Url::Scheme(scheme.to_owned());
        self
    }

    /// The polling URL carries this api-version instead of the request's.
    #[must_use]
    pub fn own_api_version(mut self, version: &str) -> Self {
        self.own_api_version = Some(version.to_owned());
        self
    }

    /// The polling URL is longer by this many bytes.
    #[must_use]
    pub fn long_url(mut self, bytes: usize) -> Self {
        self.padding = bytes;
        self
    }

    /// The polling URL is of the signed form that the service was seen to use: no subscription, the
    /// region in capital letters, a raw `*`, and a long query with a signature. A poll of any other
    /// spelling gets 403.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.signed = Some(Signed::Plain);
        self
    }

    /// As [`Lro::signed`], with a raw `'` in the query, which may come back as `%27`.
    #[must_use]
    pub fn signed_with_apostrophe(mut self) -> Self {
        self.signed = Some(Signed::WithApostrophe);
        self
    }

    /// Every poll names a new URL, and the old one is gone.
    #[must_use]
    pub fn moving(mut self) -> Self {
        self.moving = true;
        self
    }

    /// Polls of the `Azure-AsyncOperation` URL answer 202 without a body while it runs.
    #[must_use]
    pub fn silent_polls(mut self) -> Self {
        self.silent_polls = true;
        self
    }

    /// The status word while it runs, such as `Downloading`.
    #[must_use]
    pub fn running_word(mut self, word: &str) -> Self {
        word.clone_into(&mut self.running_word);
        self
    }

    /// The `Retry-After` it sends.
    #[must_use]
    pub fn retry_after(mut self, value: RetryAfter) -> Self {
        self.retry_after = value;
        self
    }
}

/// How an operation ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub(crate) word: String,
    pub(crate) error: Option<Value>,
    pub(crate) state: String,
    pub(crate) resource_error: Option<(String, String)>,
    pub(crate) envelope_only: bool,
    pub(crate) percent: u64,
    pub(crate) refused: Option<u16>,
    pub(crate) quote: Option<Spelling>,
}

impl Outcome {
    /// Success.
    #[must_use]
    pub fn succeeded() -> Self {
        Self {
            word: "Succeeded".to_owned(),
            error: None,
            state: "Succeeded".to_owned(),
            resource_error: None,
            envelope_only: false,
            percent: 100,
            refused: None,
            quote: None,
        }
    }

    /// Success, in the other word for it.
    #[must_use]
    pub fn completed() -> Self {
        Self { word: "Completed".to_owned(), ..Self::succeeded() }
    }

    /// The operation and the resource failed, both with this reason.
    #[must_use]
    pub fn failed(code: &str, message: &str) -> Self {
        Self {
            word: "Failed".to_owned(),
            error: Some(json!({"code": code, "message": message})),
            state: "Failed".to_owned(),
            resource_error: Some((code.to_owned(), message.to_owned())),
            envelope_only: false,
            percent: 30,
            refused: None,
            quote: None,
        }
    }

    /// Somebody cancelled it; `word` is `Canceled` or `Cancelled`.
    #[must_use]
    pub fn canceled(word: &str) -> Self {
        Self {
            word: word.to_owned(),
            state: "Canceled".to_owned(),
            resource_error: None,
            ..Self::failed("OperationCanceled", "The operation was canceled.")
        }
    }

    /// The operation says `Succeeded`, only the resource's status tells of the failure.
    #[must_use]
    pub fn only_resource_failed(code: &str, message: &str) -> Self {
        Self { word: "Succeeded".to_owned(), error: None, ..Self::failed(code, message) }
    }

    /// The request is refused at once with this status, and nothing begins.
    #[must_use]
    pub fn refused(status: u16, code: &str, message: &str) -> Self {
        Self { refused: Some(status), ..Self::failed(code, message) }
    }

    /// A failed download whose reason quotes the image path.
    #[must_use]
    pub fn failed_quoting(spelling: Spelling) -> Self {
        Self::failed("ImageDownloadFailed", "The image could not be downloaded: error 403.")
            .quoting(spelling)
    }

    /// An image path that is refused at once with 400, quoted in the message.
    #[must_use]
    pub fn refused_quoting(spelling: Spelling) -> Self {
        Self::refused(400, "InvalidImagePath", "The image path cannot be used.").quoting(spelling)
    }

    /// The reasons of a creation quote the image path, in the operation's error and in the
    /// resource's `errorMessage`.
    #[must_use]
    pub fn quoting(mut self, spelling: Spelling) -> Self {
        self.quote = Some(spelling);
        self
    }

    /// This outcome for a creation from `path`.
    pub(crate) fn about(mut self, path: &str) -> Self {
        if let Some(spelling) = self.quote.filter(|_| !path.is_empty()) {
            let quoted = format!(" The image path was '{}'.", spelling.spell(path));
            let message = self.error.as_mut().and_then(|error| error.get_mut("message"));
            if let Some(Value::String(message)) = message {
                message.push_str(&quoted);
            }
            if let Some((_, message)) = &mut self.resource_error {
                message.push_str(&quoted);
            }
        }
        self
    }

    /// Another `error` member of the operation's status: an object, `null`, nested details.
    #[must_use]
    pub fn with_error(mut self, error: Value) -> Self {
        self.error = Some(error);
        self
    }

    /// The operation's status has no `error` member.
    #[must_use]
    pub fn without_error(mut self) -> Self {
        self.error = None;
        self
    }

    /// The resource's status says nothing about the reason.
    #[must_use]
    pub fn without_resource_error(mut self) -> Self {
        self.resource_error = None;
        self
    }

    /// The last poll answers 200 with nothing but an error envelope.
    #[must_use]
    pub fn envelope_only(mut self) -> Self {
        self.envelope_only = true;
        self
    }

    /// Details in two levels, to nest into [`Outcome::with_error`].
    #[must_use]
    pub fn nested_error() -> Value {
        json!({
            "code": "DeploymentFailed",
            "message": "At least one step failed.",
            "target": "galleryImage",
            "details": [
                {"code": "DownloadFailed", "message": "The image could not be downloaded.", "details": [
                    {"code": "HttpForbidden", "message": "The server answered 403.", "target": "imagePath"},
                ]},
                {"code": "CleanupSkipped", "message": "Nothing had to be cleaned up."},
            ],
            "additionalInfo": [{"type": "Hint", "info": {"retryable": false}}],
        })
    }

    pub(crate) fn good(&self) -> bool {
        self.state == "Succeeded" && !self.envelope_only && !self.operation_failed()
    }

    pub(crate) fn operation_failed(&self) -> bool {
        !matches!(self.word.as_str(), "Succeeded" | "Completed")
    }
}
