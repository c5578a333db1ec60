//! `symbolon serve`: the server of a configuration file, until it is told to stop.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use symbolon_client::{Rng, Secret};
use symbolon_server::clock::Clock;
use symbolon_server::config::{Config, Overrides, load};
use symbolon_server::{Listeners, Parts, Server, StartError};
use tokio::net::TcpListener;

use crate::environment;
use crate::failure::Failure;
use crate::logging;
use crate::secret::{DataSource, SecretFlags};
use crate::setting::Setting;
use crate::signals;

/// Flags of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon serve -c /etc/symbolon.yaml

  For development, with a database that is gone at the end
    symbolon serve --dev --dsn memory

  A setting over file and environment
    symbolon serve -c symbolon.yaml --set ttl.access_token=15m --set log.level=debug

  Secrets from files, where the list of processes does not show them
    symbolon serve -c symbolon.yaml --dsn-file /run/secrets/dsn \\
      --set-file secrets.system=/run/secrets/system

Settings are read from the files in their order, then from the environment (SERVE_PUBLIC_PORT for
serve.public.port), then from these flags.")]
pub(crate) struct ServeArguments {
    /// Which listeners to open: both
    #[arg(value_enum, default_value_t)]
    what: ServedListeners,
    /// Configuration file (YAML or JSON); may be repeated, later files win
    #[arg(short, long, value_name = "FILE")]
    config: Vec<PathBuf>,
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
    /// Accepted for compatibility: nothing is ever reported to anybody
    #[arg(long, hide = true)]
    sqa_opt_out: bool,
}

/// The listeners that one process opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServedListeners {
    #[default]
    All,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::message(error.to_string())
    }
}

pub(crate) async fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let config = configuration_of_files(&arguments.config, overrides(&arguments)?)?;
    logging::install(&config.log);
    let shutdown = signals::shutdown()?;
    let issuer = config.issuer().to_owned();
    let (server, listeners) = Box::pin(start(config)).await?;
    let address = |listener: &TcpListener| listener.local_addr().map(|address| address.to_string());
    let (public, admin) = (address(&listeners.public), address(&listeners.admin));
    tracing::info!(issuer, public = public.unwrap_or_default(), admin = admin.unwrap_or_default(), "listening");
    server.run(listeners, shutdown).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Reads the configuration of files, environment and flags.
pub(crate) fn configuration_of_files(files: &[PathBuf], overrides: Overrides) -> Result<Config, Failure> {
    let secret = Secret::new(Rng::system().token(32));
    let overrides = Overrides { development_secret: Some(secret), ..overrides };
    load(files, environment::variables(), &overrides).map_err(|error| Failure::message(error.to_string()))
}

/// Opens the listeners and everything behind them.
pub(crate) async fn start(config: Config) -> Result<(Server, Listeners), Failure> {
    let listeners = symbolon_server::bind(&config).await?;
    let parts = Parts { clock: Clock::system(), rng: Rng::system(), store: None };
    Ok((Server::start(config, parts).await?, listeners))
}

fn overrides(arguments: &ServeArguments) -> Result<Overrides, Failure> {
    let mut overrides = Overrides::default();
    if arguments.dev {
        overrides = overrides.set("dev", "true");
    }
    let named = [
        ("dsn", arguments.dsn.read()?.map(|dsn| dsn.expose().clone())),
        ("serve.public.port", arguments.public_port.map(|port| port.to_string())),
        ("serve.admin.port", arguments.admin_port.map(|port| port.to_string())),
    ];
    let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    let overrides = named.fold(overrides, |overrides, (key, value)| overrides.set(key, value));
    let typed = arguments.settings.iter().map(Setting::typed);
    let of_files = arguments.settings_of_files.iter().map(Setting::of_file);
    typed.chain(of_files).try_fold(overrides, |overrides, setting| {
        let (key, value) = setting?;
        Ok(overrides.set(key, value))
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn parse(flags: &[&str]) -> Overrides {
        let arguments = Arguments::try_parse_from([&["symbolon", "serve"], flags].concat()).unwrap();
        let Command::Serve(arguments) = arguments.command else { panic!() };
        overrides(&arguments).unwrap()
    }

    #[test]
    fn flags_become_settings_and_set_wins() {
        let flags = ["all", "--dev", "--public-port", "5", "--set", "serve.public.port=6", "--set", "dsn=a=b"];
        let settings = parse(&flags).settings;
        let expected = [("dev", "true"), ("serve.public.port", "5"), ("serve.public.port", "6"), ("dsn", "a=b")];
        assert_eq!(settings, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn setting_needs_a_value() {
        let Command::Serve(typed) = Arguments::parse_from(["symbolon", "serve", "--set", "log.level"]).command else {
            panic!()
        };
        assert!(overrides(&typed).is_err());
        assert!(Arguments::try_parse_from(["symbolon", "serve", "public"]).is_err());
    }
}
