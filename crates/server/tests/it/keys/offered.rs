//! The algorithms that are offered: those of the configuration, in discovery, in the key set and in registrations.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, Secret};
use symbolon_server::config::Config;

use super::{DAY, client_of, id_token, kid, published};
use crate::fixtures::{confidential, part, register, text, verified_claims, with};
use crate::oidc_discovery::{document, list};
use crate::support::{Call, REDIRECT_URI, TestServer};

fn without_eddsa(config: &mut Config) {
    config.symbolon.keys.offered_algorithms = vec![Algorithm::RS256, Algorithm::ES256, Algorithm::PS256];
}

async fn kids_of(server: &TestServer, algorithm: &str) -> Vec<String> {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let own = set["keys"].as_array().unwrap().iter().filter(|key| key["alg"] == algorithm);
    own.map(|key| text(key, "kid").to_owned()).collect()
}

#[tokio::test]
async fn what_is_left_out_is_not_advertised_and_has_no_key() {
    // A secret of its own, so that the server makes its keys itself.
    let server = TestServer::with(|config| {
        config.secrets.system = vec![Secret::new("a-secret-without-any-keys-yet".to_owned())];
        config.symbolon.keys.signing_algorithm = Algorithm::ES256;
        config.symbolon.keys.offered_algorithms = vec![Algorithm::ES384, Algorithm::ES256, Algorithm::ES384];
    })
    .await;
    let document = document(&server).await;
    assert_eq!(list(&document, "id_token_signing_alg_values_supported"), ["ES256", "ES384"]);
    assert_eq!(list(&document, "userinfo_signing_alg_values_supported"), ["none", "ES256", "ES384"]);
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let mut algorithms: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| text(key, "alg")).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, ["ES256", "ES256", "ES384"], "one set each for ID tokens and access tokens");
    for algorithm in ["ES256", "ES384"] {
        let token = id_token(&server, &client_of(&server, algorithm).await).await;
        assert_eq!(part(&token, 0)["alg"], algorithm);
        verified_claims(&server, &token).await;
    }
}

#[tokio::test]
async fn the_default_is_offered_whether_it_is_listed_or_not() {
    for offered in [vec![], vec![Algorithm::ES256]] {
        let server = TestServer::with(|config| config.symbolon.keys.offered_algorithms.clone_from(&offered)).await;
        let advertised = list(&document(&server).await, "id_token_signing_alg_values_supported");
        assert_eq!((advertised[0].as_str(), advertised.len()), ("RS256", 1 + offered.len()));
        let client = confidential(&server).await;
        assert_eq!(part(&id_token(&server, &client).await, 0)["alg"], "RS256");
    }
}

#[tokio::test]
async fn a_registration_that_asks_for_what_is_not_offered_is_refused() {
    let server = TestServer::with(without_eddsa).await;
    let own = server.public(Call::post("/oauth2/register").json(&json!({ "redirect_uris": [REDIRECT_URI] }))).await;
    let (own, token) = (own.json(), own.member("registration_access_token"));
    server.create_client(&json!({ "client_id": "app", "redirect_uris": [REDIRECT_URI] })).await;
    for member in ["id_token_signed_response_alg", "userinfo_signed_response_alg"] {
        for algorithm in ["EdDSA", "RS512"] {
            let asked = json!({ "redirect_uris": [REDIRECT_URI], member: algorithm });
            let itself = format!("/oauth2/register/{}", text(&own, "client_id"));
            let answers = [
                server.public(Call::post("/oauth2/register").json(&asked)).await,
                server.public(Call::put(&itself).json(&with(own.clone(), &asked)).bearer(&token)).await,
                server.admin(Call::post("/admin/clients").json(&asked)).await,
                server.admin(Call::put("/admin/clients/app").json(&asked)).await,
            ];
            for answer in answers {
                let answer = answer.expect(400);
                assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"));
                let told = answer.member("error_description");
                for part in [member, algorithm, "RS256, ES256, PS256"] {
                    assert!(told.contains(part), "{told}");
                }
            }
        }
    }
    let fits = json!({ "redirect_uris": [REDIRECT_URI], "id_token_signed_response_alg": "ES256" });
    server.public(Call::post("/oauth2/register").json(&fits)).await.expect(201);
}

#[tokio::test]
async fn a_client_that_registered_it_earlier_is_told_and_all_others_go_on() {
    let before = TestServer::new().await;
    let late = client_of(&before, "EdDSA").await;
    let info = register(&before, "info", &json!({ "userinfo_signed_response_alg": "EdDSA" })).await;
    let other = client_of(&before, "ES256").await;
    let hint = id_token(&before, &late).await;
    let server = before.beside(2, without_eddsa).await;

    let mut flow = late.flow(&server).scope("openid");
    let code = flow.code().await;
    let refused = server.public(flow.redemption(&code)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("unauthorized_client"));
    for part in ["EdDSA", "RS256, ES256, PS256"] {
        assert!(refused.member("error_description").contains(part), "{}", refused.text());
    }
    let tokens = info.flow(&server).scope("openid").tokens().await;
    let refused = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(400);
    assert!(refused.member("error_description").contains("EdDSA"), "{}", refused.text());

    verified_claims(&server, &id_token(&server, &other).await).await;
    let mut flow = other.flow(&server).parameter("id_token_hint", &hint);
    assert!(flow.authorize().await.expect(302).location().contains("login_challenge="), "hints count");
    verified_claims(&server, &hint).await;

    let current = server.admin(Call::get(format!("/admin/clients/{}", late.id))).await.expect(200).json();
    let body = with(current, &json!({ "id_token_signed_response_alg": "PS256" }));
    server.admin(Call::put(format!("/admin/clients/{}", late.id)).json(&body)).await.expect(200);
    assert_eq!(part(&id_token(&server, &late).await, 0)["alg"], "PS256");
}

#[tokio::test]
async fn keys_of_what_is_not_offered_any_more_retire() {
    TestServer::each_database(async |before| {
        let hint = id_token(before, &client_of(before, "EdDSA").await).await;
        before.clock.advance(2 * DAY);
        let server = before.beside(2, without_eddsa).await;
        assert_eq!(
            list(&document(&server).await, "id_token_signing_alg_values_supported"),
            ["RS256", "ES256", "PS256"]
        );
        server.server.keep_house().await;
        let published_until = 30 * DAY + 3600;
        server.clock.advance(published_until - 1);
        server.server.keep_house().await;
        assert_eq!(kids_of(&server, "EdDSA").await, [kid(&hint)], "what it signed counts for a while");
        verified_claims(&server, &hint).await;
        server.clock.advance(1);
        server.server.keep_house().await;
        assert!(kids_of(&server, "EdDSA").await.is_empty());
        // Offered again, it has a new key at once.
        let again = server.beside(3, |_| {}).await;
        let new = kids_of(&again, "EdDSA").await;
        assert_eq!(new.len(), 1);
        assert_ne!(new[0], kid(&hint));
    })
    .await;
}

#[tokio::test]
async fn nodes_with_the_former_and_the_new_configuration_do_not_make_keys_in_turn() {
    let before = TestServer::new().await;
    let client = client_of(&before, "EdDSA").await;
    before.clock.advance(2 * DAY);
    let after = before.beside(2, without_eddsa).await;
    for _ in 0..5 {
        after.server.keep_house().await;
        before.server.keep_house().await;
        before.clock.advance(60);
    }
    // The first turn withdrew the key, and the node that still needs one made one more.
    assert_eq!(kids_of(&before, "EdDSA").await.len(), 2);
    verified_claims(&before, &id_token(&before, &client).await).await;
    let (mut here, mut there) = (published(&before).await, published(&after).await);
    here.sort();
    there.sort();
    assert_eq!(here, there);
}

#[tokio::test]
async fn access_tokens_change_their_algorithm_with_the_default() {
    use symbolon_types::AccessTokenStrategy;
    let before = TestServer::with(|config| config.strategies.access_token = AccessTokenStrategy::Jwt).await;
    let client = confidential(&before).await;
    let old = client.flow(&before).scope("openid").tokens().await;
    before.clock.advance(2 * DAY);
    let server = before
        .beside(2, |config| {
            config.strategies.access_token = AccessTokenStrategy::Jwt;
            config.symbolon.keys.signing_algorithm = Algorithm::ES256;
        })
        .await;
    let new = client.flow(&server).scope("openid").tokens().await;
    assert_eq!(
        (&part(text(&old, "access_token"), 0)["alg"], &part(text(&new, "access_token"), 0)["alg"]),
        (&json!("RS256"), &json!("ES256"))
    );
    assert_eq!(list(&document(&server).await, "id_token_signing_alg_values_supported")[0], "ES256");
    server.server.keep_house().await;
    server.clock.advance(30 * DAY + 3600);
    server.server.keep_house().await;
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let names: Vec<&Value> = set["keys"].as_array().unwrap().iter().map(|key| &key["alg"]).collect();
    assert_eq!(names.iter().filter(|name| ***name == "RS256").count(), 1, "that of ID tokens, which is still offered");
}
