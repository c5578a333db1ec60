//! The checks of client metadata that need the network: where a client's addresses point, and what its sector identifier
//! document says (OpenID Connect Core §8.1).

use symbolon_types::client::MetadataFault;
use symbolon_types::{Client, first_missing};

use super::super::vouchers::Vouchers;
use super::ChangeFault;
use crate::context::Context;

/// Largest sector identifier document, in bytes.
const LIMIT_BYTES: usize = 1024 * 1024;

/// Refuses addresses that must not be called, and a sector that does not name all redirect URIs. What a fetch fails of is
/// for the log: the answer would tell a stranger what is where.
pub(super) async fn check(context: &Context, client: &Client, vouchers: &Vouchers) -> Result<(), ChangeFault> {
    // The sector document is fetched below, which judges its address.
    let single = [
        ("jwks_uri", &client.jwks_uri),
        ("backchannel_logout_uri", &client.backchannel_logout_uri),
        ("backchannel_client_notification_endpoint", &client.backchannel_client_notification_endpoint),
    ];
    let many = client.request_uris.iter().map(|uri| ("request_uris", uri));
    for (name, uri) in single.into_iter().chain(many).filter(|(_, uri)| !uri.is_empty()) {
        context.outbound.check(&vouchers.named(uri)).await.map_err(|reason| {
            let fault = MetadataFault::metadata(format!("The '{name}' must not be called."));
            ChangeFault::Metadata { fault, reason: Some(reason.to_string()) }
        })?;
    }
    check_sector(context, client, vouchers).await
}

async fn check_sector(context: &Context, client: &Client, vouchers: &Vouchers) -> Result<(), ChangeFault> {
    if client.sector_identifier_uri.is_empty() {
        return Ok(());
    }
    let refused = |reason: String| {
        let text = "The 'sector_identifier_uri' could not be read as a list that holds all redirect_uris.";
        ChangeFault::Metadata { fault: MetadataFault::metadata(text), reason: Some(reason) }
    };
    let address = vouchers.named(&client.sector_identifier_uri);
    let body = context.outbound.get(&address, LIMIT_BYTES).await.map_err(|fault| refused(fault.to_string()))?;
    let listed: Vec<String> = serde_json::from_slice(&body).map_err(|fault| refused(fault.to_string()))?;
    if listed.is_empty() {
        return Err(refused("the list is empty".to_owned()));
    }
    match first_missing(&client.redirect_uris, &listed) {
        None => Ok(()),
        Some(missing) => Err(refused(format!("{missing} is not in the list"))),
    }
}
