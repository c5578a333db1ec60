//! Login sessions and consents of a subject: `/admin/oauth2/auth/sessions`.

use serde::{Deserialize, Serialize};
use symbolon_types::ConsentSession;

use super::{AdminClient, Page};
use crate::error::Error;

/// Which remembered consents are forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgottenConsents {
    /// All that a subject has given.
    All {
        /// The subject
        subject: String,
    },
    /// What a subject has allowed one client.
    OfClient {
        /// The subject
        subject: String,
        /// The client
        client_id: String,
    },
    /// One, by the id that the list of consents shows.
    One {
        /// `consent_request_id` of the consent
        consent_request_id: String,
    },
}

/// Which login sessions are ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndedLogins {
    /// One, whose clients are told.
    One {
        /// Its id, which ID tokens have as `sid`
        sid: String,
    },
    /// All of a subject. Clients are not told, and tokens stay; [`AdminClient::sign_out`] ends those too.
    All {
        /// The subject
        subject: String,
    },
}

/// A browser in which somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoginSession {
    /// Its id, which ID tokens have as `sid`
    pub sid: String,
    /// Who logged in
    pub subject: String,
    /// When, RFC 3339
    pub authenticated_at: String,
    /// When it ends by itself, RFC 3339; `None` for never
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether it outlives the closing of the browser
    pub remembered: bool,
    /// The authentication context, as the login page named it
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub acr: String,
    /// The methods of authentication, as the login page named them
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

impl AdminClient {
    /// Up to `page_size` login sessions that count now, of one subject or of all, from the start or from the token of the
    /// page before. Only Symbolon lists them.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty subject, which must not be taken for "all".
    pub async fn list_logins(
        &self,
        subject: Option<&str>,
        page_size: u32,
        page_token: Option<&str>,
    ) -> Result<Page<LoginSession>, Error> {
        let mut url = self.url(&["oauth2", "auth", "sessions", "login"])?;
        if let Some(subject) = subject {
            if subject.is_empty() {
                return Err(Error::Argument("'subject' is empty".to_owned()));
            }
            url.query_pairs_mut().append_pair("subject", subject);
        }
        self.list_at(url, page_size, page_token).await
    }

    /// Up to `page_size` consents of a subject, from the start or from the token of the page before.
    pub async fn list_consents(
        &self,
        subject: &str,
        page_size: u32,
        page_token: Option<&str>,
    ) -> Result<Page<ConsentSession>, Error> {
        let mut url = self.url(&["oauth2", "auth", "sessions", "consent"])?;
        url.query_pairs_mut().append_pair("subject", subject);
        self.list_at(url, page_size, page_token).await
    }

    /// Forgets consents; the tokens that were issued for them are void.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty name, which must not be taken for "all".
    pub async fn revoke_consents(&self, which: &ForgottenConsents) -> Result<(), Error> {
        let pairs = match which {
            ForgottenConsents::All { subject } => vec![("subject", subject.as_str()), ("all", "true")],
            ForgottenConsents::OfClient { subject, client_id } => {
                vec![("subject", subject.as_str()), ("client", client_id.as_str())]
            }
            ForgottenConsents::One { consent_request_id } => vec![("consent_request_id", consent_request_id.as_str())],
        };
        self.delete_sessions("consent", &pairs).await
    }

    /// Ends login sessions. It is no error when there is nothing to end.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty name.
    pub async fn end_logins(&self, which: &EndedLogins) -> Result<(), Error> {
        let pair = match which {
            EndedLogins::One { sid } => ("sid", sid.as_str()),
            EndedLogins::All { subject } => ("subject", subject.as_str()),
        };
        self.delete_sessions("login", &[pair]).await
    }

    async fn delete_sessions(&self, kind: &str, pairs: &[(&str, &str)]) -> Result<(), Error> {
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.is_empty()) {
            return Err(Error::Argument(format!("'{name}' is empty")));
        }
        let mut url = self.url(&["oauth2", "auth", "sessions", kind])?;
        url.query_pairs_mut().extend_pairs(pairs);
        self.send(self.http().delete(url)).await.map(|_| ())
    }
}
