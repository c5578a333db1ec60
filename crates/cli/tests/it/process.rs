//! Starting the binary, waiting for what it prints, and stopping it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The longest a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary with these arguments, in an environment of its own.
pub(crate) fn symbolon(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    command.args(arguments).env_clear().env("NO_PROXY", "*").stdin(Stdio::null());
    command
}

/// Runs to the end.
pub(crate) fn run(arguments: &[&str]) -> Finished {
    Finished::from(symbolon(arguments).output().unwrap())
}

/// Runs to the end with something on standard input.
pub(crate) fn run_with_input(arguments: &[&str], input: &str) -> Finished {
    let mut child =
        symbolon(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Finished::from(child.wait_with_output().unwrap())
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Finished {
    /// The one line on standard error of a command that failed, warnings aside.
    pub(crate) fn failure(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        let lines: Vec<_> = self.stderr.lines().filter(|line| !line.starts_with("Warning: ")).collect();
        assert_eq!(lines.len(), 1, "one line and no more: {self:?}");
        lines[0]
    }

    /// Standard output of a command that succeeded.
    pub(crate) fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout.trim_end()
    }

    /// The warnings on standard error.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        self.stderr.lines().filter(|line| line.starts_with("Warning: ")).collect()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.success()).unwrap()
    }
}

/// A process that runs beside the test and ends with it.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(symbolon(arguments))
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines, seen: Vec::new() }
    }

    /// Waits for a line that contains `text`, and gives it.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("'{text}' was not printed: {:#?}", self.seen)
                }
            }
        }
    }

    /// Waits until something listens on the port.
    pub(crate) fn wait_for_port(&mut self, port: u16) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended: {:#?}", self.lines.iter().collect::<Vec<_>>());
            assert!(Instant::now() < deadline, "port {port} stays closed");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop (SIGTERM).
    pub(crate) fn signal(&self) {
        self.tell("-TERM");
    }

    /// Asks it to read its files again (SIGHUP).
    pub(crate) fn hang_up(&self) {
        self.tell("-HUP");
    }

    fn tell(&self, signal: &str) {
        // There is no safe way to send a signal in the standard library.
        let told = Command::new("kill").args([signal, &self.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Asks it to stop and waits for its end; gives the exit code and all that it printed.
    pub(crate) fn terminate(mut self) -> (Option<i32>, Vec<String>) {
        if !self.has_ended() {
            self.signal();
        }
        self.finish()
    }

    /// Waits for its end; gives the exit code and all that it printed.
    pub(crate) fn finish(mut self) -> (Option<i32>, Vec<String>) {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not stop: {:#?}", self.seen);
            std::thread::sleep(Duration::from_millis(20));
        }
        let code = self.child.wait().unwrap().code();
        self.seen.extend(self.lines.iter());
        (code, std::mem::take(&mut self.seen))
    }

    /// Ends it without warning, as a power failure would (kill -9).
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ports that were free a moment ago.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until the last is known, so that they differ.
    let held: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
