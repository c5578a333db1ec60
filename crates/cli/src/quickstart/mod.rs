//! `symbolon quickstart`: everything to try a login in a browser, with nothing to set up.
//!
//! It owns a data directory (`data_directory`) with a configuration file written once (`configuration`), starts the same
//! server as `serve`, adds a demonstration account and client over the admin port (`seed`), runs the demonstration
//! application, with `--mcp` a protected MCP server beside it (`site`), and tells where to go (`announcement`).
//! Everything listens on loopback only.

mod announcement;
mod configuration;
mod data_directory;
mod seed;
mod site;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use symbolon_client::{AdminClient, Client};
use symbolon_server::config::{Config, Overrides};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::configuration::configuration_of_files;
use crate::failure::Failure;
use crate::local_http;
use crate::logging;
use crate::mcp_server::McpServer;
use crate::output::print_line;
use crate::relying_party::{Demonstration, RelyingParty};
use crate::serve::{self, ServedListeners};
use crate::signals;
use announcement::Announcement;
use data_directory::{Contents, DataDirectory};
use site::Site;

/// The address that everything listens on.
const LOOPBACK: &str = "127.0.0.1";

/// Flags of `quickstart`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon quickstart

  On other ports, and with the data in a directory of your choice
    symbolon quickstart --public-port 5444 --admin-port 5445 --app-port 5446 --data-dir ./try

  With a small MCP server to add to an MCP client
    symbolon quickstart --mcp

  From the beginning
    symbolon quickstart --reset")]
pub(crate) struct QuickstartArguments {
    #[arg(
        long,
        value_name = "DIRECTORY",
        help = "Where the data is kept [default: $XDG_DATA_HOME/symbolon/quickstart \
        or ~/.local/share/symbolon/quickstart]"
    )]
    data_dir: Option<PathBuf>,
    /// The port of the server [default: 4444]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    public_port: Option<u16>,
    /// The port of the server's admin API [default: 4445]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    admin_port: Option<u16>,
    /// The port of the demonstration application [default: 4446]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    app_port: Option<u16>,
    /// Start a small protected MCP server, too, and let MCP clients log in
    #[arg(long)]
    mcp: bool,
    /// Delete the data of earlier starts first: accounts, clients, keys and settings
    #[arg(long)]
    reset: bool,
}

/// The ports of one start.
#[derive(Debug, Clone, Copy)]
struct Ports {
    public: u16,
    admin: u16,
    application: u16,
}

/// What a quickstart is to be tried out with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// An application that logs somebody in.
    Login,
    /// MCP clients as well.
    Mcp,
}

impl QuickstartArguments {
    fn purpose(&self) -> Purpose {
        if self.mcp { Purpose::Mcp } else { Purpose::Login }
    }
}

pub(crate) async fn run(arguments: QuickstartArguments) -> Result<(), Failure> {
    let directory = DataDirectory::open(arguments.data_dir.clone())?;
    if arguments.reset {
        directory.reset()?;
    }
    let contents = directory.prepare(arguments.purpose(), |remembered| ports(&arguments, remembered))?;
    let ports = effective_ports(&arguments, &contents)?;
    let config = configuration(&arguments, &contents)?;
    if arguments.purpose() == Purpose::Mcp {
        configuration::require_mcp_server(&config, ports.application, &contents.configuration_file)?;
    }
    drop(logging::install(&config.log));
    let application_listener = open_ports(ports).await?;

    let mut shutdown = std::pin::pin!(signals::shutdown()?);
    let issuer = config.issuer().to_owned();
    let admin = admin_client(&config, ports)?;
    let (server, listeners) = Box::pin(serve::start(config, ServedListeners::All)).await?;

    // One signal stops both: the application first leaves, then the server finishes what it began.
    let (stop, stopped) = watch::channel(false);
    let mut server = tokio::spawn(server.run(listeners, wait(stopped.clone())));
    let seeded = seed::seed(&admin, &contents.demonstration, ports.application);
    tokio::select! {
        result = seeded => result?,
        () = &mut shutdown => return Err(Failure::message("stopped before it was ready")),
        ended = &mut server => return ended_early(ended),
    }
    let site = Site {
        application: relying_party(&issuer, admin, &contents, ports)?,
        mcp_server: mcp_server(&issuer, arguments.purpose(), ports)?,
    };
    let site = tokio::spawn(local_http::serve(application_listener, Arc::new(site), wait(stopped)));
    let announcement = Announcement {
        issuer: &issuer,
        ports,
        purpose: arguments.purpose(),
        username: &contents.demonstration.username,
        password: &contents.demonstration.password,
        directory: directory.path(),
    };
    print_line(&announcement.to_string())?;

    tokio::select! {
        () = &mut shutdown => {}
        ended = &mut server => return ended_early(ended),
    }
    let _ = stop.send(true);
    let _ = site.await;
    server.await.map_err(|error| Failure::message(format!("the server ended badly: {error}")))??;
    print_line("Stopped. Everything is kept for the next start.")
}

fn ended_early(ended: Result<Result<(), symbolon_server::StartError>, tokio::task::JoinError>) -> Result<(), Failure> {
    match ended {
        Ok(Ok(())) => Err(Failure::message("the server ended by itself")),
        Ok(Err(error)) => Err(error.into()),
        Err(error) => Err(Failure::message(format!("the server ended badly: {error}"))),
    }
}

/// Flags win over what the data directory remembers, which wins over the defaults.
fn ports(arguments: &QuickstartArguments, remembered: Option<u16>) -> Ports {
    Ports {
        public: arguments.public_port.unwrap_or(4444),
        admin: arguments.admin_port.unwrap_or(4445),
        application: arguments.app_port.or(remembered).unwrap_or(4446),
    }
}

/// The ports of this start: those of the configuration file, unless flags say otherwise. Three different ones.
fn effective_ports(arguments: &QuickstartArguments, contents: &Contents) -> Result<Ports, Failure> {
    let file = std::slice::from_ref(&contents.configuration_file);
    let written = configuration_of_files(file, Overrides::default())?.serve;
    let ports = Ports {
        public: arguments.public_port.unwrap_or(written.public.port),
        admin: arguments.admin_port.unwrap_or(written.admin.port),
        application: contents.ports.application,
    };
    let named = named_ports(ports);
    for (index, (port, flag, what)) in named.iter().enumerate() {
        if named[..index].iter().any(|(other, ..)| other == port) {
            return Err(Failure::message(format!("{what} cannot share port {port}: choose another one with {flag}")));
        }
    }
    Ok(ports)
}

/// Each port with the flag that changes it and what it is for.
fn named_ports(ports: Ports) -> [(u16, &'static str, &'static str); 3] {
    [
        (ports.public, "--public-port", "the server"),
        (ports.admin, "--admin-port", "the admin API"),
        (ports.application, "--app-port", "the demonstration application"),
    ]
}

/// The configuration file of the data directory, with ports from flags over it for this start.
fn configuration(arguments: &QuickstartArguments, contents: &Contents) -> Result<Config, Failure> {
    let mut overrides = Overrides::default();
    if let Some(port) = arguments.public_port {
        overrides = overrides.set("serve.public.port", port.to_string());
        overrides = overrides.set("urls.self.issuer", configuration::issuer(port));
    }
    if let Some(port) = arguments.admin_port {
        overrides = overrides.set("serve.admin.port", port.to_string());
    }
    configuration_of_files(std::slice::from_ref(&contents.configuration_file), overrides)
}

/// Makes sure that all three ports are free, and keeps that of the application open.
async fn open_ports(ports: Ports) -> Result<TcpListener, Failure> {
    let mut last = None;
    for (port, flag, what) in named_ports(ports) {
        let listener = TcpListener::bind((LOOPBACK, port)).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => Failure::message(format!(
                "port {port} for {what} is in use by another program: stop it, or choose another port with {flag}"
            )),
            _ => Failure::message(format!(
                "port {port} for {what} cannot be opened ({error}): choose another one with {flag}"
            )),
        })?;
        last = Some(listener);
    }
    last.ok_or_else(|| Failure::message("no port was opened"))
}

fn admin_client(config: &Config, ports: Ports) -> Result<AdminClient, Failure> {
    let builder = AdminClient::builder(&format!("http://{LOOPBACK}:{}", ports.admin)).without_proxy();
    let token = config.symbolon.admin.token.as_ref();
    let builder = token.iter().fold(builder, |builder, token| builder.bearer_token(token.expose()));
    Ok(builder.build()?)
}

fn relying_party(issuer: &str, admin: AdminClient, contents: &Contents, ports: Ports) -> Result<RelyingParty, Failure> {
    let client = Client::builder(issuer, seed::CLIENT_ID)
        .redirect_uri(seed::redirect_uri(ports.application))
        .without_proxy()
        .build()?;
    let demonstration = Demonstration {
        username: contents.demonstration.username.clone(),
        password: contents.demonstration.password.clone(),
        port: ports.application,
    };
    Ok(RelyingParty::new(client, admin, demonstration))
}

/// The MCP server, if there is to be one. It checks tokens as any API would: with the keys that the server publishes.
fn mcp_server(issuer: &str, purpose: Purpose, ports: Ports) -> Result<Option<McpServer>, Failure> {
    match purpose {
        Purpose::Login => Ok(None),
        Purpose::Mcp => {
            let authorization_server = Client::unregistered(issuer).without_proxy().build()?;
            Ok(Some(McpServer::new(ports.application, authorization_server)?))
        }
    }
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a reason to stop as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
