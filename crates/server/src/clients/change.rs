//! Creating, replacing and deleting clients. Metadata is validated by `symbolon-types`; here are the secret, the
//! registration access token and the record. An update names the revision it was made from, so two of them at once
//! cannot lose a setting.

mod addresses;
mod algorithms;
mod fault;
mod lifespans;
mod patch;
mod profile;
mod rights;
mod rotation;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use symbolon_store::{ClientEpoch, ClientRecord, Origin};
use symbolon_types::client::{MetadataFault, Registrant, RegistrationPolicy, check_mac_secret, validate};
use symbolon_types::{AccessTokenStrategy, Client, ClientAuthenticationMethod, MetadataLimits, SecurityProfile};

use super::Subjects;
use super::encryption;
use super::sealed_secret;
use super::secret::SecretVerifier;
use super::vouchers::Vouchers;
use crate::audit::{ClientOrigin, Event};
use crate::config::Config;
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::identifiers;
use crate::seal::{kinds, prefix};
use crate::slow_hash::Purpose;
use crate::trail;

pub use algorithms::Algorithms;
pub use fault::{ChangeFault, OUTDATED};
pub use lifespans::replace_lifespans;
pub use patch::{ClientPatch, PatchFault};
pub use profile::admits;
pub use rotation::{RotationFault, drop_rotated_secrets, rotate_secret};

/// Registers a client and gives the answer, with the secret and the registration access token that are shown once.
pub async fn create(context: &Context, mut client: Client, registrant: Registrant) -> Result<Client, ChangeFault> {
    rights::first(context, &mut client, registrant)?;
    check(context, &mut client, registrant, &Kept::default())?;
    addresses::check(context, &client, &Vouchers::first(registrant)).await?;
    if registrant != Registrant::Administrator || client.client_id.as_str().is_empty() {
        client.client_id = identifiers::uuid(&context.rng).into();
    }
    let (secrets, shown_secret) = first_secret(context, &client, registrant).await?;
    client.created_at = context.clock.now();
    client.updated_at = context.clock.now_micros();
    let epoch = ClientEpoch::first(context.rng.bytes());
    let record = ClientRecord {
        id: client.client_id.clone(),
        created_at: client.created_at,
        updated_at: client.updated_at,
        epoch,
        access_revocations: 0,
        // Both are counted from numbers of its own: what was found right for an earlier client with this id is compared
        // again, and no token of it fits. Requests carry the revision, which is the shorter one for that.
        revision: epoch.incarnation >> 31,
        registration_generation: rights::has_token(context, registrant).then_some(epoch.incarnation),
        origin: match registrant {
            Registrant::Administrator => Origin::Administrator,
            _ => Origin::SelfService,
        },
        secrets,
        metadata: stored(&client)?,
        owner: client.owner.clone(),
        client_name: client.client_name.clone(),
    };
    context.store.insert_client(&record).await?;
    trail::tell(&Event::ClientCreated { client_id: record.id.as_str(), by: by(registrant) });
    client.client_secret = shown_secret;
    Ok(with_registration(context, &record, client))
}

/// Replaces a client's metadata; an absent secret keeps the one there is.
pub async fn replace(
    context: &Context,
    record: &ClientRecord,
    mut client: Client,
    registrant: Registrant,
) -> Result<(ClientRecord, Client), ChangeFault> {
    let current = metadata(record)?;
    if registrant == Registrant::Administrator {
        check(context, &mut client, registrant, &Kept::default())?;
    } else {
        forgive_repeated_settings(&mut client, &current);
        rights::own_change(context, &mut client, record, &current)?;
        let kept = Kept { strategy: current.access_token_strategy(), origin: record.origin };
        check(context, &mut client, registrant, &kept)?;
        keep_administrators_settings(&mut client, &current);
        profile::check(&context.config, &client, record.origin)?;
        rights::ask_again(&mut client, &current);
    }
    client.client_id = record.id.clone();
    if registrant != Registrant::Administrator {
        same_subjects(&client, &current, record.origin)?;
    }
    // Last, because others are called for it.
    let taken_over = taken_over(record, registrant);
    let vouchers = Vouchers::of(&taken_over).after(&current, &client, registrant);
    addresses::check(context, &client, &vouchers).await?;
    let mut changed = taken_over;
    if registrant == Registrant::Administrator
        && !context.config.symbolon.registration.keep_token_at_administrators_change
    {
        // The administrator's word ends what the client held before, as in Hydra.
        changed.registration_generation = None;
    }
    let chosen = client.client_secret.is_some();
    // A client that had none gets a secret when its new method needs one, or it could never authenticate again.
    let (secrets, shown_secret) = first_secret(context, &client, registrant).await?;
    let another =
        chosen || record.secrets.is_empty() || !sealed_secret::fit(client.authentication_method(), &record.secrets);
    if another {
        changed.secrets = secrets;
    } else {
        kept_secret_suffices(context, record, &client)?;
    }
    let shown_secret = shown_secret.filter(|_| another);
    client.client_secret = None;
    client.created_at = record.created_at;
    client.updated_at = context.clock.now_micros();
    changed.updated_at = client.updated_at;
    changed.metadata = stored(&client)?;
    vouchers.keep_in(&mut changed.metadata);
    changed.owner.clone_from(&client.owner);
    changed.client_name.clone_from(&client.client_name);
    client.client_secret = shown_secret;
    Ok((changed, client))
}

/// What an administrator changes is his from then on: the document of the client counts no longer.
fn taken_over(record: &ClientRecord, registrant: Registrant) -> ClientRecord {
    let mut record = record.clone();
    if registrant == Registrant::Administrator && record.origin == Origin::Document {
        record.origin = Origin::Administrator;
    }
    record
}

/// A secret that stays must be long enough for the algorithm of now.
fn kept_secret_suffices(context: &Context, record: &ClientRecord, client: &Client) -> Result<(), MetadataFault> {
    if !sealed_secret::seals(client.authentication_method()) {
        return Ok(());
    }
    let current = record.secrets.first().and_then(|stored| sealed_secret::open(context, record.id.as_str(), stored));
    current.map_or(Ok(()), |secret| check_mac_secret(client, secret.expose()))
}

/// OpenID Connect Core §8: what a client was given shows the subjects of its type and sector of now. With another type or
/// sector it would learn, of people who are not asked again, who they are to others.
fn same_subjects(client: &Client, current: &Client, origin: Origin) -> Result<(), MetadataFault> {
    if Subjects::of(client, origin) == Subjects::of(current, origin) {
        return Ok(());
    }
    Err(MetadataFault::metadata(
        "The 'subject_type' and the sector of a client stay as they were registered; register another client for others.",
    ))
}

/// What an administrator set is part of the answer to a read, and so may be sent back.
fn forgive_repeated_settings(client: &mut Client, current: &Client) {
    client.skip_consent &= !current.skip_consent;
    client.resource_server &= !current.resource_server;
    if client.skip_logout_consent == current.skip_logout_consent {
        client.skip_logout_consent = None;
    }
    if client.access_token_strategy == current.access_token_strategy {
        client.access_token_strategy.clear();
    }
    if client.security_profile == current.security_profile {
        client.security_profile.clear();
    }
    if client.allowed_resources == current.allowed_resources {
        client.allowed_resources = None;
    }
    if client.default_resource == current.default_resource {
        client.default_resource.clear();
    }
}

/// What only an administrator may set survives a client's own update. Validation has refused the client's own values.
fn keep_administrators_settings(client: &mut Client, current: &Client) {
    client.metadata.clone_from(&current.metadata);
    client.skip_consent = current.skip_consent;
    client.resource_server = current.resource_server;
    client.skip_logout_consent = current.skip_logout_consent;
    client.access_token_strategy.clone_from(&current.access_token_strategy);
    client.security_profile.clone_from(&current.security_profile);
    client.allowed_resources.clone_from(&current.allowed_resources);
    client.default_resource.clone_from(&current.default_resource);
}

/// Checks what a document says of its client, and fills in the rest. It is held to the rules of whoever registers itself, and
/// to those of a profile that was made for clients of which nobody knows anything.
pub(super) fn check_described(context: &Context, client: &mut Client) -> Result<(), ChangeFault> {
    rights::check_described(context, client)?;
    check(context, client, Registrant::SelfService, &Kept::default())?;
    SecurityProfile::Oauth21.as_str().clone_into(&mut client.security_profile);
    Ok(profile::check(&context.config, client, Origin::Document)?)
}

fn by(registrant: Registrant) -> ClientOrigin {
    match registrant {
        Registrant::Administrator => ClientOrigin::Administrator,
        _ => ClientOrigin::Registration,
    }
}

/// Writes what [`replace`] prepared.
pub async fn save(context: &Context, changed: &ClientRecord, revision: i64) -> Result<(), ChangeFault> {
    context.store.replace_client(changed, revision).await?;
    trail::tell(&Event::ClientReplaced { client_id: changed.id.as_str() });
    Ok(())
}

/// Writes the members of a client that were changed, and when; whoever asks for it tells what was changed. The rest of what is stored stays as it is, also what the
/// metadata do not know.
async fn save_members(
    context: &Context,
    mut changed: ClientRecord,
    client: &mut Client,
    is_changed: impl Fn(&str) -> bool,
) -> Result<(), ChangeFault> {
    client.updated_at = context.clock.now_micros();
    changed.updated_at = client.updated_at;
    if let (Some(stored), Value::Object(members)) = (changed.metadata.as_object_mut(), serde_json::to_value(&*client)?)
    {
        stored.extend(members.into_iter().filter(|(name, _)| name == "updated_at" || is_changed(name)));
    }
    Ok(context.store.replace_client(&changed, changed.revision).await?)
}

/// Writes what [`replace`] prepared for a client's own change. Consents that users gave to the client as it was spare
/// nobody a question any longer: they are forgotten before, so that none meets the new metadata, and afterwards those
/// that were given meanwhile.
pub async fn save_own(context: &Context, changed: &ClientRecord, before: &ClientRecord) -> Result<(), ChangeFault> {
    if !rights::asks_for_other_things(&metadata(changed)?, &metadata(before)?) {
        return save(context, changed, before.revision).await;
    }
    context.store.unremember_consents_of_client(&before.id).await?;
    save(context, changed, before.revision).await?;
    Ok(context.store.unremember_consents_of_client(&before.id).await?)
}

/// The metadata as they are stored: everything but what is secret.
pub fn metadata(record: &ClientRecord) -> Result<Client, serde_json::Error> {
    serde_json::from_value(record.metadata.clone())
}

/// The metadata in an answer of the administration API.
pub fn shown(record: &ClientRecord) -> Result<Client, ApiError> {
    metadata(record).map_err(|fault| ApiError::server(fault.to_string()))
}

/// Adds the registration access token of the record's generation, and where it is to be used (RFC 7592 §3).
pub fn with_registration(context: &Context, record: &ClientRecord, mut client: Client) -> Client {
    if let Some(generation) = record.registration_generation {
        let mut plaintext = generation.to_be_bytes().to_vec();
        plaintext.extend_from_slice(record.id.as_str().as_bytes());
        let token = format!("{}{}", prefix::ACCESS, context.seal.seal(kinds::REGISTRATION, &plaintext));
        client.registration_access_token = Some(token);
    }
    client.registration_client_uri = Some(registration_client_uri(context, record.id.as_str()));
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

/// What an administrator decided about a client, which its own update cannot change.
struct Kept {
    strategy: Option<AccessTokenStrategy>,
    origin: Origin,
}

impl Default for Kept {
    fn default() -> Self {
        Self { strategy: None, origin: Origin::SelfService }
    }
}

/// How large the metadata may be: an administrator's client stays one when it changes itself.
fn limits(context: &Context, registrant: Registrant, origin: Origin) -> MetadataLimits {
    let limits = &context.config.symbolon.limits;
    if registrant == Registrant::Administrator || origin == Origin::Administrator {
        MetadataLimits::administrator(limits.administrator_metadata_bytes, limits.administrator_list_entries)
    } else {
        MetadataLimits::self_registered(limits.self_registered_metadata_bytes, limits.self_registered_list_entries)
    }
}

fn check(context: &Context, client: &mut Client, registrant: Registrant, kept: &Kept) -> Result<(), ChangeFault> {
    let config = &context.config;
    let algorithms = Algorithms::of(context);
    let policy = RegistrationPolicy {
        default_scope: &config.oidc.dynamic_client_registration.default_scope,
        subject_types: &config.oidc.subject_types,
        registrant,
        jwt_access_tokens: kept.strategy.unwrap_or(config.strategies.access_token).is_jwt(),
        algorithms: algorithms.offered(),
        certificates: config.symbolon.mtls.sees(),
        limits: limits(context, registrant, kept.origin),
    };
    validate(client, &policy)?;
    check_details_types(config, client)?;
    let origin = if registrant == Registrant::Administrator { Origin::Administrator } else { kept.origin };
    profile::check(config, client, origin)?;
    Ok(encryption::check_keys(client)?)
}

/// RFC 9396 §10: a client of a type that there is not could never use it.
fn check_details_types(config: &Config, client: &Client) -> Result<(), MetadataFault> {
    let types = &config.symbolon.authorization_details.types;
    match client.authorization_details_types.iter().find(|name| types.get(name).is_none()) {
        None => Ok(()),
        Some(name) => Err(MetadataFault::metadata(format!(
            "The type '{name}' in 'authorization_details_types' is none of this server's."
        ))),
    }
}

/// A new secret for a method that has one: how it is stored, and itself.
fn generated_secret(context: &Context, client_id: &str, method: ClientAuthenticationMethod) -> (String, String) {
    if sealed_secret::seals(method) {
        let secret = SecretVerifier::generate_for_macs(&context.rng);
        return (sealed_secret::seal(context, client_id, &secret), secret);
    }
    let secret = SecretVerifier::generate(&context.rng);
    (context.clients.secrets.hash_generated(client_id, &secret), secret)
}

/// The stored hashes, and the secret to show: the chosen one, a new one, or none for clients without.
async fn first_secret(
    context: &Context,
    client: &Client,
    registrant: Registrant,
) -> Result<(Vec<String>, Option<String>), OAuthError> {
    let id = client.client_id.as_str();
    match client.client_secret.as_deref().filter(|secret| !secret.is_empty()) {
        Some(chosen) if sealed_secret::seals(client.authentication_method()) => {
            Ok((vec![sealed_secret::seal(context, id, chosen)], Some(chosen.to_owned())))
        }
        Some(chosen) => {
            // Whatever strangers do with client secrets, an administrator gets through.
            let purpose = match registrant {
                Registrant::Administrator => Purpose::Administration,
                _ => Purpose::ClientSecret,
            };
            let hash = context.clients.secrets.hash_chosen(purpose, id, chosen).await?;
            let shown = (!client.is_public()).then(|| chosen.to_owned());
            Ok((vec![hash], shown))
        }
        None => match client.authentication_method() {
            method if !sealed_secret::has_secret(method) => Ok((Vec::new(), None)),
            method => {
                let (stored, secret) = generated_secret(context, id, method);
                Ok((vec![stored], Some(secret)))
            }
        },
    }
}

/// The metadata as they are kept: nothing that is secret or shown only once.
fn stored(client: &Client) -> Result<Value, serde_json::Error> {
    let mut kept = client.clone();
    kept.client_secret = None;
    kept.registration_access_token = None;
    kept.registration_client_uri = None;
    serde_json::to_value(&kept)
}
