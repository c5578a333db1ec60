//! A program that uses the eight operations, their configuration, models and errors, as one writes it for the generated
//! crate. Nothing here knows which of the two crates `sdk` is.

use super::sdk;

use sdk::apis::configuration::{ApiKey, Configuration};
use sdk::apis::oidc_api::{
    self, CreateOidcDynamicClientError, CreateVerifiableCredentialError, DeleteOidcDynamicClientError,
    DiscoverOidcConfigurationError, GetOidcDynamicClientError, GetOidcUserInfoError, RevokeOidcSessionError,
    SetOidcDynamicClientError,
};
use sdk::apis::{Error, ResponseContent};
use sdk::models;

/// An operation and what came out of it.
pub type Seen = (&'static str, String);

pub async fn run(base_path: &str, access_token: &str) -> Vec<Seen> {
    let configuration = Configuration { base_path: base_path.to_owned(), ..Configuration::new() };
    let mut seen = vec![("discover", discover(&configuration).await)];
    registration(&configuration, &mut seen).await;
    user(&configuration, access_token, &mut seen).await;
    let logout: Result<(), Error<RevokeOidcSessionError>> = oidc_api::revoke_oidc_session(&configuration).await;
    seen.push(("logout", logout.map_or_else(|error| error.to_string(), |()| "done".to_owned())));
    seen
}

async fn discover(configuration: &Configuration) -> String {
    let found: Result<models::OidcConfiguration, Error<DiscoverOidcConfigurationError>> =
        oidc_api::discover_oidc_configuration(configuration).await;
    let found = found.expect("discovery");
    let lists: [&Vec<String>; 5] = [
        &found.id_token_signed_response_alg,
        &found.id_token_signing_alg_values_supported,
        &found.response_types_supported,
        &found.subject_types_supported,
        &found.userinfo_signed_response_alg,
    ];
    assert!(lists.iter().all(|list| !list.is_empty()));
    let credentials: Option<Vec<models::CredentialSupportedDraft00>> = found.credentials_supported_draft_00.clone();
    assert_eq!(credentials.unwrap()[0].format.as_deref(), Some("jwt_vc_json"));
    let again = models::OidcConfiguration::new(
        found.authorization_endpoint.clone(),
        found.device_authorization_endpoint.clone(),
        found.id_token_signed_response_alg.clone(),
        found.id_token_signing_alg_values_supported.clone(),
        found.issuer.clone(),
        found.jwks_uri.clone(),
        found.response_types_supported.clone(),
        found.subject_types_supported.clone(),
        found.token_endpoint.clone(),
        found.userinfo_signed_response_alg.clone(),
    );
    assert_eq!(again.issuer, found.issuer);
    if found.issuer == configuration.base_path { "issuer".to_owned() } else { found.issuer }
}

fn metadata() -> models::OAuth2Client {
    let mut client = models::OAuth2Client::new();
    client.client_name = Some("Self-made".to_owned());
    client.redirect_uris = Some(vec!["https://app.example/callback".to_owned()]);
    client.grant_types = Some(vec!["authorization_code".to_owned()]);
    client.authorization_code_grant_access_token_lifespan = Some(Some("1h0m0s".to_owned()));
    client.jwt_bearer_grant_access_token_lifespan = Some(None);
    client.contacts = Some(vec!["ops@app.example".to_owned()]);
    let mut key =
        models::JsonWebKey::new("ES256".to_owned(), "k".to_owned(), "EC".to_owned(), "sig".to_owned());
    key.crv = Some("P-256".to_owned());
    key.x = Some("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4".to_owned());
    key.y = Some("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM".to_owned());
    assert_eq!(key.r#use, "sig");
    client.jwks = Some(Box::new(models::JsonWebKeySet { keys: Some(vec![key]) }));
    client
}

async fn registration(configuration: &Configuration, seen: &mut Vec<Seen>) {
    let created = oidc_api::create_oidc_dynamic_client(configuration, metadata()).await.expect("create");
    let id = created.client_id.clone().expect("an id");
    let secret = created.client_secret.as_ref().map_or("no secret", |_| "secret");
    seen.push(("create", format!("id and {secret}")));
    assert_eq!(created.authorization_code_grant_access_token_lifespan, Some(Some("1h0m0s".to_owned())));
    // What has no value is left out of the answer.
    assert_eq!(created.jwt_bearer_grant_access_token_lifespan, None);

    let bad = models::OAuth2Client { redirect_uris: Some(vec!["javascript:alert(1)".to_owned()]), ..Default::default() };
    let refused = match oidc_api::create_oidc_dynamic_client(configuration, bad).await {
        Err(Error::ResponseError(ResponseContent { entity, .. })) => match entity {
            Some(CreateOidcDynamicClientError::Status400(error)) => format!("Status400 {}", error.error.unwrap()),
            Some(CreateOidcDynamicClientError::DefaultResponse(_)) => "DefaultResponse".to_owned(),
            Some(CreateOidcDynamicClientError::UnknownValue(_)) | None => "UnknownValue".to_owned(),
        },
        other => format!("{other:?}"),
    };
    seen.push(("create with a bad redirect URI", refused));

    let mut managing = configuration.clone();
    managing.bearer_access_token = created.registration_access_token.clone();
    let read: Result<models::OAuth2Client, Error<GetOidcDynamicClientError>> =
        oidc_api::get_oidc_dynamic_client(&managing, &id).await;
    let read = read.expect("get");
    assert_eq!(read.contacts, metadata().contacts);
    assert_eq!(read.jwks, metadata().jwks);
    seen.push(("get", if read.client_secret.is_none() { "no secret" } else { "secret" }.to_owned()));

    let renamed = models::OAuth2Client { client_name: Some("Renamed".to_owned()), ..read.clone() };
    let set = oidc_api::set_oidc_dynamic_client(&managing, &id, renamed).await.expect("set");
    assert_ne!(set.registration_access_token, managing.bearer_access_token);
    assert_eq!(set.client_name.as_deref(), Some("Renamed"));
    seen.push(("set", "renamed, new token".to_owned()));
    managing.bearer_access_token = set.registration_access_token;
    let set: Result<models::OAuth2Client, Error<SetOidcDynamicClientError>> =
        oidc_api::set_oidc_dynamic_client(&managing, &id, created.clone()).await;
    let accepted = match &set {
        Ok(_) => "accepted",
        Err(Error::ResponseError(refusal)) => match &refusal.entity {
            Some(SetOidcDynamicClientError::Status404(_)) => "Status404",
            Some(SetOidcDynamicClientError::DefaultResponse(_)) => "DefaultResponse",
            Some(SetOidcDynamicClientError::UnknownValue(_)) | None => "UnknownValue",
        },
        Err(_) => "another error",
    };
    seen.push(("set what create answered", accepted.to_owned()));

    let void = oidc_api::get_oidc_dynamic_client(&managing, &id).await.expect_err("a former token");
    let void = match void {
        Error::ResponseError(refusal) => match refusal.entity {
            Some(GetOidcDynamicClientError::DefaultResponse(error)) => {
                format!("{} DefaultResponse {}", refusal.status.as_u16(), error.error.as_deref().unwrap_or_default())
            }
            Some(GetOidcDynamicClientError::UnknownValue(value)) => value.to_string(),
            None => refusal.content,
        },
        Error::Reqwest(_) | Error::Serde(_) | Error::Io(_) => "another error".to_owned(),
    };
    seen.push(("get with the former token", void));

    managing.bearer_access_token = set.expect("set").registration_access_token;
    oidc_api::delete_oidc_dynamic_client(&managing, &id).await.expect("delete");
    seen.push(("delete", "done".to_owned()));
    let again = match oidc_api::delete_oidc_dynamic_client(&managing, &id).await {
        Err(Error::ResponseError(refusal)) => match refusal.entity {
            Some(DeleteOidcDynamicClientError::DefaultResponse(error)) => {
                format!("{} DefaultResponse {}", refusal.status.as_u16(), error.id.as_deref().unwrap_or_default())
            }
            Some(DeleteOidcDynamicClientError::UnknownValue(_)) | None => {
                format!("{} UnknownValue", refusal.status.as_u16())
            }
        },
        other => format!("{other:?}"),
    };
    seen.push(("delete again", again));
}

async fn user(configuration: &Configuration, access_token: &str, seen: &mut Vec<Seen>) {
    let mut by_oauth = configuration.clone();
    by_oauth.oauth_access_token = Some(access_token.to_owned());
    let mut by_bearer = configuration.clone();
    by_bearer.bearer_access_token = Some(access_token.to_owned());
    by_bearer.basic_auth = Some(("unused".to_owned(), None));
    by_bearer.api_key = Some(ApiKey { prefix: None, key: "unused".to_owned() });
    for (name, configuration) in [
        ("userinfo with the token as oauth_access_token", &by_oauth),
        ("userinfo with the token as bearer_access_token", &by_bearer),
    ] {
        let user: Result<models::OidcUserInfo, Error<GetOidcUserInfoError>> =
            oidc_api::get_oidc_user_info(configuration).await;
        let text = match user {
            Ok(user) => format!("{} {}", user.sub.unwrap_or_default(), user.email.unwrap_or_default()),
            Err(Error::ResponseError(refusal)) => refusal.status.as_u16().to_string(),
            Err(error) => error.to_string(),
        };
        seen.push((name, text));
    }
    let mut request = models::CreateVerifiableCredentialRequestBody::new();
    request.format = Some("jwt_vc_json".to_owned());
    request.types = Some(vec!["UserInfoCredential".to_owned()]);
    let primed: Result<models::VerifiableCredentialResponse, Error<CreateVerifiableCredentialError>> =
        oidc_api::create_verifiable_credential(&by_oauth, Some(request.clone())).await;
    let primed = match primed {
        Err(Error::ResponseError(refusal)) => match refusal.entity {
            Some(CreateVerifiableCredentialError::Status400(priming)) => {
                let nonce = if priming.c_nonce.is_some() { "nonce" } else { "no nonce" };
                format!("{} Status400 {nonce}", refusal.status.as_u16())
            }
            Some(CreateVerifiableCredentialError::DefaultResponse(_)) => "DefaultResponse".to_owned(),
            Some(CreateVerifiableCredentialError::UnknownValue(_)) | None => "UnknownValue".to_owned(),
        },
        other => format!("{other:?}"),
    };
    seen.push(("credential without a proof", primed));
    let proof = models::VerifiableCredentialProof { proof_type: Some("jwt".to_owned()), jwt: Some("a.b.c".to_owned()) };
    request.proof = Some(Box::new(proof));
    let refused = match oidc_api::create_verifiable_credential(&by_oauth, Some(request)).await {
        Err(Error::ResponseError(refusal)) => refusal.status.as_u16().to_string(),
        other => format!("{other:?}"),
    };
    seen.push(("credential with a wrong proof", refused));
}
