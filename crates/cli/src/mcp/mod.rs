//! `symbolon mcp`: for whoever runs MCP servers behind an authorization server, ours or another one. It owns one command,
//! [`check`], which acts as an MCP client and says who has to change what.

pub(crate) mod check;
pub(crate) mod well_known;
