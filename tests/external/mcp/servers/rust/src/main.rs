use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use rmcp::handler::server::{router::tool::ToolRouter, wrapper::Parameters};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;
use serde_json::{Value, json};

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

#[derive(Deserialize)]
struct Claims {
    scope: Option<String>,
    client_id: Option<String>,
}

#[derive(Clone)]
struct Guard {
    issuer: String,
    resource: String,
    metadata_url: String,
    keys: Arc<JwkSet>,
}

impl Guard {
    /// Signature, issuer, audience, type and times of an access token (RFC 9068 §4).
    fn scopes(&self, token: &str) -> Option<Vec<String>> {
        let header = decode_header(token).ok()?;
        let key = self.keys.find(header.kid.as_deref()?)?;
        let mut expected = Validation::new(header.alg);
        expected.set_issuer(&[&self.issuer]);
        expected.set_audience(&[&self.resource]);
        expected.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        expected.leeway = 0;
        let claims = decode::<Claims>(token, &DecodingKey::from_jwk(key).ok()?, &expected).ok()?.claims;
        if header.typ.as_deref() != Some("at+jwt") || claims.client_id.is_none() {
            return None;
        }
        Some(claims.scope.unwrap_or_default().split(' ').map(str::to_owned).collect())
    }

    fn challenge(&self, status: StatusCode, error: &str, scope: &str) -> Response {
        let challenge =
            format!(r#"Bearer error="{error}", scope="{scope}", resource_metadata="{}""#, self.metadata_url);
        (status, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
    }
}

/// Which scopes a request needs.
fn needed(body: &[u8]) -> &'static str {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let writes = request["method"] == "tools/call" && request["params"]["name"] == "add_note";
    if writes { "notes.read notes.write" } else { "notes.read" }
}

async fn protect(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1 << 20).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let needed = needed(&body);
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
        return guard.challenge(StatusCode::UNAUTHORIZED, "invalid_token", needed);
    };
    match guard.scopes(token) {
        None => guard.challenge(StatusCode::UNAUTHORIZED, "invalid_token", needed),
        Some(scopes) if !needed.split(' ').all(|scope| scopes.iter().any(|own| own == scope)) => {
            guard.challenge(StatusCode::FORBIDDEN, "insufficient_scope", needed)
        }
        Some(_) => next.run(Request::from_parts(parts, Body::from(body))).await,
    }
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Note {
    text: String,
}

#[derive(Clone)]
struct Notes {
    notes: Arc<Mutex<Vec<String>>>,
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Notes {
    #[tool(description = "All notes")]
    fn list_notes(&self) -> String {
        self.notes.lock().unwrap().join("\n")
    }

    #[tool(description = "Writes a note down")]
    fn add_note(&self, Parameters(Note { text }): Parameters<Note>) -> String {
        let mut notes = self.notes.lock().unwrap();
        notes.push(text);
        format!("{} notes", notes.len())
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Notes {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let issuer = setting("ISSUER", "https://login.example.com");
    let resource = setting("RESOURCE", "https://notes.example.com/mcp");
    let port = setting("PORT", "3000");

    // What the authorization server says of itself (RFC 8414). The path of an issuer comes after the well-known part.
    let url = reqwest::Url::parse(&issuer)?;
    let well_known = format!("/.well-known/oauth-authorization-server{}", url.path().trim_end_matches('/'));
    let metadata: Value = reqwest::get(url.join(&well_known)?).await?.json().await?;
    let jwks_uri = metadata["jwks_uri"].as_str().ok_or("no jwks_uri")?;
    let keys = Arc::new(reqwest::get(jwks_uri).await?.json().await?);

    let url = reqwest::Url::parse(&resource)?;
    let document = format!("/.well-known/oauth-protected-resource{}", url.path().trim_end_matches('/'));
    let guard = Guard { issuer: issuer.clone(), resource: resource.clone(), metadata_url: url.join(&document)?.into(), keys };
    let scopes = ["notes.read", "notes.write"];
    let described = json!({ "resource": resource, "authorization_servers": [issuer], "scopes_supported": scopes });

    let notes = Arc::new(Mutex::new(vec!["Water the plants".to_owned()]));
    let hosts = StreamableHttpServerConfig::default().with_allowed_hosts(url.host_str().map(str::to_owned));
    let service = StreamableHttpService::new(
        move || Ok(Notes { notes: Arc::clone(&notes), tool_router: Notes::tool_router() }),
        Arc::new(LocalSessionManager::default()),
        hosts,
    );
    let app = Router::new().route_service(url.path(), service).layer(from_fn_with_state(guard, protect));
    let app = app.route(&document, get(move || async move { Json(described) }));
    axum::serve(tokio::net::TcpListener::bind(format!("0.0.0.0:{port}")).await?, app).await?;
    Ok(())
}
