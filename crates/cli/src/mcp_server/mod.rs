//! A small protected MCP server, so that a person can add one to a client and see the whole authorization.
//!
//! It is what the author of an MCP server would write: the official SDK (`rmcp`) speaks the protocol, and this module is
//! the resource server around it. It serves the metadata that names the authorization server (RFC 9728), answers 401
//! and 403 with the challenges that clients act on (RFC 6750 §3, MCP authorization 2026-07-28), and lets in who has an
//! access token that was issued for it (RFC 9068). What the tools do is [`notes`]' part; how a request is judged and
//! refused, `symbolon-client`'s. It keeps no sessions: each request stands for itself.

mod answers;
mod notes;

use std::sync::Arc;

use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use symbolon_client::{Client, Error, Requirements, ResourceServer};

use crate::local_http::{Answer, Request, content, not_found};
use notes::{NotesServer, Shelf};

pub(crate) use notes::{READ, WRITE};

/// Where the MCP endpoint is.
const PATH: &str = "/mcp";

/// What this server is called by those who ask for tokens, its resource identifier (RFC 8707 §2).
pub(crate) fn resource_identifier(port: u16) -> String {
    format!("http://127.0.0.1:{port}{PATH}")
}

/// The protected MCP server.
pub(crate) struct McpServer {
    port: u16,
    /// Who may come in.
    gate: ResourceServer,
    metadata_path: String,
    protocol: StreamableHttpService<NotesServer, NeverSessionManager>,
}

impl McpServer {
    pub(crate) fn new(port: u16, authorization_server: Client) -> Result<Self, Error> {
        // The protocol's clients know bearer tokens alone (MCP authorization 2026-07-28).
        let gate = ResourceServer::builder(authorization_server, &resource_identifier(port))
            .without_dpop()
            .metadata(|metadata| {
                metadata.resource_name = Some("Demonstration notes".to_owned());
                metadata.scopes_supported = vec![READ.to_owned(), WRITE.to_owned()];
            })
            .build()?;
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
        Ok(Self { port, metadata_path: gate.metadata_path(), gate, protocol })
    }

    /// Whether a request is for this server: one of its paths, under a name that it has.
    pub(crate) fn has(&self, request: &Request) -> bool {
        request.is_addressed_to(self.port) && [PATH, &self.metadata_path].contains(&request.path.as_str())
    }

    /// Answers a request that is for this server.
    pub(crate) async fn answer(&self, request: Request) -> Answer {
        if request.path == PATH {
            return match answers::page_of(&request) {
                Ok(page) => answers::for_page(self.endpoint(request).await, page),
                Err(refused) => *refused,
            };
        }
        match request.method {
            Method::OPTIONS => answers::for_every_page(answers::preflight()),
            Method::GET => answers::for_every_page(self.metadata()),
            _ => not_found(),
        }
    }

    /// RFC 9728 §2: who issues tokens for this server, and with which scopes.
    fn metadata(&self) -> Answer {
        let metadata = serde_json::to_value(self.gate.metadata()).unwrap_or(Value::Null);
        content(StatusCode::OK, "application/json", metadata.to_string())
    }

    async fn endpoint(&self, request: Request) -> Answer {
        if request.method == Method::OPTIONS {
            return answers::preflight();
        }
        // Reading is what everybody here may do; the step up to writing is a question of its own. A challenge names the
        // scopes of the whole operation: a client that asks for them and no others can go on.
        let needed = Requirements::new().scope(&notes::needed_scopes(&request.body).join(" "));
        let (mut parts, body) = forwarded(request).into_parts();
        match self.gate.authorize(&parts, &needed).await {
            Ok(authorized) => {
                // A token is of no use behind this point.
                parts.headers.remove("authorization");
                parts.extensions.insert(authorized.claims);
                self.protocol.handle(http::Request::from_parts(parts, body)).await
            }
            Err(refusal) => {
                tracing::debug!(%refusal, "a request is not let in");
                refusal.into_response::<Full<bytes::Bytes>>().map(Full::boxed)
            }
        }
    }
}

/// The request as the protocol's implementation takes it.
fn forwarded(request: Request) -> http::Request<Full<bytes::Bytes>> {
    let mut forwarded = http::Request::new(Full::new(request.body.into()));
    *forwarded.method_mut() = request.method;
    *forwarded.headers_mut() = request.headers;
    forwarded
}
