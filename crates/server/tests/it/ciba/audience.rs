//! For whom assertions of clients are meant at this endpoint (OpenID Connect CIBA §7.1).

use serde_json::json;
use symbolon_jose::Algorithm;

use super::{ALICE, asking_client, on};
use crate::fixtures::{signing_key, with};
use crate::rfc7523::{JWT_BEARER, Signer};
use crate::support::{Call, TestServer};

/// What each endpoint answers to a client whose assertion is for this audience.
async fn statuses(server: &TestServer, signer: &Signer, audience: &str) -> [u16; 2] {
    let mut statuses = [0; 2];
    for (status, path) in statuses.iter_mut().zip([super::ENDPOINT, "/oauth2/par"]) {
        let claims = with(signer.claims("bank"), &json!({ "aud": audience }));
        let assertion = signer.sign(&claims);
        let own = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        let request = [("scope", "openid"), ALICE, ("response_type", "code"), ("client_id", "bank")];
        let request = if path == super::ENDPOINT { &request[..2] } else { &request[2..] };
        *status = server.public(Call::post(path).form(&[request, &own].concat())).await.status;
    }
    statuses
}

#[tokio::test]
async fn an_assertion_may_be_for_the_endpoint_itself_which_counts_nowhere_else() {
    for (profile, itself) in [("none", 200), ("fapi2", 401)] {
        let server = TestServer::with(|config| {
            on(config);
            config.symbolon.mtls.url = Some("https://mtls.example".to_owned());
        })
        .await;
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let changes = json!({
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
            "jwks": { "keys": [jwk] }, "security_profile": profile,
        });
        asking_client(&server, "bank", &changes).await;
        let signer = Signer::new(&server, key);
        let issuer = server.public_url();
        for base in [issuer, "https://mtls.example"] {
            let address = format!("{base}{}", super::ENDPOINT);
            assert_eq!(statuses(&server, &signer, &address).await, [itself, 401], "{profile} {address}");
        }
        for foreign in ["https://elsewhere.example", &format!("{issuer}{}/", super::ENDPOINT)] {
            assert_eq!(statuses(&server, &signer, foreign).await, [401, 401], "{profile} {foreign}");
        }
    }
}
