//! What a quickstart prints: the one address to open first, then what else a person may need.

use std::fmt;
use std::path::Path;

use super::{LOOPBACK, Ports};

pub(super) struct Announcement<'a> {
    pub(super) issuer: &'a str,
    pub(super) ports: Ports,
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) directory: &'a Path,
}

impl fmt::Display for Announcement<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ports { admin, application, .. } = self.ports;
        let Self { issuer, username, password, .. } = self;
        let directory = self.directory.display();
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

  Stop with Ctrl-C; the next start goes on from here. Start over with --reset.
",
            issuer.trim_end_matches('/')
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_address_is_the_one_to_open() {
        let announcement = Announcement {
            issuer: "http://127.0.0.1:4444",
            ports: Ports { public: 4444, admin: 4445, application: 4446 },
            username: "demo",
            password: "secret",
            directory: Path::new("/data"),
        };
        let text = announcement.to_string();
        let first = text.lines().find(|line| line.contains("http")).unwrap();
        assert_eq!(first.trim(), "Open       http://127.0.0.1:4446/");
        assert!(text.contains("Password   secret") && text.contains("--reset"));
    }
}
