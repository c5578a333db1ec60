//! What login and consent pages say. They are trusted; these bounds keep a mistake of theirs out of every token.

use super::{
    AMR_VALUES, LimitFault, SCOPE_TOKEN_BYTES, SCOPE_TOKENS, SUBJECT_BYTES, WORD_BYTES, check_audience, check_claims,
    check_entries, check_scope, check_text,
};
use crate::{AcceptBackchannelRequest, AcceptConsent, AcceptLogin};

/// Refuses an accepted login with too many values of `amr`, or with too long a text.
pub fn check_accepted_login(body: &AcceptLogin) -> Result<(), LimitFault> {
    check_text("subject", SUBJECT_BYTES, body.subject.as_str())?;
    check_text("acr", WORD_BYTES, &body.acr)?;
    check_entries("amr", AMR_VALUES, WORD_BYTES, body.amr.iter().map(String::as_str))?;
    check_text("force_subject_identifier", SUBJECT_BYTES, &body.force_subject_identifier)?;
    check_text("identity_provider_session_id", SUBJECT_BYTES, &body.identity_provider_session_id)
}

/// Refuses an accepted consent with too many scopes, audiences or claims, or with too long ones.
pub fn check_accepted_consent(body: &AcceptConsent) -> Result<(), LimitFault> {
    check_scope("grant_scope", &body.grant_scope)?;
    check_audience("grant_access_token_audience", &body.grant_access_token_audience)?;
    check_claims("grant_claims", body.grant_claims.iter().map(String::as_str))
}

/// Refuses an accepted request of the back channel with too many scopes, audiences or values of `amr`, or with too long
/// ones.
pub fn check_accepted_request(body: &AcceptBackchannelRequest) -> Result<(), LimitFault> {
    let scope = body.grant_scope.iter().flatten().map(String::as_str);
    check_entries("grant_scope", SCOPE_TOKENS, SCOPE_TOKEN_BYTES, scope)?;
    check_audience("grant_access_token_audience", body.grant_access_token_audience.as_deref().unwrap_or_default())?;
    check_text("acr", WORD_BYTES, &body.acr)?;
    check_entries("amr", AMR_VALUES, WORD_BYTES, body.amr.iter().map(String::as_str))
}
