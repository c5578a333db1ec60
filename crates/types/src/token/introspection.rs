//! The answer of introspection (RFC 7662 §2.2): everything about a token that counts, nothing about
//! any other.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lenient::{null_as_default, one_or_many};
use crate::{AuthorizationDetails, ClientId, Scope, Subject};

/// Answer of introspection. All members but `active` are absent for a token that is not active.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "introspectedOAuth2Token"))]
pub struct Introspection {
    /// Whether the token counts, now and here.
    pub active: bool,
    /// What was granted; left out when empty.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    /// To whom it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// For whom it acts, as the server knows them; the client itself if there is no user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<Subject>,
    /// The pairwise `sub`, if it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscated_subject: Option<String>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// A name for people; usually absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Always a list when written; one string is read as a list of one.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Option::is_none")]
    pub aud: Option<Vec<String>>,
    /// The issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// `Bearer` or `DPoP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// `access_token` or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_use: Option<String>,
    /// Whose key it is bound to (RFC 7800); absent for a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Value>,
    /// Authentication context class of the login (RFC 9470 §6.2); absent where it said none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When the person was authenticated, in Unix seconds (RFC 9470 §6.2); absent where nobody was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// Who acts for the subject, and before that for them (RFC 8693 §4.1); absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Value>,
    /// What was granted in detail (RFC 9396 §9.2); absent where nothing was.
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// `session.access_token` of the consent; left out when empty.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Map::is_empty")]
    pub ext: Map<String, Value>,
}

impl Introspection {
    /// The one answer for every token that does not count.
    pub fn inactive() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inactive_says_nothing_else() {
        let answer = Introspection::inactive();
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"active":false}"#);
    }

    #[test]
    fn active_introspection_has_members_in_order() {
        let text = r#"{"active":true,"scope":"openid","client_id":"c","sub":"alice","obfuscated_subject":"p","exp":3,"iat":1,"nbf":1,"aud":[],"iss":"https://op.example","token_type":"Bearer","token_use":"access_token","ext":{"tier":"gold"}}"#;
        let answer: Introspection = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), text);
    }

    #[test]
    fn audience_of_other_servers_may_be_one_string() {
        let answer: Introspection = serde_json::from_str(r#"{"active":true,"aud":"a","sub":null}"#).unwrap();
        assert_eq!(answer.aud.unwrap(), ["a"]);
    }
}
