//! The accounts that the simulated gateway knows.

/// A key pair with what belongs to it: a token, projects, the restrictions of a sub-account.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) public_key: String,
    pub(super) private_key: String,
    pub(super) security_token: Option<String>,
    pub(super) sub_account: bool,
    pub(super) projects: Vec<String>,
}

impl Account {
    /// A main account without projects.
    #[must_use]
    pub fn new(public_key: impl Into<String>, private_key: impl Into<String>) -> Self {
        Self {
            public_key: public_key.into(),
            private_key: private_key.into(),
            security_token: None,
            sub_account: false,
            projects: Vec::new(),
        }
    }

    /// The account of a simulation that was given none. Its public key holds characters that have
    /// to be escaped on the wire, so a client that does not is detected at once.
    #[must_use]
    pub fn example() -> Self {
        Self::new("kP2+simulated/public==", "9b1c+simulated/private==").project("org-example")
    }

    /// Makes the keys temporary ones, which are refused (174) without this token.
    #[must_use]
    pub fn security_token(mut self, token: impl Into<String>) -> Self {
        self.security_token = Some(token.into());
        self
    }

    /// Makes this a sub-account, which must name a project in each request (299 otherwise).
    #[must_use]
    pub fn sub_account(mut self) -> Self {
        self.sub_account = true;
        self
    }

    /// Adds a project. The first one is the default project; any that was not added is refused
    /// with 292.
    #[must_use]
    pub fn project(mut self, id: impl Into<String>) -> Self {
        self.projects.push(id.into());
        self
    }

    /// The public key, to configure a client with.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The private key, to configure a client with.
    #[must_use]
    pub fn private_key(&self) -> &str {
        &self.private_key
    }
}
