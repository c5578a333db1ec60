//! Subject identifiers (OpenID Connect Core §8): public, or pairwise per sector, so that clients cannot compare notes.
//! The hash is Hydra's, so that a moved database keeps its subjects.

use symbolon_jose::{Secret, digest};
use symbolon_types::{Client, SubjectType};

use crate::config::Config;

/// How subjects look to a pairwise client.
#[derive(Clone, Debug)]
pub struct Pairwise {
    sector: String,
    salt: Secret<String>,
}

impl Pairwise {
    /// `hex(SHA-256(sector + subject + salt))`.
    pub fn identifier(&self, subject: &str) -> String {
        digest::sha256_hex(format!("{}{subject}{}", self.sector, self.salt.expose()).as_bytes())
    }
}

/// The rule for a client; `None` when its subjects are public. The error says what is wrong with its registration.
pub fn pairwise_rule(config: &Config, client: &Client) -> Result<Option<Pairwise>, String> {
    if client.subject_type != SubjectType::Pairwise.as_str() {
        return Ok(None);
    }
    let Some(salt) = config.oidc.pairwise_salt.clone() else {
        return Err("the client is pairwise, but oidc.subject_identifiers.pairwise.salt is not set".to_owned());
    };
    Ok(Some(Pairwise { sector: sector(client)?, salt }))
}

/// The `sub` that a client sees. A login page's own choice counts for pairwise clients only.
pub fn for_client(config: &Config, client: &Client, subject: &str, forced: &str) -> Result<String, String> {
    match pairwise_rule(config, client)? {
        None => Ok(subject.to_owned()),
        Some(_) if !forced.is_empty() => Ok(forced.to_owned()),
        Some(rule) => Ok(rule.identifier(subject)),
    }
}

fn sector(client: &Client) -> Result<String, String> {
    if !client.sector_identifier_uri.is_empty() {
        return Ok(client.sector_identifier_uri.clone());
    }
    // As in Hydra, even where several share a host: the sector must not change when one is added.
    let [uri] = client.redirect_uris.as_slice() else {
        return Err("a pairwise client without sector_identifier_uri must have exactly one redirect URI".to_owned());
    };
    host(uri)
}

/// Host and port of a redirect URI, as Hydra writes them into the hash.
fn host(uri: &str) -> Result<String, String> {
    let url = url::Url::parse(uri).map_err(|fault| format!("redirect URI: {fault}"))?;
    let host = url.host_str().ok_or("a redirect URI has no host")?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
