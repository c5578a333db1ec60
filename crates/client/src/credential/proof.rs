//! The proof of possession: a JWT with the public key in its header, over the provider's nonce, signed by the caller.

use serde_json::{Map, json};
use symbolon_jose::Jwk;

use super::CredentialNonce;
use crate::client::Client;
use crate::error::Error;
use crate::signer::{Signer, sign_message};

/// The `typ` of a proof.
const TYPE: &str = "openid4vci-proof+jwt";

/// The proof over `nonce`, for the provider of `client`.
pub(super) async fn make(
    client: &Client,
    key: &Jwk,
    nonce: &CredentialNonce,
    signer: &dyn Signer,
) -> Result<String, Error> {
    let header = [("typ", json!(TYPE)), ("alg", json!(signer.algorithm())), ("jwk", json!(key))];
    let header: Map<_, _> = header.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut claims = json!({
        "aud": client.issuer(),
        "iat": client.inner().clock.now(),
        "nonce": nonce.value.expose(),
    });
    if !client.client_id().is_empty() {
        claims["iss"] = client.client_id().into();
    }
    sign_message(signer, &header, &claims).await
}

#[cfg(test)]
mod tests {
    use symbolon_jose::{Algorithm, Jws, Secret, SigningKey, VerifyingKey};

    use super::*;
    use crate::signer::usable_public_jwk;

    #[tokio::test]
    async fn proof_is_signed_by_the_key_it_shows() {
        let client = Client::builder("https://as.example", "app").build().unwrap();
        let nonce = CredentialNonce { value: Secret::new("n".to_owned()), lifetime_seconds: None };
        for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS256] {
            let signer = SigningKey::generate(algorithm, "k".into()).unwrap();
            let key = usable_public_jwk(&signer).unwrap();
            let proof = Jws::parse(&make(&client, &key, &nonce, &signer).await.unwrap()).unwrap();
            let shown = proof.header().jwk.as_deref().unwrap();
            assert!(!shown.is_private());
            assert_eq!(proof.header().typ.as_deref(), Some(TYPE));
            let claims = proof.verify(&VerifyingKey::from_jwk(shown).unwrap()).unwrap().claims;
            assert_eq!(claims["aud"], "https://as.example");
            assert_eq!((claims["nonce"].as_str(), claims["iss"].as_str()), (Some("n"), Some("app")));
        }
    }
}
