//! What a session consists of, and its short form: most of a set of tokens is the ID token, which a cookie need not carry
//! twice.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_jose::digest::base64url_decode;
use zeroize::Zeroizing;

use crate::login::Lifetimes;
use crate::login::pending::FormerSession;
use crate::token::{IdToken, TokenSet};
use crate::verification::{IdTokenClaims, seconds, text};

/// A session as it is sealed.
#[derive(Clone)]
pub(in crate::login) struct Record {
    /// Random, new with every login.
    pub(in crate::login) id: String,
    /// Of which client of which provider it is: nobody else's layer takes it, even with the same secret.
    pub(in crate::login) owner: String,
    /// When the user logged in, Unix seconds.
    pub(in crate::login) began_at: i64,
    /// About when it was last used, Unix seconds.
    pub(in crate::login) used_at: i64,
    pub(in crate::login) subject: String,
    /// `sid` of the ID token of the login.
    pub(in crate::login) provider_session_id: Option<String>,
    pub(in crate::login) tokens: TokenSet,
    /// All claims of userinfo.
    pub(in crate::login) user_info: Option<Map<String, Value>>,
}

/// The form that is written.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(rename = "i")]
    id: String,
    #[serde(rename = "o")]
    owner: String,
    #[serde(rename = "b")]
    began_at: i64,
    #[serde(rename = "u")]
    used_at: i64,
    #[serde(rename = "s")]
    subject: String,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    provider_session_id: Option<String>,
    /// Without the ID token.
    #[serde(rename = "t")]
    tokens: TokenSet,
    /// The ID token as it came.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    /// Its claims, where they cannot be read out of it again: an encrypted one.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    claims: Option<IdTokenClaims>,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    user_info: Option<Map<String, Value>>,
}

impl From<&Record> for FormerSession {
    fn from(record: &Record) -> Self {
        Self { id: record.id.clone(), began_at: record.began_at }
    }
}

impl Record {
    /// When it ends if it is not used before, Unix seconds.
    pub(in crate::login) fn expires_at(&self, lifetimes: Lifetimes) -> i64 {
        let end = self.began_at.saturating_add(lifetimes.absolute_seconds);
        end.min(self.used_at.saturating_add(lifetimes.idle_seconds))
    }

    pub(in crate::login) fn is_alive(&self, lifetimes: Lifetimes, now: i64) -> bool {
        now < self.expires_at(lifetimes) && self.tokens.id_token.is_some()
    }

    pub(in crate::login) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut tokens = self.tokens.clone();
        let id_token = tokens.id_token.take();
        let raw = id_token.as_ref().map(|token| token.raw.expose().clone());
        let readable = raw.as_deref().and_then(claims_of);
        let claims = id_token.map(|token| token.claims).filter(|claims| readable.as_ref() != Some(claims));
        let written = Written {
            id: self.id.clone(),
            owner: self.owner.clone(),
            began_at: self.began_at,
            used_at: self.used_at,
            subject: self.subject.clone(),
            provider_session_id: self.provider_session_id.clone(),
            tokens,
            raw,
            claims,
            user_info: self.user_info.clone(),
        };
        serde_json::to_vec(&written).ok().map(Zeroizing::new)
    }

    pub(in crate::login) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let mut tokens = written.tokens;
        if let Some(raw) = written.raw {
            let claims = written.claims.or_else(|| claims_of(&raw))?;
            tokens.id_token = Some(IdToken { raw: raw.into(), claims });
        }
        Some(Self {
            id: written.id,
            owner: written.owner,
            began_at: written.began_at,
            used_at: written.used_at,
            subject: written.subject,
            provider_session_id: written.provider_session_id,
            tokens,
            user_info: written.user_info,
        })
    }
}

/// The claims in the middle part of a signed token that was checked when it came.
fn claims_of(raw: &str) -> Option<IdTokenClaims> {
    let mut parts = raw.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
    let all: Map<String, Value> = serde_json::from_slice(&base64url_decode(payload)?).ok()?;
    Some(IdTokenClaims {
        issuer: text(&all, "iss").ok()?.to_owned(),
        subject: text(&all, "sub").ok()?.to_owned(),
        expires_at: seconds(&all, "exp").ok()?,
        issued_at: seconds(&all, "iat").ok()?,
        authenticated_at: seconds(&all, "auth_time").ok(),
        all,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_jose::digest::base64url;

    use super::*;

    fn record(raw: &str, claims: IdTokenClaims) -> Record {
        let mut tokens = TokenSet::new("at");
        tokens.id_token = Some(IdToken { raw: raw.to_owned().into(), claims });
        tokens.refresh_token = Some("rt".into());
        Record {
            id: "id".into(),
            owner: "o".into(),
            began_at: 100,
            used_at: 150,
            subject: "alice".into(),
            provider_session_id: Some("s".into()),
            tokens,
            user_info: None,
        }
    }

    #[test]
    fn a_record_comes_back_and_carries_its_claims_once() {
        let payload = json!({"iss": "https://as.example", "sub": "alice", "exp": 9, "iat": 8, "marker": "once"});
        let raw = format!("h.{}.s", base64url(payload.to_string().as_bytes()));
        let signed = record(&raw, claims_of(&raw).unwrap());
        let bytes = signed.to_bytes().unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("marker"));
        let back = Record::from_bytes(&bytes).unwrap();
        let id_token = back.tokens.id_token.as_ref().unwrap();
        assert_eq!((id_token.raw.expose(), &id_token.claims.all["marker"]), (&raw, &json!("once")));
        assert_eq!(back.tokens.refresh_token.unwrap().as_str(), "rt");

        let encrypted = record("a.b.c.d.e", claims_of(&raw).unwrap());
        let back = Record::from_bytes(&encrypted.to_bytes().unwrap()).unwrap();
        assert_eq!(back.tokens.id_token.unwrap().claims.all["marker"], "once");
    }

    #[test]
    fn a_session_ends_after_its_time_and_when_nobody_uses_it() {
        let lifetimes = Lifetimes { absolute_seconds: 100, idle_seconds: 20 };
        let payload = base64url(br#"{"iss":"i","sub":"alice","exp":9,"iat":8}"#);
        let mut session = record("x", claims_of(&format!("h.{payload}.s")).unwrap());
        assert!(session.is_alive(lifetimes, 169) && !session.is_alive(lifetimes, 170));
        session.used_at = 195;
        assert!(session.is_alive(lifetimes, 199) && !session.is_alive(lifetimes, 200));
    }
}
