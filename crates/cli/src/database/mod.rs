//! The commands about a database itself, beside the server: `migrate sql`, `backup`, `restore`, and `janitor`, which is not
//! needed here. Which database is meant is said as in Ory Hydra, by an argument, by `-e` or by configuration files; what
//! is done with it is the store's.

pub(crate) mod backup;
pub(crate) mod janitor;
pub(crate) mod migrate;
pub(crate) mod restore;

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use symbolon_client::Secret;
use symbolon_server::config::Overrides;

use crate::configuration::configuration_of_files;
use crate::environment;
use crate::failure::Failure;
use crate::secret::{DataSource, SecretFlag as _, warn};

/// A DSN as an argument, as in Ory Hydra. It may hold a password.
#[derive(Debug, Clone)]
pub(crate) struct DsnArgument(Secret<String>);

impl FromStr for DsnArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Secret::new(text.to_owned())))
    }
}

/// Where the database is named, besides an argument.
#[derive(Debug, Args)]
pub(crate) struct DatabaseFlags {
    /// Use the database that the environment variable DSN names
    #[arg(short = 'e', long)]
    read_from_env: bool,
    /// Use the database of this configuration file (YAML or JSON); may be repeated, later files win
    #[arg(short, long, value_name = "FILE")]
    config: Vec<PathBuf>,
}

impl DatabaseFlags {
    /// The database: the argument, else the variable, else that of the configuration.
    fn dsn(&self, argument: Option<&DsnArgument>) -> Result<Secret<String>, Failure> {
        if let Some(DsnArgument(dsn)) = argument {
            if DataSource::is_secret(dsn.expose()) {
                warn("the DSN", "-e with the environment variable DSN, or -c with a configuration file");
            }
            return Ok(dsn.clone());
        }
        if self.read_from_env {
            let found = environment::variables().find(|(name, value)| name == "DSN" && !value.is_empty());
            let missing = || Failure::message("-e is given, but the environment variable DSN is not set");
            return found.map(|(_, dsn)| Secret::new(dsn)).ok_or_else(missing);
        }
        if self.config.is_empty() {
            return Err(Failure::message("the database is not named: give its DSN, or -e, or -c with a configuration"));
        }
        let config = configuration_of_files(&self.config, Overrides::default())?;
        Ok(Secret::new(config.dsn))
    }
}
