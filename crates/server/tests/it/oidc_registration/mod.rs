//! OpenID Connect Dynamic Client Registration, RFC 7591 and RFC 7592: clients that register and manage themselves, how
//! they prove who they are, what they may say about themselves, and what of it is honoured.

mod address_guard;
mod application_type;
mod as_sent;
mod authentication;
mod client_keys;
mod create;
mod defaults;
mod honoured;
mod kept;
mod limits;
mod manage;
mod members;
mod named_addresses;
mod races;
mod refusal_codes;
mod refusals;
mod rights;
mod round_trip;
mod secret;
mod sector_identifier;
mod sectors;
mod senders;
mod sizes;
mod strangers;
mod unapproved;

use serde_json::{Value, json};

use crate::support::{Answer, Call, REDIRECT_URI, TestServer};

/// A client as its registration answered it.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    /// The answer that showed it last.
    pub(crate) shown: Value,
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
}

impl Managed {
    fn new(shown: Value) -> Self {
        let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
        Self { id: text("client_id"), secret: text("client_secret"), token: text("registration_access_token"), shown }
    }

    /// Its path.
    pub(crate) fn path(&self) -> String {
        format!("/oauth2/register/{}", self.id)
    }

    /// A read with its registration access token.
    pub(crate) fn read(&self) -> Call {
        Call::get(self.path()).bearer(&self.token)
    }

    /// A replacement with its registration access token.
    pub(crate) fn replace(&self, body: &Value) -> Call {
        Call::put(self.path()).json(body).bearer(&self.token)
    }

    /// A deletion with its registration access token.
    pub(crate) fn delete(&self) -> Call {
        Call::delete(self.path()).bearer(&self.token)
    }
}

/// Sends a registration.
pub(crate) async fn post(server: &TestServer, body: &Value) -> Answer {
    server.public(Call::post("/oauth2/register").json(body)).await
}

/// Registers a client.
pub(crate) async fn register(server: &TestServer, body: &Value) -> Managed {
    Managed::new(post(server, body).await.expect(201).json())
}

/// Replaces a client with its registration access token; the client as it is then.
pub(crate) async fn replace(server: &TestServer, client: &Managed, body: &Value) -> Managed {
    let shown = server.public(client.replace(body)).await.expect(200).json();
    let secret = client.secret.clone();
    Managed { secret, ..Managed::new(shown) }
}

/// The least that a web application says.
pub(crate) fn minimal() -> Value {
    json!({ "redirect_uris": [REDIRECT_URI] })
}

/// Fails unless the answer is this error in the form of the wire: two members, and a description that is not empty.
#[track_caller]
pub(crate) fn assert_error(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["error"], error, "{body}");
    assert!(!body["error_description"].as_str().unwrap().contains('"'), "{body}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    assert_eq!(answer.content_type(), Some("application/json"));
}
