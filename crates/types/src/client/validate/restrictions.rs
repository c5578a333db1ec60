//! What a client may not say about itself: members that change how the server treats it, and
//! grants or response types that the server does not have.

use serde_json::Value;

use super::Registrant;
use crate::client::{Client, MetadataFault};
use crate::{GrantType, ResponseType};

pub(super) fn check(client: &Client, registrant: Registrant) -> Result<(), MetadataFault> {
    if registrant == Registrant::SelfService && client.client_secret.is_some() {
        return Err(MetadataFault::metadata("The 'client_secret' is chosen by the server, leave it out."));
    }
    if has_forbidden_metadata(client.metadata.as_ref(), registrant) {
        return Err(MetadataFault::metadata("Only an administrator may set 'metadata'."));
    }
    if !client.access_token_strategy.is_empty() {
        return Err(MetadataFault::metadata("Only an administrator may set 'access_token_strategy'."));
    }
    if !client.security_profile.is_empty() {
        return Err(MetadataFault::metadata("Only an administrator may set 'security_profile'."));
    }
    if client.allowed_resources.is_some() {
        return Err(MetadataFault::metadata("Only an administrator may set 'allowed_resources'."));
    }
    if !client.default_resource.is_empty() {
        return Err(MetadataFault::metadata("Only an administrator may set 'default_resource'."));
    }
    // Whoever is one learns of tokens of others.
    if client.resource_server {
        return Err(MetadataFault::metadata("Only an administrator may set 'resource_server' to true."));
    }
    if client.skip_consent {
        return Err(MetadataFault::reserved("Only an administrator may set 'skip_consent' to true."));
    }
    if client.skip_logout_consent == Some(true) {
        return Err(MetadataFault::reserved("Only an administrator may set 'skip_logout_consent' to true."));
    }
    // One name of a domain may be the client's and the next somebody else's.
    if let Some(pattern) = client.allowed_cors_origins.iter().find(|origin| origin.contains('*')) {
        return Err(MetadataFault::metadata(format!(
            "The origin '{pattern}' in 'allowed_cors_origins' must be one origin: only an administrator may use '*'."
        )));
    }
    check_words(client)
}

fn has_forbidden_metadata(metadata: Option<&Value>, registrant: Registrant) -> bool {
    match metadata {
        Some(_) if registrant == Registrant::SelfService => true,
        None | Some(Value::Null) => false,
        Some(Value::Object(members)) => !members.is_empty(),
        Some(_) => true,
    }
}

/// A client that registers itself learns at once that it asked for something we do not have;
/// administrators may store words for other software.
fn check_words(client: &Client) -> Result<(), MetadataFault> {
    if let Some(unknown) = client.grant_types.iter().find(|word| GrantType::parse(word).is_none()) {
        return Err(MetadataFault::metadata(format!("The grant type '{unknown}' in 'grant_types' is not supported.")));
    }
    if let Some(unknown) = client.response_types.iter().find(|word| ResponseType::parse(word).is_none()) {
        return Err(MetadataFault::metadata(format!(
            "The response type '{unknown}' in 'response_types' is not supported."
        )));
    }
    Ok(())
}
