//! `id_token_hint` (OpenID Connect Core §3.1.2.1): an ID token of this issuer, signed by any key that is still published.
//! Its expiry does not matter. A hint that does not verify is a fault and never as good as none.

use serde_json::{Map, Value};
use symbolon_types::{SessionId, Subject};

use crate::keys::IdTokenClaims;
use crate::subject_identifier::Pairwise;

/// Whom a verified hint names.
#[derive(Clone)]
pub struct Hint(IdTokenClaims);

// It names a person.
impl std::fmt::Debug for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hint")
    }
}

impl Hint {
    pub(super) fn new(claims: IdTokenClaims) -> Self {
        Self(claims)
    }

    /// The hint in a request that was validated before: its signature was checked then.
    pub(super) fn kept(token: &str) -> Option<Self> {
        IdTokenClaims::of_verified_text(token).map(Self)
    }

    /// Whether the hint means this subject: directly, by the identifier that the client knows, or because it was issued
    /// in the same login session (a login page may have chosen the identifier itself).
    pub fn names(&self, subject: &Subject, session: SessionId, pairwise: Option<Pairwise<'_>>) -> bool {
        let sub = self.0.subject();
        sub == subject.as_str()
            || self.0.session() == Some(session)
            || pairwise.is_some_and(|rule| rule.identifier(subject) == sub)
    }

    /// The claims, which the login page may see.
    pub fn claims(&self) -> &Map<String, Value> {
        self.0.all()
    }
}
