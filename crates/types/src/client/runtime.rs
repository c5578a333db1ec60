//! What the members of a client mean to a running server: defaults for what is empty, wire words
//! as values.

use serde_json::Value;

use super::Client;
use crate::{AccessTokenStrategy, ClientAuthenticationMethod, GrantType, ResponseType, Scope, SubjectType};

impl Client {
    /// Whether the client may use the grant; a client that names none may use the authorization
    /// code (RFC 7591 §2).
    pub fn allows_grant(&self, grant: GrantType) -> bool {
        if self.grant_types.is_empty() {
            return grant == GrantType::AuthorizationCode;
        }
        self.grant_types.iter().any(|own| own == grant.as_str())
    }

    /// Whether the client may ask for the response type; a client that names none may ask for
    /// `code` (RFC 7591 §2). Sets are equal in any order.
    pub fn allows_response_type(&self, response_type: &ResponseType) -> bool {
        if self.response_types.is_empty() {
            return response_type.is_code_only();
        }
        self.response_types.iter().any(|own| ResponseType::parse(own).as_ref() == Some(response_type))
    }

    /// Whether the client has no credentials (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == ClientAuthenticationMethod::None.as_str()
    }

    /// The one method by which the client authenticates. A stored word that this server does not
    /// know acts as `client_secret_basic`, the default: never as a weaker one.
    pub fn authentication_method(&self) -> ClientAuthenticationMethod {
        ClientAuthenticationMethod::parse(&self.token_endpoint_auth_method)
            .unwrap_or(ClientAuthenticationMethod::ClientSecretBasic)
    }

    /// What the client may request.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Which `sub` the client gets.
    pub fn subject_type(&self) -> SubjectType {
        SubjectType::parse(&self.subject_type).unwrap_or(SubjectType::Public)
    }

    /// The client's own kind of access token; `None` means the server's setting.
    pub fn access_token_strategy(&self) -> Option<AccessTokenStrategy> {
        AccessTokenStrategy::parse_any_case(&self.access_token_strategy)
    }

    /// The algorithm of the client's assertions (RFC 7523), `RS256` unless registered otherwise.
    pub fn assertion_algorithm(&self) -> &str {
        or_rs256(&self.token_endpoint_auth_signing_alg)
    }

    /// The algorithm of signed userinfo answers; `None` means plain JSON.
    pub fn userinfo_algorithm(&self) -> Option<&str> {
        let algorithm = self.userinfo_signed_response_alg.as_str();
        (!matches!(algorithm, "" | "none")).then_some(algorithm)
    }

    /// The keys of the registered set, empty when there is none.
    pub fn keys(&self) -> &[Value] {
        self.jwks.get("keys").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

fn or_rs256(algorithm: &str) -> &str {
    if algorithm.is_empty() { "RS256" } else { algorithm }
}
