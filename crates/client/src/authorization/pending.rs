//! An authorization between its start and its callback.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use symbolon_jose::Secret;

use super::response_mode::ResponseMode;
use crate::error::Error;
use crate::wire::Scope;

/// An authorization that was started and whose callback is still to come.
///
/// It is kept where the browser's session is. Where that is not this process's memory, [`to_text`](Self::to_text) and
/// [`from_text`](Self::from_text) carry it there and back.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingAuthorization {
    /// Whose it is: the code goes nowhere else.
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    #[serde(serialize_with = "exposed")]
    pub(crate) verifier: Secret<String>,
    pub(crate) redirect_uri: String,
    pub(crate) max_age_seconds: Option<i64>,
    pub(crate) scope: Scope,
    /// How the callback has to come; a signed mode must not become an unsigned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response_mode: Option<ResponseMode>,
    /// The key that the code is bound to (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dpop_thumbprint: Option<String>,
    /// The authentication contexts of which `acr` must be one; empty when any will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contexts: Vec<String>,
    /// The resources that were asked for (RFC 8707).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<String>,
    /// Whether `authorization_details` were asked for (RFC 9396).
    #[serde(default)]
    pub(crate) details: bool,
}

impl PendingAuthorization {
    /// The `state` that the callback will carry: the key to find this value again.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The access token shall be for this one of the resources that were asked for (RFC 8707 §2.2). Without this the
    /// token request names the resource if it is the only one, and else leaves the choice to the provider.
    #[must_use]
    pub fn only_for_resource(mut self, identifier: impl Into<String>) -> Self {
        self.resources = vec![identifier.into()];
        self
    }

    /// As text, to be kept with a session. Whoever reads it can finish the login together with the code, so it must stay
    /// on the server or be sealed: a plain cookie is no place for it.
    ///
    /// # Errors
    /// None in practice; serializing to text cannot fail for this type.
    pub fn to_text(&self) -> Result<Secret<String>, Error> {
        serde_json::to_string(self)
            .map(Secret::new)
            .map_err(|error| Error::Argument(format!("the authorization cannot be written: {error}")))
    }

    /// Back from [`to_text`](Self::to_text).
    ///
    /// # Errors
    /// [`Error::Argument`] when the text is not from there.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        // The text itself must not stand in an error.
        serde_json::from_str(text).map_err(|_| Error::Argument("this is no pending authorization".to_owned()))
    }

    pub(crate) fn wants_id_token(&self) -> bool {
        self.scope.contains("openid")
    }
}

fn exposed<S: Serializer>(verifier: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    verifier.expose().serialize(serializer)
}

impl fmt::Debug for PendingAuthorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PendingAuthorization").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::pending;
    use super::*;

    #[test]
    fn pending_authorization_survives_a_session_store() {
        let mut kept = pending();
        kept.response_mode = Some(ResponseMode::FormPostJwt);
        kept.dpop_thumbprint = Some("jkt".into());
        kept.contexts = vec!["gold".into()];
        let text = kept.to_text().unwrap();
        let back = PendingAuthorization::from_text(text.expose()).unwrap();
        assert!(back.verifier.matches(b"verifier"));
        assert_eq!((back.state(), back.nonce.as_str(), &back.scope), ("state-1", "nonce-1", &pending().scope));
        assert_eq!((back.response_mode, back.dpop_thumbprint), (Some(ResponseMode::FormPostJwt), Some("jkt".into())));
        assert_eq!(back.contexts, ["gold"]);
        let error = PendingAuthorization::from_text("{\"state\":\"hush\"}").unwrap_err();
        assert!(!error.to_string().contains("hush"));
    }
}
