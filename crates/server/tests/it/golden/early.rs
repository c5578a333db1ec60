//! Faults that Hydra finds after consent and we find at the first visit (wire reference §8.3 #9). The steps between are
//! left out: the first request is sent, and its answer must be the one that was recorded at the end.

use super::recording::{Exchange, RecordedRequest};

/// File, step of the first visit, step whose answer is due at once. One step that is both is a visit with a verifier,
/// of a flow whose beginning was not recorded.
const REFUSED_AT_ONCE: &[(&str, &str, &str)] = &[
    ("authorize_late_errors", "PKCE plain: consent verifier", "PKCE plain: consent verifier"),
    ("authorize_late_errors", "PKCE without method: consent verifier", "PKCE without method: consent verifier"),
    ("authorize_late_errors", "PKCE unknown method: consent verifier", "PKCE unknown method: consent verifier"),
    ("authorize_late_errors", "unknown prompt", "unknown prompt: login verifier"),
    ("pkce_enforced", "no code_challenge", "consent verifier"),
];

/// Puts the final answer of such a flow in place of the first one, and leaves out the rest.
pub(super) fn shorten(file: &str, mut exchanges: Vec<Exchange>) -> Vec<Exchange> {
    for (_, first, last) in REFUSED_AT_ONCE.iter().filter(|(of, _, _)| *of == file) {
        let begin = exchanges.iter().position(|exchange| exchange.step == *first).unwrap();
        let end = begin + exchanges[begin..].iter().position(|exchange| exchange.step == *last).unwrap();
        let response = exchanges[end].response.clone();
        exchanges.drain(begin + 1..=end);
        let exchange = &mut exchanges[begin];
        exchange.response = response;
        forget_verifier(&mut exchange.request);
    }
    exchanges
}

fn forget_verifier(request: &mut RecordedRequest) {
    request.query.retain(|(name, _)| !name.ends_with("_verifier"));
    request.cookies.clear();
}
