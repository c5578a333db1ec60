//! Clients in files, or on standard input.

use std::io::Read as _;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::secret::source;

/// A client in one of its forms, written as JSON in a file, or in standard input for `-`.
pub(crate) fn json_from_file<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    read(file, "a client in JSON")
}

/// What is written as JSON in a file, or in standard input for `-`; `what` says what it should be.
pub(super) fn read<T: DeserializeOwned>(file: &Path, what: &str) -> Result<T, Failure> {
    let unreadable = |error: std::io::Error| Failure::message(format!("{} cannot be read: {error}", file.display()));
    let text = if file == Path::new("-") {
        source::take_standard_input("file")?;
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(unreadable)?;
        text
    } else {
        std::fs::read_to_string(file).map_err(unreadable)?
    };
    serde_json::from_str(&text).map_err(|error| {
        // The reason in words may repeat a value, and a secret may be among them.
        let (line, column) = (error.line(), error.column());
        let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
        Failure::message(format!("{name} is not {what}: see line {line}, column {column}"))
    })
}
