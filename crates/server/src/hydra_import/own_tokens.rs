//! Tokens that no consent stands behind: those of clients for themselves, which carry what they say, and those that an
//! assertion about somebody gave, each with a grant.

use symbolon_store::{Batch, HydraGrant, HydraTable, HydraToken, SourceRow};
use symbolon_types::{AuthorizationDetails, ClientId, Scope, Subject, TokenId};

use super::fault::ImportFault;
use super::grants::{Ready, access_id, body_of_token, grant_id};
use super::session_data::SessionData;
use super::{Import, PAGE, value};
use crate::confirmation::Confirmation;
use crate::grant::access_token_content::{AccessTokenContent, TokenBasis};

const KIND: &str = "tokens without a consent";

impl Import<'_> {
    pub(super) async fn own_tokens(&mut self) -> Result<(), ImportFault> {
        let table = HydraTable::ACCESS_TOKENS;
        let (mut read, mut after) = (0, None::<String>);
        loop {
            let rows = self.source.page_without_consent(table, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.text("signature").to_owned());
            let (mut batch, mut grants) = (Batch::new(), Vec::new());
            for row in rows.iter().filter(|row| row.is_true("active")) {
                let Some(session) = SessionData::of(self.opener, row) else {
                    self.report.of(KIND).leave_out("no system secret opens it", row.text("client_id"));
                    continue;
                };
                if session.subject() == row.text("client_id") || session.subject().is_empty() {
                    if let Some(token) = self.own_token(row, &session).await? {
                        batch.put_hydra_token(&token, self.run);
                    }
                } else if let Some(grant) = self.of_assertion(row, &session).await? {
                    grants.push(grant);
                }
            }
            self.context.store.write(batch).await?;
            self.write_grants(grants).await?;
            read += rows.len() as u64;
            (self.progress)(KIND, read, read);
        }
        self.strays().await
    }

    /// Refresh tokens that no consent stands behind are those of the password grant, which is none here.
    async fn strays(&mut self) -> Result<(), ImportFault> {
        let mut after = None::<String>;
        loop {
            let rows = self.source.page_without_consent(HydraTable::REFRESH_TOKENS, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text("signature").to_owned());
            for row in rows.iter().filter(|row| row.is_true("active")) {
                let reason = "refresh tokens without a consent (password grant?)";
                self.report.of(KIND).leave_out(reason, row.text("client_id"));
            }
        }
    }

    async fn own_token(&mut self, row: &SourceRow, session: &SessionData) -> Result<Option<HydraToken>, ImportFault> {
        let now = self.now();
        let client_id = ClientId::from(row.text("client_id"));
        let Some(client) = self.brought_client(&client_id).await? else {
            self.report.of(KIND).leave_out("its client was not brought", client_id.as_str());
            return Ok(None);
        };
        let at = row.get("requested_at").and_then(value::seconds).unwrap_or_default();
        let expires_at = session
            .expires_at("access_token")
            .unwrap_or_else(|| at.saturating_add(self.context.config.ttl.access_token));
        if expires_at <= now {
            self.report.of(KIND).over += 1;
            return Ok(None);
        }
        let id = access_id(row.text("signature"));
        let mut token = [0; 16];
        token.copy_from_slice(id.get(1..17).unwrap_or(&[0; 16]));
        let content = AccessTokenContent {
            basis: TokenBasis::Client { client_id, epoch: client.epoch, id: TokenId::from(token) },
            scope: Some(Scope::from_list(value::barred(row.text("granted_scope"))).unwrap_or_default()),
            audience: Some(value::barred(row.text("granted_audience"))),
            details: None,
            own_details: AuthorizationDetails::default(),
            claims: session.access_token_claims(),
            confirmation: Confirmation::Bearer,
            issued_at: at,
            expires_at,
            access_revocations: client.access_revocations,
        };
        let is_new = self.context.store.hydra_token(&id).await?.is_none();
        self.report.of(KIND).count(is_new);
        Ok(Some(HydraToken { id, expires_at, body: content.to_bytes(self.context.config.issuer()) }))
    }

    async fn of_assertion(&mut self, row: &SourceRow, session: &SessionData) -> Result<Option<Ready>, ImportFault> {
        let client_id = ClientId::from(row.text("client_id"));
        let Some(client) = self.brought_client(&client_id).await? else {
            self.report.of(KIND).leave_out("its client was not brought", client_id.as_str());
            return Ok(None);
        };
        let chain = self.chain(&[row], &[]);
        let Some(at) = row.get("requested_at").and_then(value::micros).filter(|_| chain.is_live()) else {
            self.report.of(KIND).over += 1;
            return Ok(None);
        };
        let id = grant_id(at, row.text("request_id"));
        let body = body_of_token(row, session);
        let tokens = chain.tokens(self.context, id, (&body.scope, &body.audience), client.access_revocations);
        let grant = HydraGrant {
            id,
            client_id,
            subject: Subject::from(session.subject()),
            session_id: None,
            issued_at: id.unix_seconds(),
            progress: chain.progress(),
            remember_until: None,
            expires_at: chain.expires_at(),
            body: body.close(self.context)?,
            tokens,
        };
        Ok(Some(Ready { grant, codes: 0, tokens: chain.live_count() }))
    }
}
