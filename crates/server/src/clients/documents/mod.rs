//! Clients that are described by a document at the address that is their identifier (OAuth Client ID Metadata Document). A
//! document is read where a person is about to be asked ([`resolve`]: at the authorization endpoint and where requests are
//! pushed) and nowhere else, so that nobody is logged out by a server that is down. Until somebody has logged in it is in
//! memory alone; then it is kept as a client like any other ([`keep`]), and followed from there. `address` says which
//! identifiers are addresses of documents, `reading` how they are fetched and how often, `members` what of them counts. An
//! administrator's client of the same identifier goes before its document. Nobody vouches for such a client but the
//! owner of its host.

mod address;
mod identity;
mod members;
mod methods;
mod reading;

use std::sync::Arc;

use quick_cache::sync::Cache;
use serde_json::Value;
use symbolon_store::{ClientEpoch, ClientRecord, Origin, StoreError, WriteError};
use symbolon_types::{Client, ClientId, ErrorCode, Subject};

use super::RegisteredClient;
use super::change;
use crate::audit::{ClientOrigin, Event};
use crate::clock::Clock;
use crate::config::CimdMode;
use crate::context::Context;
use crate::error::OAuthError;
use crate::minute_limit::MinuteLimit;
use crate::outbound::{NamedAddress, NamedBy};
use crate::trail;
use address::DocumentAddress;
use members::Described;
use reading::{Need, ReadDocument, Reading};

pub(super) use identity::{DocumentIdentity, digest};

/// Clients whose documents are remembered before anybody has logged in.
const REMEMBERED: usize = 512;
/// New documents that one person's logins may make clients of in a minute.
const NEW_PER_MINUTE: u32 = 5;
/// Microseconds in a second.
const MICROS: i64 = 1_000_000;

/// What is kept in memory about documents.
pub struct DocumentState {
    reading: Reading,
    described: Cache<ClientId, Remembered>,
    kept: MinuteLimit<Subject>,
}

impl DocumentState {
    /// No document read yet.
    pub fn new(clock: &Clock) -> Self {
        Self {
            reading: Reading::new(clock, REMEMBERED),
            described: Cache::new(REMEMBERED),
            kept: MinuteLimit::new(NEW_PER_MINUTE, clock),
        }
    }
}

/// A client as a document describes it.
#[derive(Clone)]
struct Remembered {
    /// Of the document.
    digest: String,
    client: Arc<RegisteredClient>,
    /// Whether it is kept, so that what is kept counts and not this.
    kept: bool,
}

/// Why a document does not count, for the log. Whoever asked is told the same in every case: a reason would say what is
/// where (OAuth Client ID Metadata Document §8.6).
type Reason = String;

/// The client of an identifier at the start of something that a person will be asked about: its document is read, unless
/// that was done a while ago or an administrator registered the client.
pub async fn resolve(context: &Context, client_id: &ClientId) -> Result<Option<Arc<RegisteredClient>>, OAuthError> {
    let stored = stored(context, client_id).await?;
    if !address::is_claimed(client_id) || stored.as_ref().is_some_and(|client| !client.has_document()) {
        return Ok(stored);
    }
    if context.config.symbolon.cimd.mode == CimdMode::Off {
        return Ok(None);
    }
    let need = if stored.is_some() { Need::InUse } else { Need::Unknown };
    match Box::pin(read(context, client_id, stored, need)).await {
        Ok(client) => Ok(Some(client)),
        Err(Fault::Document(reason)) => {
            context.clients.documents.described.remove(client_id);
            Err(OAuthError::unverified_application().because(format!("{client_id}: {reason}")))
        }
        Err(Fault::Server(fault)) => Err(fault),
    }
}

/// The client of an identifier in a flow that began before: as it is kept or remembered, and read only where neither is so,
/// as at another node.
pub async fn find_in_flow(context: &Context, id: &ClientId) -> Result<Option<Arc<RegisteredClient>>, OAuthError> {
    match super::find(context, id).await? {
        Some(client) => Ok(Some(client)),
        None => Box::pin(resolve(context, id)).await,
    }
}

/// A client that shows something which its document did not say when it was read: it may have changed in place. It is read
/// again once in a while for that, and only where somebody has used the client before.
pub async fn read_again(context: &Context, client: Arc<RegisteredClient>) -> Result<Arc<RegisteredClient>, OAuthError> {
    let Some(stored) = stored(context, client.id()).await?.filter(|stored| stored.has_document()) else {
        return Ok(client);
    };
    match Box::pin(read(context, client.id(), Some(stored), Need::Newer)).await {
        Ok(now) => Ok(now),
        Err(Fault::Document(_)) => Ok(client),
        Err(Fault::Server(fault)) => Err(fault),
    }
}

/// The client of a document that was read here and that nobody has logged in for.
pub(super) fn remembered(context: &Context, client_id: &ClientId) -> Option<Arc<RegisteredClient>> {
    let known = || context.clients.documents.described.get(client_id).filter(|known| !known.kept);
    address::is_claimed(client_id).then(known).flatten().map(|known| known.client)
}

/// Whether the operator lets clients of this one's host in, if it is a document's.
pub fn is_admitted(context: &Context, client: &RegisteredClient) -> bool {
    !client.has_document()
        || DocumentAddress::parse(client.id()).is_ok_and(|address| context.config.symbolon.cimd.admits(address.host()))
}

/// Keeps the client of a document from now on: a login of this person was accepted. A person can make so many clients in
/// a minute and no more, as anybody can publish documents without number.
pub async fn keep(
    context: &Context,
    client: Arc<RegisteredClient>,
    subject: &Subject,
) -> Result<Arc<RegisteredClient>, OAuthError> {
    if !client.has_document() {
        return Ok(client);
    }
    if let Some(stored) = stored(context, client.id()).await? {
        return Ok(stored);
    }
    context.clients.documents.kept.count(subject.clone()).map_err(|seconds| {
        let hint = format!("Too many logins at applications that are new here. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })?;
    let now = context.clock.now();
    let mut record = (**client.record()).clone();
    // Whoever had this id before, and whatever was issued then, is nothing to this client.
    record.epoch = ClientEpoch::first(context.rng.bytes());
    record.created_at = now;
    match context.store.insert_client(&record).await {
        Ok(()) => {
            let client_id = client.id().as_str();
            trail::tell(&Event::ClientCreated { client_id, by: ClientOrigin::Document });
        }
        // Another login was faster, maybe at another node.
        Err(WriteError::Conflict(_)) => {}
        Err(fault) => return Err(fault.into()),
    }
    let described = &context.clients.documents.described;
    if let Some(known) = described.get(client.id()) {
        described.insert(client.id().clone(), Remembered { kept: true, ..known });
    }
    Ok(stored(context, client.id()).await?.unwrap_or(client))
}

async fn stored(context: &Context, client_id: &ClientId) -> Result<Option<Arc<RegisteredClient>>, StoreError> {
    context.store.client_as(client_id, RegisteredClient::parse).await
}

enum Fault {
    Document(Reason),
    Server(OAuthError),
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self::Document(reason)
    }
}

impl From<StoreError> for Fault {
    fn from(fault: StoreError) -> Self {
        Self::Server(fault.into())
    }
}

async fn read(
    context: &Context,
    client_id: &ClientId,
    stored: Option<Arc<RegisteredClient>>,
    need: Need,
) -> Result<Arc<RegisteredClient>, Fault> {
    let address = DocumentAddress::parse(client_id)?;
    if !context.config.symbolon.cimd.admits(address.host()) {
        return Err(Fault::Document("its host is not admitted".to_owned()));
    }
    let state = &context.clients.documents;
    let document = state.reading.get(context, &address, need).await?;
    if let Some(known) = state.described.get(client_id).filter(|known| known.digest == document.digest) {
        match &stored {
            Some(stored) if stored.revision() == known.client.revision() => return Ok(Arc::clone(stored)),
            None if !known.kept => return Ok(known.client),
            _ => {}
        }
    }
    // Another node has read a newer one.
    if let Some(stored) = stored.as_ref().filter(|stored| stored.record().updated_at / MICROS > document.read_at) {
        return Ok(Arc::clone(stored));
    }
    let described = described(context, &address, &document).inspect_err(|_| state.reading.discard(&address))?;
    let kept = stored.is_some();
    let client = match stored {
        None => first(context, client_id, described, &document)?,
        Some(stored) => follow(context, stored, described).await?,
    };
    let known = Remembered { digest: document.digest.clone(), client: Arc::clone(&client), kept };
    state.described.insert(client_id.clone(), known);
    Ok(client)
}

/// What a document says, checked by the rules of every client.
fn described(context: &Context, address: &DocumentAddress, document: &ReadDocument) -> Result<Described, Reason> {
    let mut described = members::read(&context.config, address, &document.body)?;
    let algorithm = described.client.token_endpoint_auth_signing_alg.clone();
    // What the operator gives to all such clients is no list that the document made.
    let scope = std::mem::take(&mut described.client.scope);
    change::check_described(context, &mut described.client).map_err(|fault| format!("{fault:?}"))?;
    // One that is not said is any, and not the usual one: the keys say it.
    described.client.token_endpoint_auth_signing_alg = algorithm;
    described.client.scope = scope;
    Ok(described)
}

/// The client of a document that nobody has logged in for yet. Its revision is a number of the document's own, so that it is
/// the same at every node.
fn first(
    context: &Context,
    client_id: &ClientId,
    described: Described,
    document: &ReadDocument,
) -> Result<Arc<RegisteredClient>, Fault> {
    let (now, now_micros) = (context.clock.now(), context.clock.now_micros());
    let client_name = described.client.client_name.clone();
    let record = ClientRecord {
        id: client_id.clone(),
        created_at: now,
        updated_at: now_micros,
        epoch: ClientEpoch::first(context.rng.bytes()),
        access_revocations: 0,
        revision: i64::from(document.number()),
        registration_generation: None,
        origin: Origin::Document,
        secrets: Vec::new(),
        metadata: stored_form(described, now, now_micros)?,
        owner: String::new(),
        client_name,
    };
    parsed(record)
}

/// The client as its document says now, where that is something else than what is kept.
async fn follow(
    context: &Context,
    stored: Arc<RegisteredClient>,
    described: Described,
) -> Result<Arc<RegisteredClient>, Fault> {
    let record = stored.record();
    let client_name = described.client.client_name.clone();
    let same_time = stored_form(described.clone(), record.created_at, record.updated_at)?;
    if same_time == record.metadata {
        return Ok(stored);
    }
    let now_micros = context.clock.now_micros();
    let mut changed = (**record).clone();
    changed.metadata = stored_form(described, record.created_at, now_micros)?;
    changed.updated_at = now_micros;
    changed.client_name = client_name;
    match context.store.replace_client(&changed, record.revision).await {
        Ok(()) => {
            let client_id = changed.id.as_str();
            trail::tell(&Event::ClientReplaced { client_id });
        }
        // Another node was faster, or an administrator: what is kept now counts.
        Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => {}
        Err(fault) => return Err(Fault::Server(fault.into())),
    }
    let now = self::stored(context, &changed.id).await?;
    now.ok_or_else(|| Fault::Document("its client was deleted in this moment".to_owned()))
}

/// Metadata and identity as they are kept.
fn stored_form(described: Described, created_at: i64, updated_at: i64) -> Result<Value, Fault> {
    let Described { client, identity } = described;
    let client = Client { created_at, updated_at, ..client };
    let mut value =
        serde_json::to_value(&client).map_err(|fault| Fault::Server(OAuthError::server(fault.to_string())))?;
    identity.keep_in(&mut value);
    Ok(value)
}

fn parsed(record: ClientRecord) -> Result<Arc<RegisteredClient>, Fault> {
    let made = RegisteredClient::parse(Arc::new(record));
    made.map(Arc::new).map_err(|reason| Fault::Server(OAuthError::server(reason)))
}

/// Nobody but a stranger names the address of a document, also where the operator named its host.
fn named(address: &DocumentAddress) -> NamedAddress {
    NamedAddress::new(address.as_str(), NamedBy::Stranger)
}
