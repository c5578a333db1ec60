//! The tokens of one consent. The time of a refresh token is its generation: it grows from rotation to rotation, whatever
//! Hydra has pruned in between.

use symbolon_store::{Branch, HydraToken, Progress, Rotations, SourceRow};
use symbolon_types::{AuthorizationDetails, GrantId, Scope};

use super::super::session_data::SessionData;
use super::super::{Import, value};
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::grant::access_token_content::{AccessTokenContent, GrantUse, TokenBasis};
use crate::hydra::Kind;
use crate::issue::refresh_token::RefreshTokenContent;

/// Most rotations that are kept with their times.
const MOST_ROTATIONS: usize = symbolon_store::MOST_ROTATIONS;

/// A token of a consent.
struct Token<'r> {
    row: &'r SourceRow,
    session: SessionData,
    /// In Unix microseconds.
    at: i64,
    /// In Unix seconds.
    expires_at: i64,
}

/// The tokens of one consent.
#[derive(Default)]
pub(in super::super) struct Chain<'r> {
    /// Access tokens that count.
    access: Vec<Token<'r>>,
    /// Refresh tokens that count, the oldest first.
    refresh: Vec<Token<'r>>,
    /// Refresh tokens that were used, the oldest first.
    used: Vec<Token<'r>>,
}

impl Import<'_> {
    /// Opens the tokens of a consent and leaves out what has expired.
    pub(in super::super) fn chain<'r>(&mut self, access: &[&'r SourceRow], refresh: &[&'r SourceRow]) -> Chain<'r> {
        let mut chain = Chain::default();
        for row in access.iter().copied().filter(|row| row.is_true("active")) {
            let ttl = self.context.config.ttl.access_token;
            let token = self.token(row, "access_token", |at| at.div_euclid(1_000_000).saturating_add(ttl));
            chain.access.extend(token);
        }
        for row in refresh.iter().copied() {
            // Without a time of its own a refresh token never expires.
            let Some(token) = self.token(row, "refresh_token", |_| i64::MAX) else { continue };
            if row.is_true("active") { chain.refresh.push(token) } else { chain.used.push(token) }
        }
        chain.refresh.sort_by_key(|token| token.at);
        chain.used.sort_by_key(|token| token.at);
        chain
    }

    fn token<'r>(&mut self, row: &'r SourceRow, kind: &str, otherwise: impl Fn(i64) -> i64) -> Option<Token<'r>> {
        let Some(session) = SessionData::of(self.opener, row) else {
            self.report.of("tokens").leave_out("no system secret opens it", row.text("client_id"));
            return None;
        };
        let at = row.get("requested_at").and_then(value::micros)?;
        let expires_at = session.expires_at(kind).unwrap_or_else(|| otherwise(at));
        if expires_at <= self.now() {
            self.report.of("tokens").over += 1;
            return None;
        }
        Some(Token { row, session, at, expires_at })
    }
}

impl<'r> Chain<'r> {
    pub(super) fn has_refresh(&self) -> bool {
        !self.refresh.is_empty()
    }

    pub(in super::super) fn is_live(&self) -> bool {
        !self.refresh.is_empty() || !self.access.is_empty()
    }

    pub(in super::super) fn live_count(&self) -> u64 {
        (self.refresh.len() + self.access.len()) as u64
    }

    pub(in super::super) fn expires_at(&self) -> i64 {
        self.refresh.iter().chain(&self.access).map(|token| token.expires_at).max().unwrap_or_default()
    }

    /// The newest token that counts: what it says is what the grant says now.
    pub(in super::super) fn newest(&self) -> Option<(&'r SourceRow, &SessionData)> {
        self.refresh.last().or(self.access.last()).map(|token| (token.row, &token.session))
    }

    pub(super) fn sid(&self) -> Option<&str> {
        self.newest().and_then(|(_, session)| session.sid())
    }

    /// The generation of the first branch.
    fn generation(&self) -> i64 {
        match (self.refresh.first(), self.used.last()) {
            (Some(first), _) => first.at,
            (None, Some(used)) => used.at.saturating_add(1),
            (None, None) => 0,
        }
    }

    /// The first branch with the times at which tokens were used first, as far as a grace period had them noted, and a branch
    /// for each further token that such a period allowed.
    pub(in super::super) fn progress(&self) -> Progress {
        let generation = self.generation();
        let (mut next, mut rotations) = (generation, Vec::new());
        for used in self.used.iter().rev().filter(|used| used.at < generation) {
            let Some(at) = used.row.get("first_used_at").and_then(value::seconds) else { break };
            rotations.push(Rotations { at, count: next - used.at });
            next = used.at;
        }
        rotations.truncate(MOST_ROTATIONS);
        let first = Branch { number: 0, generation, rotations, successor_seen: false };
        let others = self.refresh.iter().skip(1).zip(1_i64..).map(|(token, number)| Branch {
            number,
            generation: token.at,
            rotations: Vec::new(),
            successor_seen: false,
        });
        Progress::Redeemed(first, others.collect(), self.used.last().map_or(generation, |used| used.at))
    }

    /// What the tokens in Hydra's form stand for.
    pub(in super::super) fn tokens(
        &self,
        context: &Context,
        grant_id: GrantId,
        (scope, audience): (&Scope, &[String]),
        access_revocations: i64,
    ) -> Vec<HydraToken> {
        let mut tokens = Vec::new();
        let places = self.refresh.iter().zip(0_i64..).chain(self.used.iter().map(|token| (token, 0)));
        for (token, branch) in places {
            let used = GrantUse { grant_id, branch, generation: token.at };
            let body =
                RefreshTokenContent { used, issued_at: token.at.div_euclid(1_000_000), expires_at: token.expires_at };
            tokens.push(HydraToken {
                id: Kind::Refresh.id_of_signature(token.row.text("signature")),
                expires_at: token.expires_at,
                body: body.to_bytes(),
            });
        }
        for token in &self.access {
            let own = Scope::from_list(value::barred(token.row.text("granted_scope"))).unwrap_or_default();
            let own_audience = value::barred(token.row.text("granted_audience"));
            let body = AccessTokenContent {
                basis: TokenBasis::Grant(self.use_of(token, grant_id)),
                scope: (own != *scope).then_some(own),
                audience: (own_audience != audience).then_some(own_audience),
                details: None,
                own_details: AuthorizationDetails::default(),
                claims: serde_json::Map::new(),
                confirmation: Confirmation::Bearer,
                issued_at: token.at.div_euclid(1_000_000),
                expires_at: token.expires_at,
                access_revocations,
            };
            tokens.push(HydraToken {
                id: access_id(token.row.text("signature")),
                expires_at: token.expires_at,
                body: body.to_bytes(context.config.issuer()),
            });
        }
        tokens
    }

    /// An access token belongs to the refresh token that came with it.
    fn use_of(&self, access: &Token<'_>, grant_id: GrantId) -> GrantUse {
        let signature = access.row.text("signature");
        let beside =
            self.refresh.iter().zip(0_i64..).find(|(token, _)| token.row.text("access_token_signature") == signature);
        match beside {
            Some((token, branch)) => GrantUse { grant_id, branch, generation: token.at },
            None => GrantUse { grant_id, branch: 0, generation: self.generation() },
        }
    }
}

/// By which an access token is kept: Hydra has the hash of its signature, and older releases the signature itself.
pub(in super::super) fn access_id(signature: &str) -> Vec<u8> {
    let hash = value::hex(signature).filter(|hash| hash.len() == 48);
    hash.map_or_else(|| Kind::Access.id_of_signature(signature), |hash| Kind::Access.id_of_hash(&hash))
}
