//! `symbolon doctor`: looks at a server as its operator, its database and the browsers of its users meet it, and says what
//! to change. Each subject is a file here; this one puts them in their order. It changes nothing, and a server need not
//! run, though less can be said of one that does not.

mod arrival;
mod certificates;
mod configuration;
mod database;
mod issuer;
mod keys;
mod outbound;
mod pages;

use std::time::Duration;

use clap::Args;
use symbolon_client::{AdminClient, Probe, Url};
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;

use crate::configuration::ConfigurationFlags;
use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format};
use crate::report::{Report, Subject};

/// The longest that anything may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER_LIMIT_BYTES: usize = 1 << 20;

/// Flags of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  On the machine of the server, with the configuration that it runs with
    symbolon doctor -c /etc/symbolon.yaml

  For a monitoring system
    symbolon doctor -c /etc/symbolon.yaml --format json

Exit code 1 when something is wrong; what is only worth knowing leaves it at 0.")]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    configuration: ConfigurationFlags,
    /// The URL of the admin port; where the configuration says otherwise
    #[arg(long, value_name = "URL")]
    admin_url: Option<String>,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

/// What all subjects share.
struct Examination {
    config: Config,
    /// Base of the public endpoints.
    public: Url,
    caller: Probe,
    /// The present time of this machine, in Unix seconds.
    clock: Clock,
    admin_url: Option<String>,
    report: Report,
}

pub(crate) async fn run(arguments: DoctorArguments) -> Result<(), Failure> {
    let reading = arguments.configuration.sources()?.read();
    let name = reading.config().map_or_else(|| "unknown".to_owned(), |config| config.issuer().to_owned());
    let subject = Subject { member: "issuer", name, verdict: "This server needs attention" };
    let mut report = Report::new(subject, arguments.format);
    configuration::examine(&mut report, &reading);
    let Ok(config) = reading.into_config() else { return report.end() };
    let Ok(public) = Url::parse(config.public_url()) else { return report.end() };
    let caller = Probe::new(PATIENCE, ANSWER_LIMIT_BYTES)?;
    let admin_url = arguments.admin_url.or_else(|| admin_url(&config));
    let mut examination = Examination { config, public, caller, clock: Clock::system(), admin_url, report };
    Box::pin(examine(&mut examination)).await;
    examination.report.end()
}

async fn examine(examination: &mut Examination) {
    database::examine(examination).await;
    certificates::examine(examination);
    if issuer::examine(examination).await {
        arrival::examine(examination).await;
        issuer::examine_admin(examination).await;
    } else {
        for step in [arrival::PROXY, arrival::COOKIES, issuer::ADMIN] {
            examination.report.skip(step, "the server cannot be asked");
        }
    }
    pages::examine(examination).await;
    keys::examine(examination).await;
    outbound::examine(examination).await;
}

impl Examination {
    /// The address of a public endpoint, from its path without a slash in front.
    fn endpoint(&self, path: &str) -> Option<Url> {
        Url::parse(&self.config.endpoint(&format!("/{path}"))).ok()
    }

    /// A client of the admin port; `None` where it is only a unix socket.
    fn admin(&self) -> Option<AdminClient> {
        let builder = AdminClient::builder(self.admin_url.as_deref()?);
        let token = self.config.symbolon.admin.token.as_ref();
        token.into_iter().fold(builder, |builder, token| builder.bearer_token(token.expose())).build().ok()
    }
}

/// Where the admin port is, as seen from its own machine.
fn admin_url(config: &Config) -> Option<String> {
    let listener = &config.serve.admin;
    if listener.host.starts_with("unix:") || listener.port == 0 {
        return None;
    }
    let host = match listener.host.as_str() {
        "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" | "[::]" => "[::1]".to_owned(),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    };
    let scheme = if config.serve.admin_tls.enabled { "https" } else { "http" };
    Some(format!("{scheme}://{host}:{}", listener.port))
}

/// A span in the unit that people use for it.
fn span(seconds: i64) -> String {
    match seconds.unsigned_abs() {
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
