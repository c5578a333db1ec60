//! What a quickstart prints: the one address to open first, then what else a person may need.

use std::fmt;
use std::path::Path;

use super::{LOOPBACK, Ports, Purpose};
use crate::mcp_server::resource_identifier;

pub(super) struct Announcement<'a> {
    pub(super) issuer: &'a str,
    pub(super) ports: Ports,
    pub(super) purpose: Purpose,
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) directory: &'a Path,
}

impl fmt::Display for Announcement<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ports { admin, application, .. } = self.ports;
        let Self { issuer, username, password, .. } = self;
        let directory = self.directory.display();
        let mcp = match self.purpose {
            Purpose::Login => String::new(),
            Purpose::Mcp => mcp_server(&resource_identifier(application)),
        };
        write!(
            formatter,
            "
  Symbolon is running.

    Open       http://{LOOPBACK}:{application}/
    Username   {username}
    Password   {password}

    Issuer     {issuer}
    Discovery  {}/.well-known/openid-configuration
    Admin API  http://{LOOPBACK}:{admin}
    Data       {directory}
{mcp}
  Stop with Ctrl-C; the next start goes on from here. Start over with --reset.
",
            issuer.trim_end_matches('/')
        )
    }
}

/// How to add the MCP server to a client, for the clients that have a command or a file for it.
fn mcp_server(url: &str) -> String {
    format!(
        "
    MCP server {url}
               The tool list_notes needs the scope notes.read, add_note also notes.write.

    Claude Code   claude mcp add --transport http symbolon-notes {url}
    VS Code       code --add-mcp '{{\"name\":\"symbolon-notes\",\"type\":\"http\",\"url\":\"{url}\"}}'
    Cursor        in .cursor/mcp.json: {{\"mcpServers\": {{\"symbolon-notes\": {{\"url\": \"{url}\"}}}}}}
    Any other     add a remote server (streamable HTTP) with this URL; it opens the login page by itself
    Step by step  symbolon mcp check {url} --login
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcement(purpose: Purpose) -> String {
        let announcement = Announcement {
            issuer: "http://127.0.0.1:4444",
            ports: Ports { public: 4444, admin: 4445, application: 4446 },
            purpose,
            username: "demo",
            password: "secret",
            directory: Path::new("/data"),
        };
        announcement.to_string()
    }

    #[test]
    fn first_address_is_the_one_to_open() {
        let text = announcement(Purpose::Login);
        let first = text.lines().find(|line| line.contains("http")).unwrap();
        assert_eq!(first.trim(), "Open       http://127.0.0.1:4446/");
        assert!(text.contains("Password   secret") && text.contains("--reset") && !text.contains("MCP"));
    }

    #[test]
    fn mcp_server_is_told_with_what_clients_take() {
        let text = announcement(Purpose::Mcp);
        assert!(text.contains("claude mcp add --transport http symbolon-notes http://127.0.0.1:4446/mcp\n"), "{text}");
        for (start, end) in [("--add-mcp '", "'"), ("mcp.json: ", "\n")] {
            let json = text.split_once(start).unwrap().1.split(end).next().unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(json).is_ok(), "{json}");
        }
    }
}
