//! The backend of a single-page application: the browser has a session cookie and never sees a token. The application
//! is `spa_backend.html`, and its data come from the API of `api.rs`.
//!
//! ```text
//! symbolon quickstart
//! symbolon create client -e http://127.0.0.1:4445 --id spa --secret spa-secret-of-the-example \
//!     --grant-type authorization_code,refresh_token --scope openid,offline_access,profile,notes.read \
//!     --audience http://127.0.0.1:8081/notes --access-token-strategy rfc9068 \
//!     --redirect-uri http://127.0.0.1:8080/auth/callback --post-logout-callback http://127.0.0.1:8080/auth/logged-out
//! cargo run -p symbolon-client --example api --features tower -- http://127.0.0.1:4444 127.0.0.1:8081
//! cargo run -p symbolon-client --example spa_backend --features axum -- \
//!     http://127.0.0.1:4444 spa spa-secret-of-the-example http://127.0.0.1:8081/notes
//! ```
//!
//! Then open `http://127.0.0.1:8080/`.

use axum::response::{Html, IntoResponse, Response};
use axum::{Router, extract::State, http::StatusCode, routing::get};
use symbolon_client::{AuthorizationRequest, Client, LoginLayer, Rng, Session, SessionError, reqwest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, id, secret, api, rest @ ..] = arguments.as_slice() else {
        return Err("ISSUER ID SECRET API [ADDRESS]".into());
    };
    let address = rest.first().map_or("127.0.0.1:8080", String::as_str);
    let client = Client::builder(issuer, id).client_secret(secret);
    let client = client.redirect_uri(format!("http://{address}/auth/callback")).build()?;
    let request = AuthorizationRequest::new("openid offline_access profile notes.read").audience(api);
    let login = LoginLayer::builder(client, Rng::system().token(32)).request(request).with_user_info();
    let app = Router::new()
        .route("/", get(Html(include_str!("spa_backend.html"))))
        .route("/api/me", get(|me: Session| async move { me.claim("name").unwrap_or(me.subject()).to_owned() }))
        .route("/api/notes", get(notes))
        .with_state((reqwest::Client::new(), api.clone()))
        .layer(login.public(["/"]).after_logout("/").build()?);
    axum::serve(tokio::net::TcpListener::bind(address).await?, app).await?;
    Ok(())
}

/// Asks the API with the user's access token, which is refreshed when it has to be.
async fn notes(user: Session, State((http, api)): State<(reqwest::Client, String)>) -> Result<Response, SessionError> {
    let answer = http.get(api).bearer_auth(user.access_token().await?.as_str()).send().await;
    let Ok(answer) = answer else { return Ok(StatusCode::BAD_GATEWAY.into_response()) };
    Ok((answer.status(), answer.text().await.unwrap_or_default()).into_response())
}
