//! Creating, replacing and deleting clients. Metadata is validated by `symbolon-types`; here are the secret, the
//! registration access token and the record. An update names the revision it was made from, so two of them at once
//! cannot lose a setting.

mod addresses;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use symbolon_store::{ClientEpoch, ClientRecord, Origin, WriteError};
use symbolon_types::client::{MetadataFault, Registrant, RegistrationPolicy, validate};
use symbolon_types::{AccessTokenStrategy, Client, ClientAuthenticationMethod};

use super::secret::SecretVerifier;
use crate::context::Context;
use crate::error::ApiError;
use crate::identifiers;
use crate::seal::{kinds, prefix};

impl From<MetadataFault> for ApiError {
    fn from(fault: MetadataFault) -> Self {
        let body = fault.body();
        Self {
            status: http::StatusCode::from_u16(fault.status).unwrap_or(http::StatusCode::BAD_REQUEST),
            error: body.error,
            description: body.error_description,
            reason: None,
            challenge: false,
        }
    }
}

/// Registers a client and gives the answer, with the secret and the registration access token that are shown once.
pub async fn create(context: &Context, mut client: Client, registrant: Registrant) -> Result<Client, ApiError> {
    check(context, &mut client, registrant, "").await?;
    if registrant != Registrant::Administrator || client.client_id.as_str().is_empty() {
        client.client_id = identifiers::uuid(&context.rng).into();
    }
    let (secrets, shown_secret) = first_secret(context, &client).await?;
    client.created_at = context.clock.now();
    client.updated_at = context.clock.now_micros();
    let epoch = ClientEpoch::first(context.rng.bytes());
    let record = ClientRecord {
        id: client.client_id.as_str().to_owned(),
        created_at: client.created_at,
        updated_at: client.updated_at,
        epoch,
        revision: 1,
        // Counted from a number of its own, so that no token of an earlier client with this id fits.
        registration_generation: Some(epoch.incarnation),
        origin: match registrant {
            Registrant::Administrator => Origin::Administrator,
            _ => Origin::SelfService,
        },
        secrets,
        metadata: stored(&client)?,
        owner: client.owner.clone(),
        client_name: client.client_name.clone(),
    };
    match context.store.insert_client(&record).await {
        Ok(()) => {}
        Err(WriteError::Conflict(_)) => return Err(ApiError::conflict()),
        Err(fault) => return Err(fault.into()),
    }
    tracing::info!(target: "audit", event = "client_created", client_id = record.id, "a client was created");
    client.client_secret = shown_secret;
    Ok(with_registration(context, &record, client))
}

/// Replaces a client's metadata; an absent secret keeps the one there is.
pub async fn replace(
    context: &Context,
    record: &ClientRecord,
    mut client: Client,
    registrant: Registrant,
) -> Result<(ClientRecord, Client), ApiError> {
    let current = shown(record)?;
    if registrant != Registrant::Administrator {
        forgive_repeated_settings(&mut client, &current);
    }
    check(context, &mut client, registrant, &current.access_token_strategy).await?;
    if registrant != Registrant::Administrator {
        keep_administrators_settings(&mut client, &current);
    }
    client.client_id = record.id.as_str().into();
    let mut changed = record.clone();
    let chosen = client.client_secret.is_some();
    // A client that had none gets a secret when its new method needs one, or it could never authenticate again.
    let (secrets, shown_secret) = first_secret(context, &client).await?;
    if chosen || record.secrets.is_empty() {
        changed.secrets = secrets;
    }
    let shown_secret = shown_secret.filter(|_| chosen || record.secrets.is_empty());
    client.client_secret = None;
    client.created_at = record.created_at;
    client.updated_at = context.clock.now_micros();
    changed.updated_at = client.updated_at;
    changed.metadata = stored(&client)?;
    changed.owner.clone_from(&client.owner);
    changed.client_name.clone_from(&client.client_name);
    client.client_secret = shown_secret;
    Ok((changed, client))
}

/// What an administrator set is part of the answer to a read, and so may be sent back.
fn forgive_repeated_settings(client: &mut Client, current: &Client) {
    client.skip_consent &= !current.skip_consent;
    if client.skip_logout_consent == current.skip_logout_consent {
        client.skip_logout_consent = None;
    }
    if client.access_token_strategy == current.access_token_strategy {
        client.access_token_strategy.clear();
    }
}

/// What only an administrator may set survives a client's own update. Validation has refused the client's own values.
fn keep_administrators_settings(client: &mut Client, current: &Client) {
    client.metadata.clone_from(&current.metadata);
    client.skip_consent = current.skip_consent;
    client.skip_logout_consent = current.skip_logout_consent;
    client.access_token_strategy.clone_from(&current.access_token_strategy);
}

/// Writes what [`replace`] prepared.
pub async fn save(context: &Context, changed: &ClientRecord, revision: i64) -> Result<(), ApiError> {
    match context.store.replace_client(changed, revision).await {
        Ok(()) => {
            tracing::info!(target: "audit", event = "client_replaced", client_id = changed.id, "a client was replaced");
            Ok(())
        }
        Err(WriteError::Unmet(_)) => Err(ApiError::new(
            http::StatusCode::CONFLICT,
            "Conflict",
            "The client was changed or deleted by another request at the same time. Read it and try again.",
        )),
        Err(fault) => Err(fault.into()),
    }
}

/// The answer to a read: everything but what is secret.
pub fn shown(record: &ClientRecord) -> Result<Client, ApiError> {
    serde_json::from_value(record.metadata.clone()).map_err(|fault| ApiError::server(fault.to_string()))
}

/// Adds the registration access token of the record's generation, and where it is to be used (RFC 7592 §3).
pub fn with_registration(context: &Context, record: &ClientRecord, mut client: Client) -> Client {
    if let Some(generation) = record.registration_generation {
        let mut plaintext = generation.to_be_bytes().to_vec();
        plaintext.extend_from_slice(record.id.as_bytes());
        let token = format!("{}{}", prefix::ACCESS, context.seal.seal(kinds::REGISTRATION, &plaintext));
        client.registration_access_token = Some(token);
    }
    client.registration_client_uri = Some(registration_client_uri(context, &record.id));
    client
}

/// Where a client manages itself.
pub fn registration_client_uri(context: &Context, client_id: &str) -> String {
    let id = path_segment(client_id);
    format!("{}/oauth2/register/{id}", context.config.public_url())
}

/// A client id as a segment of a path, escaped once.
pub fn path_segment(client_id: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(client_id, KEPT).to_string()
}

/// `kept_strategy` is the `access_token_strategy` that a client's own update cannot change; empty for none.
async fn check(
    context: &Context,
    client: &mut Client,
    registrant: Registrant,
    kept_strategy: &str,
) -> Result<(), ApiError> {
    let columns = [client.client_id.as_str(), &client.client_name, &client.owner];
    if columns.iter().any(|text| text.contains('\0')) {
        return Err(ApiError::malformed(
            "Members 'client_id', 'client_name' and 'owner' must not have a NUL character.",
        ));
    }
    let config = &context.config;
    let kept = AccessTokenStrategy::parse(kept_strategy).filter(|_| registrant != Registrant::Administrator);
    let offered: Vec<&str> = context.keys.offered().iter().map(|algorithm| algorithm.as_str()).collect();
    let policy = RegistrationPolicy {
        default_scope: &config.oidc.dynamic_client_registration.default_scope,
        subject_types: &config.oidc.subject_types,
        registrant,
        jwt_access_tokens: kept.unwrap_or(config.strategies.access_token) == AccessTokenStrategy::Jwt,
        signed_response_algorithms: &offered,
    };
    validate(client, &policy)?;
    addresses::check(context, client).await
}

/// The stored hashes, and the secret to show: the chosen one, a new one, or none for clients without.
async fn first_secret(context: &Context, client: &Client) -> Result<(Vec<String>, Option<String>), ApiError> {
    let id = client.client_id.as_str();
    match client.client_secret.as_deref().filter(|secret| !secret.is_empty()) {
        Some(chosen) => {
            let hash = context.secrets.hash_chosen(chosen).await?;
            let shown = (!client.is_public()).then(|| chosen.to_owned());
            Ok((vec![hash], shown))
        }
        None => match client.authentication_method() {
            ClientAuthenticationMethod::None | ClientAuthenticationMethod::PrivateKeyJwt => Ok((Vec::new(), None)),
            _ => {
                let secret = SecretVerifier::generate(&context.rng);
                Ok((vec![context.secrets.hash_generated(id, &secret)], Some(secret)))
            }
        },
    }
}

/// The metadata as it is kept: nothing that is secret or shown only once.
fn stored(client: &Client) -> Result<Value, ApiError> {
    let mut kept = client.clone();
    kept.client_secret = None;
    kept.registration_access_token = None;
    kept.registration_client_uri = None;
    serde_json::to_value(&kept).map_err(|fault| ApiError::server(fault.to_string()))
}
