//! Dynamic client registration (OpenID Connect Dynamic Client Registration, RFC 7591, RFC 7592). Off by default; when off
//! every request is answered with 404 before anything else. Registering needs no credentials; managing needs the
//! registration access token, or the client's own credentials. Every failure to authenticate looks the same. Unlike the
//! administration API these endpoints answer with codes and complete metadata, as the standards say.

mod body;
mod refusal;
mod secret;

use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, ORIGIN};
use http::{HeaderValue, StatusCode};
use symbolon_store::ClientRecord;
use symbolon_types::client::{ClientInformation, Registrant};
use symbolon_types::{Client, ClientAuthenticationMethod as Method, ClientId};

use crate::audit::{ClientOrigin, Event};
use crate::client_authentication;
use crate::clients::change::{self, Algorithms};
use crate::clients::sealed_secret;
use crate::clients::secret::SentSecret;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::hydra;
use crate::params::Params;
use crate::seal::{kinds, prefix};
use crate::trail;
use refusal::{Presented, Refusal};

/// How a request proved that it may manage a client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    RegistrationToken,
    OwnCredentials,
}

/// `POST /oauth2/register`.
pub async fn create(context: &Context, request: Request) -> Answer {
    answer(context, register(context, &request)).await
}

/// `GET /oauth2/register/{id}`.
pub async fn get(context: &Context, request: Request) -> Answer {
    answer(context, read(context, &request)).await
}

/// `PUT /oauth2/register/{id}`.
pub async fn set(context: &Context, request: Request) -> Answer {
    Box::pin(answer(context, replace(context, &request))).await
}

/// `DELETE /oauth2/register/{id}`.
pub async fn delete(context: &Context, request: Request) -> Answer {
    answer(context, remove(context, &request)).await
}

async fn answer(context: &Context, operation: impl Future<Output = Result<Answer, Refusal>>) -> Answer {
    if context.config.oidc.dynamic_client_registration.enabled {
        return operation.await.unwrap_or_else(Refusal::answer);
    }
    // No specification speaks about it, so Hydra's sentence stays.
    let error = "The requested resource could not be found";
    ApiError::new(StatusCode::NOT_FOUND, error, "Dynamic registration is not enabled.").answer()
}

async fn register(context: &Context, request: &Request) -> Result<Answer, Refusal> {
    check_sender(context, request)?;
    check_initial_access_token(context, request)?;
    // This machine's requests count as well: a proxy on it that nobody named sends those of the whole internet.
    context.clients.registrations.count(request.address).map_err(Refusal::too_many)?;
    let client = body::metadata(request)?.unwrap_or_default();
    let created = change::create(context, client, Registrant::SelfService).await?;
    let mut answer = exchange::no_store(information(context, StatusCode::CREATED, &created)?);
    if let Some(location) = created.registration_client_uri.as_deref().and_then(|uri| HeaderValue::from_str(uri).ok()) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

/// A request that a web page sent. Without credentials every page could register clients through its visitors, unless the
/// body has a type for which browsers ask first (Fetch §3.2.2) and the page is one that the operator knows.
fn check_sender(context: &Context, request: &Request) -> Result<(), Refusal> {
    let Some(origin) = request.headers.get(ORIGIN) else {
        // Browsers name the origin of every POST to another one (Fetch §3.1). One that does not is not to be believed.
        let foreign = exchange::is_from_foreign_page(&request.headers);
        return if foreign { Err(Refusal::forbidden("Web pages register with the header 'Origin'.")) } else { Ok(()) };
    };
    let own = [context.config.public_url(), context.config.issuer()]
        .iter()
        .filter_map(|url| url::Url::parse(url).ok())
        .any(|url| url.origin().ascii_serialization().as_bytes() == origin.as_bytes());
    let mut listed = context.config.symbolon.registration.allowed_origins.iter();
    let text = origin.to_str().unwrap_or_default();
    if !own && !listed.any(|allowed| allowed.matches(text)) {
        return Err(Refusal::forbidden("Web pages of this origin may not register clients."));
    }
    let kind = request.header(&CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refusal::undecodable("A web page registers with the header 'Content-Type: application/json'."))
}

/// RFC 7591 §3: where the operator asks for initial access tokens, a registration carries one.
fn check_initial_access_token(context: &Context, request: &Request) -> Result<(), Refusal> {
    let tokens = &context.config.symbolon.registration.initial_access_tokens;
    if tokens.is_empty() {
        return Ok(());
    }
    let presented = crate::bearer::token(&context.config, request).unwrap_or_default();
    let known = tokens.iter().fold(false, |known, token| token.matches(presented.as_bytes()) | known);
    if known && !presented.is_empty() {
        Ok(())
    } else {
        Err(Refusal::unauthorized(presence(request), "This server registers only with an initial access token."))
    }
}

/// The client as it is told about itself. The administrator's notes are not for it.
fn information(context: &Context, status: StatusCode, client: &Client) -> Result<Answer, Refusal> {
    let told = Client { metadata: None, ..client.clone() };
    if context.config.symbolon.compatibility.empty_registration_members {
        return Ok(exchange::json(status, &ClientInformation::with_empty_members(&told)?));
    }
    Ok(exchange::json(status, &ClientInformation::of(&told)?))
}

async fn read(context: &Context, request: &Request) -> Result<Answer, Refusal> {
    let (record, _) = authenticate(context, request).await?;
    let mut client = change::metadata(&record)?;
    // An administrator's client may have left open what holds for it all the same.
    client.provision(&Algorithms::of(context).offered());
    client.registration_client_uri = Some(change::registration_client_uri(context, record.id.as_str()));
    information(context, StatusCode::OK, &client)
}

async fn replace(context: &Context, request: &Request) -> Result<Answer, Refusal> {
    let (record, proof) = authenticate(context, request).await?;
    context.clients.count_write(&record).map_err(Refusal::too_many)?;
    // RFC 7592 §2.2: a replacement names everything, so that "nothing" is no body for it.
    let nothing = || Refusal::undecodable("Unable to decode the request body: it is not one JSON object.");
    let mut client = body::metadata(request)?.ok_or_else(nothing)?;
    let sent = client.client_secret.take().filter(|secret| !secret.is_empty());
    client.client_secret = new_secret(context, request, (&record, proof), sent.as_ref()).await?;
    let (mut changed, mut shown) =
        change::replace(context, &record, client, Registrant::SelfServiceReplacement).await?;
    shown.client_secret = shown.client_secret.or(sent);
    // RFC 7592 §3: a new token with each change; the old one ends with it.
    changed.registration_generation = record.registration_generation.map(|generation| generation + 1);
    change::save_own(context, &changed, &record).await?;
    shown = change::with_registration(context, &changed, shown);
    Ok(exchange::no_store(information(context, StatusCode::OK, &shown)?))
}

async fn remove(context: &Context, request: &Request) -> Result<Answer, Refusal> {
    let (record, _) = authenticate(context, request).await?;
    context.clients.count_write(&record).map_err(Refusal::too_many)?;
    if !context.store.delete_client(&record.id, context.clock.now()).await.map_err(change::ChangeFault::from)? {
        // Another request was faster, and now the client does not exist.
        return Err(not_its(request));
    }
    trail::tell(&Event::ClientDeleted { client_id: record.id.as_str(), by: ClientOrigin::Registration });
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

/// The secret to store, if it is another than the current one. Who proves the current secret may replace it; with the
/// registration access token it may be repeated, and no other chosen (RFC 7592 §2.2).
async fn new_secret(
    context: &Context,
    request: &Request,
    (record, proof): (&ClientRecord, Proof),
    sent: Option<&String>,
) -> Result<Option<String>, Refusal> {
    let Some(secret) = sent else { return Ok(None) };
    let sent = SentSecret { secret, sender: request.address };
    if sealed_secret::matches(context, record, secret)
        || context.clients.secrets.verify(record.id.as_str(), &record.secrets, sent).await?
    {
        return Ok(None);
    }
    if proof == Proof::RegistrationToken {
        return Err(Refusal::forbidden(
            "Member 'client_secret' is not the current secret, and a registration access token cannot choose another.",
        ));
    }
    secret::check(secret)?;
    Ok(Some(secret.clone()))
}

/// The client of the path, when the request proves to be it. There is one answer to all failures, after the same kind of
/// work.
async fn authenticate(context: &Context, request: &Request) -> Result<(ClientRecord, Proof), Refusal> {
    let refused = || not_its(request);
    let segment = request.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let id = percent_encoding::percent_decode_str(segment).decode_utf8().map_err(|_| refused())?;
    let record = context.store.client(&ClientId::from(id.as_ref())).await?;
    if let Some(own) = own_secret(context, request, &id) {
        let hashes = record.as_ref().map_or(&[][..], |record| record.secrets.as_slice());
        let sent = SentSecret { secret: &own.secret, sender: request.address };
        let genuine = context.clients.secrets.verify(&id, hashes, sent).await?;
        let record = record.filter(|record| genuine && own.counts && method_is(record, own.method));
        return Ok(((*record.ok_or_else(refused)?).clone(), Proof::OwnCredentials));
    }
    let token = crate::bearer::token(&context.config, request).map_err(|_| refused())?;
    let named = opened(context, &token).await?;
    let is_named = |record: &ClientRecord| {
        named
            .as_ref()
            .is_some_and(|(generation, id)| record.registration_generation == Some(*generation) && record.id == *id)
    };
    let record = record.filter(|record| is_named(record));
    Ok(((*record.ok_or_else(refused)?).clone(), Proof::RegistrationToken))
}

fn not_its(request: &Request) -> Refusal {
    Refusal::unauthorized(presence(request), "The client does not exist, or the credentials are not its.")
}

/// Whether the request has anything with which it may have meant to authenticate.
fn presence(request: &Request) -> Presented {
    let header = request.headers.contains_key(AUTHORIZATION);
    let parameter = ["access_token", "client_secret"].iter().any(|name| request.query_parameter(name).is_some());
    if header || parameter { Presented::Credentials } else { Presented::Nothing }
}

/// A client's own secret in a request to manage it.
struct OwnSecret {
    secret: String,
    method: Method,
    /// Whether it may be sent in this way, and names the client of the path.
    counts: bool,
}

/// The client's own secret: as Basic, or in the query, as its method says. It must name the client of the path.
fn own_secret(context: &Context, request: &Request, id: &str) -> Option<OwnSecret> {
    let header = request.header(&AUTHORIZATION);
    if let Some(header) = header.filter(|value| value.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("basic "))) {
        let (user, secret) = client_authentication::basic(header).ok()?;
        return Some(OwnSecret { secret, method: Method::ClientSecretBasic, counts: user == id });
    }
    let method = Method::ClientSecretPost;
    // A parameter that is there twice is nobody's secret.
    let Ok(query) = Params::parse(request.query.as_bytes()) else {
        return Some(OwnSecret { secret: String::new(), method, counts: false });
    };
    let secret = query.get("client_secret")?.to_owned();
    Some(OwnSecret { secret, method, counts: context.config.symbolon.registration.secret_in_query })
}

fn method_is(record: &ClientRecord, method: Method) -> bool {
    change::metadata(record).is_ok_and(|client| client.authentication_method() == method)
}

/// The generation and the client that a registration access token was made for; one of Hydra's may have been brought here.
async fn opened(context: &Context, token: &str) -> Result<Option<(i64, ClientId)>, Refusal> {
    let ours = context.seal.open(kinds::REGISTRATION, token.strip_prefix(prefix::ACCESS).unwrap_or(token));
    let plaintext = match ours {
        Some(plaintext) => Some(plaintext),
        None => hydra::find(context, hydra::Kind::Registration, token).await?,
    };
    Ok(plaintext.and_then(|plaintext| named(&plaintext)))
}

fn named(plaintext: &[u8]) -> Option<(i64, ClientId)> {
    let (generation, id) = plaintext.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*generation), ClientId::from(std::str::from_utf8(id).ok()?)))
}
