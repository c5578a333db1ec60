//! What the server decides for a client that leaves it open, so that the client can be told
//! (RFC 7591 §2, §3.2.1; `OpenID` Connect Dynamic Client Registration §2).

use serde_json::Value;

use super::Client;
use super::validate::{OfferedAlgorithms, presumed_application_type};
use crate::{ClientAuthenticationMethod, GrantType, GrantTypes, ResponseType, ResponseTypes};

impl Client {
    /// Fills in what is not set. Grant types and response types follow from each other where one of
    /// them is set, and are the code flow otherwise (RFC 7591 §2, §2.1). Doing it twice changes
    /// nothing more.
    pub fn provision(&mut self, offered: &OfferedAlgorithms<'_>) {
        if self.grant_types.is_empty() {
            self.grant_types = grant_types_for(self.response_types());
        }
        if self.response_types.is_empty() && self.grant_types().contains(GrantType::AuthorizationCode) {
            self.response_types = vec![ResponseType::CODE.to_string()];
        }
        if self.application_type.is_empty()
            && let Some(presumed) = presumed_application_type(self)
        {
            presumed.as_str().clone_into(&mut self.application_type);
        }
        if self.id_token_signed_response_alg.is_empty()
            && let Some(default) = offered.responses.first()
        {
            (*default).clone_into(&mut self.id_token_signed_response_alg);
        }
        self.provision_content_encryption();
        let shares_secret = self.authentication_method() == ClientAuthenticationMethod::ClientSecretJwt;
        if shares_secret && self.token_endpoint_auth_signing_alg.is_empty() {
            "HS256".clone_into(&mut self.token_endpoint_auth_signing_alg);
        }
        let signs = self.authentication_method() == ClientAuthenticationMethod::PrivateKeyJwt;
        if signs && self.token_endpoint_auth_signing_alg.is_empty() {
            assertion_algorithm(self.keys(), offered.assertions).clone_into(&mut self.token_endpoint_auth_signing_alg);
        }
    }

    /// Algorithms with which the client signs, each by the one name under which it is looked for.
    pub(super) fn use_one_name_of_algorithms(&mut self) {
        for algorithm in [
            &mut self.token_endpoint_auth_signing_alg,
            &mut self.request_object_signing_alg,
            &mut self.backchannel_authentication_request_signing_alg,
        ] {
            *algorithm = older_name(algorithm).to_owned();
        }
    }
}

/// RFC 9864 §2.2: `Ed25519` is a newer name for what this server calls `EdDSA`.
fn older_name(algorithm: &str) -> &str {
    if algorithm == "Ed25519" { "EdDSA" } else { algorithm }
}

/// `OpenID` Connect Dynamic Client Registration §2: a code needs `authorization_code`, tokens from
/// the authorization endpoint need `implicit`.
fn grant_types_for(response_types: ResponseTypes) -> Vec<String> {
    let needed = response_types.iter().flat_map(|kind| {
        let code = kind.has_code().then_some(GrantType::AuthorizationCode);
        let implicit = (kind.has_token() || kind.has_id_token()).then_some(GrantType::Implicit);
        [code, implicit].into_iter().flatten()
    });
    needed.collect::<GrantTypes>().iter().map(|grant_type| grant_type.as_str().to_owned()).collect()
}

/// The algorithm that all keys name, if there is one that the server can use; otherwise `RS256`, which
/// is what an empty member means to the token endpoint.
fn assertion_algorithm<'a>(keys: &[Value], offered: &[&'a str]) -> &'a str {
    let of = |key: &Value| {
        let named = older_name(key["alg"].as_str()?);
        offered.iter().copied().find(|name| *name == named)
    };
    let first = keys.first().and_then(of);
    first.filter(|name| keys.iter().all(|key| of(key) == Some(name))).unwrap_or("RS256")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::OfferedEncryption;

    const OFFERED: OfferedAlgorithms<'_> = OfferedAlgorithms {
        responses: &["ES256", "RS256"],
        assertions: &["RS256", "ES256", "EdDSA"],
        encryption: OfferedEncryption { responses: &["ECDH-ES"], request_objects: &[], contents: &["A128CBC-HS256"] },
    };

    fn provisioned(body: Value) -> Client {
        let mut client: Client = serde_json::from_value(body).unwrap();
        client.provision(&OFFERED);
        let once = client.clone();
        client.provision(&OFFERED);
        assert_eq!(client, once, "the second time changes nothing");
        client
    }

    #[test]
    fn grant_types_and_response_types_follow_from_each_other() {
        let table = [
            (json!({}), json!(["authorization_code"]), json!(["code"])),
            (json!({"grant_types": ["client_credentials"]}), json!(["client_credentials"]), json!([])),
            (
                json!({"grant_types": ["authorization_code", "refresh_token"]}),
                json!(["authorization_code", "refresh_token"]),
                json!(["code"]),
            ),
            (json!({"grant_types": ["implicit"]}), json!(["implicit"]), json!([])),
            (json!({"response_types": ["code"]}), json!(["authorization_code"]), json!(["code"])),
            (json!({"response_types": ["id_token"]}), json!(["implicit"]), json!(["id_token"])),
            (
                json!({"response_types": ["token code"]}),
                json!(["authorization_code", "implicit"]),
                json!(["token code"]),
            ),
            (
                json!({"grant_types": ["authorization_code"], "response_types": ["code", "id_token"]}),
                json!(["authorization_code"]),
                json!(["code", "id_token"]),
            ),
        ];
        for (body, grant_types, response_types) in table {
            let client = provisioned(body.clone());
            assert_eq!(
                (json!(client.grant_types), json!(client.response_types)),
                (grant_types, response_types),
                "{body}"
            );
        }
    }

    #[test]
    fn algorithms_are_those_that_the_server_would_use() {
        assert_eq!(provisioned(json!({})).id_token_signed_response_alg, "ES256");
        assert_eq!(provisioned(json!({"id_token_signed_response_alg": "RS256"})).id_token_signed_response_alg, "RS256");
        let encrypted = provisioned(json!({"id_token_encrypted_response_alg": "ECDH-ES"}));
        assert_eq!(encrypted.id_token_encrypted_response_enc, "A128CBC-HS256");
        assert_eq!(encrypted.userinfo_encrypted_response_enc, "");
        let assertion = |body: Value| provisioned(body).token_endpoint_auth_signing_alg;
        assert_eq!(assertion(json!({})), "", "a client with a secret signs nothing");
        let signs =
            |keys: Value| assertion(json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": keys}}));
        assert_eq!(signs(json!([])), "RS256");
        assert_eq!(signs(json!([{"alg": "ES256"}, {"alg": "ES256"}])), "ES256");
        assert_eq!(signs(json!([{"alg": "ES256"}, {"alg": "RS256"}])), "RS256");
        assert_eq!(signs(json!([{"alg": "ES256"}, {}])), "RS256");
        assert_eq!(signs(json!([{"alg": "HS256"}])), "RS256");
        assert_eq!(signs(json!([{"alg": "Ed25519"}, {"alg": "EdDSA"}])), "EdDSA");
    }
}
