//! One run of a program, from its start to its end.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Outcome;
use super::terraform::Slot;

/// When a run is given up. The longest ones take a few seconds.
const LIMIT: Duration = Duration::from_secs(120);

/// A program that is running. Dropped before its end, it is killed with its children.
#[derive(Debug)]
pub(crate) struct Run {
    shown: String,
    child: Child,
    started: Instant,
    ended: bool,
    outputs: Option<[JoinHandle<String>; 2]>,
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
        let outputs = [reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap())];
        let started = Instant::now();
        Self { shown, child, started, ended: false, outputs: Some(outputs), _slot: slot }
    }

    /// Presses Ctrl-C: the signal goes to the program and all its children.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    fn signal(&self, name: &str) {
        // The shell's own `kill`: signals are no part of the standard library.
        let script = format!("kill -{name} -{}", self.child.id());
        let sent = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status();
        assert!(sent.is_ok(), "{script}: {sent:?}");
    }

    /// Waits for the end.
    pub(crate) fn finish(mut self) -> Outcome {
        let status = loop {
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
        let [stdout, stderr] = self.outputs.take().unwrap();
        (stdout.join().unwrap(), stderr.join().unwrap())
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

/// Reads to the end on a thread of its own: a full pipe would stop the writer.
fn reader(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
