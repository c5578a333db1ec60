//! The quickstart's protected MCP server, and the command that checks such servers. The clients here are what MCP clients
//! send, request by request.

mod broken_logins;
mod broken_servers;
mod check;
mod client;
mod server;
mod world;
