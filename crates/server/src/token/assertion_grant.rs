//! Assertions as authorization grants (RFC 7521 §4.1): somebody whom the operator trusts says in whose name the client may
//! act. What the assertion calls itself decides who reads it, an issuer of the trust API ([`super::jwt_bearer`]) or an identity
//! provider with ID-JAGs ([`super::id_jag`]), and neither takes what is the other's. Both come to a [`Vouched`], which is used
//! up in one write together with what it makes. The client authenticates all the same, and gets an access token and nothing
//! else: who wants another one shows another assertion.

use symbolon_jose::{Jws, JwsError};
use symbolon_store::{Batch, Branch, Condition, Grant, GrantState, WriteError};
use symbolon_types::{AuthorizationDetails, ErrorCode, GrantType, Scope, Subject};

use super::terms::Terms;
use super::{TokenRequest, id_jag, jwt_bearer};
use crate::assertion::{Assertion, ID_JAG_TYPE, JWT_DPOP_GRANT, is_of_another_kind};
use crate::audit::Event;
use crate::client_authentication::AuthenticatedClient;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::body::{GrantBody, SessionClaims};
use crate::grant::lifetimes::Lifetimes;
use crate::hooks::Basis;
use crate::identifiers;
use crate::issue::Authorization;
use crate::trail;

pub(super) const PARAMETER: &str = "assertion";
/// Longest life of an access token on an ID-JAG, in seconds: whoever withdraws a person's access at the identity provider
/// is not asked here.
const LONGEST_OF_IDENTITY_PROVIDER: i64 = 3600;

/// An assertion that counts, not used up yet.
pub(super) struct Vouched {
    pub(super) client: AuthenticatedClient,
    pub(super) voucher: Voucher,
    pub(super) subject: Subject,
    pub(super) subject_epoch: i64,
    pub(super) scope: Scope,
    pub(super) audience: Vec<String>,
    pub(super) details: AuthorizationDetails,
    /// By what it is known afterwards; `None` where it may be shown again.
    pub(super) once: Option<OneUse>,
}

/// Who made the assertion.
pub(super) enum Voucher {
    /// An issuer of the trust API, by the id of the trust.
    TrustedIssuer(String),
    /// An identity provider of the configuration.
    IdentityProvider(String),
}

/// By what an assertion is known to have been used.
pub(super) struct OneUse {
    pub(super) kind: &'static str,
    pub(super) identifier: [u8; 32],
    /// In Unix seconds.
    pub(super) remembered_until: i64,
}

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Vouched, OAuthError> {
    let jws = Jws::parse(asked.params.require(PARAMETER)?)
        .map_err(|fault| because("Parameter 'assertion' is not a JSON Web Token.", &fault))?;
    let typ = jws.header().typ.as_deref();
    if typ.is_some_and(|typ| typ.eq_ignore_ascii_case(ID_JAG_TYPE)) {
        return Box::pin(id_jag::present(context, client, asked, &jws)).await;
    }
    if asked.params.get("grant_type") == Some(JWT_DPOP_GRANT) {
        return Err(OAuthError::invalid_grant("The 'assertion' must be an ID-JAG that is bound to a key."));
    }
    // RFC 8725 §3.11: what was made for something else, as a logout token, is no grant.
    if typ.is_some_and(is_of_another_kind) {
        return Err(OAuthError::invalid_grant("The 'assertion' is a JSON Web Token of another kind."));
    }
    jwt_bearer::present(context, client, asked, &jws).await
}

impl Vouched {
    pub(super) fn basis(&self) -> Basis<'_> {
        Basis::Subject { subject: self.subject.as_str(), scope: &self.scope, audience: &self.audience }
    }

    /// Uses the assertion up and writes the grant, in one batch, with what it rests on: the trust, the client, the subject.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        let now = context.clock.now();
        let confirmation = terms.confirmation();
        let client = self.client.registered().clone();
        let longest = self.voucher.longest(Lifetimes::of(&context.config, &client, GrantType::JwtBearer).access);
        let mut batch = Batch::new();
        if let Some(proof) = &terms.proof {
            proof.use_up(context, &mut batch)?;
        }
        if let Some(OneUse { kind, identifier, remembered_until }) = &self.once {
            batch.use_once(kind, identifier, *remembered_until);
        }
        if let Voucher::TrustedIssuer(id) = &self.voucher {
            batch.require_trusted_issuer(id, now);
        }
        batch
            .require_client(client.id(), client.record().epoch)
            .require_subject(&self.subject, self.subject_epoch)
            .require_tokens_of(&self.subject, self.subject_epoch);
        let Self { voucher, subject, subject_epoch, scope, audience, details, .. } = self;
        let SessionClaims { access_token, id_token } = terms.session.unwrap_or_default();
        let body = GrantBody {
            scope,
            audience,
            authorization_details: details,
            handled_at: now,
            access_token_claims: access_token,
            id_token_claims: id_token,
            identity_provider: voucher.identity_provider().to_owned(),
            ..GrantBody::default()
        };
        let grant = Grant {
            id: identifiers::now(context),
            client_id: client.id().clone(),
            client_epoch: client.record().epoch,
            subject: Some(subject),
            subject_epoch,
            session_id: None,
            issued_at: now,
            state: GrantState::Redeemed(Branch::default()),
            remember_until: None,
            expires_at: now.saturating_add(longest),
            body: body.close(context)?,
        };
        batch.insert_grant(&grant);
        context.store.write(batch).await.map_err(|fault| voucher.refusal(fault))?;
        voucher.report(client.id().as_str(), grant.subject.as_ref());
        let used = GrantUse::first(grant.id);
        let grant = UserGrant::with_body(grant, body, used).ok_or_else(|| OAuthError::server("a grant of nobody"))?;
        Ok(Authorization::of_assertion(client, grant).lasting(longest).confirmed_by(confirmation))
    }
}

impl Voucher {
    /// How long an access token lives, in seconds, of what the client's live.
    fn longest(&self, of_client: i64) -> i64 {
        match self {
            Self::TrustedIssuer(_) => of_client,
            Self::IdentityProvider(_) => of_client.min(LONGEST_OF_IDENTITY_PROVIDER),
        }
    }

    fn identity_provider(&self) -> &str {
        match self {
            Self::TrustedIssuer(_) => "",
            Self::IdentityProvider(issuer) => issuer,
        }
    }

    fn refusal(&self, fault: WriteError) -> OAuthError {
        match (fault, self) {
            (WriteError::Unmet(Condition::Identifier), Self::TrustedIssuer(_)) => Assertion::used_before(PARAMETER),
            (WriteError::Unmet(Condition::Identifier), Self::IdentityProvider(_)) => {
                OAuthError::invalid_grant("Claim 'jti' of the 'assertion' was used before.")
            }
            (WriteError::Unmet(Condition::TrustedIssuer), _) => nobody_vouches(),
            (WriteError::Unmet(Condition::Client), _) => OAuthError::invalid_client("changed or deleted meanwhile"),
            (WriteError::Unmet(Condition::Subject), _) => ended(),
            (fault, _) => dpop::refusal(fault),
        }
    }

    /// Nobody logged in, so no other line of the log says why there is a token.
    fn report(&self, client_id: &str, subject: Option<&Subject>) {
        if let Self::IdentityProvider(issuer) = self {
            let subject = subject.map_or("", Subject::as_str);
            trail::tell(&Event::IdJagAccepted { issuer, client_id, subject });
        }
    }
}

pub(super) fn because(hint: &'static str, reason: &JwsError) -> OAuthError {
    OAuthError::invalid_grant(hint).because(reason.to_string())
}

pub(super) fn nobody_vouches() -> OAuthError {
    OAuthError::invalid_grant("No key is trusted for the issuer and the subject of the 'assertion'.")
}

pub(super) fn ended() -> OAuthError {
    OAuthError::invalid_grant("The account of the subject of the 'assertion' is disabled, or was signed out just now.")
}

/// The epoch of the subject, which what is issued has to keep; of a disabled account nothing is issued.
pub(super) async fn epoch_of(context: &Context, subject: &Subject) -> Result<i64, OAuthError> {
    let state = context.store.subject_state(subject).await?;
    if state.disabled_at.is_some() { Err(ended()) } else { Ok(state.epoch) }
}

/// The claims of an assertion, whose faults are `invalid_grant`.
pub(super) fn claims_of(claims: &serde_json::Map<String, serde_json::Value>) -> Assertion<'_> {
    Assertion { parameter: PARAMETER, code: ErrorCode::InvalidGrant, claims }
}
