//! A small protected MCP server, so that a person can add one to a client and see the whole authorization.
//!
//! It is what the author of an MCP server would write: the official SDK (`rmcp`) speaks the protocol, and this module is
//! the resource server around it. It serves the metadata that names the authorization server (RFC 9728), answers 401
//! and 403 with the challenges that clients act on (RFC 6750 §3, MCP authorization 2026-07-28), and lets in who has an
//! access token that was issued for it (RFC 9068). What the tools do is [`notes`]' part; how a token is judged,
//! `symbolon-client`'s. It keeps no sessions: each request stands for itself.

mod access;
mod answers;
mod notes;

use std::sync::Arc;

use http::{HeaderValue, Method, StatusCode};
use http_body_util::Full;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use symbolon_client::Client;

use crate::local_http::{Answer, Request, content, not_found};
use access::{Access, Refusal};
use notes::{NotesServer, Shelf};

pub(crate) use notes::{READ, WRITE};

/// Where the MCP endpoint is.
const PATH: &str = "/mcp";

/// Where its metadata is: the well-known name comes before the path (RFC 9728 §3.1).
const METADATA_PATH: &str = "/.well-known/oauth-protected-resource/mcp";

/// What this server is called by those who ask for tokens, its resource identifier (RFC 8707 §2).
pub(crate) fn resource_identifier(port: u16) -> String {
    format!("http://127.0.0.1:{port}{PATH}")
}

/// The protected MCP server.
pub(crate) struct McpServer {
    port: u16,
    /// The authorization server, whose keys tokens are checked with.
    authorization_server: Client,
    protocol: StreamableHttpService<NotesServer, NeverSessionManager>,
}

impl McpServer {
    pub(crate) fn new(port: u16, authorization_server: Client) -> Self {
        let shelf = Arc::new(Shelf::default());
        // Answers as JSON and no sessions, so that a restart is noticed by nobody. A server that is reached by its
        // address must know its own name, and the pages that may call it (MCP transports 2026-07-28, DNS rebinding).
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_allowed_hosts([format!("127.0.0.1:{port}"), format!("localhost:{port}")])
            .with_allowed_origins(["http://127.0.0.1:*", "http://localhost:*"]);
        let factory = move || Ok(NotesServer::new(Arc::clone(&shelf)));
        let protocol = StreamableHttpService::new(factory, Arc::new(NeverSessionManager::default()), config);
        Self { port, authorization_server, protocol }
    }

    /// Whether a request is for this server: one of its paths, under a name that it has.
    pub(crate) fn has(&self, request: &Request) -> bool {
        request.is_addressed_to(self.port) && matches!(request.path.as_str(), PATH | METADATA_PATH)
    }

    /// Answers a request that is for this server.
    pub(crate) async fn answer(&self, request: Request) -> Answer {
        match (&request.method, request.path.as_str()) {
            (&Method::OPTIONS, METADATA_PATH) => answers::for_every_page(answers::preflight()),
            (&Method::GET, METADATA_PATH) => answers::for_every_page(self.metadata()),
            (_, PATH) => match answers::page_of(&request) {
                Ok(page) => answers::for_page(self.endpoint(request).await, page),
                Err(refused) => *refused,
            },
            _ => not_found(),
        }
    }

    /// RFC 9728 §2: who issues tokens for this server, and with which scopes.
    fn metadata(&self) -> Answer {
        let metadata = json!({
            "resource": resource_identifier(self.port),
            "resource_name": "Demonstration notes",
            "authorization_servers": [self.authorization_server.issuer()],
            "scopes_supported": [READ, WRITE],
            "bearer_methods_supported": ["header"],
        });
        content(StatusCode::OK, "application/json", metadata.to_string())
    }

    async fn endpoint(&self, request: Request) -> Answer {
        if request.method == Method::OPTIONS {
            return answers::preflight();
        }
        let resource = resource_identifier(self.port);
        let access = match access::of(&request, &self.authorization_server, &resource).await {
            Ok(access) => access,
            Err(refusal) => return self.refused(&refusal),
        };
        // Reading is what everybody here may do; the step up to writing is a question of its own.
        let needed = notes::needed_scopes(&request.body);
        if !needed.iter().all(|scope| access.scope.contains(scope)) {
            return self.refused(&Refusal::Scope(needed));
        }
        self.protocol.handle(forwarded(request, access)).await
    }

    /// The status and the challenge of RFC 6750 §3, with where the metadata is (RFC 9728 §5.1). The scopes are those of
    /// the whole operation: a client that asks for them and no others can go on.
    fn refused(&self, refusal: &Refusal) -> Answer {
        let metadata = format!("http://127.0.0.1:{}{METADATA_PATH}", self.port);
        let (status, error, scopes): (_, _, &[&str]) = match refusal {
            Refusal::None => (StatusCode::UNAUTHORIZED, String::new(), &[READ]),
            Refusal::Malformed => (
                StatusCode::BAD_REQUEST,
                parameters("invalid_request", "one Authorization: Bearer is expected"),
                &[READ],
            ),
            Refusal::Invalid(fault) => {
                let text = format!("The access token is not valid: {fault}");
                (StatusCode::UNAUTHORIZED, parameters("invalid_token", &text), &[READ])
            }
            Refusal::Scope(needed) => {
                (StatusCode::FORBIDDEN, parameters("insufficient_scope", "More was asked than was allowed"), needed)
            }
            Refusal::Unavailable => {
                let text = "The keys of the authorization server cannot be had; try again later.";
                return content(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", text);
            }
        };
        let challenge = format!("Bearer {error}scope=\"{}\", resource_metadata=\"{metadata}\"", scopes.join(" "));
        let mut answer = content(status, "text/plain; charset=utf-8", "");
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer.headers_mut().insert("www-authenticate", challenge);
        }
        answer
    }
}

/// Texts here are our own and have no quotes but single ones.
fn parameters(error: &str, description: &str) -> String {
    let description = description.replace(['"', '\\'], "'");
    format!("error=\"{error}\", error_description=\"{description}\", ")
}

/// The request as the protocol's implementation takes it, with what the token allows.
fn forwarded(request: Request, access: Access) -> http::Request<Full<bytes::Bytes>> {
    let mut forwarded = http::Request::new(Full::new(request.body.into()));
    *forwarded.method_mut() = request.method;
    *forwarded.headers_mut() = request.headers;
    // A token is of no use behind this point.
    forwarded.headers_mut().remove("authorization");
    forwarded.extensions_mut().insert(access);
    forwarded
}
