//! `symbolon mcp check`: acts as an MCP client against a protected MCP server, follows every step of the exchange, and
//! says what fails, whose fault it is and what to change (MCP authorization 2026-07-28).
//!
//! Works with every MCP server and every authorization server. Each step is a file here and knows what the SDKs do with
//! the answer; this one puts them in their order. Nothing is followed blindly: no redirects, bounded answers, and a token
//! goes only to the server that was named on the command line. What was registered is deleted again.

mod authorization;
mod browsers;
mod capabilities;
mod challenge;
mod http;
mod login;
mod registration;
mod resource_metadata;
mod server_metadata;
mod token;
mod tools;

use clap::Args;
use symbolon_client::{Probe, Url};
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format};
use crate::report::{Report, Subject};
use authorization::Asked;
use challenge::Challenge;
use http::{Certificates, caller, list};
use resource_metadata::ResourceMetadata;
use server_metadata::ServerMetadata;
use tools::Occasion;

const CALLBACK_PATH: &str = "/callback";

/// Flags of `mcp check`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct CheckArguments {
    /// The MCP server's URL, as one gives it to a client
    url: String,
    /// Log in as well: opens a browser, then redeems, calls the server and refreshes
    #[arg(long)]
    login: bool,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// Do not register a client
    #[arg(long)]
    no_register: bool,
    /// Use this client instead of a new one: a public one, or the URL of a client's metadata document
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// What to ask for, instead of what the MCP server names
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    /// The port on this machine that the browser comes back to; any free one otherwise
    #[arg(short, long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Accept any TLS certificate (development only)
    #[arg(long)]
    skip_tls_verify: bool,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

/// What all steps share.
struct Check {
    arguments: CheckArguments,
    url: Url,
    caller: Probe,
    report: Report,
    /// Open from the start, so that the registered redirect URI is one of this machine's.
    listener: Option<TcpListener>,
    redirect_uri: String,
}

pub(crate) async fn run(arguments: CheckArguments) -> Result<(), Failure> {
    let url = server_url(&arguments.url)?;
    let certificates = if arguments.skip_tls_verify { Certificates::Any } else { Certificates::System };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        Failure::message(format!("port {} cannot be opened ({error}); choose another with --port", arguments.port))
    })?;
    let port = listener.local_addr().map_or(arguments.port, |address| address.port());
    let mut check = Check {
        caller: caller(certificates)?,
        report: Report::new(subject(&url), arguments.format.clone()),
        listener: Some(listener),
        redirect_uri: format!("http://127.0.0.1:{port}{CALLBACK_PATH}"),
        arguments,
        url,
    };
    // Whoever cannot go on has said why.
    let _ = Box::pin(steps(&mut check)).await;
    check.report.end()
}

fn subject(url: &Url) -> Subject {
    Subject { member: "url", name: url.to_string(), verdict: "MCP clients cannot use this server" }
}

/// The steps in the order of a client. `None` where it gives up.
async fn steps(check: &mut Check) -> Option<()> {
    let challenge = challenge::check(check).await?;
    let resource = resource_metadata::check(check, &challenge).await?;
    let server = server_metadata::check(check, &resource.authorization_server).await?;
    let can_go_on = capabilities::check(check, &server, &resource);
    browsers::check(check, &resource, &server).await;
    can_go_on?;
    let scope = scope(check, &challenge, &resource, &server);
    let client = registration::check(check, &server, scope.as_deref()).await?;
    let asked = Asked { client: &client, resource: &resource.resource, scope: scope.as_deref() };
    // With or without success, the client goes.
    let _ = with_client(check, &server, &asked).await;
    registration::take_back(check, &server, &client).await;
    Some(())
}

async fn with_client(check: &mut Check, server: &ServerMetadata, asked: &Asked<'_>) -> Option<()> {
    authorization::check(check, server, asked).await?;
    if !check.arguments.login {
        check.report.skip("Login, tokens, call, refresh", "add --login to go through them with a browser");
        return Some(());
    }
    let authorized = login::check(check, server, asked).await?;
    let tokens = token::redeem(check, server, asked, &authorized).await?;
    tools::check(check, &tokens, Occasion::Login).await?;
    let renewed = token::refresh(check, server, asked, &tokens).await?;
    let renewed = token::Tokens { is_for_resource: tokens.is_for_resource, ..renewed };
    tools::check(check, &renewed, Occasion::Refresh).await
}

/// What clients ask for: what the challenge names, else what the metadata names; and to stay logged in, where the
/// authorization server knows that.
fn scope(check: &Check, challenge: &Challenge, resource: &ResourceMetadata, server: &ServerMetadata) -> Option<String> {
    if !check.arguments.scope.is_empty() {
        return Some(check.arguments.scope.join(" "));
    }
    let named = challenge.scope.clone().filter(|scope| !scope.is_empty());
    let mut scopes = named.map_or_else(|| resource.scopes.clone(), |scope| vec![scope]);
    let offers_refresh = list(&server.document, "scopes_supported").is_some_and(|all| all.contains(&"offline_access"));
    if offers_refresh {
        scopes.push("offline_access".to_owned());
    }
    (!scopes.is_empty()).then(|| scopes.join(" "))
}

fn server_url(text: &str) -> Result<Url, Failure> {
    let refused = |reason: &str| Failure::message(format!("the URL of the MCP server {reason}: {text:?}"));
    let url = Url::parse(text).map_err(|_| refused("is no absolute URL, such as https://mcp.example.com/mcp"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused("must begin with http:// or https://"));
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(refused("must have neither a fragment nor credentials"));
    }
    Ok(url)
}
