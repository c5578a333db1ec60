//! Answers that a client must survive. [`connection`] is about what the connection does, [`bodies`] about what stands in an
//! answer; both for every endpoint that the client talks to, by [`Operation`].

mod bodies;
mod connection;

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use symbolon_client::{
    AdminClient, AuthorizationRequest, Callback, Client, ClientMetadata, Error, LogoutRequest, Secret, TokenSet,
};

use crate::server::{Received, Server, json as json_answer};

/// What the client does, by the endpoint that is hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Discovery,
    Keys,
    Redeem,
    Refresh,
    Revoke,
    UserInfo,
    Register,
    ReadRegistration,
    ReplaceRegistration,
    DeleteRegistration,
    Logout,
    AdminList,
    AdminGet,
}

impl Operation {
    const ALL: [Self; 13] = [
        Self::Discovery,
        Self::Keys,
        Self::Redeem,
        Self::Refresh,
        Self::Revoke,
        Self::UserInfo,
        Self::Register,
        Self::ReadRegistration,
        Self::ReplaceRegistration,
        Self::DeleteRegistration,
        Self::Logout,
        Self::AdminList,
        Self::AdminGet,
    ];

    /// The beginning of the request line that is answered with hostility.
    fn line(self) -> &'static str {
        match self {
            Self::Discovery => "GET /.well-known/",
            Self::Keys => "GET /keys",
            Self::Redeem | Self::Refresh => "POST /token",
            Self::Revoke => "POST /revoke",
            Self::UserInfo => "GET /userinfo",
            Self::Register => "POST /register",
            Self::ReadRegistration => "GET /register/app",
            Self::ReplaceRegistration => "PUT /register/app",
            Self::DeleteRegistration => "DELETE /register/app",
            Self::Logout => "GET /logout",
            Self::AdminList => "GET /admin/clients?",
            Self::AdminGet => "GET /admin/clients/app",
        }
    }

    /// Whether an empty success is all that it needs to hear.
    fn needs_no_body(self) -> bool {
        matches!(self, Self::Revoke | Self::DeleteRegistration | Self::Logout)
    }

    async fn run(self, url: &str) -> Result<(), Error> {
        let client = Client::builder(url, "app").without_proxy().retries(0).timeout(Duration::from_secs(1));
        let client = client.redirect_uri("https://app.example/cb").build()?;
        let handle = || client.registration("app", &format!("{url}/register/app"), Secret::new("hush".to_owned()));
        let metadata = ClientMetadata::new("App").redirect_uri("https://app.example/cb");
        let admin = || AdminClient::builder(url).without_proxy().retries(0).timeout(Duration::from_secs(1)).build();
        match self {
            Self::Discovery => client.metadata().await.map(|_| ()),
            Self::Keys => client.verify_id_token(UNKNOWN_TOKEN, None).await.map(|_| ()),
            Self::Redeem => {
                let (_, pending) = client.authorization_url(&AuthorizationRequest::new("email")).await?;
                let callback = Callback::parse(&format!("code=hush&state={}", pending.state()));
                client.redeem(&pending, &callback).await.map(|_| ())
            }
            Self::Refresh => client.refresh_with(&"hush".into()).await.map(|_| ()),
            Self::Revoke => client.revoke("hush").await,
            Self::UserInfo => client.user_info(&TokenSet::new("hush")).await.map(|_| ()),
            Self::Register => client.register(&metadata).await.map(|_| ()),
            Self::ReadRegistration => handle()?.read().await.map(|_| ()),
            Self::ReplaceRegistration => handle()?.replace(&metadata).await.map(|_| ()),
            Self::DeleteRegistration => handle()?.delete().await,
            Self::Logout => client.logout(&LogoutRequest::new()).await.map(|_| ()),
            Self::AdminList => admin()?.list_clients(1, None).await.map(|_| ()),
            Self::AdminGet => admin()?.get_client("app").await.map(|_| ()),
        }
    }
}

/// Well made, so that the keys are asked for.
const UNKNOWN_TOKEN: &str = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJhZGEifQ.\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A server that is good but for one operation, whose connection `hostile` gets.
fn hostile_at(operation: Operation, hostile: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Server {
    Server::start_raw(move |request, url, stream| {
        if request.line.starts_with(operation.line()) {
            hostile(url, stream);
            return;
        }
        let _ = stream.write_all(&good(request, url));
    })
}

fn good(request: &Received, url: &str) -> Vec<u8> {
    match request.line.as_str() {
        "GET /.well-known/openid-configuration" => json_answer(
            200,
            &json!({
                "issuer": url, "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
                "jwks_uri": format!("{url}/keys"), "userinfo_endpoint": format!("{url}/userinfo"),
                "registration_endpoint": format!("{url}/register"), "revocation_endpoint": format!("{url}/revoke"),
                "end_session_endpoint": format!("{url}/logout"),
            }),
        ),
        line => panic!("{line} was not to be asked"),
    }
}

/// The error, which must say nothing of what was sent in confidence.
async fn refusal(operation: Operation, server: &Server) -> Error {
    let outcome = operation.run(&server.url).await;
    let error = outcome.err().unwrap_or_else(|| panic!("{operation:?}: it was believed"));
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hush"), "{operation:?}: {text}");
    error
}
