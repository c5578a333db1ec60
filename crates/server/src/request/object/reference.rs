//! Request objects by reference (OpenID Connect Core §6.2, RFC 9101 §5.2). Nothing is fetched that the client did not
//! register. Anybody can send a client's `request_uri`, so what was fetched is used for some seconds, whoever asks; an
//! address that ends in the hash of its content is used for longer, as that cannot change. A fragment that the request adds
//! to a registered address must be that hash; one that was registered may be anything.

use std::sync::Arc;

use symbolon_jose::digest;
use symbolon_types::ErrorCode;

use super::LONGEST;
use crate::clients::RegisteredClient;
use crate::clock::Clock;
use crate::context::Context;
use crate::error::OAuthError;
use crate::outbound::{Fetched, NamedAddress, Outbound};

/// How long an object is used that has the hash which the address names, in seconds.
const KEPT: i64 = 3_600;
/// The same where no hash is named, and for a failure.
const PAUSE: i64 = 5;
/// The same for an object of another hash: the client may have put a new one there.
const RETRY: i64 = 1;
/// How many objects are kept.
const OBJECTS: usize = 256;

/// An object as it was fetched.
pub struct Object {
    text: String,
    /// Of the text as it came (OpenID Connect Core §6.2).
    hash: String,
}

/// Fetched objects by address, without its fragment.
pub type FetchedObjects = Fetched<Object>;

/// Nothing fetched yet.
pub fn nothing_fetched(clock: &Clock) -> FetchedObjects {
    Fetched::new(clock, OBJECTS)
}

/// The object behind an address that the client registered, with the hash of its content or without.
pub(super) async fn fetch(context: &Context, client: &RegisteredClient, uri: &str) -> Result<String, OAuthError> {
    let (address, hash) = uri.split_once('#').map_or((uri, None), |(address, hash)| (address, Some(hash)));
    let registered = |wanted: &str| client.metadata().request_uris.iter().any(|own| own == wanted);
    let as_registered = registered(uri);
    if !as_registered && !registered(address) {
        return Err(refused("The 'request_uri' is none of the client's registered request_uris."));
    }
    let object = fetched(context, client, address, hash).await;
    let object = object.ok_or_else(|| refused("The request object could not be fetched."))?;
    // OpenID Connect Core §6.2 wants the hash of the content for the sake of caches, and nobody to compare it; clients
    // register addresses before they know what will be there, and put something else into the fragment.
    if !as_registered && hash.is_some_and(|hash| hash != object.hash) {
        return Err(refused("The fragment of 'request_uri' is not the hash of what is there."));
    }
    Ok(object.text.trim_ascii().to_owned())
}

fn refused(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestUri, hint)
}

async fn fetched(
    context: &Context,
    client: &RegisteredClient,
    address: &str,
    hash: Option<&str>,
) -> Option<Arc<Object>> {
    let address = client.named(address);
    let fetch = |_| {
        let (outbound, address, client_id) =
            (context.outbound.clone(), address.clone(), client.id().as_str().to_owned());
        async move {
            let fetched = get(&outbound, &address).await;
            let text = fetched.inspect_err(|reason| {
                tracing::warn!(client_id, reason, "a request object could not be fetched");
            });
            let hash = |text: &str| digest::base64url(&digest::sha256(text.as_bytes()));
            text.ok().map(|text| Arc::new(Object { hash: hash(&text), text }))
        }
    };
    context.requests.objects.get(&address, |object| lasts(object, hash), fetch).await
}

/// How long an object or a failure is used, in seconds. The hash that a request names is chosen by whoever sends it, so that
/// a wrong one must not make the server fetch each time.
fn lasts(object: Option<&Object>, hash: Option<&str>) -> i64 {
    match (object, hash) {
        (Some(object), Some(hash)) if object.hash == hash => KEPT,
        (Some(_), Some(_)) => RETRY,
        _ => PAUSE,
    }
}

async fn get(outbound: &Outbound, address: &NamedAddress) -> Result<String, String> {
    let body = outbound.get_as(address, ACCEPTED, LONGEST).await.map_err(|fault| fault.to_string())?;
    String::from_utf8(body).map_err(|fault| fault.to_string())
}

/// RFC 9101 §10.3 names the type; servers of plain files give others.
const ACCEPTED: &str = "application/oauth-authz-req+jwt, application/jwt, */*;q=0.1";
