//! Answers about tokens: of the token endpoint (RFC 6749 §5.1), of the device authorization
//! endpoint (RFC 8628 §3.2) and of introspection (RFC 7662 §2.2). Members are written in Hydra's
//! order.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lenient::{null_as_default, one_or_many};
use crate::{AccessToken, ClientId, RefreshToken, Scope, Subject};

/// Answer of the token endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: AccessToken,
    /// Nonce for a credential request (`OpenID` for Verifiable Credentials, draft 00).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_nonce_draft_00: Option<String>,
    /// Seconds until that nonce expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_nonce_expires_in_draft_00: Option<i64>,
    /// Seconds until the access token expires.
    #[serde(default, deserialize_with = "null_as_default")]
    pub expires_in: i64,
    /// `OpenID` Connect Core §3.1.3.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// The refresh token, if one was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<RefreshToken>,
    /// What was granted; always written, even when empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scope: Scope,
    /// `bearer`, in lower case as Hydra writes it (RFC 6749 §7.1: case does not matter).
    pub token_type: String,
}

/// Answer of the device authorization endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAuthorization {
    /// For the device; a secret.
    pub device_code: String,
    /// For the user to type.
    pub user_code: String,
    /// Where the user types it.
    pub verification_uri: String,
    /// The same with the code filled in.
    #[serde(default, deserialize_with = "null_as_default")]
    pub verification_uri_complete: String,
    /// Seconds until both codes expire.
    pub expires_in: i64,
    /// Seconds between polls.
    #[serde(default = "default_interval")]
    pub interval: i64,
}

/// RFC 8628 §3.2.
fn default_interval() -> i64 {
    5
}

/// Answer of introspection. All members but `active` are absent for a token that is not active.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    /// Always a list when written.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Option::is_none")]
    pub aud: Option<Vec<String>>,
    /// The issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// `access_token` or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_use: Option<String>,
    /// `session.access_token` of the consent; left out when empty.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Map::is_empty")]
    pub ext: Map<String, Value>,
}

impl Introspection {
    /// The one answer for every token that does not count (RFC 7662 §2.2).
    pub fn inactive() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_answer_has_alphabetical_members() {
        let mut answer = TokenResponse {
            access_token: "ory_at_x".into(),
            c_nonce_draft_00: None,
            c_nonce_expires_in_draft_00: None,
            expires_in: 3600,
            id_token: Some("j".to_owned()),
            refresh_token: Some("ory_rt_x".into()),
            scope: Scope::parse("openid offline").unwrap(),
            token_type: "bearer".to_owned(),
        };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"access_token":"ory_at_x","expires_in":3600,"id_token":"j","refresh_token":"ory_rt_x","scope":"openid offline","token_type":"bearer"}"#
        );
        answer.c_nonce_draft_00 = Some("n".to_owned());
        answer.c_nonce_expires_in_draft_00 = Some(3600);
        answer.id_token = None;
        answer.refresh_token = None;
        answer.scope = Scope::default();
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"access_token":"ory_at_x","c_nonce_draft_00":"n","c_nonce_expires_in_draft_00":3600,"expires_in":3600,"scope":"","token_type":"bearer"}"#
        );
    }

    #[test]
    fn inactive_says_nothing_else() {
        let text = serde_json::to_string(&Introspection::inactive()).unwrap();
        assert_eq!(text, r#"{"active":false}"#);
    }

    #[test]
    fn active_introspection_has_members_in_order() {
        let text = r#"{"active":true,"scope":"openid","client_id":"c","sub":"alice","obfuscated_subject":"p","exp":3,"iat":1,"nbf":1,"aud":[],"iss":"https://op.example","token_type":"Bearer","token_use":"access_token","ext":{"tier":"gold"}}"#;
        let answer: Introspection = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), text);
    }

    #[test]
    fn audience_of_other_servers_may_be_one_string() {
        let answer: Introspection = serde_json::from_str(r#"{"active":true,"aud":"a"}"#).unwrap();
        assert_eq!(answer.aud.unwrap(), ["a"]);
    }
}
