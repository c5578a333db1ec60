//! The login, consent and logout challenges of the headless flow: what an external login application reads and decides.
//!
//! Reading shows whom and what it is about; accepting or rejecting gives the URL to send the browser to. A challenge that
//! was already decided answers 410, and the error's `redirect_to` is the way on.

use serde::Serialize;
use serde::de::DeserializeOwned;
use symbolon_types::challenge::{
    AcceptConsent, AcceptLogin, ConsentRequest, LoginRequest, LogoutRequest, RedirectTo, RejectRequest,
};

use super::AdminClient;
use crate::error::Error;

impl AdminClient {
    /// Who wants to log in where.
    pub async fn login_request(&self, challenge: &str) -> Result<LoginRequest, Error> {
        self.read_challenge("login", challenge).await
    }

    /// The user is who they say.
    pub async fn accept_login(&self, challenge: &str, decision: &AcceptLogin) -> Result<RedirectTo, Error> {
        self.decide(&["login", "accept"], challenge, decision).await
    }

    /// The login failed or was given up; the client learns the error.
    pub async fn reject_login(&self, challenge: &str, decision: &RejectRequest) -> Result<RedirectTo, Error> {
        self.decide(&["login", "reject"], challenge, decision).await
    }

    /// Which client asks which user for what.
    pub async fn consent_request(&self, challenge: &str) -> Result<ConsentRequest, Error> {
        self.read_challenge("consent", challenge).await
    }

    /// The user agrees, to all or a part.
    pub async fn accept_consent(&self, challenge: &str, decision: &AcceptConsent) -> Result<RedirectTo, Error> {
        self.decide(&["consent", "accept"], challenge, decision).await
    }

    /// The user refuses; the client learns the error.
    pub async fn reject_consent(&self, challenge: &str, decision: &RejectRequest) -> Result<RedirectTo, Error> {
        self.decide(&["consent", "reject"], challenge, decision).await
    }

    /// Who is about to be logged out, and whether a client asked for it.
    pub async fn logout_request(&self, challenge: &str) -> Result<LogoutRequest, Error> {
        self.read_challenge("logout", challenge).await
    }

    /// The user wants to be logged out.
    pub async fn accept_logout(&self, challenge: &str) -> Result<RedirectTo, Error> {
        self.decide(&["logout", "accept"], challenge, &()).await
    }

    /// The user stays; nothing happens.
    pub async fn reject_logout(&self, challenge: &str) -> Result<(), Error> {
        let url = self.challenge_url(&["logout", "reject"], challenge)?;
        self.send(self.http().put(url)).await.map(|_| ())
    }

    async fn read_challenge<T: DeserializeOwned>(&self, kind: &str, challenge: &str) -> Result<T, Error> {
        let url = self.challenge_url(&[kind], challenge)?;
        self.send(self.http().get(url)).await?.json("the challenge")
    }

    async fn decide<T: Serialize>(&self, path: &[&str], challenge: &str, decision: &T) -> Result<RedirectTo, Error> {
        let url = self.challenge_url(path, challenge)?;
        self.send(self.http().put(url).json(decision)).await?.json("the decision's answer")
    }

    fn challenge_url(&self, path: &[&str], challenge: &str) -> Result<url::Url, Error> {
        let mut url = self.url(&[&["oauth2", "auth", "requests"], path].concat())?;
        let parameter = format!("{}_challenge", path.first().unwrap_or(&""));
        url.query_pairs_mut().append_pair(&parameter, challenge);
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_names_its_kind() {
        let admin = AdminClient::new("http://h:1").unwrap();
        assert_eq!(
            admin.challenge_url(&["consent", "accept"], "a=+b").unwrap().as_str(),
            "http://h:1/admin/oauth2/auth/requests/consent/accept?consent_challenge=a%3D%2Bb"
        );
    }
}
