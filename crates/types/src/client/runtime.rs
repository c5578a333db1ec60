//! The members of a client as values: defaults for what is empty, types for wire words. Whoever
//! serves requests calls these once per revision of a client and keeps what they return.

use serde_json::Value;

use super::{AlgorithmName, Client, LogoutChannel, LogoutUris};
use crate::{
    AccessTokenStrategy, ApplicationType, ClientAuthenticationMethod, GrantType, GrantTypes, ResponseType,
    ResponseTypes, SecurityProfile, SubjectType, TokenDeliveryMode,
};

impl Client {
    /// The grant types that the client may use.
    pub fn grant_types(&self) -> GrantTypes {
        GrantTypes::registered(&self.grant_types)
    }

    /// The response types that the client may ask for.
    pub fn response_types(&self) -> ResponseTypes {
        ResponseTypes::registered(&self.response_types)
    }

    /// Whether the client may use the grant.
    pub fn allows_grant(&self, grant_type: GrantType) -> bool {
        self.grant_types().contains(grant_type)
    }

    /// Whether the client may ask for the response type.
    pub fn allows_response_type(&self, response_type: &ResponseType) -> bool {
        self.response_types().contains(*response_type)
    }

    /// Whether the client has no credentials (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        self.authentication_method() == ClientAuthenticationMethod::None
    }

    /// The one method by which the client authenticates. A stored word that this server does not
    /// know acts as `client_secret_basic`, the default: never as a weaker one.
    pub fn authentication_method(&self) -> ClientAuthenticationMethod {
        ClientAuthenticationMethod::parse(&self.token_endpoint_auth_method)
            .unwrap_or(ClientAuthenticationMethod::ClientSecretBasic)
    }

    /// The profile that the client is held to. A stored word that this server does not know acts as the strictest: never
    /// as a weaker one.
    pub fn security_profile(&self) -> SecurityProfile {
        match self.security_profile.as_str() {
            "" => SecurityProfile::None,
            word => SecurityProfile::parse(word).unwrap_or(SecurityProfile::Fapi2MessageSigning),
        }
    }

    /// Which `sub` the client gets.
    pub fn subject_type(&self) -> SubjectType {
        SubjectType::parse(&self.subject_type).unwrap_or(SubjectType::Public)
    }

    /// What kind of application it is; a web application if it does not say.
    pub fn application_type(&self) -> ApplicationType {
        ApplicationType::parse(&self.application_type).unwrap_or(ApplicationType::Web)
    }

    /// The client's own kind of access token; `None` means the server's setting.
    pub fn access_token_strategy(&self) -> Option<AccessTokenStrategy> {
        AccessTokenStrategy::parse_any_case(&self.access_token_strategy)
    }

    /// The algorithm of the client's assertions (RFC 7523), `RS256` unless registered otherwise.
    pub fn assertion_algorithm(&self) -> Option<AlgorithmName> {
        AlgorithmName::parse(or_rs256(&self.token_endpoint_auth_signing_alg))
    }

    /// The algorithm of the client's ID tokens; `None` means the server's own.
    pub fn id_token_algorithm(&self) -> Option<AlgorithmName> {
        AlgorithmName::parse(&self.id_token_signed_response_alg)
    }

    /// The algorithm of signed userinfo answers; `None` means plain JSON.
    pub fn userinfo_algorithm(&self) -> Option<AlgorithmName> {
        AlgorithmName::parse(&self.userinfo_signed_response_alg).filter(|name| name.as_str() != "none")
    }

    /// The one algorithm of the client's request objects; `None` means any.
    pub fn request_object_algorithm(&self) -> Option<AlgorithmName> {
        AlgorithmName::parse(&self.request_object_signing_alg)
    }

    /// How the client hears of answers over the back channel. A stored word that this server does not know acts as `poll`.
    pub fn token_delivery_mode(&self) -> TokenDeliveryMode {
        TokenDeliveryMode::parse(&self.backchannel_token_delivery_mode).unwrap_or(TokenDeliveryMode::Poll)
    }

    /// The addresses that have to do with logout.
    pub fn logout_uris(&self) -> LogoutUris {
        LogoutUris {
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            front_channel: LogoutChannel::registered(
                &self.frontchannel_logout_uri,
                self.frontchannel_logout_session_required,
            ),
            back_channel: LogoutChannel::registered(
                &self.backchannel_logout_uri,
                self.backchannel_logout_session_required,
            ),
        }
    }

    /// The keys of the registered set, empty when there is none.
    pub fn keys(&self) -> &[Value] {
        self.jwks.get("keys").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

fn or_rs256(algorithm: &str) -> &str {
    if algorithm.is_empty() { "RS256" } else { algorithm }
}
