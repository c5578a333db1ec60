//! Numbers and hashes, so that a change of what was written is found. Each line has the number after that of the line before,
//! and the hash of that line. The number and hash of the newest line are kept beside the log as well, in a file with
//! `.last` at the end of its name: with it lines that are missing at the end are found, and a log that was moved while no
//! server ran goes on where it stopped. Whoever can write all of these files can make them anew; against that the newest
//! hash has to be kept somewhere else.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use symbolon_jose::digest;

/// What the first line of all names as the hash of the line before.
pub(super) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The end of a log that is looked at for its last line, in bytes; far more than a line has.
const LONGEST_END: u64 = 1 << 20;

/// The newest line of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Its number; 0 before the first.
    pub(super) sequence: u64,
    /// Its hash, in hexadecimal.
    pub(super) hash: String,
}

impl Link {
    /// Before the first line.
    pub(super) fn beginning() -> Self {
        Self { sequence: 0, hash: BEGINNING.to_owned() }
    }

    /// Of a line without its line feed.
    pub(super) fn of(sequence: u64, line: &[u8]) -> Self {
        Self { sequence, hash: hash(line) }
    }

    /// Reads the text of a file with the newest line.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (sequence, hash) = text.trim_end().split_once(' ')?;
        let plain = hash.len() == BEGINNING.len() && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self { sequence: sequence.parse().ok().filter(|_| plain)?, hash: hash.to_owned() })
    }

    /// As it stands in such a file: always of the same length, so that it is replaced in one write.
    fn text(&self) -> String {
        format!("{:020} {}\n", self.sequence, self.hash)
    }
}

/// The members of a line that make the chain.
#[derive(Deserialize)]
pub(super) struct Linked {
    pub(super) sequence: u64,
    pub(super) previous: String,
}

/// The hash of a line without its line feed.
pub(super) fn hash(line: &[u8]) -> String {
    digest::sha256(line).iter().fold(String::with_capacity(BEGINNING.len()), |text, byte| text + &format!("{byte:02x}"))
}

/// Where the newest line of a log is noted.
pub(super) fn note_of(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".last");
    name.into()
}

/// A chain that goes on.
#[derive(Debug)]
pub(super) struct Chain {
    newest: Link,
    note: File,
    /// The log ends within a line, as after a failure of the machine.
    torn: bool,
}

impl Chain {
    /// Goes on where the log stopped. The error names the file.
    pub(super) fn resume(log: &Path) -> Result<Self, String> {
        let path = note_of(log);
        let fault = |fault: io::Error| format!("{}: {fault}", path.display());
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
        let mut note = options.open(&path).map_err(fault)?;
        match note.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("{} is written by another process; each needs a file of its own", log.display()));
            }
            Err(TryLockError::Error(reason)) => return Err(fault(reason)),
        }
        let mut noted = String::new();
        note.read_to_string(&mut noted).map_err(fault)?;
        let noted = Link::parse(&noted).unwrap_or_else(Link::beginning);
        let (newest, torn) = end_of(log).map_err(|fault| format!("{}: {fault}", log.display()))?;
        // A log that ends before what was noted of it has lost lines, and the gap shall be seen.
        let newest = Some(newest).flatten().filter(|newest| newest.sequence >= noted.sequence).unwrap_or(noted);
        Ok(Self { newest, note, torn })
    }

    /// The number of the next line, and the hash of the line before it.
    pub(super) fn next(&self) -> (u64, &str) {
        (self.newest.sequence + 1, &self.newest.hash)
    }

    /// What must be written before the next line.
    pub(super) fn mend(&mut self) -> &'static [u8] {
        if std::mem::take(&mut self.torn) { b"\n" } else { b"" }
    }

    /// Notes the line that was written, without its line feed.
    pub(super) fn written(&mut self, line: &[u8]) -> io::Result<()> {
        self.newest = Link::of(self.newest.sequence + 1, line);
        self.note.seek(SeekFrom::Start(0))?;
        self.note.write_all(self.newest.text().as_bytes())
    }

    /// Notes that a line was perhaps written in part.
    pub(super) fn interrupted(&mut self) {
        self.torn = true;
    }
}

/// The newest line of a log, if it has any, and whether it was not written to its end.
fn end_of(log: &Path) -> io::Result<(Option<Link>, bool)> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_END)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let torn = end.last().is_some_and(|last| *last != b'\n');
    let mut lines = end.split(|byte| *byte == b'\n').rev().filter(|line| !line.is_empty());
    let Some(last) = lines.next() else { return Ok((None, false)) };
    let number = |line: &[u8]| serde_json::from_slice::<Linked>(line).map_or(0, |linked| linked.sequence);
    let sequence = if torn { lines.next().map_or(0, number) + 1 } else { number(last) };
    Ok((Some(Link::of(sequence, last)), torn))
}
