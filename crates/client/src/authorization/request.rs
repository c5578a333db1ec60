//! What an application asks of the authorization endpoint.

use serde_json::Value;

use super::claims_request::{ClaimsRequest, RequestedClaim};
use super::code_challenge;
use super::details::AuthorizationDetail;
use super::pending::PendingAuthorization;
use super::response_mode::ResponseMode;
use crate::error::Error;
use crate::token::check_resource;

/// What is asked for. All members are optional; the default asks for an ID token.
///
/// ```
/// use symbolon_client::AuthorizationRequest;
///
/// let request = AuthorizationRequest::new("openid email offline_access").prompt("login").max_age_seconds(300);
/// ```
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    scope: String,
    max_age_seconds: Option<i64>,
    state: Option<String>,
    response_mode: Option<ResponseMode>,
    claims: ClaimsRequest,
    details: Vec<AuthorizationDetail>,
    parameters: Vec<(String, String)>,
}

impl Default for AuthorizationRequest {
    fn default() -> Self {
        Self::new("openid")
    }
}

impl AuthorizationRequest {
    /// Asks for `scope`, a list separated by spaces. With `openid` among them, an ID token is demanded.
    pub fn new(scope: impl Into<String>) -> Self {
        Self {
            scope: scope.into(),
            max_age_seconds: None,
            state: None,
            response_mode: None,
            claims: ClaimsRequest::new(),
            details: Vec::new(),
            parameters: Vec::new(),
        }
    }

    /// What the provider must do even for a user it knows: `login`, `consent`, … (`OpenID` Connect Core 1.0 §3.1.2.1).
    #[must_use]
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        self.only("prompt", prompt)
    }

    /// The longest time since the user's last active login, in seconds. `auth_time` of the ID token is checked.
    #[must_use]
    pub fn max_age_seconds(mut self, seconds: i64) -> Self {
        self.max_age_seconds = Some(seconds);
        self
    }

    /// For which APIs the access token is meant, a list separated by spaces.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.only("audience", audience)
    }

    /// What the provider may show in its form: an e-mail address, a name (`OpenID` Connect Core 1.0 §3.1.2.1).
    #[must_use]
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.only("login_hint", hint)
    }

    /// The languages of the provider's pages, separated by spaces, the best first.
    #[must_use]
    pub fn ui_locales(self, locales: impl Into<String>) -> Self {
        self.only("ui_locales", locales)
    }

    /// The authentication contexts that are wished for, separated by spaces, the best first. Whether one was reached is
    /// told by `acr` of the ID token.
    #[must_use]
    pub fn acr_values(self, values: impl Into<String>) -> Self {
        self.only("acr_values", values)
    }

    /// Demands one of these authentication contexts, the best first (`OpenID` Connect Core 1.0 §5.5.1.1). An ID token
    /// whose `acr` is none of them is refused when the code is redeemed, whatever the provider made of the request.
    #[must_use]
    pub fn require_acr<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.claims = self.claims.id_token("acr", RequestedClaim::essential().one_of(values.iter().cloned()));
        self.acr_values(values.join(" "))
    }

    /// Which claims are wanted, where the scopes are too coarse. Claims that were asked for before are forgotten.
    #[must_use]
    pub fn claims(mut self, claims: ClaimsRequest) -> Self {
        self.claims = claims;
        self
    }

    /// Asks for a resource's access token by the resource's identifier, an absolute URI (RFC 8707 §2). May be called
    /// several times; [`PendingAuthorization::only_for_resource`] and
    /// [`Client::refresh_as`](crate::Client::refresh_as) then give a token for each.
    #[must_use]
    pub fn resource(self, identifier: impl Into<String>) -> Self {
        self.parameter("resource", identifier)
    }

    /// Adds one of the `authorization_details` (RFC 9396). What was granted is in
    /// [`TokenSet::authorization_details`](crate::TokenSet::authorization_details); an answer without any is refused (§7).
    #[must_use]
    pub fn authorization_detail(mut self, detail: AuthorizationDetail) -> Self {
        self.details.push(detail);
        self
    }

    /// How the answer travels back. With a signed mode (JARM) an unsigned callback is refused.
    #[must_use]
    pub fn response_mode(mut self, mode: ResponseMode) -> Self {
        self.response_mode = Some(mode);
        self
    }

    /// This `state` instead of a random one. It must be unguessable for the protection against forged callbacks.
    #[must_use]
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Any other parameter of the authorization request. Those that this crate sets itself are refused when the request
    /// is made, and so is a second value of the same name, but for `resource` (RFC 8707 §2). `response_mode` is the same
    /// here as by [`response_mode`](Self::response_mode).
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        // A mode that is not known, and a second one, are refused with the other parameters of the crate.
        if name == "response_mode"
            && self.response_mode.is_none()
            && let Some(mode) = ResponseMode::parse(&value)
        {
            return self.response_mode(mode);
        }
        self.parameters.push((name, value));
        self
    }

    /// A parameter whose latest value counts.
    fn only(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.retain(|(set, _)| set != name);
        self.parameter(name, value)
    }

    /// RFC 6749 §3.1: no parameter is there twice.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.max_age_seconds.is_some_and(|seconds| seconds < 0) {
            return Err(Error::Argument("'max_age' cannot be negative".to_owned()));
        }
        let mut seen = std::collections::HashSet::new();
        for (name, value) in &self.parameters {
            // Whoever demands a context out of none would get any.
            if name == "acr_values" && value.trim().is_empty() {
                return Err(Error::Argument("no authentication context was named".to_owned()));
            }
            if RESERVED.contains(&&**name) {
                return Err(Error::Argument(format!("the parameter '{name}' is set by this crate")));
            }
            if !seen.insert(name.as_str()) && name != "resource" {
                return Err(Error::Argument(format!("the parameter '{name}' is there twice")));
            }
        }
        for (name, used) in [("claims", !self.claims.is_empty()), ("authorization_details", !self.details.is_empty())] {
            if used && seen.contains(name) {
                return Err(Error::Argument(format!("the parameter '{name}' is there twice")));
            }
        }
        self.resources().try_for_each(|identifier| check_resource(identifier))
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = &String> {
        self.parameters.iter().filter(|(name, _)| name == "resource").map(|(_, identifier)| identifier)
    }

    /// An authorization that this request starts, as far as the request decides it.
    pub(super) fn apply_to(&self, pending: &mut PendingAuthorization) {
        pending.max_age_seconds = self.max_age_seconds;
        pending.response_mode = self.response_mode;
        pending.contexts = self.claims.essential_contexts();
        pending.resources = self.resources().cloned().collect();
        let by_hand = self.parameters.iter().any(|(name, _)| name == "authorization_details");
        pending.details = by_hand || !self.details.is_empty();
        if let Some(state) = &self.state {
            pending.state.clone_from(state);
        }
    }

    pub(crate) fn scope(&self) -> &str {
        &self.scope
    }

    /// The parameters of the request (RFC 6749 §4.1.1, RFC 7636 §4.3), in the order in which they are sent.
    pub(super) fn parameters(&self, pending: &PendingAuthorization) -> Result<Vec<(String, String)>, Error> {
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", pending.client_id.clone()),
            ("redirect_uri", pending.redirect_uri.clone()),
        ];
        if !pending.scope.is_empty() {
            parameters.push(("scope", pending.scope.to_string()));
        }
        parameters.push(("state", pending.state.clone()));
        parameters.push(("code_challenge", code_challenge(pending.verifier.expose())));
        parameters.push(("code_challenge_method", "S256".to_owned()));
        if pending.wants_id_token() {
            parameters.push(("nonce", pending.nonce.clone()));
        }
        if let Some(seconds) = self.max_age_seconds {
            parameters.push(("max_age", seconds.to_string()));
        }
        if let Some(mode) = self.response_mode {
            parameters.push(("response_mode", mode.as_str().to_owned()));
        }
        // RFC 9449 §10: whoever steals the code cannot redeem it with a key of their own.
        if let Some(thumbprint) = &pending.dpop_thumbprint {
            parameters.push(("dpop_jkt", thumbprint.clone()));
        }
        if !self.claims.is_empty() {
            parameters.push(("claims", written(&self.claims)?));
        }
        if !self.details.is_empty() {
            parameters.push(("authorization_details", written(&self.details)?));
        }
        let own = parameters.into_iter().map(|(name, value)| (name.to_owned(), value));
        Ok(own.chain(self.parameters.iter().cloned()).collect())
    }
}

/// What [`LoginLayer`](crate::LoginLayer) has to know of its request.
#[cfg(all(feature = "tower", not(target_arch = "wasm32"), any(feature = "aws-lc-rs", feature = "rust-crypto")))]
impl AuthorizationRequest {
    /// How the answer travels; `None` where the request does not say.
    pub(crate) fn mode(&self) -> Option<ResponseMode> {
        self.response_mode
    }

    /// Whether every authorization would have the same `state`.
    pub(crate) fn has_state(&self) -> bool {
        self.state.is_some()
    }

    /// Whether the provider is told not to ask the user.
    pub(crate) fn is_silent(&self) -> bool {
        self.parameters.iter().any(|(name, value)| name == "prompt" && value == "none")
    }

    /// The same, but the provider may ask the user.
    pub(crate) fn with_user(mut self) -> Self {
        self.parameters.retain(|(name, value)| !(name == "prompt" && value == "none"));
        self
    }
}

fn written(value: &impl serde::Serialize) -> Result<String, Error> {
    let value: Result<Value, _> = serde_json::to_value(value);
    let value = value.map_err(|error| Error::Argument(format!("a parameter cannot be written: {error}")))?;
    Ok(value.to_string())
}

/// What has a place of its own in the request, or would take the ground from under its checks.
const RESERVED: [&str; 16] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "response_mode",
    "dpop_jkt",
    "request",
    "request_uri",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_the_crate_and_second_values_are_refused() {
        for name in RESERVED {
            assert!(matches!(AuthorizationRequest::default().parameter(name, "x").check(), Err(Error::Argument(_))));
        }
        let mode = AuthorizationRequest::default().parameter("response_mode", "form_post");
        assert!(mode.response_mode == Some(ResponseMode::FormPost) && mode.check().is_ok());
        assert!(mode.parameter("response_mode", "query").check().is_err());
        let twice = AuthorizationRequest::default().parameter("a", "1").parameter("a", "1");
        assert!(twice.check().is_err());
        let claims = ClaimsRequest::new().user_info("email", RequestedClaim::voluntary());
        assert!(AuthorizationRequest::default().claims(claims).parameter("claims", "{}").check().is_err());
        let resources =
            AuthorizationRequest::default().resource("https://a.example").resource("https://b.example/?x=1");
        assert!(resources.check().is_ok());
        let latest = AuthorizationRequest::default().prompt("login").prompt("none");
        assert_eq!(latest.parameters, [("prompt".to_owned(), "none".to_owned())]);
        assert!(latest.max_age_seconds(-1).check().is_err());
    }

    #[test]
    fn a_resource_is_an_absolute_uri() {
        for wrong in ["", "a.example", "/api", "https://a.example/#x", "https://a.example#"] {
            assert!(AuthorizationRequest::default().resource(wrong).check().is_err(), "{wrong}");
        }
        assert!(AuthorizationRequest::default().resource("urn:example:api").check().is_ok());
    }
}
