//! Verifiable credentials about the user (`OpenID` Connect `UserInfo` Verifiable Credentials 1.0, draft 00): a signed
//! statement that whoever holds a key pair is the user of an access token.
//!
//! [`Client::issue_credential`] makes the three steps in one call: fetch a nonce, prove possession of the key with it,
//! receive the credential and check it. The private key stays in the caller's [`Signer`]. Presenting credentials to
//! others is not this crate's part.

mod proof;
mod verify;

use std::fmt;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use symbolon_jose::Secret;

pub use verify::CredentialFault;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::http::Answer;
use crate::signer::{Signer, usable_public_jwk};
use crate::wire::AccessToken;

/// The only format of the draft.
const FORMAT: &str = "jwt_vc_json";

/// A credential that was checked: the provider signed it, and it names the signer's key.
#[derive(Clone)]
#[non_exhaustive]
pub struct Credential {
    /// The signed credential, a JWT, to be kept and presented
    pub raw: String,
    /// `sub`: the key it is bound to, as `did:jwk:…`
    pub holder: String,
    /// What it says about the user: `vc.credentialSubject`
    pub subject: Map<String, Value>,
    /// `exp`, Unix seconds; `None` when it does not expire
    pub expires_at: Option<i64>,
    /// All claims
    pub all: Map<String, Value>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credential")
            .field("holder", &self.holder)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A nonce for the proof, bound to one access token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CredentialNonce {
    /// What the proof has to sign
    pub value: Secret<String>,
    /// For how long it counts, in seconds; `None` when the server does not say
    pub lifetime_seconds: Option<i64>,
}

/// The answer to a request without a proof: status 400, and yet the step that was wanted.
#[derive(Deserialize)]
struct Priming {
    c_nonce: Option<Secret<String>>,
    c_nonce_expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct CredentialAnswer {
    #[serde(default)]
    format: String,
    credential_draft_00: Option<String>,
}

impl Client {
    /// Has a credential issued for the user of `access_token`, bound to the key of `signer`. A client whose tokens are bound
    /// to a key ([`ClientBuilder::dpop`](crate::ClientBuilder::dpop)) proves with each request that it has that one, too.
    ///
    /// ```no_run
    /// use symbolon_client::{AccessToken, Algorithm, Client, SigningKey};
    ///
    /// # async fn run(client: Client, access_token: AccessToken) -> Result<(), Box<dyn std::error::Error>> {
    /// let key = SigningKey::generate(Algorithm::ES256, "my-key".into())?;
    /// let credential = client.issue_credential(&access_token, &key).await?;
    /// println!("{} holds {}", credential.subject["sub"], credential.holder);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider issues none; [`Error::Api`] with status 401 for a token that expired
    /// or was revoked, 400 for a key that the provider does not take; [`Error::Signer`] from the signer;
    /// [`Error::Credential`] for a credential that must not be believed.
    pub async fn issue_credential(&self, access_token: &AccessToken, signer: &dyn Signer) -> Result<Credential, Error> {
        let nonce = self.credential_nonce(access_token).await?;
        self.issue_credential_with(access_token, &nonce, signer).await
    }

    /// The first of the steps alone: a nonce, for instance to have the proof signed elsewhere or later.
    ///
    /// # Errors
    /// As [`Client::issue_credential`].
    pub async fn credential_nonce(&self, access_token: &AccessToken) -> Result<CredentialNonce, Error> {
        let answer = self.request_credential(access_token, &json!({ "format": FORMAT })).await?;
        let priming: Option<Priming> = answer.json("the nonce").ok();
        if let (StatusCode::BAD_REQUEST, Some(Priming { c_nonce: Some(value), c_nonce_expires_in })) =
            (answer.status, priming)
        {
            return Ok(CredentialNonce { value, lifetime_seconds: c_nonce_expires_in });
        }
        answer.success()?;
        Err(Error::UnexpectedAnswer("the credential endpoint gave no nonce".to_owned()))
    }

    /// The other steps, with a nonce that is at hand: from [`Client::credential_nonce`].
    ///
    /// # Errors
    /// As [`Client::issue_credential`].
    pub async fn issue_credential_with(
        &self,
        access_token: &AccessToken,
        nonce: &CredentialNonce,
        signer: &dyn Signer,
    ) -> Result<Credential, Error> {
        let holder = usable_public_jwk(signer)?;
        let jwt = proof::make(self, &holder, nonce, signer).await?;
        let request = json!({ "format": FORMAT, "proof": { "proof_type": "jwt", "jwt": jwt } });
        let answer = self.request_credential(access_token, &request).await?;
        if answer.status == StatusCode::BAD_REQUEST {
            return Err(answer.refusal());
        }
        let issued: CredentialAnswer = answer.success()?.json("the credential")?;
        let Some(raw) = issued.credential_draft_00.filter(|_| issued.format == FORMAT) else {
            return Err(Error::UnexpectedAnswer(format!("there is no credential in the format '{FORMAT}'")));
        };
        let token = self.signed(&raw).await?.map_err(CredentialFault::Signature)?;
        let checked = verify::check(token, self.issuer(), &holder, self.inner().clock.now())?;
        Ok(Credential {
            raw,
            holder: checked.holder,
            subject: checked.subject,
            expires_at: checked.expires_at,
            all: checked.all,
        })
    }

    async fn request_credential(&self, access_token: &AccessToken, body: &Value) -> Result<Answer, Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.credentials_endpoint_draft_00.as_deref(), "credentials_endpoint_draft_00")?;
        let request = self.inner().http.post(self.for_certificate(url, &metadata)?).json(body);
        self.send_with_token(request, access_token, self.usual_scheme()).await
    }
}
