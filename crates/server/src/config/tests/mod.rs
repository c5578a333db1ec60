//! Tests of the configuration as a whole: profiles that must load, sources and their precedence, startup rules, and
//! hostile input.

mod hydra_keys;
mod mcp;
mod mtls;
mod profiles;
mod reading;
mod reference;
mod reload;
mod robustness;
mod rules;
mod schema;
mod secret_files;
mod sources;
mod table;
mod warnings;

use std::io::Write;
use std::path::PathBuf;

use symbolon_jose::Secret;

use super::{Config, ConfigError, Overrides, load};

const SECRET: &str = "a-secret-of-enough-length";

/// A file that lives as long as the value.
struct File(tempfile::NamedTempFile);

impl File {
    fn new(text: &str) -> Self {
        let mut file = tempfile::Builder::new().prefix("config").suffix(".yml").tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Self(file)
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}

/// Loads one document with development mode on and a secret at hand.
fn development(text: &str) -> Result<Config, ConfigError> {
    load_with(text, &[], &development_flags())
}

/// Loads one document on top of the least that production needs.
fn production(text: &str) -> Result<Config, ConfigError> {
    let flags = Overrides::default();
    let least = [("DSN", "sqlite:///var/x.db"), ("SECRETS_SYSTEM", SECRET), ("URLS_SELF_ISSUER", "https://id.example")];
    load_with(text, &least, &flags)
}

fn load_with(text: &str, environment: &[(&str, &str)], flags: &Overrides) -> Result<Config, ConfigError> {
    let file = File::new(text);
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(&[file.path()], environment, flags)
}

fn development_flags() -> Overrides {
    let development_secret = Some(Secret::new("made-for-this-run-only".to_owned()));
    Overrides { development_secret, ..Overrides::default() }.set("dev", "true")
}

/// The message of a refusal, which must be one line.
fn refusal(result: Result<Config, ConfigError>) -> String {
    let message = result.expect_err("must be refused").to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}
