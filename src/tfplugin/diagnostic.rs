//! What the provider tells the person running Terraform.

use std::borrow::Cow;
use std::fmt;

/// A step from an object to one of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An attribute of an object.
    Attribute(Cow<'static, str>),
    /// An element of a map.
    Key(String),
    /// An element of a list.
    Index(i64),
}

/// Where in a configuration a [`Diagnostic`] points. Empty: at all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The path of a top-level attribute.
    #[must_use]
    pub fn attribute(name: impl Into<Cow<'static, str>>) -> Self {
        Self::default().then(name)
    }

    /// The path of an attribute of what this path points at.
    #[must_use]
    pub fn then(&self, name: impl Into<Cow<'static, str>>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// The path one step further.
    #[must_use]
    pub fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if number == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed. A created object is tainted.
    Error,
    /// The operation succeeded, with a message.
    Warning,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// One line: what could not be done.
    pub summary: String,
    /// Why, and what the reader can do about it.
    pub detail: String,
    /// Empty when no single attribute is at fault.
    pub path: Path,
    /// Whether it is only that the provider's configuration is not known yet. A client that can put
    /// off an object is told to ask again later instead.
    pub is_deferrable: bool,
}

impl Diagnostic {
    /// An error.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::default(),
            is_deferrable: false,
        }
    }

    /// A warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// An error about the value at `path`, which the summary names in full: Terraform shows only
    /// the outermost line of the configuration.
    pub fn invalid(path: &Path, detail: impl Into<String>) -> Self {
        Self::error(format!("Invalid value for `{path}`"), detail).at(path.clone())
    }

    /// Says that the provider's configuration is not known yet, and nothing else is wrong.
    #[must_use]
    pub fn deferrable(mut self) -> Self {
        self.is_deferrable = true;
        self
    }

    /// Points at an attribute.
    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.path = path;
        self
    }

    /// Whether the operation failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Everything that went wrong, at least one error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Vec<Diagnostic>);

impl Failure {
    /// Whether nothing is wrong but that the provider's configuration is not known yet.
    #[must_use]
    pub fn is_deferrable(&self) -> bool {
        let mut errors = self.0.iter().filter(|problem| problem.is_error()).peekable();
        errors.peek().is_some() && errors.all(|problem| problem.is_deferrable)
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

/// The result of an operation that explains its failure to the user.
pub type Result<T> = std::result::Result<T, Failure>;
