//! The claims of an ID token that comes back to us: as a hint of whom a client means, or of what is to be logged out.

use serde_json::{Map, Value};
use symbolon_jose::{Jws, numeric_date};
use symbolon_types::SessionId;

/// Claims of an ID token that this server signed. Its expiry is not judged: a hint counts also when it is old.
#[derive(Clone)]
pub struct IdTokenClaims {
    subject: String,
    all: Map<String, Value>,
}

// They name a person.
impl std::fmt::Debug for IdTokenClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdTokenClaims")
    }
}

impl IdTokenClaims {
    /// The claims of a token whose signature was verified. The same keys sign userinfo answers (no `exp`), logout tokens
    /// (`events`) and credentials (`vc`), none of which is an ID token.
    pub(super) fn of(claims: Map<String, Value>) -> Result<Self, String> {
        if !claims.contains_key("exp") || claims.contains_key("events") || claims.contains_key("vc") {
            return Err("the token is not an ID token".to_owned());
        }
        let subject = claims.get("sub").and_then(Value::as_str).filter(|subject| !subject.is_empty());
        let subject = subject.ok_or("the ID token has no subject")?.to_owned();
        Ok(Self { subject, all: claims })
    }

    /// The claims in the text of a token that was verified before and kept where nobody could change it.
    pub fn of_verified_text(token: &str) -> Option<Self> {
        Self::of(Jws::parse(token).ok()?.unverified_claims().ok()?).ok()
    }

    /// `sub`, as the client knows the user.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `sid`, if it is one of ours.
    pub fn session(&self) -> Option<SessionId> {
        self.all.get("sid").and_then(Value::as_str).and_then(SessionId::parse)
    }

    /// `iat`, in Unix seconds.
    pub fn issued_at(&self) -> Option<i64> {
        self.all.get("iat").and_then(numeric_date)
    }

    /// `aud`, one or many.
    pub fn audience(&self) -> Vec<&str> {
        match self.all.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// All of them.
    pub fn all(&self) -> &Map<String, Value> {
        &self.all
    }
}
