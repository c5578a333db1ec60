//! What a program may set about the tokens of its provider.

use std::time::Duration;

use symbolon_jose::Algorithm;

use super::issuer::IssuerRule;
use crate::encryption::EncryptedContent;

/// What signed tokens must be like. The defaults suit every provider that keeps to the standards; each setting is for one
/// that does not, or for a program that wants less than the standards allow.
///
/// ```
/// use std::time::Duration;
/// use symbolon_client::{Algorithm, VerificationRules};
///
/// let rules = VerificationRules::default().algorithms([Algorithm::ES256]).leeway(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone)]
pub struct VerificationRules {
    pub(crate) issuer: IssuerRule,
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    pub(crate) leeway_seconds: i64,
    pub(crate) audiences: Vec<String>,
    pub(crate) hmac: bool,
    pub(crate) any_type: bool,
    pub(crate) missing_nonce: bool,
    pub(crate) authorized_party: AuthorizedParty,
    pub(crate) encrypted: Vec<EncryptedContent>,
}

/// What `azp` of an ID token has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthorizedParty {
    /// Nothing while the client is the only audience; among several it must name the client.
    AmongSeveral,
    /// The client, wherever it is there.
    Always,
}

impl Default for VerificationRules {
    fn default() -> Self {
        Self {
            issuer: IssuerRule::exact(),
            algorithms: None,
            leeway_seconds: 60,
            audiences: Vec::new(),
            hmac: false,
            any_type: false,
            missing_nonce: false,
            authorized_party: AuthorizedParty::AmongSeveral,
            encrypted: Vec::new(),
        }
    }
}

impl VerificationRules {
    /// Only these signature algorithms; else all that are asymmetric and that the provider's keys fit.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// How far the provider's clock may be off; 60 seconds unless told otherwise.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway_seconds = i64::try_from(leeway.as_secs()).unwrap_or(i64::MAX);
        self
    }

    /// ID tokens may also name this audience beside the client's id, or instead of it: for an application that
    /// has several client ids at one provider.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// How `iss` is compared.
    #[must_use]
    pub fn issuer(mut self, rule: IssuerRule) -> Self {
        self.issuer = rule;
        self
    }

    /// ID tokens may be protected by HMAC with the client's secret (`HS256`, `HS384`, `HS512`), as LINE and older Auth0
    /// applications have it. The secret must have as many bytes as the hash (RFC 7518 §3.2).
    #[must_use]
    pub fn allow_hmac(mut self) -> Self {
        self.hmac = true;
        self
    }

    /// `typ` of an ID token's header may be anything. Some providers write names of their own there; what is lost is the
    /// protection against tokens of another kind that the same keys signed (RFC 8725 §3.11).
    #[must_use]
    pub fn allow_any_type(mut self) -> Self {
        self.any_type = true;
        self
    }

    /// An ID token may lack `nonce` although the request had one: for providers that never write it, such as Linked-In. Another
    /// nonce is refused all the same. What remains against a code from elsewhere is PKCE (RFC 9700 §2.1.1).
    #[must_use]
    pub fn allow_missing_nonce(mut self) -> Self {
        self.missing_nonce = true;
        self
    }

    /// What the provider must encrypt for this client; unencrypted it is refused. What comes encrypted is opened with
    /// [`ClientBuilder::decryption_key`](crate::ClientBuilder::decryption_key) in any case.
    ///
    /// ```
    /// use symbolon_client::{EncryptedContent, VerificationRules};
    ///
    /// let rules = VerificationRules::default().require_encryption([EncryptedContent::IdTokens]);
    /// ```
    #[must_use]
    pub fn require_encryption(mut self, contents: impl IntoIterator<Item = EncryptedContent>) -> Self {
        self.encrypted.extend(contents);
        self
    }

    /// `azp` of an ID token must name the client wherever it is there (`OpenID` Connect Core 1.0 §3.1.3.7, before errata
    /// 2). Without this, an ID token whose only audience is the client may have been asked for by another client of the
    /// same application, as Google has it for apps with a server.
    #[must_use]
    pub fn require_authorized_party(mut self) -> Self {
        self.authorized_party = AuthorizedParty::Always;
        self
    }
}
