//! `id_token_hint` (OpenID Connect Core §3.1.2.1): an ID token of this issuer, signed by any key that is still published.
//! Its expiry does not matter. A hint that does not verify is a fault and never as good as none.

use serde_json::{Map, Value};
use symbolon_types::{ErrorCode, FlowId};

use super::super::validate::{Addressed, Draft};
use crate::context::Context;
use crate::error::OAuthError;
use crate::subject_identifier::{self, Pairwise};

/// Whom a verified hint names.
#[derive(Clone, Debug)]
pub struct HintedSubject {
    sub: String,
    pairwise: Option<Pairwise>,
    claims: Map<String, Value>,
}

impl HintedSubject {
    /// Whether the hint means this subject: directly, by the identifier that the client knows, or because it was issued
    /// in the same login session (a login page may have chosen the identifier itself).
    pub fn names(&self, subject: &str, session: FlowId) -> bool {
        let sid = self.claims.get("sid").and_then(Value::as_str).and_then(FlowId::parse);
        self.sub == subject
            || sid == Some(session)
            || self.pairwise.as_ref().is_some_and(|rule| rule.identifier(subject) == self.sub)
    }

    /// The claims, which the login page may see.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

pub(super) fn check(request: &Addressed<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(token) = request.params.get("id_token_hint") else { return Ok(()) };
    let claims = verify(request.context, token)?;
    let Some(sub) = claims.get("sub").and_then(Value::as_str) else {
        return Err(OAuthError::invalid_request("Parameter 'id_token_hint' has no subject."));
    };
    let pairwise = subject_identifier::pairwise_rule(&request.context.config, &request.client.parsed.metadata)
        .map_err(|fault| OAuthError::new(ErrorCode::InvalidRequest, fault))?;
    draft.id_token_hint = Some(HintedSubject { sub: sub.to_owned(), pairwise, claims: claims.clone() });
    Ok(())
}

/// The claims of an ID token that this server signed.
pub(super) fn verify(context: &Context, token: &str) -> Result<Map<String, Value>, OAuthError> {
    let verified = context.keys.verify_id_token(token).map_err(|fault| {
        OAuthError::invalid_request("Parameter 'id_token_hint' is not an ID token of this issuer.").because(fault)
    })?;
    if verified.get("iss").and_then(Value::as_str) != Some(context.config.issuer()) {
        return Err(OAuthError::invalid_request("Parameter 'id_token_hint' comes from another issuer."));
    }
    Ok(verified)
}
