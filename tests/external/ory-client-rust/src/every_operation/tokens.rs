//! Tokens from their issue to their end, and what they show of a user.

use ory_client::apis::configuration::Configuration;
use ory_client::apis::o_auth2_api::{
    delete_o_auth2_token, introspect_o_auth2_token, oauth2_token_exchange, revoke_o_auth2_token,
};
use ory_client::apis::oidc_api::{CreateVerifiableCredentialError, create_verifiable_credential, get_oidc_user_info};
use ory_client::models::{CreateVerifiableCredentialRequestBody, VerifiableCredentialProof};

use super::Sdk;
use crate::holder::Holder;
use crate::server::{refusal, with_authorization_header};

pub async fn live(sdk: &Sdk) {
    let done = sdk.log_in("every-tokens").await;
    let (admin, client) = (sdk.admin(), sdk.as_client(&done.client));
    let state =
        async |token: &Option<String>| introspect_o_auth2_token(&admin, token.as_deref().unwrap(), None).await.unwrap();
    let live = state(&done.tokens.access_token).await;
    assert_eq!((live.active, live.sub.as_deref()), (true, Some("every-tokens")));
    let refresh_token = done.tokens.refresh_token.as_deref();
    let fresh = oauth2_token_exchange(&client, "refresh_token", None, None, None, refresh_token, None).await.unwrap();
    revoke_o_auth2_token(&client, fresh.refresh_token.as_deref().unwrap(), None, None).await.unwrap();
    assert!(!state(&fresh.access_token).await.active);
    let other = oauth2_token_exchange(&client, "client_credentials", None, None, None, None, None).await.unwrap();
    assert!(state(&other.access_token).await.active);
    delete_o_auth2_token(&admin, done.client.client_id.as_ref().unwrap()).await.unwrap();
    assert!(!state(&other.access_token).await.active);
}

pub async fn show_a_user(sdk: &Sdk) {
    let token = sdk.log_in("every-user").await.tokens.access_token.unwrap();
    let configuration = Configuration { oauth_access_token: Some(token.clone()), ..sdk.public() };
    assert_eq!(get_oidc_user_info(&configuration).await.unwrap().sub.as_deref(), Some("every-user"));
    let configuration = Configuration { base_path: sdk.public.clone(), ..with_authorization_header(&token) };
    let ask = async |proof| {
        let format = Some("jwt_vc_json".to_owned());
        let body = CreateVerifiableCredentialRequestBody { format, types: None, proof };
        create_verifiable_credential(&configuration, Some(body)).await
    };
    let (_, primed) = refusal(ask(None).await.unwrap_err());
    let CreateVerifiableCredentialError::Status400(primed) = primed else { panic!("{primed:?}") };
    assert_eq!(primed.error.as_deref(), Some("missing_proof"));
    let jwt = Some(Holder::new().proof(&primed.c_nonce.unwrap()));
    let proof = Box::new(VerifiableCredentialProof { proof_type: Some("jwt".to_owned()), jwt });
    assert_eq!(ask(Some(proof)).await.unwrap().format.as_deref(), Some("jwt_vc_json"));
}
