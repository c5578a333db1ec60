//! `--http-header`: a header to send with every request, written out or, as with other tools, `@PATH` for a file.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use symbolon_client::Secret;

use crate::failure::Failure;
use crate::secret::{source, warn};

/// Headers that open doors.
const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// The flag's value as it was typed. It is looked at later, so that no error message repeats it.
#[derive(Debug, Clone)]
pub(crate) struct HeaderArgument(Secret<String>);

/// A header to send.
#[derive(Debug)]
pub(crate) struct HeaderLine {
    /// Its name.
    pub(crate) name: String,
    /// Its value, which may be a secret.
    pub(crate) value: Secret<String>,
}

impl FromStr for HeaderArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Secret::new(text.to_owned())))
    }
}

impl HeaderArgument {
    /// The header, read from its file where one is named.
    pub(crate) fn read(&self) -> Result<HeaderLine, Failure> {
        if let Some(path) = self.0.expose().strip_prefix('@') {
            return line(source::read_line(&PathBuf::from(path), "http-header")?.expose());
        }
        let line = line(self.0.expose())?;
        if SECRET.iter().any(|name| line.name.eq_ignore_ascii_case(name)) {
            warn("--http-header", "--http-header @PATH, where - is standard input");
        }
        Ok(line)
    }
}

fn line(text: &str) -> Result<HeaderLine, Failure> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| Failure::message("--http-header is written as 'Name: value' or @PATH"))?;
    Ok(HeaderLine { name: name.trim().to_owned(), value: Secret::new(value.trim().to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_has_a_colon() {
        let read = line("X-A: b: c").unwrap();
        assert_eq!((read.name.as_str(), read.value.expose().as_str()), ("X-A", "b: c"));
        let Err(Failure::Message(told)) = line("Bearer hunter2") else { panic!() };
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn header_may_stand_in_a_file() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("header");
        std::fs::write(&file, "Authorization: Bearer hunter2\n").unwrap();
        let argument: HeaderArgument = format!("@{}", file.display()).parse().unwrap();
        let read = argument.read().unwrap();
        assert_eq!((read.name.as_str(), read.value.expose().as_str()), ("Authorization", "Bearer hunter2"));
        assert!(!format!("{read:?}").contains("hunter2"));
        assert!("@/no/such/file".parse::<HeaderArgument>().unwrap().read().is_err());
    }
}
