//! The backend of a single-page application: the browser has a session cookie and never sees a token.
//!
//!     cargo run --example spa_backend --features axum -- http://127.0.0.1:4444 my-app my-secret https://api.example.com
//!
//! The page asks `/api/me`; on 401 it goes to `/auth/login?return_to=/`. It logs out with a POST to `/auth/logout`.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::{Router, http::StatusCode, routing::get};
use symbolon_client::{AuthorizationRequest, Client, LoginLayer, Rng, Session, SessionError, reqwest};

const PAGE: &str = "<h1>Notes</h1><form method=post action=/auth/logout><button id=logout>Log out</button></form><script>
fetch('/api/me').then(async me => me.ok ? document.forms[0].before(await me.text()) : location = '/auth/login')</script>";

type Api = (reqwest::Client, reqwest::Url);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, id, secret, api, rest @ ..] = arguments.as_slice() else {
        return Err("ISSUER ID SECRET API [ADDRESS]".into());
    };
    let address = rest.first().map_or("127.0.0.1:8080", String::as_str);
    let client = Client::builder(issuer, id).client_secret(secret);
    let client = client.redirect_uri(format!("http://{address}/auth/callback")).build()?;
    let login = LoginLayer::builder(client, Rng::system().token(32))
        .request(AuthorizationRequest::new("openid offline_access"))
        .public(["/"])
        .build()?;
    let app = Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .route("/api/me", get(|session: Session| async move { session.subject().to_owned() }))
        .route("/api/data/{name}", get(data))
        .with_state((reqwest::Client::new(), api.parse()?))
        .layer(login);
    axum::serve(tokio::net::TcpListener::bind(address).await?, app).await?;
    Ok(())
}

/// Asks the API with the user's access token, which is refreshed when it has to be.
async fn data(session: Session, Path(name): Path<String>, State(api): State<Api>) -> Result<Response, SessionError> {
    let (http, mut url) = api;
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(&name);
    }
    let request = http.get(url).bearer_auth(session.access_token().await?.as_str());
    let Ok(answer) = request.send().await else { return Ok(StatusCode::BAD_GATEWAY.into_response()) };
    Ok((answer.status(), answer.bytes().await.unwrap_or_default()).into_response())
}
