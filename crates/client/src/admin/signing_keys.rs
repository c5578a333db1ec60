//! The provider's signing keys (`/admin/signing-keys`): which there are, and rotation. Only Symbolon has it.

use serde::{Deserialize, Serialize};

use super::AdminClient;
use crate::error::Error;

/// Which keys are rotated, and when the new ones begin to sign. The default is all of them, after publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KeyRotation {
    /// Only the keys of this algorithm, such as `ES256`
    #[serde(rename = "alg", skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// Only the keys of this set: `id-token` or `access-token`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// Whether the new keys sign at once, although caches of the key set do not know them yet
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub immediately: bool,
}

/// A new signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RotatedKey {
    /// `id-token` or `access-token`
    pub set: String,
    /// Its algorithm
    pub alg: String,
    /// Its name, as in the published key set
    pub kid: String,
    /// `active` if it signs, `pending` if it is only published until its time has come
    pub state: String,
    /// From when it signs, RFC 3339
    pub activates_at: String,
    /// The keys that it replaces
    #[serde(default)]
    pub replaces: Vec<ReplacedKey>,
}

/// A signing key that is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReplacedKey {
    /// Its name
    pub kid: String,
    /// From when it signs no more, RFC 3339
    pub retires_at: String,
    /// Until when it stays in the published key set, RFC 3339
    pub published_until: String,
}

/// The signing keys of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SigningKeys {
    /// How long a key signs before another one follows by itself, in seconds; 0 where none does
    pub rotation_period_seconds: i64,
    /// The keys, set by set, the newest first
    pub keys: Vec<ListedKey>,
}

/// A signing key and its times, RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListedKey {
    /// `id-token` or `access-token`
    pub set: String,
    /// Its name, as in the published key set
    pub kid: String,
    /// Its algorithm
    pub alg: String,
    /// What it is for: `sig`
    #[serde(rename = "use")]
    pub purpose: String,
    /// `pending`, `active` or `retired`
    pub state: String,
    /// When it was made or brought
    pub created_at: String,
    /// Its age in seconds
    pub age_seconds: i64,
    /// From when it signs
    pub activates_at: String,
    /// From when it signs no more, where that is known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retires_at: Option<String>,
    /// When it is deleted, where that is known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_until: Option<String>,
    /// When another key takes its place, if it signs and keys are rotated
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_rotation_at: Option<String>,
}

#[derive(Deserialize)]
struct Rotated {
    keys: Vec<RotatedKey>,
}

impl AdminClient {
    /// Reads which signing keys there are, and when the next ones are due.
    pub async fn signing_keys(&self) -> Result<SigningKeys, Error> {
        let request = self.http().get(self.url(&["signing-keys"])?);
        self.send(request).await?.json("the signing keys")
    }

    /// Gives the provider new signing keys, and tells which. A key that was announced before and waits for its time is not
    /// followed by a second one.
    ///
    /// # Errors
    /// [`Error::Api`] with status 400 when there are no keys of that algorithm or no such set, 409 when other nodes were
    /// changing the same keys all the time.
    pub async fn rotate_signing_keys(&self, rotation: &KeyRotation) -> Result<Vec<RotatedKey>, Error> {
        let request = self.http().post(self.url(&["signing-keys", "rotate"])?).json(rotation);
        let rotated: Rotated = self.send(request).await?.json("the rotated keys")?;
        Ok(rotated.keys)
    }
}
