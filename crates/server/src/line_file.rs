//! Where the lines of the audit log and of the access log go: a file, or standard output. A line is one write, so that
//! lines of two processes do not mix. A file that was moved or deleted, as programs that rotate logs do, is opened anew
//! within a second.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The word that stands for standard output.
pub(crate) const STANDARD_OUTPUT: &str = "stdout";

/// How long lines may go on to a file that was moved.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A target of lines.
#[derive(Debug)]
pub(crate) enum LineFile {
    /// Standard output of the process.
    StandardOutput,
    /// A file, to whose end lines are written.
    File(Opened),
}

/// A file that is open.
#[derive(Debug)]
pub(crate) struct Opened {
    path: PathBuf,
    file: File,
    looked_at: Instant,
}

impl LineFile {
    /// Opens what a configuration names. The error names the file.
    pub(crate) fn open(named: &str) -> Result<Self, String> {
        if named == STANDARD_OUTPUT {
            return Ok(Self::StandardOutput);
        }
        let path = PathBuf::from(named);
        let file = to_append(&path).map_err(|fault| format!("the file {named} cannot be opened: {fault}"))?;
        Ok(Self::File(Opened { path, file, looked_at: Instant::now() }))
    }

    /// Tells what would keep [`LineFile::open`] from opening it, and makes no file.
    pub(crate) fn check(named: &str) -> Result<(), String> {
        let path = Path::new(named);
        if named == STANDARD_OUTPUT {
            return Ok(());
        }
        let tried =
            if path.exists() { to_append(path).map(drop) } else { std::fs::metadata(folder_of(path)).map(drop) };
        tried.map_err(|fault| format!("the file {named} cannot be opened: {fault}"))
    }

    /// Its path, unless it is standard output.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::StandardOutput => None,
            Self::File(opened) => Some(&opened.path),
        }
    }

    /// Writes a line, which ends with a line feed.
    pub(crate) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Self::StandardOutput => {
                let mut output = io::stdout().lock();
                output.write_all(line)?;
                output.flush()
            }
            Self::File(opened) => {
                opened.look()?;
                opened.file.write_all(line)
            }
        }
    }
}

impl Opened {
    /// Opens the file anew if another one, or none, has its name by now.
    fn look(&mut self) -> io::Result<()> {
        if self.looked_at.elapsed() < LOOK_AGAIN_AFTER {
            return Ok(());
        }
        if !is_same(&self.file, &self.path)? {
            self.file = to_append(&self.path)?;
        }
        self.looked_at = Instant::now();
        Ok(())
    }
}

/// The folder in which a file of this name is.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What stands in these files is for the operator alone, so others may not read a new one.
fn to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.open(path)
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let own = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((own.dev(), own.ino()) == (named.dev(), named.ino())),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Elsewhere an open file is not moved.
#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_moved_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("lines"), folder.path().join("lines.1"));
        let mut target = LineFile::open(path.to_str().unwrap()).unwrap();
        target.write(b"one\n").unwrap();
        std::fs::rename(&path, &moved).unwrap();
        target.write(b"two\n").unwrap();
        let LineFile::File(opened) = &mut target else { panic!() };
        opened.looked_at = opened.looked_at.checked_sub(LOOK_AGAIN_AFTER).unwrap();
        target.write(b"three\n").unwrap();
        assert_eq!(std::fs::read_to_string(&moved).unwrap(), "one\ntwo\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three\n");
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no/such/folder/lines");
        let named = path.to_str().unwrap();
        for fault in [LineFile::open(named).map(drop), LineFile::check(named)] {
            assert!(fault.unwrap_err().contains(named));
        }
        let path = folder.path().join("lines");
        assert!(LineFile::check(path.to_str().unwrap()).is_ok() && !path.exists());
        assert!(LineFile::check("stdout").is_ok());
    }
}
