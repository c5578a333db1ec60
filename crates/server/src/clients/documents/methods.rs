//! How the client of a document authenticates: it names one method, or lists those that it has, and those of them that this
//! server takes are negotiated (OpenID Connect Relying Party Metadata Choices §2). A document that says nothing is that of
//! a public client; the usual method of registered clients is one with a secret, which no document can have (OAuth
//! Client ID Metadata Document §4.1).

use serde_json::{Map, Value};
use symbolon_types::ClientAuthenticationMethod as Method;

/// The methods that a document can have, the weakest first.
pub(super) const OFFERED: [Method; 3] = [Method::None, Method::SelfSignedTlsClientAuth, Method::PrivateKeyJwt];

const ONE: &str = "token_endpoint_auth_method";
const LIST: &str = "token_endpoint_auth_methods_supported";
const SHARED_SECRETS: [&str; 3] = ["client_secret_basic", "client_secret_post", "client_secret_jwt"];

/// The methods of a document in the order of [`OFFERED`]; there is one at least.
pub(super) fn negotiated(
    members: &Map<String, Value>,
    is_taken: impl Fn(Method) -> bool,
) -> Result<Vec<Method>, String> {
    let mut words = Vec::new();
    match members.get(ONE) {
        None => {}
        Some(Value::String(word)) if SHARED_SECRETS.contains(&word.as_str()) => {
            return Err(format!("'{ONE}' is one with a shared secret"));
        }
        Some(Value::String(word)) => words.push(word.as_str()),
        Some(_) => return Err(format!("'{ONE}' is no text")),
    }
    match members.get(LIST) {
        None => {}
        Some(Value::Array(listed)) => {
            for word in listed {
                words.push(word.as_str().ok_or_else(|| format!("'{LIST}' is no list of texts"))?);
            }
        }
        Some(_) => return Err(format!("'{LIST}' is no list")),
    }
    if !members.contains_key(ONE) && !members.contains_key(LIST) {
        words.push(Method::None.as_str());
    }
    let methods: Vec<Method> =
        OFFERED.into_iter().filter(|method| words.contains(&method.as_str()) && is_taken(*method)).collect();
    if methods.is_empty() { Err("it has no authentication method that is taken here".to_owned()) } else { Ok(methods) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(document: Value) -> Result<Vec<Method>, String> {
        let Value::Object(members) = document else { panic!("an object") };
        negotiated(&members, |method| method != Method::SelfSignedTlsClientAuth)
    }

    #[test]
    fn one_method_and_a_list_of_them_are_put_together() {
        let table = [
            (json!({}), vec![Method::None]),
            (json!({ ONE: "none" }), vec![Method::None]),
            (json!({ ONE: "private_key_jwt" }), vec![Method::PrivateKeyJwt]),
            (
                json!({ ONE: "private_key_jwt", LIST: ["none", "private_key_jwt"] }),
                vec![Method::None, Method::PrivateKeyJwt],
            ),
            (json!({ LIST: ["private_key_jwt", "client_secret_basic"] }), vec![Method::PrivateKeyJwt]),
            (json!({ ONE: "none", LIST: [] }), vec![Method::None]),
            (json!({ ONE: "attest_jwt_client_auth", LIST: ["none"] }), vec![Method::None]),
        ];
        for (document, expected) in table {
            assert_eq!(of(document.clone()).unwrap(), expected, "{document}");
        }
        for refused in [
            json!({ ONE: "client_secret_basic" }),
            json!({ ONE: "client_secret_post", LIST: ["none"] }),
            json!({ ONE: "client_secret_jwt" }),
            json!({ ONE: "self_signed_tls_client_auth" }),
            json!({ ONE: "tls_client_auth" }),
            json!({ ONE: "" }),
            json!({ ONE: null }),
            json!({ ONE: 1 }),
            json!({ LIST: [] }),
            json!({ LIST: "none" }),
            json!({ LIST: ["none", 1] }),
            json!({ LIST: null }),
        ] {
            assert!(of(refused.clone()).is_err(), "{refused}");
        }
    }
}
