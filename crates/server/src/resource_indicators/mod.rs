//! Protected resources that clients ask for by name (RFC 8707): which of them a client may have, which scopes go with them,
//! and what an access token for them looks like. A resource that was asked for stands among the audience of request and
//! grant in the spelling of its record, so that consent pages, stored grants and tokens have one list. Without any record
//! `resource` is refused: a client that asks for a narrow token must not get a wide one.

mod scopes;
mod terms;

use std::collections::HashSet;

use symbolon_types::audience::first_foreign_audience;
use symbolon_types::{ErrorCode, ResourceIndicator};

use crate::clients::RegisteredClient;
use crate::config::{Config, Resource};
use crate::error::OAuthError;

pub use scopes::{check_scope, of_use_at, scope_there};
pub use terms::{AccessTokenTerms, terms};

/// `invalid_target` (RFC 8707 §2).
fn invalid_target(hint: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, hint)
}

/// The records of a list of `resource` values, each once (RFC 8707 §2). A value that names none is refused, and the error
/// repeats it, as a name with a slash too many is a common mistake.
pub fn named<'c>(config: &'c Config, values: &[&str]) -> Result<Vec<&'c Resource>, OAuthError> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    if config.symbolon.compatibility.resource_ignored && config.symbolon.resources.is_empty() {
        return Ok(found);
    }
    for value in values {
        let shown = value.escape_debug();
        let name = ResourceIndicator::parse(value)
            .map_err(|fault| invalid_target(format!("The resource '{shown}' {fault}.")))?;
        let Some(resource) = config.symbolon.resources.find(&name) else {
            return Err(invalid_target(format!("The resource '{shown}' is not known here.")));
        };
        if seen.insert(&resource.identifier) {
            found.push(resource);
        }
    }
    Ok(found)
}

/// The audience of a request: what it names with `audience`, each within what the client is registered for, and the
/// resources that it names. Where it names nothing it is for the default resource, if there is one.
pub fn requested(
    config: &Config,
    client: &RegisteredClient,
    audience: Vec<String>,
    resources: &[&str],
) -> Result<Vec<String>, OAuthError> {
    check_audience(config, client, &audience)?;
    let allowed = Allowed::of(config, client);
    let mut all = audience;
    for resource in named(config, resources)? {
        if !allowed.has(resource) {
            return Err(not_allowed(resource));
        }
        if !all.contains(&resource.identifier) {
            all.push(resource.identifier.clone());
        }
    }
    if all.is_empty() {
        all.extend(default_of(config, client)?.map(|resource| resource.identifier.clone()));
    }
    Ok(all)
}

fn not_allowed(resource: &Resource) -> OAuthError {
    invalid_target(format!("The client may not ask for the resource '{}'.", resource.identifier))
}

/// The resource for which a client's tokens are when it names none: its own, or the server's if the client may have it.
/// A client whose own one is gone is refused, as its tokens would be good for something else.
pub fn default_of<'c>(config: &'c Config, client: &RegisteredClient) -> Result<Option<&'c Resource>, OAuthError> {
    let known = &config.symbolon.resources;
    if let Some(own) = client.default_resource() {
        let gone = || invalid_target("The default resource of the client is not known here any more.".to_owned());
        return known.find(own).map(Some).ok_or_else(gone);
    }
    let default = config.symbolon.resources_default.as_deref();
    let default = default.and_then(|name| ResourceIndicator::parse(name).ok());
    let default = default.or_else(|| config.only_mcp_resource().filter(|_| client.is_self_registered()));
    let default = default.and_then(|name| known.find(&name));
    Ok(default.filter(|resource| Allowed::of(config, client).has(resource)))
}

/// Whether a client may have this audience: each value the name of a resource that it may ask for, or within its
/// registered audience. What a client registered for itself does not make a resource its own.
pub fn check_audience(config: &Config, client: &RegisteredClient, audience: &[String]) -> Result<(), OAuthError> {
    let known = &config.symbolon.resources;
    let allowed = Allowed::of(config, client);
    let mut others = Vec::with_capacity(audience.len());
    for value in audience {
        let by_any_name = || ResourceIndicator::parse(value).ok().and_then(|name| known.find(&name));
        match known.of_audience(value).or_else(by_any_name) {
            Some(resource) if allowed.has(resource) && resource.identifier == *value => {}
            Some(resource) if client.is_self_registered() && !allowed.has(resource) => {
                return Err(not_allowed(resource));
            }
            _ => others.push(value.clone()),
        }
    }
    let Some(foreign) = first_foreign_audience(client.audience(), &others) else { return Ok(()) };
    Err(known.of_audience(foreign).map_or_else(
        || OAuthError::invalid_request(format!("The client is not registered for the audience '{foreign}'.")),
        not_allowed,
    ))
}

/// Which resources a client may ask for.
struct Allowed<'c> {
    /// Those that an administrator listed, by their identifiers; `None` for those that every client may ask for.
    listed: Option<HashSet<&'c str>>,
    /// The client's own default, which an administrator chose.
    default: Option<&'c str>,
}

impl<'c> Allowed<'c> {
    fn of(config: &'c Config, client: &RegisteredClient) -> Self {
        let identifier = |name: &ResourceIndicator| Some(config.symbolon.resources.find(name)?.identifier.as_str());
        Self {
            listed: client.allowed_resources().map(|names| names.iter().filter_map(identifier).collect()),
            default: client.default_resource().and_then(identifier),
        }
    }

    fn has(&self, resource: &Resource) -> bool {
        let identifier = resource.identifier.as_str();
        let listed = self.listed.as_ref().map_or(resource.self_service, |listed| listed.contains(identifier));
        listed || self.default == Some(identifier)
    }
}
