//! What is behind the port of the demonstration: the application and, where there is one, the MCP server.

use crate::local_http::{Answer, Pages, Request};
use crate::mcp_server::McpServer;
use crate::relying_party::RelyingParty;

pub(super) struct Site {
    pub(super) application: RelyingParty,
    pub(super) mcp_server: Option<McpServer>,
}

impl Pages for Site {
    async fn answer(&self, request: Request) -> Answer {
        match &self.mcp_server {
            Some(server) if server.has(&request) => server.answer(request).await,
            _ => self.application.answer(request).await,
        }
    }
}
