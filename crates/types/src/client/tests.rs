//! Tests of the client object's JSON: members and their order as clients of Hydra expect them, and
//! what is read leniently.

use serde_json::{Value, json};

use super::*;
use crate::{
    AccessTokenStrategy, ApplicationType, ClientAuthenticationMethod, GoDuration, GrantType, ResponseType, SubjectType,
};

const LIFESPANS: &str = r#""authorization_code_grant_access_token_lifespan":null,"authorization_code_grant_id_token_lifespan":null,"authorization_code_grant_refresh_token_lifespan":null,"client_credentials_grant_access_token_lifespan":null,"implicit_grant_access_token_lifespan":null,"implicit_grant_id_token_lifespan":null,"jwt_bearer_grant_access_token_lifespan":null,"refresh_token_grant_id_token_lifespan":null,"refresh_token_grant_access_token_lifespan":null,"refresh_token_grant_refresh_token_lifespan":null,"device_authorization_grant_id_token_lifespan":null,"device_authorization_grant_access_token_lifespan":null,"device_authorization_grant_refresh_token_lifespan":null"#;

fn read(value: Value) -> Client {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_minimal_client_is_written_as_hydra_writes_it() {
    let client = Client {
        client_id: "c".into(),
        client_secret: Some("s".to_owned()),
        redirect_uris: vec!["http://localhost:3000/cb".to_owned()],
        scope: Scope::parse("offline_access offline openid").unwrap(),
        subject_type: "public".to_owned(),
        token_endpoint_auth_method: "client_secret_basic".to_owned(),
        userinfo_signed_response_alg: "none".to_owned(),
        created_at: 1_795_426_617,
        updated_at: 1_795_426_617_052_352,
        metadata: Some(json!({})),
        registration_access_token: Some("t".to_owned()),
        registration_client_uri: Some("https://op.example/oauth2/register/c".to_owned()),
        ..Client::default()
    };
    let expected = format!(
        r#"{{"client_id":"c","client_name":"","client_secret":"s","redirect_uris":["http://localhost:3000/cb"],"grant_types":[],"response_types":[],"scope":"offline_access offline openid","audience":[],"owner":"","policy_uri":"","allowed_cors_origins":[],"tos_uri":"","client_uri":"","logo_uri":"","contacts":[],"client_secret_expires_at":0,"subject_type":"public","jwks":{{}},"token_endpoint_auth_method":"client_secret_basic","userinfo_signed_response_alg":"none","created_at":"2026-11-23T09:36:57Z","updated_at":"2026-11-23T09:36:57.052352Z","metadata":{{}},"registration_access_token":"t","registration_client_uri":"https://op.example/oauth2/register/c","skip_consent":false,"skip_logout_consent":null,{LIFESPANS}}}"#
    );
    assert_eq!(serde_json::to_string(&client).unwrap(), expected);
    assert_eq!(serde_json::from_str::<Client>(&expected).unwrap(), client);
}

#[test]
fn every_member_survives_a_round_trip_in_order() {
    let text = format!(
        r#"{{"client_id":"c","client_name":"N","redirect_uris":["https://a.example/cb"],"grant_types":["authorization_code"],"response_types":["code"],"scope":"openid","audience":["https://api.example"],"owner":"o","policy_uri":"https://a.example/p","allowed_cors_origins":["https://a.example"],"tos_uri":"https://a.example/t","client_uri":"https://a.example/","logo_uri":"https://a.example/l","contacts":["a@a.example"],"client_secret_expires_at":0,"subject_type":"pairwise","sector_identifier_uri":"https://a.example/s","jwks_uri":"https://a.example/j","jwks":{{"keys":[{{"kty":"OKP"}}]}},"token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_signing_alg":"ES256","request_uris":["https://a.example/r"],"request_object_signing_alg":"RS256","userinfo_signed_response_alg":"RS256","created_at":"2026-11-23T09:36:57Z","updated_at":"2026-11-23T09:36:57.05Z","frontchannel_logout_uri":"https://a.example/f","frontchannel_logout_session_required":true,"post_logout_redirect_uris":["https://a.example/bye"],"backchannel_logout_uri":"https://a.example/b","backchannel_logout_session_required":true,"metadata":null,"access_token_strategy":"jwt","skip_consent":true,"skip_logout_consent":false,{},"application_type":"web","id_token_signed_response_alg":"ES256","default_max_age":60,"require_auth_time":true,"default_acr_values":["urn:a"],"initiate_login_uri":"https://a.example/i","allowed_resources":["https://r.example/"],"default_resource":"https://r.example/","authorization_details_types":["payment"],"software_id":"i","software_version":"1","client_name#de":"Name"}}"#,
        LIFESPANS.replacen("null", "\"1h30m0s\"", 1)
    );
    let client: Client = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&client).unwrap(), text);
    assert_eq!(client.lifespans.authorization_code_grant_access_token_lifespan, Some(GoDuration::from_seconds(5400)));
    assert_eq!(client.localized.get("client_name", "de"), Some("Name"));
    assert_eq!(client.default_max_age, Some(60));
}

#[test]
fn null_reads_as_unset() {
    let text = serde_json::to_string(&Client::default()).unwrap();
    let members: Vec<String> = serde_json::from_str::<serde_json::Map<String, Value>>(&text)
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let all_null: Value = members.iter().map(|name| (name.clone(), Value::Null)).collect();
    assert_eq!(read(all_null), Client::default());
    let others = json!({"client_secret": null, "default_max_age": null, "request_uris": null, "software_id": null,
        "registration_client_uri": "", "require_auth_time": null, "client_name#de": null});
    assert_eq!(read(others), Client::default());
    assert_eq!(read(json!({})), Client::default());
}

#[test]
fn wrong_types_are_errors() {
    let bodies = [
        json!([]),
        json!("x"),
        json!({"redirect_uris": "https://a.example"}),
        json!({"client_name": 1}),
        json!({"skip_consent": "true"}),
        json!({"jwks": []}),
        json!({"scope": ["a"]}),
        json!({"created_at": "soon"}),
        json!({"client_credentials_grant_access_token_lifespan": 5}),
        json!({"client_credentials_grant_access_token_lifespan": "soon"}),
        json!({"scope": "a\"b"}),
    ];
    for body in bodies {
        assert!(serde_json::from_value::<Client>(body.clone()).is_err(), "{body}");
    }
}

#[test]
fn a_member_that_stands_there_twice_is_an_error() {
    for member in ["client_name", "client_name#de", "software_id", "refresh_token_grant_id_token_lifespan", "jwks"] {
        let text = format!(r#"{{"{member}":null,"{member}":null}}"#);
        assert!(serde_json::from_str::<Client>(&text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Client>(r#"{"x":1,"x":2}"#).is_ok(), "what is not read cannot contradict itself");
}

#[test]
fn unknown_members_are_passed_over() {
    let client = read(
        json!({"software_statement": "x", "x#y": "z", "client_name#": "z", "client_name#de/": "z", "tos_uri#fr-CH": "https://a.example"}),
    );
    assert_eq!(client.localized.0.len(), 1);
    assert_eq!(client.localized.get("tos_uri", "fr-CH"), Some("https://a.example"));
}

#[test]
fn a_name_is_found_in_the_closest_language() {
    let client = read(
        json!({"client_name#de-CH": "Laden", "client_name#FR": "Boutique", "client_name#en-GB": "Shop", "client_name#en": "Store"}),
    );
    let closest = |language: &str| client.localized.closest("client_name", language);
    assert_eq!(
        (closest("de"), closest("fr"), closest("en"), closest("it")),
        (Some("Laden"), Some("Boutique"), Some("Store"), None)
    );
    assert_eq!(client.localized.closest("client", "en"), None);
}

#[test]
fn metadata_distinguishes_absent_from_null() {
    assert_eq!(read(json!({})).metadata, None);
    assert_eq!(read(json!({"metadata": null})).metadata, Some(Value::Null));
}

#[test]
fn secrets_do_not_show_in_debug() {
    let client = Client {
        client_secret: Some("hush-1".to_owned()),
        registration_access_token: Some("hush-2".to_owned()),
        metadata: Some(json!({"key": "hush-3"})),
        ..Client::default()
    };
    let text = format!("{client:?}");
    assert!(text.contains("[redacted]") && !text.contains("hush"), "{text}");
}

#[test]
fn empty_lists_act_as_the_code_flow() {
    let client = Client::default();
    assert!(client.allows_grant(GrantType::AuthorizationCode));
    assert!(!client.allows_grant(GrantType::RefreshToken));
    assert!(client.allows_response_type(&ResponseType::CODE));
    assert!(!client.allows_response_type(&ResponseType::parse("id_token").unwrap()));
    let client = read(json!({"grant_types": ["client_credentials"], "response_types": ["token  code"]}));
    assert!(!client.allows_grant(GrantType::AuthorizationCode));
    assert!(client.allows_response_type(&ResponseType::parse("code token").unwrap()));
    assert!(!client.allows_response_type(&ResponseType::CODE));
}

#[test]
fn wire_words_have_a_meaning() {
    let client = read(json!({"token_endpoint_auth_method": "none", "access_token_strategy": "JWT"}));
    assert!(client.is_public());
    assert_eq!(client.subject_type(), SubjectType::Public);
    assert_eq!(read(json!({"subject_type": "pairwise"})).subject_type(), SubjectType::Pairwise);
    assert_eq!(client.access_token_strategy(), Some(AccessTokenStrategy::Jwt));
    assert!(Client::default().keys().is_empty());
    assert_eq!(read(json!({"jwks": {"keys": [{"kty": "OKP"}]}})).keys(), [json!({"kty": "OKP"})]);
    let client = read(json!({"token_endpoint_auth_method": "attest_jwt_client_auth"}));
    assert!(!client.is_public());
    assert_eq!(client.authentication_method(), ClientAuthenticationMethod::ClientSecretBasic);
    assert_eq!(Client::default().application_type(), ApplicationType::Web);
    assert_eq!(read(json!({"application_type": "native"})).application_type(), ApplicationType::Native);
}

#[test]
fn algorithms_have_the_defaults_of_the_specifications() {
    let name = |text: &str| AlgorithmName::parse(text);
    let client = Client::default();
    assert_eq!(client.assertion_algorithm(), name("RS256"));
    assert_eq!((client.id_token_algorithm(), client.userinfo_algorithm()), (None, None));
    assert_eq!(client.request_object_algorithm(), None);
    let client = read(json!({"token_endpoint_auth_signing_alg": "ES256", "id_token_signed_response_alg": "EdDSA",
        "userinfo_signed_response_alg": "PS256", "request_object_signing_alg": "none"}));
    assert_eq!(client.assertion_algorithm(), name("ES256"));
    assert_eq!((client.id_token_algorithm(), client.userinfo_algorithm()), (name("EdDSA"), name("PS256")));
    assert_eq!(client.request_object_algorithm(), name("none"), "request objects may be unsigned, userinfo is JSON");
    let client = read(json!({"userinfo_signed_response_alg": "none", "token_endpoint_auth_signing_alg": "no name"}));
    assert_eq!(client.userinfo_algorithm(), None);
    assert_eq!(client.assertion_algorithm(), None, "what is no name is not RS256 either");
}

/// Each `null` of the text replaced by a number of seconds: 1, 2 and so on.
fn numbered(text: &str) -> String {
    let parts = text.split("null").enumerate();
    parts.map(|(index, part)| if index == 0 { part.to_owned() } else { format!("\"{index}s\"{part}") }).collect()
}

#[test]
fn lifespans_belong_to_a_grant_type() {
    let client: Client = serde_json::from_str(&format!("{{{}}}", numbered(LIFESPANS))).unwrap();
    let of = |grant_type| {
        let own = client.lifespans.of(grant_type);
        [own.access_token, own.refresh_token, own.id_token].map(|span| span.map_or(0, GoDuration::seconds))
    };
    assert_eq!(of(GrantType::AuthorizationCode), [1, 3, 2]);
    assert_eq!(of(GrantType::ClientCredentials), [4, 0, 0]);
    assert_eq!(of(GrantType::Implicit), [5, 0, 6]);
    assert_eq!(of(GrantType::JwtBearer), [7, 0, 0]);
    assert_eq!(of(GrantType::RefreshToken), [9, 10, 8]);
    assert_eq!(of(GrantType::DeviceCode), [12, 13, 11]);
}

#[test]
fn a_logout_channel_is_an_address_with_its_wish() {
    assert_eq!(Client::default().logout_uris(), LogoutUris::default());
    assert!(!read(json!({"backchannel_logout_session_required": true})).logout_uris().has_channel());
    let uris = read(json!({
        "backchannel_logout_uri": "https://a.example/b", "frontchannel_logout_uri": "https://a.example/f",
        "frontchannel_logout_session_required": true, "post_logout_redirect_uris": ["https://a.example/bye"],
    }))
    .logout_uris();
    let channel = |uri: &str, session_required| Some(LogoutChannel { uri: uri.to_owned(), session_required });
    assert_eq!(uris.back_channel, channel("https://a.example/b", false));
    assert_eq!(uris.front_channel, channel("https://a.example/f", true));
    assert_eq!(uris.post_logout_redirect_uris, ["https://a.example/bye"]);
    assert!(uris.has_channel());
}
