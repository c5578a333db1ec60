//! The flags that every command has which talks to a running server: where it is, what to send along, how to answer.

use clap::Args;
use symbolon_client::{AdminClient, AdminClientBuilder};

use crate::failure::Failure;
use crate::output::{Format, Verbosity};

/// Flags of the commands that call a server.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// A header to send with every request, such as 'X-Tenant: blue'; may be repeated
    #[arg(short = 'H', long = "http-header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) http_headers: Vec<(String, String)>,
    /// Accept any TLS certificate (development only)
    #[arg(long)]
    pub(crate) skip_tls_verify: bool,
    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Print only the id
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Where the admin port is, and the token it may ask for.
#[derive(Debug, Args)]
pub(crate) struct AdminEndpoint {
    #[arg(short, long, value_name = "URL", env = "ORY_SDK_URL", hide_env_values = true)]
    #[arg(help = "The URL of the server's admin port, such as http://127.0.0.1:4445; also from SYMBOLON_ADMIN_URL")]
    pub(crate) endpoint: Option<String>,
    // A second variable for the same value: clap knows one per flag.
    #[arg(long, hide = true, env = "SYMBOLON_ADMIN_URL")]
    admin_url: Option<String>,
    /// The token that the admin port asks for, if it is configured to
    #[arg(long, value_name = "TOKEN", env = "SYMBOLON_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
}

impl Connection {
    pub(crate) fn verbosity(&self) -> Verbosity {
        if self.quiet { Verbosity::IdOnly } else { Verbosity::Full }
    }

    /// A client of the admin port.
    pub(crate) fn admin(&self, endpoint: &AdminEndpoint) -> Result<AdminClient, Failure> {
        let url = endpoint.endpoint.as_deref().or(endpoint.admin_url.as_deref()).ok_or_else(|| {
            Failure::message(
                "the server is not named: set --endpoint or SYMBOLON_ADMIN_URL to the URL of its admin port",
            )
        })?;
        let builder = AdminClient::builder(url);
        let builder = endpoint.admin_token.iter().fold(builder, |builder, token| builder.bearer_token(token));
        let builder = self
            .http_headers
            .iter()
            .fold(builder, |builder, (name, value)| AdminClientBuilder::header(builder, name, value));
        let builder = if self.skip_tls_verify { builder.danger_accept_any_certificate() } else { builder };
        Ok(builder.build()?)
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is written as 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_has_a_colon() {
        assert_eq!(header("X-A: b: c"), Ok(("X-A".to_owned(), "b: c".to_owned())));
        assert!(header("X-A").is_err());
    }
}
