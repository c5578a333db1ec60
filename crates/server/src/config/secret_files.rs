//! Secrets that stand in files of their own: a file that the key with `_file` at its end names, or a systemd credential,
//! a file in `$CREDENTIALS_DIRECTORY` that has the name of the key. A secret that is set in two ways is refused, as one of
//! the two would be passed over.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use symbolon_jose::Secret;

use super::error::{ConfigError, Place};
use super::keys::{self, Key, Kind};
use super::values::Values;

/// Where systemd says that the credentials of a unit are (systemd.exec(5), "Credentials").
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";
/// Longest secret, in bytes. What is larger is the wrong file.
const LONGEST: u64 = 64 * 1024;
/// Where containers have their secrets, readable by all, as there is nobody else.
const SECRETS_OF_CONTAINERS: &str = "/run/secrets";

/// Takes in the values that stand in files, after all other sources were laid over each other.
pub(super) fn read(values: &mut Values, environment: &[(String, String)]) {
    for key in keys::all().filter(|key| key.may_be_in_file()) {
        let file_key = key.file_path();
        let Some(file) = values.get(&file_key).and_then(|value| value.as_str().map(PathBuf::from)) else { continue };
        if values.is_set(&key.path) {
            let place = values.place(&file_key).map(ToString::to_string).unwrap_or_default();
            let reason = format!("is set, and so is `{file_key}` {place}: keep one of them");
            values.fault(ConfigError::refused(&key.path, reason));
        } else {
            take_in(values, key, &file);
        }
    }
    let directory = environment.iter().find(|(name, value)| name == CREDENTIALS_DIRECTORY && !value.is_empty());
    if let Some((_, directory)) = directory {
        read_credentials(values, Path::new(directory));
    }
}

/// Takes in the credentials that are named like keys; a unit may have others for other purposes.
fn read_credentials(values: &mut Values, directory: &Path) {
    let unreadable =
        |error: io::Error| ConfigError::Unreadable { file: directory.to_owned(), reason: error.to_string() };
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => return values.fault(unreadable(error)),
    };
    let mut named: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((keys::find(entry.file_name().to_str()?)?, entry.path()))
        })
        .collect();
    named.sort_by_key(|(key, _)| key.path.as_str());
    for (key, file) in named {
        if !key.may_be_in_file() {
            let reason = "is the name of a systemd credential, and only secrets are read from those: set it in a file";
            values.fault(ConfigError::refused(&key.path, reason));
        } else if values.is_set(&key.path) {
            let reason =
                format!("is set, and so is a systemd credential of its name ({}): keep one of them", file.display());
            values.fault(ConfigError::refused(&key.path, reason));
        } else {
            take_in(values, key, &file);
        }
    }
}

fn take_in(values: &mut Values, key: &'static Key, file: &Path) {
    let read = read_file(file).and_then(|(text, is_open)| {
        let text = text.expose();
        // A secret that is one text has no line breaks in it; in a list they stand between the entries.
        let misplaced = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
        match key.kind {
            Kind::Text(_) if text.contains(char::is_control) => {
                Err("has several lines or control characters".to_owned())
            }
            _ if text.contains(misplaced) => Err("has control characters".to_owned()),
            Kind::List(_) if !text.trim_start().starts_with('[') => Ok((text.replace(['\n', '\r'], ","), is_open)),
            _ => Ok((text.clone(), is_open)),
        }
    });
    match read {
        Ok((text, is_open)) => {
            if is_open {
                values.note_open_file(&key.path, file);
            }
            let text = Secret::new(text);
            values.insert(key, key.kind.read_text(text.expose()), &Place::File { file: file.to_owned(), line: None });
        }
        Err(reason) => values.fault(ConfigError::UnusableFile { key: &key.path, file: file.to_owned(), reason }),
    }
}

/// The text of a file without the line break at its end, and whether every user of the machine can read it.
fn read_file(path: &Path) -> Result<(Secret<String>, bool), String> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error, None))?;
    if !metadata.is_file() {
        return Err("is no file".to_owned());
    }
    check_owner(&metadata)?;
    let file = File::open(path).map_err(|error| unreadable(&error, Some(&metadata)))?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error, Some(&metadata)))?;
    let bytes = Secret::new(bytes);
    if bytes.expose().len() as u64 > LONGEST {
        return Err(format!("is larger than {} KiB, so it is no secret", LONGEST / 1024));
    }
    let text = std::str::from_utf8(bytes.expose()).map_err(|_| "is not text in UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    Ok((Secret::new(text.to_owned()), is_open(path, &metadata)))
}

/// Whoever can write to the file decides about the secret.
#[cfg(unix)]
fn check_owner(metadata: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.mode() & 0o002 == 0 {
        return Ok(());
    }
    Err(format!(
        "can be written by every user of this machine (its mode is {:04o}): chmod o-w",
        metadata.mode() & 0o7777
    ))
}

#[cfg(unix)]
fn is_open(path: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o004 != 0 && !path.starts_with(SECRETS_OF_CONTAINERS)
}

/// Why a file cannot be read; where it is not ours to read, whose it is.
#[cfg(unix)]
fn unreadable(error: &io::Error, metadata: Option<&Metadata>) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let (Some(metadata), io::ErrorKind::PermissionDenied) = (metadata, error.kind()) else {
        return format!("cannot be read: {error}");
    };
    let own = std::fs::metadata("/proc/self").map(|own| format!(" {}", own.uid())).unwrap_or_default();
    format!(
        "cannot be read: it belongs to user {} and group {} with the mode {:04o}, and this program runs as user{own}: chown it, \
         or let a group read it that this user is in",
        metadata.uid(),
        metadata.gid(),
        metadata.mode() & 0o7777
    )
}

#[cfg(not(unix))]
fn check_owner(_: &Metadata) -> Result<(), String> {
    Ok(())
}

#[cfg(not(unix))]
fn is_open(_: &Path, _: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn unreadable(error: &io::Error, _: Option<&Metadata>) -> String {
    format!("cannot be read: {error}")
}
