//! What people do with a client, one test for each.

use std::time::Duration;

use reqwest::Method;
use rmcp::transport::auth::{AuthorizationRequest, ClientCredentialsConfig, OAuthState};
use serde_json::json;
use tokio::time::sleep;

use crate::application::{Application, Fault, REDIRECT_URI, administer, environment, registered_before};

fn request() -> AuthorizationRequest {
    AuthorizationRequest::new(REDIRECT_URI).with_client_name("A client of the SDK")
}

/// Longer than the access tokens of `BRIEF_RESOURCE` live.
const EXPIRED: Duration = Duration::from_millis(2500);

async fn check_flow(server: &str, request: AuthorizationRequest) -> Result<Application, Fault> {
    // The challenge of a first request, as an application does it that waits for one.
    let answer = reqwest::Client::new().post(server).json(&json!({})).send().await?;
    let challenge = answer.headers()["www-authenticate"].to_str()?.to_owned();
    let application = Application::connect(server, request.with_challenge(challenge).with_initial_scope_selection()).await?;
    assert!(application.call("list_notes", json!({})).await?.contains("Water the plants"));
    let claims = application.claims().await?;
    assert_eq!(claims["aud"], json!([server]));
    assert_eq!(claims["iss"], environment("ISSUER"));
    assert!(application.tokens().await?["refresh_token"].is_string(), "a refresh token");

    let refused = application.call("add_note", json!({ "text": "Buy milk" })).await;
    assert!(refused.is_err(), "{refused:?}");
    application.step_up("notes.write").await?;
    assert!(application.call("add_note", json!({ "text": "Buy milk" })).await?.contains("notes"));
    let scope = application.claims().await?["scope"].as_str().unwrap_or_default().to_owned();
    for needed in ["notes.read", "notes.write"] {
        assert!(scope.split(' ').any(|scope| scope == needed), "{scope}");
    }
    Ok(application)
}

#[tokio::test]
async fn registers_itself_calls_a_tool_and_steps_up() -> Result<(), Fault> {
    check_flow(&environment("ROOT_RESOURCE"), request()).await?;
    check_flow(&environment("PATH_RESOURCE"), request()).await?;
    Ok(())
}

#[tokio::test]
async fn has_a_document_calls_a_tool_and_steps_up() -> Result<(), Fault> {
    for resource in ["ROOT_RESOURCE", "PATH_RESOURCE"] {
        let described = request().with_client_metadata_url(environment("DOCUMENT"));
        let application = check_flow(&environment(resource), described).await?;
        assert_eq!(application.client_id().await?, environment("DOCUMENT"));
    }
    Ok(())
}

#[tokio::test]
async fn is_registered_before_calls_a_tool_and_steps_up() -> Result<(), Fault> {
    for resource in ["ROOT_RESOURCE", "PATH_RESOURCE"] {
        for method in ["none", "client_secret_basic"] {
            let client = registered_before(method).await?;
            let known = request().with_preregistered_client(client["client_id"].as_str().ok_or("no id")?);
            let known = match client["client_secret"].as_str() {
                Some(secret) => known.with_client_secret(secret),
                None => known,
            };
            check_flow(&environment(resource), known).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn asks_for_every_scope_of_the_metadata_when_nobody_names_one() -> Result<(), Fault> {
    let application = Application::connect(&environment("PATH_RESOURCE"), request()).await?;
    assert!(application.call("add_note", json!({ "text": "Buy bread" })).await?.contains("notes"));
    Ok(())
}

#[tokio::test]
async fn refreshes_an_expired_token_without_the_person() -> Result<(), Fault> {
    let application = Application::connect(&environment("BRIEF_RESOURCE"), request()).await?;
    let first = application.tokens().await?;
    sleep(EXPIRED).await;
    application.call("list_notes", json!({})).await?;
    let second = application.tokens().await?;
    assert_ne!(first["access_token"], second["access_token"]);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    Ok(())
}

#[tokio::test]
async fn two_processes_refresh_at_once_and_both_go_on() -> Result<(), Fault> {
    let first = Application::connect(&environment("BRIEF_RESOURCE"), request()).await?;
    let second = first.another().await?;
    for _ in 0..2 {
        let (one, two) = tokio::join!(first.refresh(), second.refresh());
        one?;
        two?;
        first.call("list_notes", json!({})).await?;
        second.call("list_notes", json!({})).await?;
    }
    Ok(())
}

#[tokio::test]
async fn asks_for_an_authorization_after_a_revocation() -> Result<(), Fault> {
    let application = Application::connect(&environment("BRIEF_RESOURCE"), request()).await?;
    let client = application.client_id().await?;
    administer(Method::DELETE, &format!("/admin/oauth2/auth/sessions/consent?subject=ada&client={client}"), None).await?;
    sleep(EXPIRED).await;
    let refused = application.call("list_notes", json!({})).await.map_err(|fault| format!("{fault:?}"));
    assert!(refused.as_ref().is_err_and(|fault| fault.contains("AuthRequired")), "{refused:?}");
    Application::connect(&environment("BRIEF_RESOURCE"), request()).await?.call("list_notes", json!({})).await?;
    Ok(())
}

#[tokio::test]
async fn works_in_its_own_name() -> Result<(), Fault> {
    let server = environment("PATH_RESOURCE");
    let metadata = json!({
        "client_name": "A program",
        "grant_types": ["client_credentials"],
        "scope": "notes.read",
        "token_endpoint_auth_method": "client_secret_post",
    });
    let client = administer(Method::POST, "/admin/clients", Some(metadata)).await?;
    let text = |name: &str| client[name].as_str().map(str::to_owned).ok_or("no such member");
    let config = ClientCredentialsConfig::ClientSecret {
        client_id: text("client_id")?,
        client_secret: text("client_secret")?,
        scopes: vec!["notes.read".to_owned()],
        resource: Some(server.clone()),
    };
    let mut state = OAuthState::new(&server, None).await?;
    state.authenticate_client_credentials(config).await?;
    let manager = state.into_authorization_manager().ok_or("not authorized")?;
    let token = manager.get_access_token().await?;
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    let accept = "application/json, text/event-stream";
    let answer = reqwest::Client::new().post(&server).bearer_auth(token).header("accept", accept).json(&body).send().await?;
    assert_eq!(answer.status(), 200);
    Ok(())
}
