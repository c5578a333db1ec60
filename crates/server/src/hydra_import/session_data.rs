//! The session that Hydra keeps with each token and code: who it is about, what it says and when it expires.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use symbolon_store::SourceRow;

use super::secrets::Opener;
use super::value;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    id_token: Option<IdToken>,
    extra: Option<Map<String, Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct IdToken {
    #[serde(rename = "id_token_claims")]
    claims: Option<Claims>,
    expires_at: Option<BTreeMap<String, String>>,
    subject: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claims {
    sub: String,
    nonce: String,
    iat: String,
    auth_time: String,
    acr: String,
    amr: Option<Vec<String>>,
    ext: Option<Map<String, Value>>,
}

/// A session of Hydra's.
#[derive(Debug)]
pub(super) struct SessionData(Document);

impl SessionData {
    /// Opens the session of a row; `None` where no secret opens it, or it is none.
    pub(super) fn of(opener: &Opener, row: &SourceRow) -> Option<Self> {
        serde_json::from_slice(opener.open(row.text("session_data"))?.expose()).ok().map(Self)
    }

    /// The real subject.
    pub(super) fn subject(&self) -> &str {
        self.0.id_token.as_ref().map_or("", |token| &token.subject)
    }

    fn claims(&self) -> Option<&Claims> {
        self.0.id_token.as_ref()?.claims.as_ref()
    }

    /// The subject as the client knows it, where that is another one.
    pub(super) fn other_subject(&self) -> &str {
        let sub = self.claims().map_or("", |claims| &claims.sub);
        if sub == self.subject() { "" } else { sub }
    }

    pub(super) fn nonce(&self) -> Option<&str> {
        self.claims().map(|claims| claims.nonce.as_str()).filter(|nonce| !nonce.is_empty())
    }

    /// When the claims were put together, in Unix seconds.
    pub(super) fn claims_at(&self) -> Option<i64> {
        self.claims().and_then(|claims| value::seconds(&claims.iat))
    }

    pub(super) fn auth_time(&self) -> i64 {
        self.claims().and_then(|claims| value::seconds(&claims.auth_time)).unwrap_or_default()
    }

    pub(super) fn acr(&self) -> &str {
        self.claims().map_or("", |claims| &claims.acr)
    }

    pub(super) fn amr(&self) -> Vec<String> {
        self.claims().and_then(|claims| claims.amr.clone()).unwrap_or_default()
    }

    /// The login session, which stands among the claims.
    pub(super) fn sid(&self) -> Option<&str> {
        self.claims()?.ext.as_ref()?.get("sid")?.as_str()
    }

    /// What the consent page chose for ID tokens.
    pub(super) fn id_token_claims(&self) -> Map<String, Value> {
        let mut claims = self.claims().and_then(|claims| claims.ext.clone()).unwrap_or_default();
        claims.remove("sid");
        claims
    }

    /// What the consent page chose for access tokens.
    pub(super) fn access_token_claims(&self) -> Map<String, Value> {
        self.0.extra.clone().unwrap_or_default()
    }

    /// When what is of this kind expires, in Unix seconds. This counts, and not the column of the row.
    pub(super) fn expires_at(&self, kind: &str) -> Option<i64> {
        value::seconds(self.0.id_token.as_ref()?.expires_at.as_ref()?.get(kind)?)
    }
}
