//! `--set` and `--set-file`: a configuration key with its value, typed or in a file.

use std::convert::Infallible;
use std::path::Path;
use std::str::FromStr;

use symbolon_client::Secret;
use symbolon_server::config::keys;

use crate::failure::Failure;
use crate::secret::{DataSource, SecretFlag as _, source, warn};

/// The flag's value as it was typed. It is looked at later, so that no error message repeats it.
#[derive(Debug, Clone)]
pub(crate) struct Setting(Secret<String>);

impl FromStr for Setting {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Secret::new(text.to_owned())))
    }
}

impl Setting {
    /// Key and value of `--set`.
    pub(crate) fn typed(&self) -> Result<(String, String), Failure> {
        let (key, value) = self.parts("--set is written as key=value")?;
        if is_secret(key, value) {
            warn(&format!("--set {key}=…"), &format!("--set-file {key}=PATH, where - is standard input"));
        }
        Ok((key.to_owned(), value.to_owned()))
    }

    /// Key and value of `--set-file`, which has a path in the value's place.
    pub(crate) fn of_file(&self) -> Result<(String, String), Failure> {
        let (key, path) = self.parts("--set-file is written as key=path")?;
        let value = source::read_text(Path::new(path), &format!("set-file {key}"))?;
        Ok((key.to_owned(), value.expose().clone()))
    }

    fn parts(&self, otherwise: &str) -> Result<(&str, &str), Failure> {
        let (key, value) = self.0.expose().split_once('=').ok_or_else(|| Failure::message(otherwise))?;
        Ok((key.trim(), value))
    }
}

fn is_secret(key: &str, value: &str) -> bool {
    match key {
        "dsn" => DataSource::is_secret(value),
        key => keys::find(key).is_some_and(keys::Key::is_secret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(text: &str) -> Setting {
        text.parse().unwrap()
    }

    #[test]
    fn a_value_may_stand_in_a_file() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("system");
        std::fs::write(&file, "first-secret-of-two,second-secret-of-two\n").unwrap();
        let read = setting(&format!("secrets.system={}", file.display())).of_file().unwrap();
        assert_eq!(read, ("secrets.system".to_owned(), "first-secret-of-two,second-secret-of-two".to_owned()));
        let Err(Failure::Message(told)) = setting("secrets.system=/no/such/file").of_file() else { panic!() };
        assert!(told.contains("--set-file secrets.system"), "{told}");
    }

    #[test]
    fn nothing_repeats_the_value() {
        assert!(!format!("{:?}", setting("secrets.system=hunter2")).contains("hunter2"));
        for fault in [setting("hunter2").typed(), setting("hunter2").of_file()] {
            let Err(Failure::Message(told)) = fault else { panic!() };
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn secret_keys_are_known() {
        for (key, value, secret) in [
            ("secrets.system", "x", true),
            ("secrets.cookie", "x", true),
            ("symbolon.admin.token", "x", true),
            ("symbolon.registration.initial_access_tokens", "x", true),
            ("oidc.subject_identifiers.pairwise.salt", "x", true),
            ("oauth2.token_hook", "x", true),
            ("dsn", "postgres://a:b@c/d", true),
            ("dsn", "memory", false),
            ("log.level", "debug", false),
            ("no.such.key", "x", false),
        ] {
            assert_eq!(is_secret(key, value), secret, "{key}");
        }
    }
}
