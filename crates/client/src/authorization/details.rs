//! Rich authorization requests (RFC 9396): what exactly is wanted, where a scope says too little.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::token::TokenSet;

/// One of the `authorization_details` (RFC 9396 §2): a type, the members that types have in common (§2.2), and others
/// that the type defines. Empty members are not sent.
///
/// ```
/// use serde_json::json;
/// use symbolon_client::{AuthorizationDetail, AuthorizationRequest};
///
/// let payment = AuthorizationDetail::new("payment_initiation")
///     .action("initiate")
///     .location("https://bank.example/payments")
///     .member("instructedAmount", json!({ "currency": "EUR", "amount": "123.50" }));
/// let request = AuthorizationRequest::new("openid").authorization_detail(payment);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthorizationDetail {
    /// `type`: which kind it is, and so what the other members mean
    #[serde(rename = "type")]
    pub kind: String,
    /// At which resources
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<String>,
    /// What may be done
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// With which kinds of data
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datatypes: Vec<String>,
    /// With which single thing
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Which privileges
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub privileges: Vec<String>,
    /// Members of the type
    #[serde(flatten)]
    pub members: Map<String, Value>,
}

impl AuthorizationDetail {
    /// Of this type, without another member.
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            locations: Vec::new(),
            actions: Vec::new(),
            datatypes: Vec::new(),
            identifier: None,
            privileges: Vec::new(),
            members: Map::new(),
        }
    }

    /// Adds a location.
    #[must_use]
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.locations.push(location.into());
        self
    }

    /// Adds an action.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.actions.push(action.into());
        self
    }

    /// Adds a kind of data.
    #[must_use]
    pub fn datatype(mut self, datatype: impl Into<String>) -> Self {
        self.datatypes.push(datatype.into());
        self
    }

    /// Names a single thing.
    #[must_use]
    pub fn identifier(mut self, identifier: impl Into<String>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// Adds a privilege.
    #[must_use]
    pub fn privilege(mut self, privilege: impl Into<String>) -> Self {
        self.privileges.push(privilege.into());
        self
    }

    /// Sets a member that the type defines.
    #[must_use]
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }
}

impl TokenSet {
    /// What was granted of the `authorization_details` (RFC 9396 §7), which may be less than what was asked for, and have
    /// more members. Empty when the answer has none.
    ///
    /// # Errors
    /// [`Error::UnexpectedAnswer`] when they are not a list of objects with a type.
    pub fn authorization_details(&self) -> Result<Vec<AuthorizationDetail>, Error> {
        let Some(details) = self.extra.get("authorization_details").filter(|details| !details.is_null()) else {
            return Ok(Vec::new());
        };
        Vec::deserialize(details)
            .map_err(|error| Error::UnexpectedAnswer(format!("the granted 'authorization_details': {error}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_set_is_written() {
        let detail = AuthorizationDetail::new("a").action("read").member("x", 7);
        assert_eq!(serde_json::to_value(&detail).unwrap(), json!({"type": "a", "actions": ["read"], "x": 7}));
    }

    #[test]
    fn what_was_granted_is_read_or_refused() {
        let mut tokens = TokenSet::new("at");
        assert!(tokens.authorization_details().unwrap().is_empty());
        tokens.extra.insert("authorization_details".into(), json!([{"type": "a", "accounts": [1], "actions": ["x"]}]));
        let granted = tokens.authorization_details().unwrap();
        assert_eq!((granted[0].kind.as_str(), &granted[0].members["accounts"]), ("a", &json!([1])));
        for wrong in [json!({"type": "a"}), json!("a"), json!([{"actions": []}]), json!([{"type": "a", "actions": 7}])]
        {
            tokens.extra.insert("authorization_details".into(), wrong.clone());
            assert!(matches!(tokens.authorization_details(), Err(Error::UnexpectedAnswer(_))), "{wrong}");
        }
    }
}
