//! Clients: their metadata as they are, whatever our rules for new ones say, the hashes of their secrets, and their
//! registration access tokens.

use std::sync::Arc;

use serde_json::Value;
use symbolon_store::{
    Batch, ClientEpoch, ClientRecord, HydraTable, HydraToken, ImportedKind, LedgerEntry, Origin, SourceRow, WriteError,
};
use symbolon_types::client::Lifespans;
use symbolon_types::{Client, ClientAuthenticationMethod as Method, ClientId, GoDuration, Scope};

use super::fault::ImportFault;
use super::{Import, PAGE, value};
use crate::clients::sealed_secret::has_secret;
use crate::clients::secret::hash_of_hydra_is_usable;
use crate::hydra::Kind;

const KIND: &str = "clients";

impl Import<'_> {
    pub(super) async fn clients(&mut self) -> Result<(), ImportFault> {
        let table = HydraTable::CLIENTS;
        let (total, mut read, mut after) = (self.source.count(table).await?, 0, None::<String>);
        loop {
            let rows = self.source.page(table, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text("id").to_owned());
            for row in &rows {
                self.client(row).await?;
            }
            read += rows.len() as u64;
            (self.progress)(KIND, read, total);
        }
    }

    async fn client(&mut self, row: &SourceRow) -> Result<(), ImportFault> {
        let id = row.text("id");
        let mut record = match record(row, ClientEpoch::first(self.context.rng.bytes())) {
            Ok(record) => record,
            Err(reason) => {
                self.report.of(KIND).leave_out(&reason, id);
                // It is still there, so that what was brought of it before does not end.
                return self.see_client(id).await;
            }
        };
        record.secrets.retain(|hash| !hash.is_empty());
        let all = record.secrets.len();
        record.secrets.retain(|hash| hash_of_hydra_is_usable(hash));
        if record.secrets.len() < all {
            self.report.of("secrets").leave_out("their hash is none of Hydra's, or takes too long to check", id);
        }
        let store = &self.context.store;
        let known = store.hydra_ledger(ImportedKind::Client, id.as_bytes()).await?;
        let here = store.client(&ClientId::from(id)).await?;
        match (known, here) {
            (None, None) => match store.insert_client(&record).await {
                Ok(()) => {
                    self.note_client(row, &record).await?;
                    self.report.of(KIND).taken += 1;
                }
                Err(WriteError::Conflict(_)) => self.report.of(KIND).leave_out("there is a client of this id here", id),
                Err(fault) => return Err(fault.into()),
            },
            (None, Some(_)) => self.report.of(KIND).leave_out("there is a client of this id here", id),
            (Some(entry), Some(here)) if entry == LedgerEntry::of_client(&here) && differs(&record, &here) => {
                let changed = ClientRecord {
                    updated_at: record.updated_at,
                    registration_generation: record.registration_generation.and(Some(here.epoch.incarnation)),
                    secrets: record.secrets,
                    metadata: record.metadata,
                    owner: record.owner,
                    client_name: record.client_name,
                    ..(*here).clone()
                };
                store.replace_client(&changed, here.revision).await?;
                self.note_client(row, &ClientRecord { revision: here.revision + 1, ..changed }).await?;
                self.report.of(KIND).followed += 1;
            }
            (Some(_), here) => {
                self.see_client(id).await?;
                if let Some(here) = here {
                    // The token stays as long as the client was not given another one here.
                    self.registration_token(row, &here).await?;
                }
                self.report.of(KIND).known += 1;
            }
        }
        Ok(())
    }

    async fn see_client(&self, id: &str) -> Result<(), ImportFault> {
        let mut batch = Batch::new();
        batch.see_hydra_import(ImportedKind::Client, id.as_bytes(), self.run);
        Ok(self.context.store.write(batch).await?)
    }

    /// The client that was brought under this id. Another one of the same id is none: it gets none of its tokens.
    pub(super) async fn brought_client(&self, id: &ClientId) -> Result<Option<Arc<ClientRecord>>, ImportFault> {
        let store = &self.context.store;
        let Some(client) = store.client(id).await? else { return Ok(None) };
        let entry = store.hydra_ledger(ImportedKind::Client, id.as_str().as_bytes()).await?;
        Ok(entry.filter(|entry| entry.incarnation == client.epoch.incarnation).map(|_| client))
    }

    async fn note_client(&self, row: &SourceRow, record: &ClientRecord) -> Result<(), ImportFault> {
        let mut batch = Batch::new();
        let entry = LedgerEntry::of_client(record);
        batch.note_hydra_import(ImportedKind::Client, record.id.as_str().as_bytes(), entry, self.run);
        self.context.store.write(batch).await?;
        self.registration_token(row, record).await
    }

    /// The registration access token, of which Hydra knows the signature alone.
    async fn registration_token(&self, row: &SourceRow, record: &ClientRecord) -> Result<(), ImportFault> {
        let signature = row.text("registration_access_token_signature");
        let Some(generation) = record.registration_generation.filter(|_| !signature.is_empty()) else { return Ok(()) };
        let body = [generation.to_be_bytes().as_slice(), record.id.as_str().as_bytes()].concat();
        let id = Kind::Registration.id_of_signature(signature);
        let mut batch = Batch::new();
        batch.put_hydra_token(&HydraToken { id, expires_at: i64::MAX, body }, self.run);
        Ok(self.context.store.write(batch).await?)
    }
}

fn differs(record: &ClientRecord, here: &ClientRecord) -> bool {
    record.metadata != here.metadata
        || record.secrets != here.secrets
        || record.registration_generation.is_some() != here.registration_generation.is_some()
}

fn record(row: &SourceRow, epoch: ClientEpoch) -> Result<ClientRecord, String> {
    let client = client(row)?;
    let mut secrets = Vec::new();
    if has_secret(client.authentication_method()) && client.authentication_method() != Method::ClientSecretJwt {
        secrets.push(row.text("client_secret").to_owned());
        secrets.extend(value::certain_list(row, "rotated_secrets")?);
    }
    Ok(ClientRecord {
        id: client.client_id.clone(),
        created_at: client.created_at,
        updated_at: client.updated_at,
        epoch,
        access_revocations: 0,
        revision: epoch.incarnation >> 31,
        registration_generation: Some(epoch.incarnation)
            .filter(|_| !row.text("registration_access_token_signature").is_empty()),
        origin: Origin::Administrator,
        secrets,
        owner: client.owner.clone(),
        client_name: client.client_name.clone(),
        metadata: serde_json::to_value(&client).map_err(|fault| fault.to_string())?,
    })
}

fn client(row: &SourceRow) -> Result<Client, String> {
    let text = |column: &str| row.text(column).to_owned();
    let list = |column: &str| value::certain_list(row, column);
    let jwks = value::certain_json::<Value>(row, "jwks")?
        .filter(|jwks| jwks.as_object().is_some_and(|members| !members.is_empty()));
    Ok(Client {
        client_id: ClientId::from(row.text("id")),
        client_name: text("client_name"),
        redirect_uris: list("redirect_uris")?,
        grant_types: list("grant_types")?,
        response_types: list("response_types")?,
        scope: Scope::parse(row.text("scope"))
            .map_err(|_| "its scope has a character that is not allowed".to_owned())?,
        audience: list("audience")?,
        owner: text("owner"),
        policy_uri: text("policy_uri"),
        allowed_cors_origins: list("allowed_cors_origins")?,
        tos_uri: text("tos_uri"),
        client_uri: text("client_uri"),
        logo_uri: text("logo_uri"),
        contacts: list("contacts")?,
        subject_type: text("subject_type"),
        sector_identifier_uri: text("sector_identifier_uri"),
        jwks_uri: text("jwks_uri"),
        jwks: jwks.unwrap_or_default(),
        token_endpoint_auth_method: text("token_endpoint_auth_method"),
        token_endpoint_auth_signing_alg: text("token_endpoint_auth_signing_alg"),
        request_uris: list("request_uris")?,
        request_object_signing_alg: text("request_object_signing_alg"),
        userinfo_signed_response_alg: text("userinfo_signed_response_alg"),
        created_at: row.get("created_at").and_then(value::seconds).unwrap_or_default(),
        updated_at: row.get("updated_at").and_then(value::micros).unwrap_or_default(),
        frontchannel_logout_uri: text("frontchannel_logout_uri"),
        frontchannel_logout_session_required: row.is_true("frontchannel_logout_session_required"),
        post_logout_redirect_uris: list("post_logout_redirect_uris")?,
        backchannel_logout_uri: text("backchannel_logout_uri"),
        backchannel_logout_session_required: row.is_true("backchannel_logout_session_required"),
        metadata: value::certain_json(row, "metadata")?,
        access_token_strategy: text("access_token_strategy"),
        skip_consent: row.is_true("skip_consent"),
        skip_logout_consent: row.get("skip_logout_consent").map(|_| row.is_true("skip_logout_consent")),
        lifespans: lifespans(row)?,
        ..Client::default()
    })
}

/// Nanoseconds in the columns.
fn lifespans(row: &SourceRow) -> Result<Lifespans, String> {
    let span = |column: &str| Ok::<_, String>(value::certain_number(row, column)?.map(GoDuration::from_nanoseconds));
    Ok(Lifespans {
        authorization_code_grant_access_token_lifespan: span("authorization_code_grant_access_token_lifespan")?,
        authorization_code_grant_id_token_lifespan: span("authorization_code_grant_id_token_lifespan")?,
        authorization_code_grant_refresh_token_lifespan: span("authorization_code_grant_refresh_token_lifespan")?,
        client_credentials_grant_access_token_lifespan: span("client_credentials_grant_access_token_lifespan")?,
        implicit_grant_access_token_lifespan: span("implicit_grant_access_token_lifespan")?,
        implicit_grant_id_token_lifespan: span("implicit_grant_id_token_lifespan")?,
        jwt_bearer_grant_access_token_lifespan: span("jwt_bearer_grant_access_token_lifespan")?,
        refresh_token_grant_id_token_lifespan: span("refresh_token_grant_id_token_lifespan")?,
        refresh_token_grant_access_token_lifespan: span("refresh_token_grant_access_token_lifespan")?,
        refresh_token_grant_refresh_token_lifespan: span("refresh_token_grant_refresh_token_lifespan")?,
        device_authorization_grant_id_token_lifespan: span("device_authorization_grant_id_token_lifespan")?,
        device_authorization_grant_access_token_lifespan: span("device_authorization_grant_access_token_lifespan")?,
        device_authorization_grant_refresh_token_lifespan: span("device_authorization_grant_refresh_token_lifespan")?,
    })
}
