//! `client_secret_jwt` (OpenID Connect Core §9): an assertion with a MAC under the client's secret. The secret itself never
//! travels. The client must have registered the method, and the algorithm (RFC 8725 §3.1); its rotated secrets count as well.

use serde_json::{Map, Value};
use symbolon_jose::MacMessage;
use symbolon_types::ClientAuthenticationMethod as Method;

use super::assertion::{check, check_type, claimed_client};
use super::{Identified, keep, require_method};
use crate::clients::{self, RegisteredClient, sealed_secret};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::Request;
use crate::params::Params;

/// In place of a secret where there is none to compare with.
const NO_SECRET: [u8; 64] = [0; 64];

/// The client of a message. A MAC that is wrong is counted like a wrong secret, and an unknown client and another method
/// like a wrong MAC.
pub(super) async fn identify(
    context: &Context,
    http: &Request,
    params: &Params,
    message: &MacMessage,
) -> Result<Identified, OAuthError> {
    check_type(message.typ())?;
    let client_id = claimed_client(params, message.unverified_claims())?;
    let found = clients::find(context, &client_id).await?;
    let verified = match usable(found.as_deref(), message) {
        Ok(client) => verify(context, client, message).await?.ok_or_else(|| OAuthError::invalid_client("wrong MAC")),
        Err(refusal) => {
            // The work of a check, with a secret that is nobody's.
            let _ = message.verify(&NO_SECRET);
            Err(refusal)
        }
    };
    match (verified, found) {
        (Ok(claims), Some(client)) => {
            let assertion = check(context, http, &client, &claims)?;
            Ok(Identified::by_assertion(client, Method::ClientSecretJwt, assertion))
        }
        (Err(refusal), _) => {
            context.clients.secrets.count_wrong_mac(client_id.as_str(), http.address)?;
            Err(refusal)
        }
        (Ok(_), None) => Err(OAuthError::invalid_client("unknown client")),
    }
}

/// The client, if it may authenticate by a message of this kind.
fn usable<'c>(found: Option<&'c RegisteredClient>, message: &MacMessage) -> Result<&'c RegisteredClient, OAuthError> {
    let client = found.ok_or_else(|| OAuthError::invalid_client("unknown client"))?;
    require_method(client, Method::ClientSecretJwt)?;
    if sealed_secret::algorithm(client.metadata()) != Some(message.alg()) {
        return Err(OAuthError::invalid_client("not the algorithm that the client registered"));
    }
    Ok(client)
}

/// The claims, if one of the client's secrets made the MAC. A secret that was sealed under an old system secret is sealed
/// again, so that the old one can be retired.
async fn verify(
    context: &Context,
    client: &RegisteredClient,
    message: &MacMessage,
) -> Result<Option<Map<String, Value>>, OAuthError> {
    for (place, stored) in client.record().secrets.iter().enumerate() {
        let Some(secret) = sealed_secret::open(context, client.id().as_str(), stored) else { continue };
        let Ok(claims) = message.verify(secret.expose().as_bytes()) else { continue };
        if sealed_secret::is_outdated(context, stored) {
            let renewed = sealed_secret::seal(context, client.id().as_str(), secret.expose());
            keep(context, client, place, renewed).await?;
        }
        return Ok(Some(claims));
    }
    Ok(None)
}
