//! What a client says about requests of the back channel (`OpenID` Connect CIBA §4).

use url::Url;

use super::list;
use crate::TokenDeliveryMode;
use crate::client::{Client, MetadataFault};

/// Refuses what could not work: tokens that would be pushed, a ping without an address, and
/// signatures that nobody could check (§7.1.1 wants asymmetric ones).
pub(super) fn check(client: &Client, algorithms: &[&str]) -> Result<(), MetadataFault> {
    let mode = client.backchannel_token_delivery_mode.as_str();
    if !mode.is_empty() && TokenDeliveryMode::parse(mode).is_none() {
        return Err(MetadataFault::metadata(format!(
            "The 'backchannel_token_delivery_mode' '{mode}' is not supported, use one of {}.",
            list(TokenDeliveryMode::ALL.iter().map(|mode| mode.as_str())),
        )));
    }
    check_endpoint(client)?;
    let algorithm = client.backchannel_authentication_request_signing_alg.as_str();
    if !algorithm.is_empty() && !algorithms.contains(&algorithm) {
        return Err(MetadataFault::metadata(format!(
            "The 'backchannel_authentication_request_signing_alg' '{algorithm}' is not supported, use one of {}.",
            list(algorithms.iter().copied()),
        )));
    }
    Ok(())
}

fn check_endpoint(client: &Client) -> Result<(), MetadataFault> {
    let endpoint = client.backchannel_client_notification_endpoint.as_str();
    match (endpoint, client.token_delivery_mode()) {
        ("", TokenDeliveryMode::Poll) => Ok(()),
        ("", TokenDeliveryMode::Ping) => Err(MetadataFault::metadata(
            "The 'backchannel_token_delivery_mode' 'ping' needs a 'backchannel_client_notification_endpoint'.",
        )),
        (endpoint, _) => match Url::parse(endpoint) {
            Ok(url) if url.scheme() == "https" && url.fragment().is_none() => Ok(()),
            _ => Err(MetadataFault::metadata(
                "The 'backchannel_client_notification_endpoint' must be a URL that begins with https:// and has no fragment.",
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(metadata: serde_json::Value) -> bool {
        let client: Client = serde_json::from_value(metadata).unwrap();
        check(&client, &["ES256", "PS256"]).is_err()
    }

    #[test]
    fn what_works_is_taken_and_what_cannot_is_refused() {
        let ping = "https://client.example/ping";
        assert!(!refused(json!({})));
        assert!(!refused(json!({"backchannel_token_delivery_mode": "poll"})));
        assert!(!refused(json!({
            "backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": ping,
            "backchannel_authentication_request_signing_alg": "PS256",
        })));
        for wrong in [
            json!({"backchannel_token_delivery_mode": "push", "backchannel_client_notification_endpoint": ping}),
            json!({"backchannel_token_delivery_mode": "Poll"}),
            json!({"backchannel_token_delivery_mode": "ping"}),
            json!({"backchannel_client_notification_endpoint": "http://client.example/ping"}),
            json!({"backchannel_client_notification_endpoint": "https://client.example/ping#x"}),
            json!({"backchannel_client_notification_endpoint": "/ping"}),
            json!({"backchannel_authentication_request_signing_alg": "HS256"}),
            json!({"backchannel_authentication_request_signing_alg": "none"}),
        ] {
            assert!(refused(wrong.clone()), "{wrong}");
        }
    }
}
