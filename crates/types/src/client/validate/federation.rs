//! Clients for whom their platform speaks: `client_assertion_issuer` and `client_assertion_subject`.

use super::Registrant;
use crate::ClientAuthenticationMethod as Method;
use crate::client::{Client, MetadataFault};

pub(super) fn check(client: &Client, registrant: Registrant) -> Result<(), MetadataFault> {
    let members = [
        ("client_assertion_issuer", &client.client_assertion_issuer),
        ("client_assertion_subject", &client.client_assertion_subject),
    ];
    let Some((name, _)) = members.iter().find(|(_, text)| !text.is_empty()) else { return Ok(()) };
    // Whoever names the platform says for whom it may speak.
    if registrant != Registrant::Administrator {
        return Err(MetadataFault::metadata(format!("Only an administrator may set '{name}'.")));
    }
    if let Some((missing, _)) = members.iter().find(|(_, text)| text.is_empty()) {
        return Err(MetadataFault::metadata(format!("The '{name}' needs '{missing}' beside it.")));
    }
    if client.authentication_method() != Method::PrivateKeyJwt {
        return Err(MetadataFault::metadata(format!(
            "The '{name}' is only for the 'token_endpoint_auth_method' 'private_key_jwt'."
        )));
    }
    if client.client_assertion_issuer == client.client_id.as_str() {
        return Err(MetadataFault::metadata("The 'client_assertion_issuer' is the client itself: leave it out."));
    }
    Ok(())
}
