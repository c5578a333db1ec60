//! Which client a request names, before it has proved anything: enough to decide which page may read the answer.

use http::header::{AUTHORIZATION, ORIGIN};
use symbolon_types::ClientId;

use crate::client_authentication;
use crate::clients::{self, ClientOfAnswer};
use crate::context::Context;
use crate::exchange::{Answer, Request};
use crate::params::Params;

/// The client that a page's request to the token or revocation endpoint names; `None` where no page asks or none is
/// named. What cannot be read, and what names two clients, names one that is not there.
pub(in crate::routes) async fn named_client(context: &Context, request: &Request) -> Option<ClientOfAnswer> {
    request.headers.get(ORIGIN)?;
    let id = match name(request) {
        Name::Nobody => return None,
        Name::Unclear => return Some(ClientOfAnswer(None)),
        Name::Client(id) => ClientId::from(id.as_str()),
    };
    Some(ClientOfAnswer(clients::find(context, &id).await.ok().flatten()))
}

enum Name {
    Nobody,
    Unclear,
    Client(String),
}

fn name(request: &Request) -> Name {
    let Ok(params) = Params::parse(&request.body) else { return Name::Unclear };
    let in_body = params.get("client_id");
    let Some(header) = request.headers.get(AUTHORIZATION) else {
        return match in_body {
            Some(id) => Name::Client(id.to_owned()),
            None if params.get("client_assertion").is_some() => Name::Unclear,
            None => Name::Nobody,
        };
    };
    let in_header = header.to_str().ok().and_then(|text| client_authentication::basic(text).ok());
    match in_header {
        Some((id, _)) if in_body.is_none_or(|other| other == id) => Name::Client(id),
        _ => Name::Unclear,
    }
}

/// The answer, with its client for whoever decides which page may read it.
pub(in crate::routes) fn of(client: Option<ClientOfAnswer>, mut answer: Answer) -> Answer {
    if let Some(client) = client {
        answer.extensions_mut().insert(client);
    }
    answer
}
