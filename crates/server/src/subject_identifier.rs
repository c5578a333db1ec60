//! Subject identifiers (OpenID Connect Core §8): public, or pairwise per sector, so that clients cannot compare notes.
//! The hash is Hydra's, so that a moved database keeps its subjects.

use symbolon_jose::{Secret, digest};
use symbolon_types::Subject;

use crate::clients::{RegisteredClient, Subjects};
use crate::config::Config;

/// How subjects look to a pairwise client.
#[derive(Clone, Copy, Debug)]
pub struct Pairwise<'a> {
    sector: &'a str,
    salt: &'a Secret<String>,
}

impl Pairwise<'_> {
    /// `hex(SHA-256(sector + subject + salt))`.
    pub fn identifier(&self, subject: &Subject) -> String {
        digest::sha256_hex(format!("{}{}{}", self.sector, subject.as_str(), self.salt.expose()).as_bytes())
    }
}

/// The rule for a client; `None` when its subjects are public. The error says what is wrong with its registration.
pub fn pairwise_rule<'a>(config: &'a Config, client: &'a RegisteredClient) -> Result<Option<Pairwise<'a>>, String> {
    let sector = match client.subjects() {
        Subjects::Public => return Ok(None),
        Subjects::Unknown(reason) => return Err(reason.clone()),
        Subjects::Pairwise(sector) => sector,
    };
    let Some(salt) = &config.oidc.pairwise_salt else {
        return Err("the client is pairwise, but oidc.subject_identifiers.pairwise.salt is not set".to_owned());
    };
    Ok(Some(Pairwise { sector, salt }))
}

/// The `sub` that a client sees. A login page's own choice counts for pairwise clients only.
pub fn for_client(
    config: &Config,
    client: &RegisteredClient,
    subject: &Subject,
    forced: &str,
) -> Result<String, String> {
    match pairwise_rule(config, client)? {
        None => Ok(subject.as_str().to_owned()),
        Some(_) if !forced.is_empty() => Ok(forced.to_owned()),
        Some(rule) => Ok(rule.identifier(subject)),
    }
}
