//! `symbolon serve`: the server of a configuration file, until it is told to stop.

use clap::{Args, ValueEnum};
use symbolon_client::Rng;
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::{Entrance, Listeners, Parts, Port, Reloading, Server, StartError};

use crate::configuration::ConfigurationFlags;
use crate::failure::Failure;
use crate::logging;
use crate::signals;

/// Flags of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon serve -c /etc/symbolon.yaml

  For development, with a database that is gone at the end
    symbolon serve --dev --dsn memory

  The two listeners in processes of their own, which share a PostgreSQL database
    symbolon serve public -c /etc/symbolon.yaml
    symbolon serve admin -c /etc/symbolon.yaml

  A setting over file and environment
    symbolon serve -c symbolon.yaml --set ttl.access_token=15m --set log.level=debug

  Secrets from files, where the list of processes does not show them
    symbolon serve -c symbolon.yaml --dsn-file /run/secrets/dsn \\
      --set-file secrets.system=/run/secrets/system

Settings are read from the files in their order, then from the environment (SERVE_PUBLIC_PORT for
serve.public.port), then from these flags.")]
pub(crate) struct ServeArguments {
    /// Which listeners to open
    #[arg(value_enum, default_value_t)]
    what: ServedListeners,
    #[command(flatten)]
    configuration: ConfigurationFlags,
    /// Accepted for compatibility: nothing is ever reported to anybody
    #[arg(long, hide = true)]
    sqa_opt_out: bool,
}

/// The listeners that one process opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServedListeners {
    /// Both in this process
    #[default]
    All,
    /// The one for browsers and clients, and that for clients with certificates
    Public,
    /// The one for administrators
    Admin,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::message(error.to_string())
    }
}

pub(crate) async fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let sources = arguments.configuration.sources()?;
    let started = sources.read();
    let config = started.to_config().map_err(|error| Failure::message(error.to_string()))?;
    let (log, log_level) = logging::install(&config.log);
    let shutdown = signals::shutdown()?;
    let issuer = config.issuer().to_owned();
    let (server, listeners) = Box::pin(start(config, arguments.what)).await?;
    server.receive_logs(&log);
    server.reload_from(Reloading { sources, started, log_level });
    let reloading = signals::on_hangup({
        let server = server.clone();
        move || {
            let server = server.clone();
            tokio::spawn(async move { server.reload().await });
        }
    })?;
    let address = |entrance: &Entrance| Some(entrance.addresses().join(", ")).filter(|addresses| !addresses.is_empty());
    tracing::info!(issuer, public = address(&listeners.public), admin = address(&listeners.admin), "listening");
    if arguments.what != ServedListeners::All && !server.store().is_shared() {
        tracing::warn!(
            key = "dsn",
            "this database belongs to this process alone, so that the other listener is nowhere: serve both here, or use \
             PostgreSQL"
        );
    }
    server.run(listeners, shutdown).await?;
    reloading.abort();
    tracing::info!("stopped");
    Ok(())
}

/// Opens the listeners and everything behind them.
pub(crate) async fn start(config: Config, what: ServedListeners) -> Result<(Server, Listeners), Failure> {
    let listeners = match what {
        ServedListeners::All => symbolon_server::bind(&config).await?,
        ServedListeners::Public => symbolon_server::bind_one(&config, Port::Public).await?,
        ServedListeners::Admin => symbolon_server::bind_one(&config, Port::Admin).await?,
    };
    let parts = Parts { clock: Clock::system(), rng: Rng::system(), store: None };
    Ok((Server::start(config, parts).await?, listeners))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use symbolon_server::config::Overrides;

    use crate::arguments::{Arguments, Command};

    fn parse(flags: &[&str]) -> Overrides {
        let arguments = Arguments::try_parse_from([&["symbolon", "serve"], flags].concat()).unwrap();
        let Command::Serve(arguments) = arguments.command else { panic!() };
        arguments.configuration.sources().unwrap().flags
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
        assert!(typed.configuration.sources().is_err());
        assert!(Arguments::try_parse_from(["symbolon", "serve", "both"]).is_err());
    }
}
