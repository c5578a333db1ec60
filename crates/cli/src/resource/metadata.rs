//! `symbolon resource metadata`: the document that the server of a resource has to serve, so that clients find its
//! authorization server (RFC 9728 §2), and the challenge that leads them there (§5.1).

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use symbolon_client::Url;
use symbolon_server::config::{Config, Overrides};
use symbolon_types::ResourceIndicator;

use crate::configuration::configuration_of_files;
use crate::failure::Failure;
use crate::mcp::well_known::well_known;
use crate::output::{FORMAT_HELP, Format, print_line};

/// Flags of `resource metadata`.
#[derive(Debug, Args)]
pub(crate) struct MetadataArguments {
    /// The resource's identifier in the configuration, or an alias of it
    #[arg(value_name = "ID")]
    resource: String,
    /// Configuration file (YAML or JSON); may be repeated, later files win
    #[arg(short, long, value_name = "FILE")]
    config: Vec<PathBuf>,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

/// What the server of a resource answers with.
#[derive(Debug, PartialEq)]
struct Answers {
    /// Where the document is looked for.
    url: String,
    document: Value,
    /// The value of `WWW-Authenticate` in a 401.
    challenge: String,
}

pub(crate) fn run(arguments: &MetadataArguments) -> Result<(), Failure> {
    let config = configuration_of_files(&arguments.config, Overrides::default())?;
    let Answers { url, document, challenge } = answers(&config, &arguments.resource)?;
    let object = json!({ "url": url, "metadata": document, "www_authenticate": challenge });
    let told = || {
        format!(
            "Serve this as application/json at {url}\n\n{document:#}\n\n\
             and answer requests without a valid access token with 401 and\n\n\
             WWW-Authenticate: {challenge}"
        )
    };
    print_line(&arguments.format.text(&object, told)?)
}

fn answers(config: &Config, name: &str) -> Result<Answers, Failure> {
    let resources = &config.symbolon.resources;
    let found = ResourceIndicator::parse(name).ok().and_then(|indicator| resources.find(&indicator));
    let Some(resource) = found else {
        let known: Vec<_> = resources.iter().map(|resource| resource.identifier.as_str()).collect();
        let known = if known.is_empty() { "the configuration has none".to_owned() } else { known.join(", ") };
        return Err(Failure::message(format!("there is no resource '{name}' in symbolon.resources: {known}")));
    };
    let identifier = resource.identifier.as_str();
    let url = Url::parse(identifier).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
        Failure::message(format!(
            "the resource '{identifier}' has no https address, so that there is no place for its metadata (RFC 9728 §3)"
        ))
    })?;
    let url = well_known(&url).to_string();
    let scopes = resource.scopes.to_vec();
    let mut document = json!({
        "resource": identifier,
        "authorization_servers": [config.issuer()],
        "bearer_methods_supported": ["header"],
    });
    if let Some(title) = &resource.title {
        document["resource_name"] = json!(title);
    }
    if !scopes.is_empty() {
        document["scopes_supported"] = json!(scopes);
    }
    let mut challenge = format!("Bearer resource_metadata=\"{url}\"");
    if resource.sender_constrained {
        document["dpop_bound_access_tokens_required"] = json!(true);
        challenge = format!("DPoP resource_metadata=\"{url}\"");
    }
    if let Some(first) = scopes.first() {
        // The least that is of use; the server knows better what a request needs.
        challenge = format!("{challenge}, scope=\"{first}\"");
    }
    Ok(Answers { url, document, challenge })
}
