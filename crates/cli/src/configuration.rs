//! The flags that say where a server's configuration is: of `serve`, and of the commands that look at it without serving.

use std::path::PathBuf;

use clap::Args;
use symbolon_client::{Rng, Secret};
use symbolon_server::config::{Config, Overrides, Sources};

use crate::environment;
use crate::failure::Failure;
use crate::secret::{DataSource, SecretFlags};
use crate::setting::Setting;

/// Where the configuration is.
#[derive(Debug, Args)]
pub(crate) struct ConfigurationFlags {
    /// Configuration file (YAML or JSON); may be repeated, later files win
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Vec<PathBuf>,
    /// Development mode: http instead of https, missing settings are filled in
    #[arg(long)]
    dev: bool,
    #[command(flatten)]
    dsn: SecretFlags<DataSource>,
    /// The port of the public listener
    #[arg(long, value_name = "PORT")]
    public_port: Option<u16>,
    /// The port of the admin listener
    #[arg(long, value_name = "PORT")]
    admin_port: Option<u16>,
    /// Any configuration key, such as log.level=debug; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<Setting>,
    /// Any configuration key with its value from a file, such as secrets.system=/run/secrets/system; may be repeated
    #[arg(long = "set-file", value_name = "KEY=PATH")]
    settings_of_files: Vec<Setting>,
}

impl ConfigurationFlags {
    /// Files, environment and command line; what `--set-file` and `--dsn-file` name is read here.
    pub(crate) fn sources(&self) -> Result<Sources, Failure> {
        Ok(sources(&self.config, self.overrides()?))
    }

    fn overrides(&self) -> Result<Overrides, Failure> {
        let mut overrides = Overrides::default();
        if self.dev {
            overrides = overrides.set("dev", "true");
        }
        let named = [
            ("dsn", self.dsn.read()?.map(|dsn| dsn.expose().clone())),
            ("serve.public.port", self.public_port.map(|port| port.to_string())),
            ("serve.admin.port", self.admin_port.map(|port| port.to_string())),
        ];
        let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let overrides = named.fold(overrides, |overrides, (key, value)| overrides.set(key, value));
        let typed = self.settings.iter().map(Setting::typed);
        let of_files = self.settings_of_files.iter().map(Setting::of_file);
        typed.chain(of_files).try_fold(overrides, |overrides, setting| {
            let (key, value) = setting?;
            Ok(overrides.set(key, value))
        })
    }
}

/// Reads the configuration of files and environment.
pub(crate) fn configuration_of_files(files: &[PathBuf], overrides: Overrides) -> Result<Config, Failure> {
    sources(files, overrides).read().into_config().map_err(|error| Failure::message(error.to_string()))
}

fn sources(files: &[PathBuf], overrides: Overrides) -> Sources {
    let secret = Secret::new(Rng::system().token(32));
    let flags = Overrides { development_secret: Some(secret), ..overrides };
    Sources { files: files.to_vec(), environment: environment::variables().collect(), flags }
}
