//! The client that the suite is in its modules. It registers itself, sends a browser to log in, and takes what comes back;
//! on the way it checks what every module checks.

mod answers;
mod client;
mod id_token;
mod login;
mod person;

use symbolon_jose::Secret;
use symbolon_server::config::{Config, Network};
use symbolon_types::{Scope, SubjectType};

pub(super) use answers::{error, page_error, shown};
pub(super) use client::{RelyingParty, client_key, contains, discovery};
pub(super) use login::Login;
pub(super) use person::{CLAIMS, Person, Visit};

use crate::client_side::{Authority, ClientServer, Reply};
use crate::support::TestServer;

/// Where the provider is: nothing but `https` passes.
pub(super) const ISSUER: &str = "https://op.example";
/// Where the client is.
pub(super) const CLIENT: &str = "https://client.example/test";
/// Every scope that the suite asks for.
pub(super) const SCOPES: &str = "openid offline_access profile email address phone";

/// How a client authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Basic,
    Post,
    PrivateKeyJwt,
}

impl Method {
    /// Its name in metadata.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// What a module is run with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) response_type: &'static str,
    pub(super) form_post: bool,
    pub(super) method: Method,
}

impl Run {
    /// With `client_secret_basic`, and answers where they go by default.
    pub(super) const fn of(response_type: &'static str) -> Self {
        Self { response_type, form_post: false, method: Method::Basic }
    }

    /// With answers in forms.
    pub(super) const fn in_forms(self) -> Self {
        Self { form_post: true, ..self }
    }

    /// With another authentication.
    pub(super) const fn by(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Whether the response type has this word.
    pub(super) fn has(self, word: &str) -> bool {
        self.response_type.split(' ').any(|own| own == word)
    }

    /// Whether the client gets an access token, from either endpoint.
    pub(super) fn gives_access_token(self) -> bool {
        self.has("code") || self.has("token")
    }
}

/// The provider as it is set up for the suite.
pub(super) async fn provider() -> TestServer {
    provider_with(|_| {}).await
}

/// See [`provider`]; with a change.
pub(super) async fn provider_with(change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::with(|config| {
        ISSUER.clone_into(&mut config.urls.issuer);
        config.urls.public = None;
        config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(Secret::new("a-salt-of-the-test".to_owned()));
        config.oidc.dynamic_client_registration.default_scope = Scope::parse(SCOPES).unwrap();
        config.webfinger.oidc_discovery.supported_scope = SCOPES.split(' ').map(str::to_owned).collect();
        config.symbolon.compatibility.discovery_extra_members = false;
        config.symbolon.compatibility.unsigned_request_objects = true;
        config.symbolon.outbound.allowed_networks =
            ["127.0.0.1", "::1"].map(|own| Network::parse(own).unwrap()).to_vec();
        change(config);
    })
    .await
}

/// A provider, and a server of the client that it may call, which has nothing yet.
pub(super) struct Beside {
    pub(super) server: TestServer,
    pub(super) files: ClientServer,
    _authority: Authority,
}

impl Beside {
    pub(super) async fn new() -> Self {
        let authority = Authority::new();
        let files = ClientServer::listen_tls(Reply::Status(404), &authority).await;
        let server = provider_with(|config| config.symbolon.outbound.ca_file = Some(authority.file())).await;
        Self { server, files, _authority: authority }
    }
}
