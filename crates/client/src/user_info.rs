//! The userinfo endpoint (`OpenID` Connect Core 1.0 §5.3): claims about the user of an access token.
//!
//! The answer counts only if it is about the user of the ID token (§5.3.2): the endpoint is not told for whom one asks.

use serde_json::{Map, Value};

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::token::TokenSet;

/// The answer of the userinfo endpoint.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UserInfo {
    /// `sub`: the user, the same as in the ID token
    pub subject: String,
    /// All claims, including `sub`
    pub all: Map<String, Value>,
}

impl Client {
    /// Asks for the claims that the access token of `tokens` opens.
    ///
    /// # Errors
    /// [`Error::Api`] with status 401 for a token that expired or was revoked, [`Error::SubjectMismatch`] for an answer
    /// about somebody else, [`Error::UnexpectedAnswer`] for a signed answer, which is not read yet.
    pub async fn user_info(&self, tokens: &TokenSet) -> Result<UserInfo, Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.userinfo_endpoint.as_deref(), "userinfo_endpoint")?;
        let inner = self.inner();
        let request = inner.http.get(url).bearer_auth(tokens.access_token.as_str());
        let answer = inner.http.send(request).await?.success()?;
        if answer.media_type() != "application/json" {
            let reason = format!("userinfo has the content type '{}' and not application/json", answer.media_type());
            return Err(Error::UnexpectedAnswer(reason));
        }
        let all: Map<String, Value> = answer.json("userinfo")?;
        let Some(subject) = all.get("sub").and_then(Value::as_str).map(str::to_owned) else {
            return Err(Error::UnexpectedAnswer("userinfo has no 'sub'".to_owned()));
        };
        if tokens.id_token.as_ref().is_some_and(|id_token| id_token.claims.subject != subject) {
            return Err(Error::SubjectMismatch);
        }
        Ok(UserInfo { subject, all })
    }
}
