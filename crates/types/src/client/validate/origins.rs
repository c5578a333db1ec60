//! `allowed_cors_origins`: web origins (RFC 6454 §6.2), kept in the form in which browsers send
//! them. A `*` may stand for the first labels of a host, or for the port.

use url::Url;

use crate::client::{Client, MetadataFault};

/// Checks each origin and replaces it by its canonical form.
pub(super) fn normalise(client: &mut Client) -> Result<(), MetadataFault> {
    for origin in &mut client.allowed_cors_origins {
        *origin = canonical(origin).map_err(|reason| {
            MetadataFault::metadata(format!("The origin '{origin}' in 'allowed_cors_origins' {reason}."))
        })?;
    }
    Ok(())
}

fn canonical(origin: &str) -> Result<String, &'static str> {
    if let Some((scheme, domain)) = origin.split_once("://*.") {
        let below = canonical_origin(&format!("{scheme}://{domain}"))?;
        return Ok(below.replacen("://", "://*.", 1));
    }
    match origin.strip_suffix(":*") {
        Some(host) => canonical_origin(host).map(|host| host + ":*"),
        None => canonical_origin(origin),
    }
}

fn canonical_origin(origin: &str) -> Result<String, &'static str> {
    if origin.contains('*') {
        return Err("may have a '*' as in 'https://*.example.com' or 'http://localhost:*' only");
    }
    let url = Url::parse(origin).map_err(|_| "is not a URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not have a user or password");
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a path, query or fragment");
    }
    Ok(url.origin().ascii_serialization())
}
