//! Trusted issuers: whose assertions are taken as authorization grants (RFC 7523 §2.1), for which subjects, with which key
//! and until when. Each row has a key of its own, so that ending one trust touches no other.

use symbolon_types::Subject;

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// The trust in one key of an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// Its id, a UUID as text.
    pub id: String,
    /// `iss` of its assertions.
    pub issuer: String,
    /// The one `sub` of its assertions; `None` for any.
    pub subject: Option<Subject>,
    /// Name of the key.
    pub kid: String,
    /// What may be asked for by its assertions, with spaces between.
    pub scope: String,
    /// The public key as JSON.
    pub jwk: String,
    /// When it was made, in Unix seconds.
    pub created_at: i64,
    /// From when on it is not trusted any more, in Unix seconds.
    pub trusted_until: i64,
}

/// Most keys that one assertion may be of.
const MOST_KEYS: i64 = 100;

/// The columns in the order [`TrustedIssuer::from_row`] reads them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, issuer, subject, kid, scope, jwk, created_at, trusted_until FROM trusted_issuers WHERE ",
            $rest
        )
    };
}

const GET: &str = select!("id = $1");

const LIST: &str = select!("id > $1 AND (CAST($2 AS TEXT) IS NULL OR issuer = $2) ORDER BY id LIMIT $3");

// What says more about the subject comes first, and then what is newer.
const OF_ASSERTION: &str = select!(
    "issuer = $1 AND (subject = $2 OR subject = '') AND (CAST($3 AS TEXT) IS NULL OR kid = $3) AND trusted_until > $4 \
     ORDER BY CASE WHEN subject = '' THEN 1 ELSE 0 END, created_at DESC, id LIMIT $5"
);

const INSERT: &str = "INSERT INTO trusted_issuers \
    (id, issuer, subject, kid, scope, jwk, created_at, trusted_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const DELETE: &str = "DELETE FROM trusted_issuers WHERE id = $1";

const REQUIRE: &str = "SELECT 1 FROM trusted_issuers WHERE id = $1 AND trusted_until > $2 /* FOR SHARE */";

impl TrustedIssuer {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?,
            issuer: row.text(1)?,
            subject: Some(row.text(2)?).filter(|text| !text.is_empty()).map(Subject::from),
            kid: row.text(3)?,
            scope: row.text(4)?,
            jwk: row.text(5)?,
            created_at: row.int(6)?,
            trusted_until: row.int(7)?,
        })
    }
}

impl Batch {
    /// Requires that an issuer is trusted at `now` (Unix seconds). Unmet [`Condition::TrustedIssuer`] otherwise.
    pub fn require_trusted_issuer(&mut self, id: &str, now: i64) -> &mut Self {
        self.add(Condition::TrustedIssuer, REQUIRE, vec![id.into(), now.into()], Expect::OneRow)
    }
}

impl Store {
    /// Trusts an issuer. Conflict [`Condition::TrustedIssuer`] when there is one of the same issuer, subject and key name.
    pub async fn insert_trusted_issuer(&self, trusted: &TrustedIssuer) -> Result<(), WriteError> {
        let params = vec![
            trusted.id.as_str().into(),
            trusted.issuer.as_str().into(),
            trusted.subject.as_ref().map_or("", Subject::as_str).into(),
            trusted.kid.as_str().into(),
            trusted.scope.as_str().into(),
            trusted.jwk.as_str().into(),
            trusted.created_at.into(),
            trusted.trusted_until.into(),
        ];
        self.change(|batch| batch.add(Condition::TrustedIssuer, INSERT, params, Expect::OneRow)).await.map(drop)
    }

    /// The one of this id, whether its time is over or not.
    pub async fn trusted_issuer(&self, id: &str) -> Result<Option<TrustedIssuer>, StoreError> {
        self.read(GET, vec![id.into()]).await?.first().map(TrustedIssuer::from_row).transpose()
    }

    /// Those after the id `after` in the order of their ids, at most `limit`; with `issuer` only its own.
    pub async fn list_trusted_issuers(
        &self,
        issuer: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<TrustedIssuer>, StoreError> {
        let params: Vec<Value> = vec![after.unwrap_or_default().into(), issuer.into(), limit.into()];
        self.read(LIST, params).await?.iter().map(TrustedIssuer::from_row).collect()
    }

    /// Those that may vouch for an assertion of this issuer about this subject at `now` (Unix seconds), those for this
    /// subject alone first; with `kid` only those whose key has that name.
    pub async fn trusted_issuers_of_assertion(
        &self,
        (issuer, subject): (&str, &str),
        kid: Option<&str>,
        now: i64,
    ) -> Result<Vec<TrustedIssuer>, StoreError> {
        let params: Vec<Value> = vec![issuer.into(), subject.into(), kid.into(), now.into(), MOST_KEYS.into()];
        self.read(OF_ASSERTION, params).await?.iter().map(TrustedIssuer::from_row).collect()
    }

    /// Ends a trust; answers whether there was one.
    pub async fn delete_trusted_issuer(&self, id: &str) -> Result<bool, StoreError> {
        let params = vec![id.into()];
        let deleted = self.change_any(|batch| batch.add(Condition::TrustedIssuer, DELETE, params, Expect::Any)).await?;
        Ok(deleted > 0)
    }
}
