//! The flags that every command has which talks to a running server: where it is, what to send along, how to answer.

use clap::Args;
use serde_json::Value;
use symbolon_client::{AdminClient, AdminClientBuilder, ClientBuilder};

use crate::failure::Failure;
use crate::header::{HeaderArgument, HeaderLine};
use crate::output::{CommandResult, FORMAT_HELP, Format, ListResult, Verbosity, print_line};
use crate::profile::ProfileFlag;
use crate::secret::{AdminToken, SecretFlags};

/// Flags of the commands that call a server.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// A header to send with every request, such as 'X-Tenant: blue', or @PATH to read it from a file; may be repeated
    #[arg(short = 'H', long = "http-header", value_name = "NAME: VALUE")]
    http_headers: Vec<HeaderArgument>,
    /// Accept any TLS certificate (development only)
    #[arg(long)]
    skip_tls_verify: bool,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
    /// Print only the id
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    pub(crate) profile: ProfileFlag,
}

/// Where the admin port is, and the token it may ask for.
#[derive(Debug, Args)]
pub(crate) struct AdminEndpoint {
    #[arg(short, long, value_name = "URL", env = "ORY_SDK_URL", hide_env_values = true)]
    #[arg(
        help = "The URL of the server's admin port, such as http://127.0.0.1:4445; also from SYMBOLON_ADMIN_URL or HYDRA_ADMIN_URL"
    )]
    pub(crate) endpoint: Option<String>,
    // A second variable for the same value: clap knows one per flag.
    #[arg(long, hide = true, env = "SYMBOLON_ADMIN_URL")]
    admin_url: Option<String>,
    // What older scripts for Ory Hydra set.
    #[arg(long, hide = true, env = "HYDRA_ADMIN_URL")]
    hydra_admin_url: Option<String>,
    #[command(flatten)]
    admin_token: SecretFlags<AdminToken>,
}

impl AdminEndpoint {
    /// What a flag or the environment says. An empty value is none, as a script with an unset variable writes it.
    fn url(&self) -> Option<&str> {
        let places = [&self.endpoint, &self.admin_url, &self.hydra_admin_url];
        places.into_iter().filter_map(Option::as_deref).find(|url| !url.is_empty())
    }
}

impl Connection {
    /// Prints a result as the flags say.
    pub(crate) fn print(&self, result: &CommandResult) -> Result<(), Failure> {
        result.print(&self.format, self.verbosity())
    }

    /// Prints a list as the flags say.
    pub(crate) fn print_list(&self, list: &ListResult) -> Result<(), Failure> {
        list.print(&self.format, self.verbosity())
    }

    /// Prints what a command did that takes one or several names.
    pub(crate) fn print_each(
        &self,
        results: Vec<CommandResult>,
        columns: &'static [&'static str],
    ) -> Result<(), Failure> {
        ListResult::print_objects(results, &self.format, self.verbosity(), columns)
    }

    /// Prints a result that is no table; `ids` are what `--quiet` prints, a line each.
    pub(crate) fn print_text(
        &self,
        object: &Value,
        text: impl FnOnce() -> String,
        ids: &[String],
    ) -> Result<(), Failure> {
        match (self.verbosity(), ids) {
            (Verbosity::IdOnly, []) => Ok(()),
            (Verbosity::IdOnly, ids) => print_line(&ids.join("\n")),
            (Verbosity::Full, _) => print_line(&self.format.text(object, text)?),
        }
    }

    /// What `--format` says.
    pub(crate) fn format(&self) -> &Format {
        &self.format
    }

    fn verbosity(&self) -> Verbosity {
        if self.quiet { Verbosity::IdOnly } else { Verbosity::Full }
    }

    /// How requests to a public port are made.
    pub(crate) fn transport(&self) -> Result<Transport, Failure> {
        Ok(Transport { headers: self.headers()?, skip_tls_verify: self.skip_tls_verify })
    }

    fn headers(&self) -> Result<Vec<HeaderLine>, Failure> {
        self.http_headers.iter().map(HeaderArgument::read).collect()
    }

    /// A client of the admin port.
    pub(crate) fn admin(&self, endpoint: &AdminEndpoint) -> Result<AdminClient, Failure> {
        let named = endpoint.url();
        let profile = self.profile.beside(named)?;
        let url = named.or(profile.admin_url.as_deref()).ok_or_else(|| {
            Failure::message(
                "the server is not named: set --endpoint or SYMBOLON_ADMIN_URL to the URL of its admin port, or name a \
                 profile",
            )
        })?;
        let builder = AdminClient::builder(url);
        let token = endpoint.admin_token.read()?;
        let token = if token.is_some() { token } else { profile.admin_token()? };
        let builder = token.iter().fold(builder, |builder, token| builder.bearer_token(token.expose()));
        let headers = self.headers()?;
        let builder = headers
            .iter()
            .fold(builder, |builder, line| AdminClientBuilder::header(builder, &line.name, line.value.expose()));
        let builder = if self.skip_tls_verify { builder.danger_accept_any_certificate() } else { builder };
        Ok(builder.build()?)
    }
}

/// How requests to a public port are made, with what the flags name already read.
pub(crate) struct Transport {
    headers: Vec<HeaderLine>,
    skip_tls_verify: bool,
}

impl Transport {
    /// A client that makes its requests so.
    pub(crate) fn apply(&self, builder: ClientBuilder) -> ClientBuilder {
        let headers = self.headers.iter();
        let builder = headers.fold(builder, |builder, line| builder.header(&line.name, line.value.expose()));
        if self.skip_tls_verify { builder.danger_accept_any_certificate() } else { builder }
    }
}
