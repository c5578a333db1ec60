//! What an administrator may say of a client (OpenID Connect CIBA §4).

use serde_json::json;

use super::{GRANT_TYPE, server};
use crate::fixtures::{metadata, with};
use crate::support::Call;

#[tokio::test]
async fn what_could_not_work_is_refused() {
    let server = server().await;
    let ping = "https://client.example/ping";
    for (number, (changes, status)) in [
        (json!({ "grant_types": [GRANT_TYPE] }), 201),
        (json!({ "backchannel_token_delivery_mode": "poll" }), 201),
        (json!({ "backchannel_token_delivery_mode": "push", "backchannel_client_notification_endpoint": ping }), 400),
        (json!({ "backchannel_token_delivery_mode": "ping" }), 400),
        (json!({ "backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": ping }), 201),
        (json!({ "backchannel_client_notification_endpoint": "http://client.example/ping" }), 400),
        (json!({ "backchannel_authentication_request_signing_alg": "PS256" }), 201),
        (json!({ "backchannel_authentication_request_signing_alg": "HS256" }), 400),
        (json!({ "backchannel_authentication_request_signing_alg": "none" }), 400),
    ]
    .into_iter()
    .enumerate()
    {
        let body = with(metadata(&format!("client-{number}")), &changes);
        let answer = server.admin(Call::post("/admin/clients").json(&body)).await.expect(status).json();
        for (name, value) in changes.as_object().unwrap().iter().filter(|_| status == 201) {
            assert_eq!(&answer[name], value);
        }
    }
}
