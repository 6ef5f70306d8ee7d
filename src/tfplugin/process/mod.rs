//! Running as Terraform's child process: how it is started, how it listens, who may connect, where
//! its logs go and how it ends.
//!
//! The provider itself is passed in as a set of gRPC routes. Nothing here depends on what they do
//! or on their messages: any gRPC service could be run this way under Terraform, which uses
//! hashicorp/go-plugin. The routes only get a token that is cancelled when the process is about to
//! end.
//!
//! What happens, in order: [`serve`] reads the command line; the cookie tells whether Terraform
//! started it; the socket is bound and a certificate created; one line on stdout has the address;
//! gRPC is served until the client calls Shutdown, a signal asks for the end, or the parent has
//! gone; see `server`. Terraform waits for that line, and it starts the process several times per
//! run. So everything that is not needed earlier comes after it.

mod calls;
mod command_line;
mod connection;
mod debug;
mod environment;
mod handshake;
mod listener;
pub mod log;
mod open;
mod parent;
mod proto;
mod server;
mod services;
mod signals;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod tls;

use crate::tfplugin::panics;
use command_line::Request;
use environment::Environment;
use listener::Bound;
use parent::Parent;
use server::{Ending, Outside};
use signals::Interrupt;
use std::env;
use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{self, ExitCode};
use tls::Tls;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tracing::{debug, warn};

/// Threads that serve calls. They mostly wait for I/O; with two, one call that computes does not
/// block the rest, and each costs time at every start.
const WORKERS: usize = 2;

/// Exit code after a panic; Go's.
const PANICKED: u8 = 2;

/// Exit code after an invalid command line; that of Go's flags.
const MISTAKEN: u8 = 2;

/// The identity of this provider.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Its type: what follows `terraform-provider-`, and the module of its log lines.
    pub name: &'static str,
    /// Its full source address, `registry.terraform.io/<namespace>/<type>`.
    pub address: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Identity {
    /// The binary's name.
    fn program(&self) -> String {
        format!("terraform-provider-{}", self.name)
    }
}

/// Does what the command line and the environment ask for, and returns the exit code.
///
/// `routes` is called once, when there is a client to serve. The token that it gets is cancelled
/// when the process is about to end: calls should stop waiting then, and return.
pub fn serve(identity: &Identity, routes: impl FnOnce(CancellationToken) -> Routes) -> ExitCode {
    let program = identity.program();
    match command_line::parse(env::args_os().skip(1)) {
        Request::Version => say(&format!("{program} {}\n", identity.version)),
        Request::Help => say(&command_line::usage(&program)),
        Request::Mistaken(how) => {
            complain(&format!("{program}: {how}\n\n{}", command_line::usage(&program)));
            ExitCode::from(MISTAKEN)
        }
        Request::Debug => run(identity, &Environment::of_process(), Mode::Debug, routes),
        Request::Launched => {
            let environment = Environment::of_process();
            if handshake::was_launched(&environment) {
                run(identity, &environment, Mode::Launched, routes)
            } else {
                complain(handshake::REFUSAL);
                ExitCode::FAILURE
            }
        }
    }
}

/// Who started the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Terraform.
    Launched,
    /// A developer.
    Debug,
}

/// Serves until the end, and returns the exit code.
fn run(
    identity: &Identity,
    environment: &Environment,
    mode: Mode,
    routes: impl FnOnce(CancellationToken) -> Routes,
) -> ExitCode {
    log::install(identity, environment);
    panics::install_hook(format!("{} {}", identity.program(), identity.version));
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return report(identity, mode, &error),
    };
    let work = start_and_serve(identity, environment, mode, routes);
    let result = catch_unwind(AssertUnwindSafe(|| runtime.block_on(work)));
    // Does not wait for calls that are still running: the process is about to end.
    runtime.shutdown_background();
    match result {
        Ok(Ok(Ending::Asked | Ending::Orphaned)) => ExitCode::SUCCESS,
        Ok(Ok(Ending::Panicked)) | Err(_) => ExitCode::from(PANICKED),
        Ok(Err(error)) => report(identity, mode, &error),
    }
}

fn runtime() -> Result<Runtime, StartError> {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(|error| StartError::new("cannot start the runtime", error))
}

async fn start_and_serve(
    identity: &Identity,
    environment: &Environment,
    mode: Mode,
    routes: impl FnOnce(CancellationToken) -> Routes,
) -> Result<Ending, StartError> {
    // The signals come first: from the moment there is a file, something has to remove it.
    let signals = signals::take_over(match mode {
        Mode::Launched => Interrupt::IsTheParents,
        Mode::Debug => Interrupt::EndsUs,
    })?;
    // A developer may start the process in one terminal, close that and continue in another.
    let parent = if mode == Mode::Launched { Parent::of_process() } else { None };
    let listener = listener::bind(environment)?;
    let tls = match mode {
        Mode::Launched => launched(environment, &listener)?,
        Mode::Debug => attachable(identity, &listener)?,
    };
    let stop = CancellationToken::new();
    let routes = routes(stop.clone());
    let outside = Outside { signals, stop, parent };
    Ok(server::serve(listener, tls.map(|tls| tls.acceptor), routes, outside).await)
}

/// Performs the handshake with the Terraform that started us.
fn launched(environment: &Environment, listener: &Bound) -> Result<Option<Tls>, StartError> {
    let tls = environment.get("PLUGIN_CLIENT_CERT").map(Tls::for_client).transpose()?;
    let certificate = tls.as_ref().map(|tls| &*tls.certificate);
    print(&handshake::line(environment, listener.address(), certificate))
        .map_err(|error| StartError::new("cannot write the handshake to stdout", error))?;
    if !handshake::shares_our_version(environment) {
        warn!("The client does not list protocol version 6, which is the only one served");
    }
    debug!(address = listener.address().name, tls = tls.is_some(), "Listening");
    Ok(tls)
}

/// Tells a developer how to attach Terraform. Only that developer can open the socket.
fn attachable(identity: &Identity, listener: &Bound) -> Result<Option<Tls>, StartError> {
    debug::instructions(identity.address, process::id(), listener.address())
        .map_err(io::Error::from)
        .and_then(|text| print(&text))
        .map_err(|error| StartError::new("cannot write to stdout", error))?;
    Ok(None)
}

/// Why the process could not start: what failed, and how.
#[derive(Debug)]
struct StartError {
    what: String,
    cause: Box<dyn Error + Send + Sync>,
}

impl StartError {
    fn new(what: impl Into<String>, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what: what.into(), cause: cause.into() }
    }
}

impl Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.cause)
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

fn report(identity: &Identity, mode: Mode, error: &StartError) -> ExitCode {
    // Terraform takes the level of a line from such a prefix.
    let level = if mode == Mode::Launched { "[ERROR] " } else { "" };
    complain(&format!("{level}{}: {error}\n", identity.program()));
    ExitCode::FAILURE
}

/// Writes the output for which the process was started.
fn say(text: &str) -> ExitCode {
    print(text).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn complain(text: &str) {
    // If stderr is closed, this cannot be reported.
    let _ = io::stderr().write_all(text.as_bytes());
}
