//! The directory of a quickstart: found or made, locked against a second process, emptied on demand.
//!
//! It holds the configuration file, the database, and a small file about the demonstration (user, password, port of the
//! application). All files are for the owner only. Only files that a quickstart made are ever deleted.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use symbolon_client::Rng;

use super::{Ports, Purpose, configuration};
use crate::environment;
use crate::failure::Failure;

const CONFIGURATION: &str = "symbolon.yaml";
const DATABASE: &str = "symbolon.sqlite";
const DEMONSTRATION: &str = "demonstration.json";
const LOCK: &str = "quickstart.lock";

/// A data directory that this process alone uses.
#[derive(Debug)]
pub(super) struct DataDirectory {
    path: PathBuf,
    /// Locked for as long as the process lives.
    _lock: File,
}

/// What is in it.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) configuration_file: PathBuf,
    pub(super) demonstration: DemonstrationFile,
    pub(super) ports: Ports,
}

/// The demonstration's own settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DemonstrationFile {
    /// The name of the account to sign in with
    pub(super) username: String,
    /// Its password
    pub(super) password: String,
    /// The port of the application
    pub(super) application_port: u16,
}

impl DataDirectory {
    /// Opens `path`, or the user's own place for data, and locks it.
    pub(super) fn open(path: Option<PathBuf>) -> Result<Self, Failure> {
        let path = match path {
            Some(path) => path,
            None => environment::data_home()
                .ok_or_else(|| {
                    Failure::message("there is no home directory to keep data in: choose one with --data-dir")
                })?
                .join("symbolon/quickstart"),
        };
        let unusable = |error: io::Error| {
            Failure::message(format!(
                "the data directory {} cannot be used ({error}): choose another one with --data-dir",
                path.display()
            ))
        };
        create_private_directory(&path).map_err(unusable)?;
        let path = fs::canonicalize(&path).map_err(unusable)?;
        let lock = private_file().create(true).truncate(false).open(path.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::message(format!(
                "a quickstart is running already with the data in {}: stop it, or choose another directory with --data-dir",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Deletes what earlier starts left. The lock stays, as it is ours.
    pub(super) fn reset(&self) -> Result<(), Failure> {
        let entries = fs::read_dir(&self.path).map_err(|error| self.failed("read", &self.path, &error))?;
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            // The database has companions: `-wal`, `-shm` and whatever the store adds.
            let is_ours =
                name == CONFIGURATION || name == DEMONSTRATION || name.to_string_lossy().starts_with(DATABASE);
            if is_ours {
                fs::remove_file(entry.path()).map_err(|error| self.failed("delete", &entry.path(), &error))?;
            }
        }
        Ok(())
    }

    /// Reads what is there and writes what is missing. `ports` is asked with the remembered port of the application. A
    /// configuration that is there stays as it is, whatever the purpose.
    pub(super) fn prepare(
        &self,
        purpose: Purpose,
        ports: impl FnOnce(Option<u16>) -> Ports,
    ) -> Result<Contents, Failure> {
        let (known, configuration_file) = (self.read_demonstration()?, self.path.join(CONFIGURATION));
        let ports = ports(known.as_ref().map(|known| known.application_port));
        let demonstration = match known {
            Some(known) => DemonstrationFile { application_port: ports.application, ..known },
            None if self.path.join(DATABASE).exists() => {
                return Err(Failure::message(format!(
                    "the file {} is missing, and with it the password of the demonstration account: start over with --reset",
                    self.path.join(DEMONSTRATION).display()
                )));
            }
            None => DemonstrationFile {
                username: "demo".to_owned(),
                password: readable_password(&Rng::system()),
                application_port: ports.application,
            },
        };
        self.write_demonstration(&demonstration)?;
        if !configuration_file.exists() {
            let text = configuration::text(ports, purpose, &self.path.join(DATABASE), &Rng::system())?;
            write_whole(&configuration_file, text.as_bytes())
                .map_err(|error| self.failed("write", &configuration_file, &error))?;
        }
        Ok(Contents { configuration_file, demonstration, ports })
    }

    fn read_demonstration(&self) -> Result<Option<DemonstrationFile>, Failure> {
        let file = self.path.join(DEMONSTRATION);
        match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                Failure::message(format!("{} is damaged ({error}): start over with --reset", file.display()))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read", &file, &error)),
        }
    }

    fn write_demonstration(&self, demonstration: &DemonstrationFile) -> Result<(), Failure> {
        let file = self.path.join(DEMONSTRATION);
        let text = serde_json::to_string_pretty(demonstration).unwrap_or_default();
        write_whole(&file, text.as_bytes()).map_err(|error| self.failed("write", &file, &error))
    }

    fn failed(&self, verb: &str, file: &Path, error: &io::Error) -> Failure {
        let name = file.strip_prefix(&self.path).unwrap_or(file).display();
        let directory = self.path.display();
        Failure::message(format!("cannot {verb} {name} in the data directory {directory}: {error}"))
    }
}

/// Four syllables, a dash, four syllables and three digits: about 60 bits that can be typed from a screen.
fn readable_password(rng: &Rng) -> String {
    let syllable = || format!("{}{}", rng.alphabet(b"bdfghklmnprstvwz", 1), rng.alphabet(b"aeiou", 1));
    let word = || (0..4).map(|_| syllable()).collect::<String>();
    format!("{}-{}-{}", word(), word(), rng.alphabet(b"23456789", 3))
}

/// Writes the whole file or leaves the old one: a start that is interrupted must not lose a secret.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = file.with_extension("new");
    let mut output = private_file().create(true).truncate(true).open(&draft)?;
    output.write_all(bytes)?;
    output.sync_all()?;
    fs::rename(&draft, file)
}

#[cfg(unix)]
fn private_file() -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    options
}

#[cfg(unix)]
fn create_private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepare(directory: &DataDirectory) -> Contents {
        let ports = |port: Option<u16>| Ports { public: 1, admin: 2, application: port.unwrap_or(3) };
        directory.prepare(Purpose::Login, ports).unwrap()
    }

    #[test]
    fn second_start_finds_the_same_and_reset_begins_anew() {
        let place = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open(Some(place.path().join("a/b"))).unwrap();
        let first = prepare(&directory);
        let text = fs::read_to_string(&first.configuration_file).unwrap();
        let second = prepare(&directory);
        assert_eq!(first.demonstration, second.demonstration);
        assert_eq!(fs::read_to_string(&second.configuration_file).unwrap(), text);

        fs::write(directory.path().join("symbolon.sqlite-wal"), "x").unwrap();
        fs::write(directory.path().join("mine.txt"), "x").unwrap();
        directory.reset().unwrap();
        assert!(!directory.path().join("symbolon.sqlite-wal").exists());
        assert!(directory.path().join("mine.txt").exists());
        assert_ne!(prepare(&directory).demonstration.password, first.demonstration.password);
    }

    #[test]
    fn second_process_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let held = DataDirectory::open(Some(place.path().into())).unwrap();
        let Err(Failure::Message(message)) = DataDirectory::open(Some(place.path().into())) else { panic!() };
        assert!(message.contains("running already") && message.contains("--data-dir"), "{message}");
        drop(held);
        DataDirectory::open(Some(place.path().into())).unwrap();
    }

    #[test]
    fn lost_password_is_told_and_not_replaced() {
        let place = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open(Some(place.path().into())).unwrap();
        prepare(&directory);
        fs::write(directory.path().join(DATABASE), "x").unwrap();
        fs::remove_file(directory.path().join(DEMONSTRATION)).unwrap();
        let Err(Failure::Message(message)) = directory.prepare(Purpose::Login, |_| unreachable_ports()) else {
            panic!()
        };
        assert!(message.contains("--reset"), "{message}");
    }

    fn unreachable_ports() -> Ports {
        Ports { public: 1, admin: 2, application: 3 }
    }

    #[cfg(unix)]
    #[test]
    fn files_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open(Some(place.path().join("new"))).unwrap();
        prepare(&directory);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(directory.path()), 0o700);
        for name in [CONFIGURATION, DEMONSTRATION, LOCK] {
            assert_eq!(mode(&directory.path().join(name)), 0o600, "{name}");
        }
    }

    #[test]
    fn password_can_be_typed() {
        let password = readable_password(&Rng::seeded(1));
        assert!(password.len() == 21 && password.is_ascii(), "{password}");
        assert_ne!(password, readable_password(&Rng::seeded(2)));
    }
}
