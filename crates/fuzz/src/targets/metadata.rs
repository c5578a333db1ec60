//! JSON that clients and pages send.

use symbolon_server::fuzzing;
use symbolon_types::client::{
    ClientCertificates, OfferedAlgorithms, OfferedEncryption, Registrant, RegistrationPolicy, validate,
};
use symbolon_types::{
    AcceptConsent, AcceptLogin, AcceptUserCode, Client, MetadataLimits, RejectRequest, Scope, SubjectType,
};

use crate::Target;

/// Client metadata (OpenID Connect Dynamic Client Registration §2): what is accepted is accepted again, unchanged.
pub const CLIENT_METADATA: Target = Target {
    name: "client_metadata",
    run: check_metadata,
    seeds: &[
        r#"{"redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code","refresh_token"],
            "response_types":["code"],"scope":"openid offline","token_endpoint_auth_method":"client_secret_post"}"#,
        r#"{"client_name":"A","client_name#de":"Ä","contacts":["a@app.example"],"jwks":{"keys":[]},
            "subject_type":"pairwise","sector_identifier_uri":"https://app.example/s","userinfo_signed_response_alg":"RS256",
            "backchannel_logout_uri":"https://app.example/l","post_logout_redirect_uris":["https://app.example/"],
            "application_type":"native","metadata":{"a":[1,2,{"b":null}]},"default_max_age":5}"#,
    ],
};
/// What a login or consent page answers.
pub const PAGE_ANSWER: Target = Target {
    name: "page_answer",
    run: |bytes| {
        drop(serde_json::from_slice::<AcceptLogin>(bytes));
        drop(serde_json::from_slice::<AcceptConsent>(bytes));
        drop(serde_json::from_slice::<RejectRequest>(bytes));
        drop(serde_json::from_slice::<AcceptUserCode>(bytes));
    },
    seeds: &[
        r#"{"subject":"a","remember":true,"remember_for":60,"acr":"1","amr":["pwd"],"context":{"a":1}}"#,
        r#"{"grant_scope":["openid"],"grant_access_token_audience":["a"],"session":{"id_token":{"a":1},"access_token":{}}}"#,
        r#"{"error":"access_denied","error_description":"no","status_code":403}"#,
    ],
};
/// JSON Patch of a client (RFC 6902).
pub const CLIENT_PATCH: Target = Target {
    name: "client_patch",
    run: fuzzing::client_patch,
    seeds: &[
        r#"[{"op":"add","path":"/metadata/c","value":{"d":[1]}},{"op":"copy","from":"/metadata","path":"/metadata/a"}]"#,
        r#"[{"op":"test","path":"/contacts/0","value":"a"},{"op":"move","from":"/contacts/1","path":"/contacts/0"}]"#,
        r#"[{"op":"replace","path":"/client_name","value":"B"},{"op":"remove","path":"/metadata/b~1c/d"}]"#,
    ],
};
/// The answer of a web hook.
pub const HOOK_ANSWER: Target = Target {
    name: "hook_answer",
    run: fuzzing::hook_answer,
    seeds: &[
        r#"{"session":{"access_token":{"a":1},"id_token":{"b":["c"]}},"scope":"x"}"#,
        r#"{"session":{"access_token":null},"session":{"id_token":{}}}"#,
    ],
};
/// Control characters in JSON documents.
pub const CONTROL_CHARACTERS: Target = Target {
    name: "control_characters",
    run: fuzzing::control_characters,
    seeds: &[
        r#"{"a":"\u0000","metadata":{"b":["line\nline"]},"\u009f":[[["\\u0000"]]]}"#,
        "{\"address\":{\"formatted\":\"a\\nb\"},\n\"plain\":\"\u{e9}\u{80}\"}",
    ],
};

fn check_metadata(bytes: &[u8]) {
    let Ok(client) = serde_json::from_slice::<Client>(bytes) else { return };
    for registrant in [Registrant::Administrator, Registrant::SelfService, Registrant::SelfServiceReplacement] {
        let mut accepted = client.clone();
        if accept(&mut accepted, registrant) {
            let mut again = accepted.clone();
            assert!(accept(&mut again, Registrant::Administrator), "what was accepted once is refused: {bytes:?}");
            assert_eq!(accepted.redirect_uris, again.redirect_uris);
        }
    }
}

fn accept(client: &mut Client, registrant: Registrant) -> bool {
    let Ok(default_scope) = Scope::parse("offline_access offline openid") else { return false };
    let policy = RegistrationPolicy {
        default_scope: &default_scope,
        subject_types: &[SubjectType::Public, SubjectType::Pairwise],
        registrant,
        jwt_access_tokens: false,
        algorithms: OfferedAlgorithms {
            responses: &["RS256", "ES256"],
            assertions: &["RS256", "ES256"],
            encryption: OfferedEncryption::default(),
        },
        certificates: ClientCertificates::Trusted,
        limits: match registrant {
            Registrant::Administrator => MetadataLimits::ADMINISTRATOR,
            Registrant::SelfService | Registrant::SelfServiceReplacement => MetadataLimits::SELF_REGISTERED,
        },
    };
    validate(client, &policy).is_ok()
}
