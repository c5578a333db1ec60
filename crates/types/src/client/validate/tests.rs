//! Tests of metadata validation: the table of refusals with `error` as Hydra answers it to an
//! administrator and RFC 7591 wants it for a client, the order of checks, and the defaults.

use serde_json::{Value, json};

use super::*;

const MALFORMED: &str = "The request was malformed or contained invalid parameters";
const METADATA: &str = "invalid_client_metadata";
const REDIRECT: &str = "invalid_redirect_uri";
const REQUEST: &str = "invalid_request";

fn run_with(
    body: &Value,
    registrant: Registrant,
    subject_types: &[SubjectType],
    jwt_access_tokens: bool,
) -> Result<Client, MetadataFault> {
    let mut client: Client = serde_json::from_value(body.clone()).unwrap();
    let default_scope = Scope::parse("offline_access offline openid").unwrap();
    let algorithms = OfferedAlgorithms {
        responses: &["RS256", "EdDSA"],
        assertions: &["RS256", "ES256"],
        encryption: OfferedEncryption::default(),
    };
    let limits = MetadataLimits::ADMINISTRATOR;
    let default_scope = &default_scope;
    let certificates = ClientCertificates::Unseen;
    let policy = RegistrationPolicy {
        default_scope,
        subject_types,
        registrant,
        jwt_access_tokens,
        algorithms,
        certificates,
        limits,
    };
    validate(&mut client, &policy).map(|()| client)
}

fn run(body: &Value, registrant: Registrant) -> Result<Client, MetadataFault> {
    run_with(body, registrant, &[SubjectType::Public], false)
}

fn assert_refused(body: &Value, registrant: Registrant, error: &str) {
    let fault = run(body, registrant).expect_err(&body.to_string());
    let answered = match registrant {
        Registrant::Administrator => fault.administration_error(),
        Registrant::SelfService | Registrant::SelfServiceReplacement => fault.code().as_str(),
    };
    let error = if error == MALFORMED && registrant != Registrant::Administrator { METADATA } else { error };
    assert_eq!(answered, error, "{body}: {fault}");
    assert!(fault.description().ends_with('.'), "{fault}");
}

fn ec_key() -> Value {
    json!({"use": "sig", "kty": "EC", "kid": "k", "crv": "P-256", "alg": "ES256", "x": "AA", "y": "AA"})
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn refusals_for_everybody() -> Vec<(Value, &'static str)> {
    let mut private_key = ec_key();
    private_key["d"] = json!("AA");
    vec![
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), METADATA),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://a.example/j", "token_endpoint_auth_signing_alg": "HS256"}),
            METADATA,
        ),
        (json!({"token_endpoint_auth_method": "tls_client_auth"}), METADATA),
        (
            json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "RS256"}),
            METADATA,
        ),
        (
            json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "none"}),
            METADATA,
        ),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": []}, "token_endpoint_auth_signing_alg": "HS256"}),
            METADATA,
        ),
        (
            json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": "thirty-one-characters-are-short"}),
            METADATA,
        ),
        (json!({"token_endpoint_auth_method": "tls_client_auth"}), METADATA),
        (json!({"jwks": {"keys": []}, "jwks_uri": "https://a.example/j"}), METADATA),
        (json!({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}), METADATA),
        (json!({"jwks": {"keys": [private_key]}}), METADATA),
        (json!({"jwks": {"keys": [{"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "priv": "AA"}]}}), METADATA),
        (json!({"jwks": {"keys": [{"kty": "RSA"}]}}), MALFORMED),
        (json!({"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA"}]}}), MALFORMED),
        (json!({"jwks": {"keys": [{"n": "AA"}]}}), MALFORMED),
        (json!({"jwks": {"keys": ["x"]}}), MALFORMED),
        (json!({"jwks": {"keys": "x"}}), MALFORMED),
        (json!({"tos_uri": "not a uri"}), METADATA),
        (json!({"policy_uri": "ftp://a.example/"}), METADATA),
        (json!({"client_uri": "javascript:alert(1)"}), METADATA),
        (json!({"logo_uri": "data:image/png;base64,AA"}), METADATA),
        (json!({"logo_uri#de": "data:image/png;base64,AA"}), METADATA),
        (json!({"allowed_cors_origins": ["ftp://a.example"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://u:p@a.example"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://a.example/path"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://a.example?x"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://a.example#x"]}), METADATA),
        (json!({"allowed_cors_origins": ["::"]}), METADATA),
        (json!({"allowed_cors_origins": ["*"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://*"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://*a.example"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://*.*.example"]}), METADATA),
        (json!({"allowed_cors_origins": ["https://a.*.example"]}), METADATA),
        (json!({"request_object_signing_alg": "HS256"}), METADATA),
        (json!({"request_object_signing_alg": "RS1"}), METADATA),
        (json!({"client_credentials_grant_access_token_lifespan": "-1h"}), METADATA),
        (json!({"implicit_grant_id_token_lifespan": "0s"}), METADATA),
        (json!({"jwt_bearer_grant_access_token_lifespan": "999ms"}), METADATA),
        (json!({"refresh_token_grant_refresh_token_lifespan": "0s"}), METADATA),
        (json!({"allowed_cors_origins": ["null"]}), METADATA),
        (json!({"sector_identifier_uri": "http://127.0.0.1:1/x"}), METADATA),
        (json!({"sector_identifier_uri": "::"}), METADATA),
        (json!({"userinfo_signed_response_alg": "HS256"}), METADATA),
        (json!({"redirect_uris": ["https://a.example/cb#frag"]}), REDIRECT),
        (json!({"redirect_uris": ["not a uri"]}), REDIRECT),
        (json!({"redirect_uris": ["https://a.example/cb", "javascript:alert(1)"]}), REDIRECT),
        (json!({"redirect_uris": ["/relative"]}), REDIRECT),
        (json!({"subject_type": "pairwise"}), METADATA),
        (json!({"subject_type": "Public"}), METADATA),
        (
            json!({"redirect_uris": ["https://a.example/cb"], "post_logout_redirect_uris": ["https://b.example/"]}),
            METADATA,
        ),
        (
            json!({"redirect_uris": ["https://a.example/cb"], "post_logout_redirect_uris": ["http://a.example/"]}),
            METADATA,
        ),
        (
            json!({"redirect_uris": ["https://a.example/cb"], "post_logout_redirect_uris": ["https://a.example:8443/"]}),
            METADATA,
        ),
        (json!({"redirect_uris": ["https://a.example/cb"], "post_logout_redirect_uris": ["::"]}), METADATA),
        (json!({"post_logout_redirect_uris": ["https://a.example/"]}), METADATA),
        (
            json!({"redirect_uris": ["https://a.example/cb"], "post_logout_redirect_uris": ["https://a.example/#\r\nX: y"]}),
            METADATA,
        ),
        (
            json!({"redirect_uris": ["https://a.example/cb"], "post_logout_redirect_uris": ["https://a.example/#a#b"]}),
            METADATA,
        ),
        (json!({"id_token_signed_response_alg": "none"}), METADATA),
        (json!({"id_token_signed_response_alg": "HS256"}), METADATA),
        (json!({"id_token_signed_response_alg": "ES256"}), METADATA),
        (json!({"userinfo_signed_response_alg": "ES256"}), METADATA),
        (json!({"default_max_age": -1}), METADATA),
        (json!({"initiate_login_uri": "http://a.example/"}), METADATA),
    ]
}

#[test]
fn refusals_have_their_error() {
    let more = [(json!({"application_type": "desktop"}), METADATA)];
    for (body, error) in refusals_for_everybody().into_iter().chain(more) {
        for registrant in [Registrant::Administrator, Registrant::SelfService, Registrant::SelfServiceReplacement] {
            assert_refused(&body, registrant, error);
        }
    }
    assert_refused(&json!({"client_secret": "abcde"}), Registrant::Administrator, METADATA);
    assert_refused(&json!({"access_token_strategy": "paseto"}), Registrant::Administrator, METADATA);
}

#[test]
fn clients_may_not_treat_themselves_specially() {
    let table = [
        (json!({"client_secret": "averylongsecret"}), METADATA),
        (json!({"metadata": {"a": 1}}), METADATA),
        (json!({"metadata": null}), METADATA),
        (json!({"metadata": {}}), METADATA),
        (json!({"access_token_strategy": "jwt"}), METADATA),
        (json!({"skip_consent": true}), REQUEST),
        (json!({"skip_logout_consent": true}), REQUEST),
        (json!({"grant_types": ["password"]}), METADATA),
        (json!({"response_types": ["code", "magic"]}), METADATA),
    ];
    for (body, error) in table {
        assert_refused(&body, Registrant::SelfService, error);
        assert!(run(&body, Registrant::Administrator).is_ok(), "{body}");
    }
}

#[test]
fn a_replacement_may_send_back_what_it_got() {
    for body in [
        json!({"metadata": {}}),
        json!({"metadata": null}),
        json!({"client_secret": "the-current-one", "skip_consent": false, "skip_logout_consent": null, "access_token_strategy": ""}),
        json!({"registration_access_token": "t", "registration_client_uri": "https://op.example/", "client_secret_expires_at": 7, "created_at": "2001-01-01T00:00:00Z"}),
    ] {
        assert!(run(&body, Registrant::SelfServiceReplacement).is_ok(), "{body}");
    }
    assert_refused(&json!({"metadata": {"a": 1}}), Registrant::SelfServiceReplacement, METADATA);
    assert_refused(&json!({"metadata": []}), Registrant::SelfServiceReplacement, METADATA);
    let client = run(&json!({"metadata": null}), Registrant::SelfServiceReplacement).unwrap();
    assert_eq!(client.metadata, Some(Value::Null));
}

#[test]
fn the_first_check_wins() {
    let mut body =
        json!({"metadata": {}, "client_secret": "averylongsecret", "redirect_uris": ["x#y"], "skip_consent": true});
    let named = |body: &Value| run(body, Registrant::SelfService).unwrap_err().description().to_owned();
    assert!(named(&body).contains("'client_secret'"));
    body["client_secret"] = Value::Null;
    assert!(named(&body).contains("'metadata'"));
    body.as_object_mut().unwrap().remove("metadata");
    assert_refused(&body, Registrant::SelfService, REQUEST);
    body["skip_consent"] = json!(false);
    assert_refused(&body, Registrant::SelfService, REDIRECT);
}

#[test]
fn defaults_are_filled_in() {
    let of_hydra = Client {
        scope: Scope::parse("offline_access offline openid").unwrap(),
        subject_type: "public".to_owned(),
        token_endpoint_auth_method: "client_secret_basic".to_owned(),
        userinfo_signed_response_alg: "none".to_owned(),
        metadata: Some(json!({})),
        ..Client::default()
    };
    assert_eq!(run(&json!({}), Registrant::Administrator).unwrap(), of_hydra);
    let of_the_standards = Client {
        grant_types: vec!["authorization_code".to_owned()],
        response_types: vec!["code".to_owned()],
        application_type: "web".to_owned(),
        id_token_signed_response_alg: "RS256".to_owned(),
        ..of_hydra
    };
    for registrant in [Registrant::SelfService, Registrant::SelfServiceReplacement] {
        assert_eq!(run(&json!({}), registrant).unwrap(), of_the_standards);
    }
    let client = run(&json!({"metadata": null}), Registrant::Administrator).unwrap();
    assert_eq!(client.metadata, Some(Value::Null));
}

#[test]
fn members_of_the_server_are_cleared() {
    let body = json!({"registration_access_token": "mine", "registration_client_uri": "https://evil.example/", "client_secret_expires_at": 77});
    assert_eq!(run(&body, Registrant::SelfService), run(&json!({}), Registrant::SelfService));
}

#[test]
fn a_full_registration_passes() {
    let body = json!({
        "redirect_uris": ["https://a.example/cb?x=1", "com.example.app:/cb", "http://127.0.0.1/cb"],
        "post_logout_redirect_uris": ["https://a.example:443/bye", "https://a.example/#/bye", "com.example.app:/bye"],
        "grant_types": ["authorization_code", "refresh_token", "implicit"],
        "response_types": ["code", "id_token", "code id_token"],
        "allowed_cors_origins": ["https://A.example/", "https://a.example:443", "http://localhost:3000"],
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [ec_key(), {"kty": "RSA", "n": "AA", "e": "AQAB"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}]},
        "userinfo_signed_response_alg": "RS256", "initiate_login_uri": "https://a.example/start",
        "sector_identifier_uri": "https://a.example/sector", "application_type": "native", "id_token_signed_response_alg": "EdDSA"
    });
    let client = run(&body, Registrant::SelfService).unwrap();
    assert_eq!(client.allowed_cors_origins, ["https://a.example", "https://a.example", "http://localhost:3000"]);
    assert_eq!(client.keys().len(), 3);
}

#[test]
fn keys_may_be_an_empty_set_and_of_a_type_that_is_not_known() {
    for keys in [json!([]), json!([ec_key(), {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}])] {
        let body = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": keys}});
        for registrant in [Registrant::Administrator, Registrant::SelfService] {
            assert_eq!(run(&body, registrant).unwrap().jwks["keys"], keys);
        }
    }
}

#[test]
fn pairwise_needs_opaque_access_tokens() {
    let both = [SubjectType::Public, SubjectType::Pairwise];
    let pairwise = json!({"subject_type": "pairwise"});
    let pairwise_jwt = json!({"subject_type": "pairwise", "access_token_strategy": "JWT"});
    let pairwise_rfc9068 = json!({"subject_type": "pairwise", "access_token_strategy": "rfc9068"});
    let pairwise_opaque = json!({"subject_type": "pairwise", "access_token_strategy": "opaque"});
    let admin = Registrant::Administrator;
    assert!(run_with(&pairwise, admin, &both, false).is_ok());
    assert!(run_with(&pairwise, admin, &both, true).is_err());
    assert!(run_with(&pairwise_jwt, admin, &both, false).is_err());
    assert!(run_with(&pairwise_rfc9068, admin, &both, false).is_err());
    assert!(run_with(&pairwise_opaque, admin, &both, true).is_ok());
    assert_eq!(run_with(&json!({}), admin, &both, false).unwrap().subject_type, "public");
    let one_host = json!({"subject_type": "pairwise", "redirect_uris": ["https://a.example/1", "https://a.example/2"]});
    assert!(run_with(&one_host, admin, &both, false).is_ok());
    let two_hosts = ["https://a.example/1", "https://b.example/2"];
    let mut body = json!({"subject_type": "pairwise", "redirect_uris": two_hosts});
    assert!(run_with(&body, admin, &both, false).is_err());
    body["sector_identifier_uri"] = json!("https://a.example/sector");
    assert!(run_with(&body, admin, &both, false).is_ok());
    let only_pairwise = [SubjectType::Pairwise];
    assert_eq!(run_with(&json!({}), admin, &only_pairwise, false).unwrap().subject_type, "pairwise");
}

#[test]
fn access_token_strategy_is_kept_in_lower_case() {
    let client = run(&json!({"access_token_strategy": "JWT"}), Registrant::Administrator).unwrap();
    assert_eq!(client.access_token_strategy, "jwt");
    let client = run(&json!({"access_token_strategy": "RFC9068"}), Registrant::Administrator).unwrap();
    assert_eq!(client.access_token_strategy, "rfc9068");
}
