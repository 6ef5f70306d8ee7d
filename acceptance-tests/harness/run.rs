//! One run of a program, from its start to its end.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::terraform::Slot;
use super::{Outcome, PATIENCE};

/// When a run is given up. The longest ones take a few seconds.
const LIMIT: Duration = Duration::from_secs(120);

/// A program that is running. Dropped before its end, it is killed with its children.
#[derive(Debug)]
pub(crate) struct Run {
    shown: String,
    child: Child,
    started: Instant,
    ended: bool,
    stdout: Output,
    stderr: Output,
    _slot: Option<Slot>,
}

impl Run {
    /// Starts `command` in a process group of its own, so that all of it can be interrupted as a
    /// terminal does.
    pub(crate) fn start(mut command: Command, slot: Option<Slot>) -> Self {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let shown = [command.get_program()].into_iter().chain(command.get_args());
        let shown = shown.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{shown}: {error}"));
        let stdout = Output::of(child.stdout.take().unwrap());
        let stderr = Output::of(child.stderr.take().unwrap());
        let started = Instant::now();
        Self { shown, child, started, ended: false, stdout, stderr, _slot: slot }
    }

    /// Presses Ctrl-C: the signal goes to the program and all its children.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    /// Asks the program and all its children to end, as a system does that shuts down.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Closes the terminal: the signal goes to the program and all its children.
    pub(crate) fn hang_up(&self) {
        self.signal("HUP");
    }

    /// Ends the program and all its children as a crash or a loss of power does.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Ends the program at once, and none of its children.
    pub(crate) fn kill_alone(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.ended = true;
    }

    /// The id of the program, as long as it runs.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, name: &str) {
        send(name, &format!("-{}", self.child.id()));
    }

    /// Waits until `happened`, which has to be before the end.
    pub(crate) fn until(&mut self, what: &str, mut happened: impl FnMut() -> bool) {
        let started = Instant::now();
        while !happened() {
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || started.elapsed() > PATIENCE {
                self.signal("KILL");
                let (stdout, stderr) = self.collect();
                panic!("not seen: {what}\n{}: {ended:?}\n{stdout}\n{stderr}", self.shown);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end.
    pub(crate) fn finish(self) -> Outcome {
        self.watched(|_| ())
    }

    /// Waits for the end, and calls `look` now and then until it comes.
    pub(crate) fn watched(mut self, mut look: impl FnMut(&Self)) -> Outcome {
        let status = loop {
            look(&self);
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if self.started.elapsed() > LIMIT {
                self.signal("KILL");
                let (stdout, stderr) = self.collect();
                panic!("{} did not end within {LIMIT:?}\n{stdout}\n{stderr}", self.shown);
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        self.ended = true;
        let took = self.started.elapsed();
        let (stdout, stderr) = self.collect();
        Outcome { shown: self.shown.clone(), code: status.code(), stdout, stderr, took }
    }

    fn collect(&mut self) -> (String, String) {
        (self.stdout.whole(), self.stderr.whole())
    }

    /// What was written to stdout so far, as soon as it holds a line with `fragment`.
    pub(crate) fn stdout_until(&mut self, fragment: &str) -> String {
        let stdout = Arc::clone(&self.stdout.bytes);
        let read = || String::from_utf8_lossy(&stdout.lock().unwrap()).into_owned();
        self.until(fragment, || {
            let text = read();
            text.find(fragment).is_some_and(|at| text[at..].contains('\n'))
        });
        read()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.ended {
            self.signal("KILL");
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal to a process, or with a minus sign to a process group.
///
/// By the shell's own `kill`: the standard library has no signals.
pub(crate) fn send(signal: &str, id: &str) {
    let script = format!("kill -{signal} {id}");
    let sent = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status();
    assert!(sent.is_ok(), "{script}: {sent:?}");
}

/// What a program writes. It is read on a thread of its own: a full pipe would stop the writer.
#[derive(Debug)]
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn of(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { bytes, reader: Some(reader) }
    }

    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }
}
