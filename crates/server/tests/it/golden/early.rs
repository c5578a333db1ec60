//! Faults that Hydra finds after consent and we find at the first visit. The steps between are left out: the first
//! request is sent, and its answer must be the one that was recorded at the end.

use super::recording::{Exchange, RecordedRequest};

/// File, step of the first visit, step whose answer is due at once. One step that is both is a visit with a verifier,
/// of a flow whose beginning was not recorded.
const REFUSED_AT_ONCE: &[(&str, &str, &str)] = &[
    ("authorize_late_errors", "PKCE plain: consent verifier", "PKCE plain: consent verifier"),
    ("authorize_late_errors", "PKCE without method: consent verifier", "PKCE without method: consent verifier"),
    ("authorize_late_errors", "PKCE unknown method: consent verifier", "PKCE unknown method: consent verifier"),
    ("authorize_late_errors", "unknown prompt", "unknown prompt: login verifier"),
    ("authorize_late_errors", "id_token without nonce", "consent verifier #2"),
    ("authorize_late_errors", "code id_token without nonce", "consent verifier #3"),
    ("authorize_late_errors", "id_token with short nonce", "consent verifier #4"),
    ("authorize_late_errors", "token with response_mode=query", "consent verifier #5"),
    ("authorize_late_errors", "id_token without openid", "consent verifier #6"),
    ("authorize_late_errors", "implicit grant not registered", "consent verifier #7"),
    (
        "authorize_late_errors",
        "code grant not registered: a code is issued",
        "code grant not registered: refused at the token endpoint",
    ),
    ("pairwise_subjects", "two redirect URIs, no sector identifier", "login verifier #3"),
    ("pkce_enforced", "no code_challenge", "consent verifier"),
];

/// Puts the final answer of such a flow in place of the first one, and leaves out the rest.
pub(super) fn shorten(file: &str, mut exchanges: Vec<(String, Exchange)>) -> Vec<(String, Exchange)> {
    for (_, first, last) in REFUSED_AT_ONCE.iter().filter(|(of, _, _)| *of == file) {
        let position = |wanted: &str| exchanges.iter().position(|(step, _)| step == wanted).unwrap();
        let (begin, end) = (position(first), position(last));
        let response = exchanges[end].1.response.clone();
        exchanges.drain(begin + 1..=end);
        let (_, exchange) = &mut exchanges[begin];
        exchange.response = response;
        forget_verifier(&mut exchange.request);
    }
    exchanges
}

fn forget_verifier(request: &mut RecordedRequest) {
    request.query.retain(|(name, _)| !name.ends_with("_verifier"));
    request.cookies.clear();
}
