//! Asking for single claims (`OpenID` Connect Core 1.0 §5.5).

use serde::Serialize;
use serde_json::{Map, Value};

/// Which claims an application wants, and where: the parameter `claims`.
///
/// ```
/// use symbolon_client::{AuthorizationRequest, ClaimsRequest, RequestedClaim};
///
/// let claims = ClaimsRequest::new()
///     .id_token("auth_time", RequestedClaim::essential())
///     .user_info("email", RequestedClaim::essential())
///     .user_info("picture", RequestedClaim::voluntary());
/// let request = AuthorizationRequest::new("openid").claims(claims);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimsRequest {
    #[serde(skip_serializing_if = "Map::is_empty")]
    userinfo: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    id_token: Map<String, Value>,
}

/// What is said about one claim (§5.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedClaim(Map<String, Value>);

impl ClaimsRequest {
    /// Without a claim.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants a claim in the ID token. An essential `acr` with values is checked when the code is redeemed.
    #[must_use]
    pub fn id_token(mut self, name: impl Into<String>, claim: RequestedClaim) -> Self {
        self.id_token.insert(name.into(), claim.into_value());
        self
    }

    /// Wants a claim from the userinfo endpoint.
    #[must_use]
    pub fn user_info(mut self, name: impl Into<String>, claim: RequestedClaim) -> Self {
        self.userinfo.insert(name.into(), claim.into_value());
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The contexts of which the ID token must name one (§5.5.1.1).
    pub(super) fn essential_contexts(&self) -> Vec<String> {
        let Some(Value::Object(acr)) = self.id_token.get("acr") else { return Vec::new() };
        if acr.get("essential") != Some(&Value::Bool(true)) {
            return Vec::new();
        }
        let several = acr.get("values").and_then(Value::as_array).into_iter().flatten();
        several.chain(acr.get("value")).filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }
}

impl RequestedClaim {
    /// The claim would be nice to have.
    pub fn voluntary() -> Self {
        Self(Map::new())
    }

    /// The application needs it. A provider may leave it out all the same (§5.5.1).
    pub fn essential() -> Self {
        Self([("essential".to_owned(), Value::Bool(true))].into_iter().collect())
    }

    /// With this value.
    #[must_use]
    pub fn value(self, value: impl Into<Value>) -> Self {
        self.member("value", value)
    }

    /// With one of these values, the best first.
    #[must_use]
    pub fn one_of<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Self {
        self.member("values", values.into_iter().map(Into::into).collect::<Vec<Value>>())
    }

    /// Another member, which the provider must know.
    #[must_use]
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// `null` is how nothing in particular is written.
    fn into_value(self) -> Value {
        if self.0.is_empty() { Value::Null } else { Value::Object(self.0) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The example of §5.5, in part.
    #[test]
    fn claims_are_written_as_the_specification_has_them() {
        let request = ClaimsRequest::new()
            .user_info("given_name", RequestedClaim::essential())
            .user_info("nickname", RequestedClaim::voluntary())
            .user_info("http://example.info/claims/groups", RequestedClaim::voluntary())
            .id_token("auth_time", RequestedClaim::essential())
            .id_token("acr", RequestedClaim::voluntary().one_of(["urn:mace:incommon:iap:silver"]));
        assert_eq!(
            serde_json::to_value(&request).unwrap(),
            json!({
                "userinfo": {
                    "given_name": {"essential": true}, "nickname": null, "http://example.info/claims/groups": null,
                },
                "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}},
            })
        );
        assert!(request.essential_contexts().is_empty(), "it is voluntary");
    }

    #[test]
    fn an_essential_context_is_known_for_the_check() {
        let contexts = |claim| ClaimsRequest::new().id_token("acr", claim).essential_contexts();
        assert_eq!(contexts(RequestedClaim::essential().one_of(["a", "b"])), ["a", "b"]);
        assert_eq!(contexts(RequestedClaim::essential().value("a")), ["a"]);
        assert!(contexts(RequestedClaim::essential()).is_empty());
    }
}
