//! The quickstart's protected MCP server, and the command that checks such servers. The clients here are what MCP clients
//! send, request by request.

mod client;
mod server;
