//! Which identifiers are addresses of documents (OAuth Client ID Metadata Document §3). Such an address is compared as the
//! text that it is, so that only its one usual spelling is taken: what a URL parser would write differently is none.

use symbolon_types::ClientId;
use url::{Host, Url};

/// Longest address, in bytes.
const LONGEST: usize = 512;

/// The address of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DocumentAddress {
    text: String,
    host: String,
}

/// Whether an identifier means to be the address of a document. Those that are made here do not (§7.1).
pub(super) fn is_claimed(client_id: &ClientId) -> bool {
    client_id.as_str().starts_with("https://")
}

impl DocumentAddress {
    /// Reads an identifier. The error is for the log.
    pub(super) fn parse(client_id: &ClientId) -> Result<Self, String> {
        let text = client_id.as_str();
        let fault = |reason: &str| Err(reason.to_owned());
        if text.len() > LONGEST {
            return fault("the address is too long");
        }
        let Ok(url) = Url::parse(text) else { return fault("it is no URL") };
        if url.scheme() != "https" {
            return fault("its scheme is not https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return fault("it has a user name");
        }
        if url.fragment().is_some() {
            return fault("it has a fragment");
        }
        // Also without a path, with dot segments, with capitals in the host, with the usual port.
        if url.as_str() != text {
            return fault("it is not in its usual spelling");
        }
        match url.host() {
            // Shown to people as what is known of the client; a number says nothing.
            Some(Host::Domain(name)) if !name.ends_with('.') => {
                Ok(Self { text: text.to_owned(), host: name.to_owned() })
            }
            _ => fault("its host has no name"),
        }
    }

    /// As the client wrote it.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of its host, without a port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Whether another address is at the same host.
    pub(super) fn has_host_of(&self, uri: &str) -> bool {
        Url::parse(uri).is_ok_and(|url| url.scheme() == "https" && url.host_str() == Some(self.host.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_usual_spelling_of_an_https_address_with_a_path_is_one() {
        let parse = |text: &str| DocumentAddress::parse(&ClientId::from(text));
        for good in [
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "https://vscode.dev/oauth/client-metadata.json",
            "https://app.example:8443/client.json",
            "https://app.example/",
            "https://app.example/a?b=c",
            "https://xn--bcher-kva.example/c",
        ] {
            assert_eq!(parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "http://app.example/client.json",
            "https://app.example",
            "https://app.example/a/../client.json",
            "https://app.example/./client.json",
            "https://app.example/a/%2e%2e/client.json",
            "https://app.example/a/..",
            "https://app.example/client.json#x",
            "https://app.example/client.json#",
            "https://user@app.example/client.json",
            "https://user:password@app.example/client.json",
            "https://:password@app.example/client.json",
            "https://@app.example/client.json",
            "https://APP.example/client.json",
            "HTTPS://app.example/client.json",
            "https://app.example:443/client.json",
            "https://app.example./client.json",
            "https://127.0.0.1/client.json",
            "https://2130706433/client.json",
            "https://[::1]/client.json",
            "https:///client.json",
            "https:/app.example/client.json",
            "https:app.example/client.json",
            "https://app.example\\client.json",
            "https://app.example/cl\nient.json",
            "https://app.example/a b",
            " https://app.example/client.json",
            "https://bücher.example/c",
            "https://app.example:99999/client.json",
            "app.example/client.json",
            "",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&format!("https://app.example/{}", "a".repeat(LONGEST))).is_err());
        assert!(!is_claimed(&ClientId::from("9f0c1f8e-0b5e-4c55-8f66-3f3d8f1a2b3c")));
    }

    #[test]
    fn another_address_is_at_the_same_host_whatever_its_port() {
        let own = DocumentAddress::parse(&ClientId::from("https://app.example/client.json")).unwrap();
        assert!(own.has_host_of("https://app.example:8443/x") && own.has_host_of("https://app.example"));
        for other in ["https://x.app.example/", "http://app.example/", "https://app.example.evil.example/", "x"] {
            assert!(!own.has_host_of(other), "{other}");
        }
    }
}
