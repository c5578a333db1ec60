//! How subjects look to a client (OpenID Connect Core §8), and whose sector it may share.
//!
//! Clients of one sector see the same `sub` for a person, so a client that nobody vouches for has to prove its sector: what
//! it learns must go to the addresses of that sector and nowhere else. That is so where all it gets comes through its
//! redirect URIs, and a sector document lists them, or they are https at one host. Any other client that registered itself
//! has a sector of its own, which it shares with nobody.

use std::collections::HashSet;

use symbolon_store::Origin;
use symbolon_types::{Client, GrantType, SubjectType};
use url::{Host, Url};

/// How subjects look to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// As they are.
    Public,
    /// Hashed with this sector.
    Pairwise(String),
    /// Pairwise, but the sector cannot be told; the text says why.
    Unknown(String),
}

impl Subjects {
    /// Those of a client with these metadata.
    pub fn of(client: &Client, origin: Origin) -> Self {
        match (client.subject_type(), origin) {
            (SubjectType::Public, _) => Self::Public,
            (SubjectType::Pairwise, Origin::Administrator) => Self::of_administrator(client),
            // No host and no URL begins like this, so that it is nobody else's sector.
            (SubjectType::Pairwise, Origin::SelfService | Origin::Document) => {
                Self::Pairwise(proved_sector(client).unwrap_or_else(|| format!("client:{}", client.client_id)))
            }
        }
    }

    /// As in Hydra: an administrator knows whom the client belongs to.
    fn of_administrator(client: &Client) -> Self {
        if !client.sector_identifier_uri.is_empty() {
            return Self::Pairwise(client.sector_identifier_uri.clone());
        }
        // Even where several share a host: the sector must not change when one is added.
        let [uri] = client.redirect_uris.as_slice() else {
            let reason = "a pairwise client without sector_identifier_uri must have exactly one redirect URI";
            return Self::Unknown(reason.to_owned());
        };
        let host = Url::parse(uri)
            .map_err(|fault| format!("redirect URI: {fault}"))
            .and_then(|url| host(&url).ok_or_else(|| "a redirect URI has no host".to_owned()));
        host.map_or_else(Self::Unknown, Self::Pairwise)
    }
}

/// The sector document, which was found to list all redirect URIs, or the one host of all of them. `None` where what the
/// client gets can go elsewhere, as to a device, or where a redirect URI belongs to whoever takes it: at the user's own
/// machine, with a private scheme, without encryption.
fn proved_sector(client: &Client) -> Option<String> {
    let only_by_redirect = client.grant_types().iter().all(|grant_type| {
        matches!(grant_type, GrantType::AuthorizationCode | GrantType::Implicit | GrantType::RefreshToken)
    });
    if !only_by_redirect || client.redirect_uris.is_empty() {
        return None;
    }
    if !client.sector_identifier_uri.is_empty() {
        return Some(client.sector_identifier_uri.clone());
    }
    let of_owner = |uri: &String| host(&Url::parse(uri).ok().filter(has_owner)?);
    let mut hosts = client.redirect_uris.iter().map(of_owner).collect::<Option<HashSet<String>>>()?.into_iter();
    hosts.next().filter(|_| hosts.next().is_none())
}

/// Whether only one server can answer there.
fn has_owner(url: &Url) -> bool {
    url.scheme() == "https"
        && match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name != "localhost" && !name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => !address.is_loopback(),
            Some(Host::Ipv6(address)) => !address.is_loopback(),
            None => false,
        }
}

/// Host and port of a redirect URI, as Hydra writes them into the hash.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
