//! A running quickstart, and how a person goes through its pages.

use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::AdminClient;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::process::{Running, free_ports, text};

/// A quickstart on ports and with data of its own.
pub(crate) struct Quickstart {
    process: Running,
    directory: TempDir,
    pub(crate) issuer: String,
    pub(crate) admin: String,
    /// Where the demonstration application is.
    pub(crate) application: String,
    pub(crate) password: String,
}

impl Quickstart {
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap())
    }

    /// One that holds nobody to OAuth 2.1: its settings are a file that people may change.
    pub(crate) fn without_profile() -> Self {
        Self::with_other_lines(&[("security_profile: oauth21", "security_profile: none")])
    }

    /// One that lets applications watch sessions, from frames of other sites as well.
    pub(crate) fn with_session_management() -> Self {
        Self::with_other_lines(&[
            ("symbolon:\n", "symbolon:\n  session_management:\n    enabled: true\n"),
            ("serve:\n", "serve:\n  cookies:\n    secure: true\n"),
        ])
    }

    /// One whose settings have other lines in place of some.
    fn with_other_lines(lines: &[(&str, &str)]) -> Self {
        let Self { process, directory, .. } = Self::start();
        assert_eq!(process.terminate().0, Some(0));
        let file = directory.path().join("symbolon.yaml");
        let mut settings = std::fs::read_to_string(&file).unwrap();
        for (line, other) in lines {
            assert_eq!(settings.matches(line).count(), 1, "{settings}");
            settings = settings.replace(line, other);
        }
        std::fs::write(file, settings).unwrap();
        Self::start_in(directory)
    }

    /// Stops it and starts it again with its data, on other ports.
    pub(crate) fn restart(self) -> Self {
        let Self { process, directory, .. } = self;
        assert_eq!(process.terminate().0, Some(0));
        Self::start_in(directory)
    }

    fn start_in(directory: TempDir) -> Self {
        let ports: [u16; 3] = free_ports();
        let [public, admin, application] = ports.map(|port| port.to_string());
        let ports = ["--public-port", &public, "--admin-port", &admin, "--app-port", &application];
        let arguments = ["quickstart", "--data-dir", text(directory.path())];
        let mut process = Running::start(&[&arguments[..], &ports].concat());
        let password = process.wait_for("Password").split_whitespace().last().unwrap().to_owned();
        process.wait_for("Stop with Ctrl-C");
        let url = |port: &str| format!("http://127.0.0.1:{port}");
        Self {
            process,
            directory,
            issuer: url(&public),
            admin: url(&admin),
            application: format!("{}/", url(&application)),
            password,
        }
    }

    pub(crate) fn admin(&self) -> AdminClient {
        AdminClient::builder(&self.admin).without_proxy().build().unwrap()
    }

    /// Registers a public client.
    pub(crate) async fn register(&self, client: Value) {
        let client = serde_json::from_value(client).unwrap();
        self.admin().create_client(&client).await.unwrap();
    }

    /// An authorization request of a client that was registered with `redirect_uri`, with more parameters of its own;
    /// for a code where none of them is `response_type`. The code verifier is [`CODE_VERIFIER`].
    pub(crate) fn authorization_url(&self, client_id: &str, redirect_uri: &str, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("client_id", client_id), ("redirect_uri", redirect_uri)]);
        if more.iter().all(|(name, _)| *name != "response_type") {
            query.append_pair("response_type", "code");
        }
        query.extend_pairs([("state", "state-0123456789"), ("nonce", "nonce-0123456789")]);
        query.extend_pairs([("code_challenge", CODE_CHALLENGE), ("code_challenge_method", "S256")]);
        query.extend_pairs(more);
        format!("{}/oauth2/auth?{}", self.issuer, query.finish())
    }

    /// Presents the code of [`Self::authorization_url`] at the token endpoint.
    pub(crate) async fn redeem(&self, client_id: &str, redirect_uri: &str, code: &str) -> (u16, Value) {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("redirect_uri", redirect_uri),
            ("code", code),
            ("code_verifier", CODE_VERIFIER),
        ];
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        let answer = http.post(format!("{}/oauth2/token", self.issuer)).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Opens the demonstration application and follows "Sign in" to the login page.
    pub(crate) async fn begin(&self, browser: &Browser) {
        browser.open(&self.application).await;
        browser.follow("sign-in").await;
        browser.see("login-form").await;
    }

    /// Fills in the login page and sends it.
    pub(crate) async fn log_in(&self, browser: &Browser) {
        browser.fill_in("username", "demo").await;
        browser.fill_in("password", &self.password).await;
        browser.follow("submit").await;
    }

    /// From the start page to the claims, saying yes to everything.
    pub(crate) async fn sign_in(&self, browser: &Browser) {
        self.begin(browser).await;
        self.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("claims").await;
    }
}

/// The example of RFC 7636, appendix B.
const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A public client that may do what the demonstration client may.
pub(crate) fn public_client(client_id: &str, redirect_uri: &str) -> Value {
    json!({
        "client_id": client_id,
        "client_name": "Example shop",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid offline_access profile email",
        "token_endpoint_auth_method": "none",
    })
}
