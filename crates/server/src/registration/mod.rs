//! Dynamic client registration (OpenID Connect Dynamic Client Registration, RFC 7591, RFC 7592). Off by default; when off
//! every request is answered with 404 before anything else. Registering needs no credentials; managing needs the
//! registration access token, or the client's own credentials. Every failure to authenticate looks the same.

mod secret;

use http::header::{AUTHORIZATION, LOCATION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use symbolon_store::ClientRecord;
use symbolon_types::client::Registrant;
use symbolon_types::{Client, ClientAuthenticationMethod as Method};

use crate::client_authentication;
use crate::clients::change;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::seal::{kinds, prefix};

/// How a request proved that it may manage a client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    RegistrationToken,
    OwnCredentials,
}

/// `POST /oauth2/register`.
pub async fn create(context: &Context, request: Request) -> Answer {
    answer(register(context, &request).await)
}

/// `GET /oauth2/register/{id}`.
pub async fn get(context: &Context, request: Request) -> Answer {
    answer(read(context, &request).await)
}

/// `PUT /oauth2/register/{id}`.
pub async fn set(context: &Context, request: Request) -> Answer {
    answer(replace(context, &request).await)
}

/// `DELETE /oauth2/register/{id}`.
pub async fn delete(context: &Context, request: Request) -> Answer {
    answer(remove(context, &request).await)
}

fn answer(outcome: Result<Answer, ApiError>) -> Answer {
    outcome.unwrap_or_else(|error| error.answer())
}

fn enabled(context: &Context) -> Result<(), ApiError> {
    if context.config.oidc.dynamic_client_registration.enabled {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::NOT_FOUND,
        "The requested resource could not be found",
        "Dynamic registration is not enabled.",
    ))
}

async fn register(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    enabled(context)?;
    check_initial_access_token(context, request)?;
    // Nobody on the internet can send from this machine.
    let own = request.address.is_loopback();
    if !own && let Err(seconds) = context.registrations.count(request.address) {
        return Ok(too_many(seconds));
    }
    // `null` stands for an empty object: clients generated from API descriptions send it.
    let client: Option<Client> = request.json()?;
    let client = client.unwrap_or_default();
    let created = change::create(context, client, Registrant::SelfService).await?;
    let mut answer = exchange::json(StatusCode::CREATED, &created);
    if let Some(location) = created.registration_client_uri.as_deref().and_then(|uri| uri.parse().ok()) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

/// RFC 7591 §3: where the operator asks for initial access tokens, a registration carries one.
fn check_initial_access_token(context: &Context, request: &Request) -> Result<(), ApiError> {
    let tokens = &context.config.symbolon.registration.initial_access_tokens;
    if tokens.is_empty() {
        return Ok(());
    }
    let presented = crate::bearer::token(request).unwrap_or_default();
    let known = tokens.iter().fold(false, |known, token| token.matches(presented.as_bytes()) | known);
    if known && !presented.is_empty() {
        Ok(())
    } else {
        Err(refused("This server registers only with an initial access token."))
    }
}

fn too_many(seconds: i64) -> Answer {
    let error = ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "The request was malformed or contained invalid parameters",
        "Too many registrations from this address. Try again later.",
    );
    let mut answer = error.answer();
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

fn refused(description: &str) -> ApiError {
    let mut error = ApiError::new(StatusCode::UNAUTHORIZED, "The request could not be authorized", description);
    error.challenge = true;
    error
}

async fn read(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    enabled(context)?;
    let (record, _) = authenticate(context, request).await?;
    let mut client = change::shown(&record)?;
    client.metadata = None;
    client.registration_client_uri = Some(change::registration_client_uri(context, &record.id));
    Ok(exchange::json(StatusCode::OK, &client))
}

async fn replace(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    enabled(context)?;
    let (record, proof) = authenticate(context, request).await?;
    let mut client: Client = request.json()?;
    let sent = client.client_secret.take().filter(|secret| !secret.is_empty());
    client.client_secret = new_secret(context, &record, proof, sent.as_ref()).await?;
    let (mut changed, mut shown) =
        change::replace(context, &record, client, Registrant::SelfServiceReplacement).await?;
    shown.client_secret = shown.client_secret.or(sent);
    // RFC 7592 §3: a new token with each change; the old one ends with it.
    changed.registration_generation = record.registration_generation.map(|generation| generation + 1);
    change::save(context, &changed, record.revision).await?;
    shown = change::with_registration(context, &changed, shown);
    // The administrator's notes are kept, and not shown here.
    shown.metadata = Some(serde_json::json!({}));
    Ok(exchange::json(StatusCode::OK, &shown))
}

async fn remove(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    enabled(context)?;
    let (record, _) = authenticate(context, request).await?;
    context.store.delete_client(&record.id, context.clock.now()).await?;
    tracing::info!(target: "audit", event = "client_deleted", client_id = record.id, "a client deleted itself");
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

/// The secret to store, if it is another than the current one. Who proves the current secret may replace it; with the
/// registration access token it may be repeated, and no other chosen (RFC 7592 §2.2).
async fn new_secret(
    context: &Context,
    record: &ClientRecord,
    proof: Proof,
    sent: Option<&String>,
) -> Result<Option<String>, ApiError> {
    let Some(secret) = sent else { return Ok(None) };
    if context.secrets.verify(&record.id, &record.secrets, secret).await? {
        return Ok(None);
    }
    if proof == Proof::RegistrationToken {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "The requested action was forbidden",
            "Member 'client_secret' is not the current secret, and a registration access token cannot choose another.",
        ));
    }
    secret::check(secret)?;
    Ok(Some(secret.clone()))
}

/// The client of the path, when the request proves to be it. There is one answer to all failures.
async fn authenticate(context: &Context, request: &Request) -> Result<(ClientRecord, Proof), ApiError> {
    let refused = || refused("The client does not exist, or the credentials are not its.");
    let segment = request.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let id = percent_encoding::percent_decode_str(segment).decode_utf8().map_err(|_| refused())?;
    let record = context.store.client(&id).await?;
    if let Some(secret) = own_secret(context, request, &id, record.as_deref()) {
        let Some(record) = record else {
            context.secrets.waste_time(&secret).await;
            return Err(refused());
        };
        let genuine = context.secrets.verify(&record.id, &record.secrets, &secret).await?;
        return if genuine { Ok(((*record).clone(), Proof::OwnCredentials)) } else { Err(refused()) };
    }
    let token = crate::bearer::token(request).map_err(|_| refused())?;
    let record = record.ok_or_else(refused)?;
    if registration_token_fits(context, &token, &record) {
        Ok(((*record).clone(), Proof::RegistrationToken))
    } else {
        Err(refused())
    }
}

/// The client's own secret: as Basic, or in the query, as its method says. It must name the client of the path.
fn own_secret(context: &Context, request: &Request, id: &str, record: Option<&ClientRecord>) -> Option<String> {
    let header = request.header(&AUTHORIZATION);
    if let Some(header) = header.filter(|value| value.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("basic "))) {
        let (user, secret) = client_authentication::basic(header).ok()?;
        return Some(if user == id && method_is(record, Method::ClientSecretBasic) { secret } else { String::new() });
    }
    let secret = request.query_parameter("client_secret")?;
    let allowed = context.config.symbolon.registration.secret_in_query;
    Some(if allowed && method_is(record, Method::ClientSecretPost) { secret } else { String::new() })
}

fn method_is(record: Option<&ClientRecord>, method: Method) -> bool {
    record.is_some_and(|record| record.metadata["token_endpoint_auth_method"] == method.as_str())
}

fn registration_token_fits(context: &Context, token: &str, record: &ClientRecord) -> bool {
    let token = token.strip_prefix(prefix::ACCESS).unwrap_or(token);
    let Some(plaintext) = context.seal.open(kinds::REGISTRATION, token) else { return false };
    let Some((generation, id)) = plaintext.split_first_chunk::<8>() else { return false };
    id == record.id.as_bytes() && record.registration_generation == Some(i64::from_be_bytes(*generation))
}
