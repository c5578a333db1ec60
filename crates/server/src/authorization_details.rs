//! Authorization details (RFC 9396): what a client asks for in more words than a scope has. Which types there are and what
//! they may say is configuration. What was asked for is shown to a person as it is, and what was granted is a part of it,
//! element by element; nothing is ever widened. Without any type they are refused everywhere, as they may be a restriction.

use symbolon_types::{AuthorizationDetails, ErrorCode, ResourceIndicator};

use crate::clients::RegisteredClient;
use crate::config::{Config, DetailsType};
use crate::error::OAuthError;

/// The parameter.
pub const PARAMETER: &str = "authorization_details";

/// `invalid_authorization_details` (RFC 9396 §5).
pub fn invalid(hint: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidAuthorizationDetails, hint)
}

/// What a request asks for: nothing where it has no such parameter. Each element of a type that is known here and registered
/// for the client, as its schema says, and of use at the audience (RFC 9396 §5).
pub fn requested(
    config: &Config,
    client: &RegisteredClient,
    text: Option<&str>,
    audience: &[String],
) -> Result<AuthorizationDetails, OAuthError> {
    let details = read(config, text)?;
    for (number, (name, element)) in details.iter().enumerate() {
        let kind = known(config, name)?;
        check_registered(client, name)?;
        if let Some(fault) = kind.fault(element) {
            let shown = name.escape_debug();
            return Err(invalid(format!("Element {} of 'authorization_details' ('{shown}'): {fault}.", number + 1)));
        }
        if let Some(resource) = needed(config, kind).filter(|resource| !audience.iter().any(|value| value == resource))
        {
            let shown = name.escape_debug();
            return Err(invalid(format!(
                "The type '{shown}' belongs to a resource: ask for it together with 'resource={resource}'."
            )));
        }
    }
    Ok(details)
}

/// Reads the parameter and nothing else, for requests whose elements are compared with what was granted.
pub fn read(config: &Config, text: Option<&str>) -> Result<AuthorizationDetails, OAuthError> {
    let Some(text) = text else { return Ok(AuthorizationDetails::default()) };
    if config.symbolon.authorization_details.types.is_empty() {
        return Err(invalid("This server has no types of authorization details.".to_owned()));
    }
    AuthorizationDetails::parse(text).map_err(|fault| invalid(format!("Parameter 'authorization_details' {fault}.")))
}

/// Whether a client is still registered for all of it.
pub fn check_still_registered(
    config: &Config,
    client: &RegisteredClient,
    details: &AuthorizationDetails,
) -> Result<(), OAuthError> {
    for (name, _) in details.iter() {
        known(config, name)?;
        check_registered(client, name)?;
    }
    Ok(())
}

fn known<'c>(config: &'c Config, name: &str) -> Result<&'c DetailsType, OAuthError> {
    let unknown = || invalid(format!("The type '{}' is not known here.", name.escape_debug()));
    config.symbolon.authorization_details.types.get(name).ok_or_else(unknown)
}

fn check_registered(client: &RegisteredClient, name: &str) -> Result<(), OAuthError> {
    if client.metadata().authorization_details_types.iter().any(|own| own == name) {
        return Ok(());
    }
    Err(invalid(format!("The client is not registered for the type '{}'.", name.escape_debug())))
}

/// The identifier of the resource where a type is of use; `None` for everywhere.
fn needed<'c>(config: &'c Config, kind: &DetailsType) -> Option<&'c str> {
    let name = ResourceIndicator::parse(kind.resource.as_deref()?).ok()?;
    config.symbolon.resources.find(&name).map(|resource| resource.identifier.as_str())
}

/// Where the elements stand that are of use at this audience. One whose type is not known any more is of use nowhere.
pub fn of_use_at(config: &Config, audience: &[String], details: &AuthorizationDetails) -> Vec<usize> {
    let there = |name: &str| {
        let kind = config.symbolon.authorization_details.types.get(name)?;
        Some(needed(config, kind).is_none_or(|resource| audience.iter().any(|value| value == resource)))
    };
    details.iter().enumerate().filter(|(_, (name, _))| there(name) == Some(true)).map(|(place, _)| place).collect()
}
