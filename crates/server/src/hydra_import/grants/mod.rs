//! Grants: a consent of Hydra's with all that was issued from it becomes one grant of ours. What is live decides how far it
//! has come; what was rotated out comes along, so that showing it again is still known to be a theft.

mod body;
mod chain;

use std::collections::HashMap;

use symbolon_jose::digest;
use symbolon_store::{GrantOutcome, HydraGrant, HydraTable, HydraToken, Progress, SourceRow};
use symbolon_types::{ClientId, GrantId, SessionId, Subject};

use super::fault::ImportFault;
use super::session_data::SessionData;
use super::{Import, PAGE, value};
use crate::grant::body::GrantBody;
use crate::hydra::Kind;
use crate::issue::authorization_code;
use chain::Chain;

pub(super) use body::of_token as body_of_token;
pub(super) use chain::access_id;

const KIND: &str = "grants";

/// A consent with its rows.
pub(super) struct Consent<'r> {
    pub(super) flow: &'r SourceRow,
    pub(super) id: GrantId,
    /// The code that was not redeemed, with what its proof key says.
    pub(super) code: Option<LiveCode<'r>>,
    pub(super) chain: Chain<'r>,
}

/// A grant that is ready to be written, and how many live codes and tokens lead to it.
pub(super) struct Ready {
    pub(super) grant: HydraGrant,
    pub(super) codes: u64,
    pub(super) tokens: u64,
}

/// A code that may be redeemed.
pub(super) struct LiveCode<'r> {
    pub(super) row: &'r SourceRow,
    pub(super) session: SessionData,
    pub(super) expires_at: i64,
    pub(super) proof_key: Option<&'r SourceRow>,
}

/// Rows by the value of a column.
fn grouped<'r>(rows: &'r [SourceRow], column: &str) -> HashMap<&'r str, Vec<&'r SourceRow>> {
    let mut groups: HashMap<&str, Vec<&SourceRow>> = HashMap::new();
    for row in rows {
        groups.entry(row.text(column)).or_default().push(row);
    }
    groups
}

fn rows_of<'g, 'r>(groups: &'g HashMap<&str, Vec<&'r SourceRow>>, id: &str) -> &'g [&'r SourceRow] {
    groups.get(id).map_or(&[], Vec::as_slice)
}

/// The id of a grant: its time, and a hash of the name that Hydra has for it, so that it is the same in every run.
pub(super) fn grant_id(micros: i64, name: &str) -> GrantId {
    let mut tail = [0; 10];
    tail.copy_from_slice(&digest::sha256(name.replace('-', "").as_bytes())[..10]);
    GrantId::from_parts(u64::try_from(micros.div_euclid(1000)).unwrap_or_default(), tail)
}

impl Import<'_> {
    pub(super) async fn grants(&mut self) -> Result<(), ImportFault> {
        let table = HydraTable::FLOWS;
        let (total, mut read, mut after) = (self.source.count(table).await?, 0, None::<String>);
        loop {
            let flows = self.source.page(table, after.as_deref(), PAGE).await?;
            let Some(last) = flows.last() else { return Ok(()) };
            after = Some(last.text("login_challenge").to_owned());
            let grants = self.grants_of(&flows).await?;
            self.write_grants(grants).await?;
            read += flows.len() as u64;
            (self.progress)(KIND, read, total);
        }
    }

    pub(super) async fn write_grants(&mut self, ready: Vec<Ready>) -> Result<(), ImportFault> {
        let counts: Vec<(u64, u64)> = ready.iter().map(|one| (one.codes, one.tokens)).collect();
        let grants: Vec<HydraGrant> = ready.into_iter().map(|one| one.grant).collect();
        let outcomes = self.context.store.import_hydra_grants(&grants, self.run, self.now()).await?;
        for ((grant, (codes, tokens)), outcome) in grants.iter().zip(counts).zip(outcomes) {
            for (kind, count) in [(KIND, 1), ("codes", codes), ("tokens", tokens)] {
                let counted = self.report.of(kind);
                match outcome {
                    GrantOutcome::Taken => counted.taken += count,
                    GrantOutcome::Followed => counted.followed += count,
                    GrantOutcome::Known => counted.known += count,
                    GrantOutcome::NoClient if kind == KIND => {
                        counted.leave_out("its client was not brought", grant.client_id.as_str());
                    }
                    GrantOutcome::NoClient => {}
                }
            }
        }
        Ok(())
    }

    async fn grants_of(&mut self, flows: &[SourceRow]) -> Result<Vec<Ready>, ImportFault> {
        let ids: Vec<&str> =
            flows.iter().map(|flow| flow.text("consent_challenge_id")).filter(|id| !id.is_empty()).collect();
        let source = self.source;
        let codes = source.rows_with(HydraTable::CODES, "challenge_id", &ids).await?;
        let access = source.rows_with(HydraTable::ACCESS_TOKENS, "challenge_id", &ids).await?;
        let refresh = source.rows_with(HydraTable::REFRESH_TOKENS, "challenge_id", &ids).await?;
        let open: Vec<&str> =
            codes.iter().filter(|row| row.is_true("active")).map(|row| row.text("signature")).collect();
        let proof_keys = source.rows_with(HydraTable::PROOF_KEYS, "signature", &open).await?;
        let (codes, access) = (grouped(&codes, "challenge_id"), grouped(&access, "challenge_id"));
        let (refresh, proof_keys) = (grouped(&refresh, "challenge_id"), grouped(&proof_keys, "signature"));
        let mut grants = Vec::new();
        for flow in flows {
            let id = flow.text("consent_challenge_id");
            let rejected = !matches!(flow.text("consent_error").trim(), "" | "{}" | "null");
            let unfinished = flow.number("state").is_some_and(|state| state != 6);
            if id.is_empty() || rejected || unfinished {
                self.report.of(KIND).over += 1;
                continue;
            }
            let Some(at) = ["requested_at", "consent_handled_at"]
                .into_iter()
                .find_map(|column| flow.get(column).and_then(value::micros))
            else {
                self.report.of(KIND).over += 1;
                continue;
            };
            let chain = self.chain(rows_of(&access, id), rows_of(&refresh, id));
            let code = self.live_code(rows_of(&codes, id), &proof_keys);
            let consent = Consent { flow, id: grant_id(at, id), code, chain };
            match self.grant(&consent, rows_of(&codes, id)).await? {
                Some(grant) => grants.push(grant),
                None => self.report.of(KIND).over += 1,
            }
        }
        Ok(grants)
    }

    fn live_code<'r>(
        &mut self,
        codes: &[&'r SourceRow],
        proof_keys: &HashMap<&str, Vec<&'r SourceRow>>,
    ) -> Option<LiveCode<'r>> {
        let row = codes.iter().copied().find(|row| row.is_true("active"))?;
        let Some(session) = SessionData::of(self.opener, row) else {
            self.report.of("codes").leave_out("no system secret opens it", row.text("client_id"));
            return None;
        };
        let expires_at = self.code_expires_at(row, &session);
        let proof_key = proof_keys.get(row.text("signature")).and_then(|rows| rows.first().copied());
        (expires_at > self.now()).then_some(LiveCode { row, session, expires_at, proof_key })
    }

    fn code_expires_at(&self, row: &SourceRow, session: &SessionData) -> i64 {
        session.expires_at("authorize_code").unwrap_or_else(|| {
            let at = row.get("requested_at").and_then(value::seconds).unwrap_or_default();
            at.saturating_add(self.context.config.ttl.auth_code)
        })
    }

    /// The grant, if anything of it counts.
    async fn grant(&mut self, consent: &Consent<'_>, codes: &[&SourceRow]) -> Result<Option<Ready>, ImportFault> {
        let Consent { flow, id, code, chain } = consent;
        let remember_until = remember_until(flow).filter(|until| *until > self.now());
        let progress = match code {
            Some(_) if !chain.has_refresh() => Progress::Issued,
            _ if chain.is_live() => chain.progress(),
            _ => Progress::Ended,
        };
        if progress == Progress::Ended && remember_until.is_none() {
            return Ok(None);
        }
        let client_id = ClientId::from(flow.text("client_id"));
        let Some(client) = self.brought_client(&client_id).await? else {
            self.report.of(KIND).leave_out("its client was not brought", client_id.as_str());
            return Ok(None);
        };
        let Some(body) = GrantBody::of_consent(consent, &client) else {
            self.report.of("codes").leave_out("its request cannot be kept (PKCE other than S256?)", client_id.as_str());
            return Ok(None);
        };
        let mut tokens = chain.tokens(self.context, *id, (&body.scope, &body.audience), client.access_revocations);
        let session_id =
            [Some(flow.text("login_session_id")), chain.sid()].into_iter().flatten().find_map(SessionId::parse);
        let issued_at = id.unix_seconds();
        let mut expires_at = chain.expires_at().max(issued_at);
        for row in codes {
            let until = match code {
                Some(live) if live.row.text("signature") == row.text("signature") => live.expires_at,
                _ => match SessionData::of(self.opener, row) {
                    Some(session) if chain.is_live() => self.code_expires_at(row, &session),
                    _ => continue,
                },
            };
            if until > self.now() {
                // A code that was redeemed ends the grant when it is shown again (RFC 6749 §4.1.2).
                tokens.push(HydraToken {
                    id: Kind::Code.id_of_signature(row.text("signature")),
                    expires_at: until,
                    body: authorization_code::to_bytes(*id, until),
                });
            }
        }
        if let Some(live) = code {
            expires_at = expires_at.max(live.expires_at);
        }
        let grant = HydraGrant {
            id: *id,
            client_id,
            subject: Subject::from(flow.text("subject")),
            session_id,
            issued_at,
            progress,
            remember_until,
            expires_at,
            body: body.close(self.context)?,
            tokens,
        };
        Ok(Some(Ready { grant, codes: u64::from(code.is_some()), tokens: chain.live_count() }))
    }
}

/// Until when a consent is remembered. One that was given because of another one is not remembered itself.
fn remember_until(flow: &SourceRow) -> Option<i64> {
    if flow.is_true("consent_skip") || !flow.is_true("consent_remember") {
        return None;
    }
    match flow.number("consent_remember_for").unwrap_or_default() {
        0 => Some(i64::MAX),
        seconds => Some(flow.get("requested_at").and_then(value::seconds)?.saturating_add(seconds)),
    }
}
