//! Proofs (RFC 9449 §4): a JWT with the public key in its header, about one request.

use http::Method;
use serde_json::{Map, Value, json};
use symbolon_jose::digest;
use url::Url;

use super::key::DpopKey;
use crate::client::Client;
use crate::error::Error;
use crate::wire::AccessToken;

const TYPE: &str = "dpop+jwt";

impl Client {
    /// A proof for a request of the program's own, the value of its header `DPoP`. With the access token that the request
    /// carries, the proof names it (`ath`). It is good for this one request, and for a short while.
    ///
    /// The nonce that the server gave with its last answer is in the proof, as far as this client saw that answer: hand it
    /// over with [`Client::learn_dpop_nonce`]. [`Client::send_authorized`] does all of this.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a client without a key; [`Error::Signer`] from the key's signer.
    pub async fn dpop_proof(
        &self,
        method: &Method,
        url: &Url,
        access_token: Option<&AccessToken>,
    ) -> Result<String, Error> {
        let missing = || Error::Configuration("this needs a key: call dpop on the builder".to_owned());
        let key = self.protection().dpop.as_ref().ok_or_else(missing)?;
        let alg = key.algorithm_at(&*self.metadata().await?)?;
        let claims = self.proof_claims((method, url), access_token, self.inner().nonces.of(url));
        key.key.sign_message(&header(key, alg)?, &claims).await
    }

    fn proof_claims(
        &self,
        (method, url): (&Method, &Url),
        access_token: Option<&AccessToken>,
        nonce: Option<String>,
    ) -> Value {
        let mut claims = json!({
            "jti": self.inner().rng.token(16),
            "htm": method.as_str(),
            "htu": target(url),
            "iat": self.inner().clock.now(),
        });
        if let Some(token) = access_token {
            claims["ath"] = digest::base64url(&digest::sha256(token.as_str().as_bytes())).into();
        }
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        claims
    }
}

fn header(key: &DpopKey, alg: &str) -> Result<Map<String, Value>, Error> {
    let public = serde_json::to_value(&key.public)
        .map_err(|error| Error::Argument(format!("the public key cannot be written: {error}")))?;
    let members = [("typ", TYPE.into()), ("alg", alg.into()), ("jwk", public)];
    Ok(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// §4.2: the address without query and fragment.
fn target(url: &Url) -> String {
    let mut target = url.clone();
    target.set_query(None);
    target.set_fragment(None);
    // What stands before the host is not sent as part of the address.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    target.into()
}

#[cfg(test)]
mod tests {
    use symbolon_jose::{Jwk, Jws, SigningKey, VerifyingKey};

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn the_target_has_no_query() {
        for (url, expected) in [
            ("https://server.example.com/token", "https://server.example.com/token"),
            ("HTTPS://Server.Example.com:443/a%2fb?x=1#y", "https://server.example.com/a%2fb"),
            ("https://u:p@server.example.com", "https://server.example.com/"),
        ] {
            assert_eq!(target(&Url::parse(url).unwrap()), expected);
        }
    }

    /// The key, token and `ath` of RFC 9449 §4.2, §7.1; the signature there was made with another nonce of ECDSA.
    #[tokio::test]
    async fn a_proof_is_that_of_the_specification() {
        let key: Jwk = serde_json::from_value(json!({
            "kty": "EC", "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        }))
        .unwrap();
        assert_eq!(key.thumbprint(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", "§6.1");
        let token = AccessToken::from("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
        let client = Client::builder("https://server.example.com", "app")
            .clock(Clock::custom(|| 1_562_262_618))
            .build()
            .unwrap();
        let url = Url::parse("https://resource.example.org/protectedresource").unwrap();
        let claims = client.proof_claims((&Method::GET, &url), Some(&token), None);
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
        assert_eq!((&claims["htm"], &claims["htu"]), (&json!("GET"), &json!(url.as_str())));
        assert_eq!(claims["iat"], 1_562_262_618);
        assert!(claims["jti"].as_str().unwrap().len() >= 20 && claims.get("nonce").is_none());
    }

    #[tokio::test]
    async fn a_proof_shows_only_the_numbers_of_the_public_key() {
        for algorithm in [symbolon_jose::Algorithm::ES256, symbolon_jose::Algorithm::RS256] {
            let key = DpopKey::new(SigningKey::generate(algorithm, "name".into()).unwrap()).unwrap();
            let metadata = crate::wire::ProviderMetadata::new("https://as.example");
            let client =
                Client::builder("https://as.example", "app").metadata(metadata).dpop(key.clone()).build().unwrap();
            let url = Url::parse("https://as.example/token?x=1").unwrap();
            let proof = Jws::parse(&client.dpop_proof(&Method::POST, &url, None).await.unwrap()).unwrap();
            let mut shown = proof.header().raw["jwk"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            shown.sort();
            let expected = if algorithm == symbolon_jose::Algorithm::ES256 { "crv kty x y" } else { "e kty n" };
            assert_eq!(shown.join(" "), expected);
            assert_eq!(proof.header().typ.as_deref(), Some("dpop+jwt"));
            let jwk = proof.header().jwk.as_deref().unwrap();
            assert_eq!(jwk.thumbprint(), key.thumbprint());
            let claims = proof.verify(&VerifyingKey::from_jwk(jwk).unwrap()).unwrap().claims;
            assert_eq!((&claims["htm"], &claims["htu"]), (&json!("POST"), &json!("https://as.example/token")));
        }
    }
}
