//! Signed requests (RFC 9101, `OpenID` Connect Core 1.0 §6.1): nobody between the application and the provider, the user
//! included, can change a parameter.

use serde_json::{Map, Value};
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use symbolon_jose::jwe::{ContentEncryption, KeyManagement};

use crate::client::Client;
use crate::error::Error;
use crate::signer::ClientKey;
use crate::wire::ProviderMetadata;

/// RFC 9101 §10.8: what a request object is, so that nothing else can pass for one.
const TYPE: &str = "oauth-authz-req+jwt";
/// For how long a request counts, in seconds: until the browser has gone from the application to the provider.
const LIFETIME_SECONDS: i64 = 300;
/// Claims of the object itself, that no parameter may have the name of. With `sub` it could pass for a client assertion
/// (§10.8).
const OF_THE_OBJECT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// How authorization requests are signed, and perhaps encrypted.
///
/// ```
/// use symbolon_client::{Algorithm, Client, ClientKey, ContentEncryption, KeyManagement, RequestObjects, SigningKey};
///
/// let key = ClientKey::new(SigningKey::generate(Algorithm::ES256, "my-key".into())?);
/// let client = Client::builder("https://login.example.com", "my-app")
///     .request_objects(RequestObjects::signed_by(key).encrypted(KeyManagement::RsaOaep256, ContentEncryption::A256Gcm))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RequestObjects {
    key: ClientKey,
    #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
    pub(super) encryption: Option<(KeyManagement, ContentEncryption)>,
}

impl RequestObjects {
    /// Signed with this key, which the provider knows from the client's registration.
    pub fn signed_by(key: ClientKey) -> Self {
        Self {
            key,
            #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
            encryption: None,
        }
    }
}

impl Client {
    /// The parameters of the request as they are to be sent: as they are, or as one signed object.
    pub(super) async fn in_request_object(
        &self,
        parameters: Vec<(String, String)>,
        metadata: &ProviderMetadata,
        pushed: bool,
    ) -> Result<Vec<(String, String)>, Error> {
        let Some(objects) = &self.protection().request_objects else {
            // RFC 9101 §10.5.
            return if metadata.require_signed_request_object == Some(true) {
                let reason = "the provider takes only signed requests ('require_signed_request_object'): give the \
                    builder request_objects";
                Err(Error::Configuration(reason.to_owned()))
            } else {
                Ok(parameters)
            };
        };
        if !pushed && metadata.request_parameter_supported == Some(false) {
            let reason = "the provider takes signed requests only when they are pushed ('request_parameter_supported')";
            return Err(Error::Configuration(reason.to_owned()));
        }
        let object = self.request_object(objects, &parameters, metadata).await?;
        // RFC 9101 §5 wants the client id outside; OpenID Connect Core §6.1 also what makes it a request of OAuth.
        let outside = |name: &str| name == "client_id" || !pushed && matches!(name, "response_type" | "scope");
        let mut sent: Vec<_> = parameters.into_iter().filter(|(name, _)| outside(name)).collect();
        sent.push(("request".to_owned(), object));
        Ok(sent)
    }

    async fn request_object(
        &self,
        objects: &RequestObjects,
        parameters: &[(String, String)],
        metadata: &ProviderMetadata,
    ) -> Result<String, Error> {
        let offered = &metadata.request_object_signing_alg_values_supported;
        let alg = objects.key.algorithm_among(offered, "request_object_signing_alg_values_supported")?;
        let mut claims = claims(parameters)?;
        let now = self.inner().clock.now();
        let own: [(&str, Value); 6] = [
            ("iss", self.registered_id()?.into()),
            ("aud", self.issuer().into()),
            ("iat", now.into()),
            ("nbf", now.into()),
            ("exp", now.saturating_add(LIFETIME_SECONDS).into()),
            ("jti", self.inner().rng.token(16).into()),
        ];
        claims.extend(own.map(|(name, value)| (name.to_owned(), value)));
        let signed = objects.key.sign_jwt(alg, Some(TYPE), &Value::Object(claims)).await?;
        #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
        if let Some(choice) = objects.encryption {
            return self.encrypted_request(&signed, choice).await;
        }
        Ok(signed)
    }
}

/// The parameters as claims: with the types that JSON has for them, and a list where a name is there more than once.
fn claims(parameters: &[(String, String)]) -> Result<Map<String, Value>, Error> {
    let mut claims = Map::new();
    for (name, text) in parameters {
        if OF_THE_OBJECT.contains(&name.as_str()) {
            return Err(Error::Argument(format!("the parameter '{name}' cannot stand in a signed request")));
        }
        let value = match name.as_str() {
            "claims" | "authorization_details" | "max_age" => serde_json::from_str(text)
                .map_err(|error| Error::Argument(format!("the parameter '{name}' is not JSON: {error}")))?,
            _ => Value::String(text.clone()),
        };
        match claims.get_mut(name) {
            None => drop(claims.insert(name.clone(), value)),
            Some(Value::Array(list)) => list.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn parameters_have_their_types() {
        let claims = claims(&pairs(&[
            ("max_age", "60"),
            ("claims", "{\"id_token\":{}}"),
            ("authorization_details", "[{\"type\":\"a\"}]"),
            ("resource", "https://a.example"),
            ("resource", "https://b.example"),
            ("resource", "https://c.example"),
            ("prompt", "login"),
        ]));
        let expected = json!({
            "max_age": 60, "claims": {"id_token": {}}, "authorization_details": [{"type": "a"}], "prompt": "login",
            "resource": ["https://a.example", "https://b.example", "https://c.example"],
        });
        assert_eq!(Value::Object(claims.unwrap()), expected);
    }

    #[test]
    fn no_parameter_takes_the_place_of_a_claim() {
        for name in OF_THE_OBJECT {
            assert!(matches!(claims(&pairs(&[(name, "x")])), Err(Error::Argument(_))), "{name}");
        }
        assert!(claims(&pairs(&[("claims", "{")])).is_err());
    }
}
