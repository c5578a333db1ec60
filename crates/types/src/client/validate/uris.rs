//! The URIs of client metadata, except for CORS origins.

use std::collections::HashSet;

use url::{Host, Url};

use crate::ResourceIndicator;
use crate::client::{Client, MetadataFault};
use crate::membership::step;
use crate::redirect_uri::check_registrable;

/// Links that are shown to users (RFC 7591 §2): a page shows them as they are, so only web
/// addresses pass.
pub(super) fn check_links(client: &Client) -> Result<(), MetadataFault> {
    let links = [
        ("client_uri", &client.client_uri),
        ("logo_uri", &client.logo_uri),
        ("policy_uri", &client.policy_uri),
        ("tos_uri", &client.tos_uri),
    ];
    let localized = client.localized.0.iter().filter(|(name, _)| !name.starts_with("client_name"));
    let named = links.into_iter().chain(localized.map(|(name, link)| (name.as_str(), link)));
    for (name, link) in named.filter(|(_, link)| !link.is_empty()) {
        let url = Url::parse(link).map_err(|_| MetadataFault::metadata(format!("The '{name}' is not a valid URL.")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(MetadataFault::metadata(format!("The '{name}' '{link}' must begin with https:// or http://.")));
        }
    }
    Ok(())
}

/// Front-Channel Logout §2, Back-Channel Logout §2.2, RFC 7591 §2: a page of ours loads the first in a frame, the server
/// calls the others, so only web addresses without a fragment pass.
pub(super) fn check_called_addresses(client: &Client) -> Result<(), MetadataFault> {
    let channels = [
        ("frontchannel_logout_uri", &client.frontchannel_logout_uri),
        ("backchannel_logout_uri", &client.backchannel_logout_uri),
        ("jwks_uri", &client.jwks_uri),
    ];
    for (name, uri) in channels.into_iter().filter(|(_, uri)| !uri.is_empty()) {
        let url = Url::parse(uri).map_err(|_| MetadataFault::metadata(format!("The '{name}' is not a valid URL.")))?;
        if !matches!(url.scheme(), "http" | "https") || url.fragment().is_some() {
            return Err(MetadataFault::metadata(format!(
                "The '{name}' must begin with https:// or http:// and have no fragment."
            )));
        }
    }
    Ok(())
}

/// `OpenID` Connect Dynamic Client Registration §5; the server fetches it afterwards.
pub(super) fn check_sector_identifier(client: &Client) -> Result<(), MetadataFault> {
    if client.sector_identifier_uri.is_empty() {
        return Ok(());
    }
    match Url::parse(&client.sector_identifier_uri) {
        Ok(url) if url.scheme() == "https" => Ok(()),
        Ok(_) => Err(MetadataFault::metadata("The 'sector_identifier_uri' must begin with https://.")),
        Err(_) => Err(MetadataFault::metadata("The 'sector_identifier_uri' is not a valid URL.")),
    }
}

/// RFC 6749 §3.1.2.
pub(super) fn check_redirect_uris(client: &Client) -> Result<(), MetadataFault> {
    for uri in &client.redirect_uris {
        check_registrable(uri).map_err(|fault| {
            MetadataFault::redirect_uri(format!("The URI '{uri}' in 'redirect_uris' is not allowed: {fault}."))
        })?;
    }
    Ok(())
}

/// `OpenID` Connect RP-Initiated Logout §3.1. The origin must be one that the client has anyway, so
/// that logout cannot be used to send users elsewhere.
pub(super) fn check_post_logout_redirect_uris(client: &Client) -> Result<(), MetadataFault> {
    if client.post_logout_redirect_uris.is_empty() {
        return Ok(());
    }
    let own: HashSet<Origin> =
        client.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()).map(|url| origin(&url)).collect();
    for uri in &client.post_logout_redirect_uris {
        let fault = |reason: &str| {
            MetadataFault::metadata(format!("The URI '{uri}' in 'post_logout_redirect_uris' is not allowed: {reason}."))
        };
        // Pages with client-side routing log out to `/#/bye`, so one fragment may stand here; it is
        // checked like the rest of the URI, which must not have a second one.
        let as_query = uri.replacen('#', "?", 1);
        check_registrable(&as_query).map_err(|reason| fault(&reason.to_string()))?;
        let url = Url::parse(uri).map_err(|_| fault("it must be an absolute URI"))?;
        if !own.contains(&origin(&url)) {
            return Err(fault("scheme, host and port must be those of one of the client's 'redirect_uris'"));
        }
    }
    Ok(())
}

/// Front-Channel Logout §2: the address has scheme, host and port of a redirect URI. An administrator may say otherwise.
pub(super) fn check_front_channel(client: &Client) -> Result<(), MetadataFault> {
    if client.frontchannel_logout_uri.is_empty() || has_own_origin(client, &client.frontchannel_logout_uri) {
        return Ok(());
    }
    Err(MetadataFault::metadata(
        "The 'frontchannel_logout_uri' must have scheme, host and port of one of the client's 'redirect_uris'.",
    ))
}

/// Whether an address has scheme, host and port of one of the client's redirect URIs.
pub fn has_own_origin(client: &Client, address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let wanted = origin(&url);
    client.redirect_uris.iter().any(|own| Url::parse(own).is_ok_and(|own| origin(&own) == wanted))
}

/// Scheme, host and port. The hosts of private schemes are compared, too.
type Origin = (String, Option<Host>, Option<u16>);

fn origin(url: &Url) -> Origin {
    step();
    (url.scheme().to_owned(), url.host().map(|host| host.to_owned()), url.port_or_known_default())
}

/// RFC 8707 §2. Which resources there are is configuration, which may change: a client of one that is gone is refused when
/// it asks.
pub(super) fn check_resources(client: &Client) -> Result<(), MetadataFault> {
    let listed = client.allowed_resources.iter().flatten().map(|uri| ("allowed_resources", uri));
    let default = Some(&client.default_resource).filter(|uri| !uri.is_empty());
    for (name, uri) in listed.chain(default.map(|uri| ("default_resource", uri))) {
        if let Err(fault) = ResourceIndicator::parse(uri) {
            return Err(MetadataFault::metadata(format!("The resource '{uri}' in '{name}' {fault}.")));
        }
    }
    Ok(())
}

/// `OpenID` Connect Dynamic Client Registration §2.
pub(super) fn check_initiate_login_uri(client: &Client) -> Result<(), MetadataFault> {
    if client.initiate_login_uri.is_empty() {
        return Ok(());
    }
    match Url::parse(&client.initiate_login_uri) {
        Ok(url) if url.scheme() == "https" => Ok(()),
        _ => Err(MetadataFault::metadata("The 'initiate_login_uri' must be a URL that begins with https://.")),
    }
}
