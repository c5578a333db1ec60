//! What travels on the wire: the protocol strings, requests, answers and client metadata of
//! OAuth 2.0 and `OpenID` Connect, as Rust types.
//!
//! The crate is pure: it neither reads a clock nor a network, and it computes no hash. Each module
//! owns the syntax of one thing and cites the section that defines it; whether a request is
//! *allowed* is decided in the server, except where the rule needs nothing but the values at hand
//! (redirect URI matching, scope matching, client metadata).
//!
//! Start at [`Client`] for what a client is, at [`redirect_uri`] for the comparison everything
//! else depends on, and at [`challenge`] for the login and consent API.

pub mod audience;
pub mod authorization_details;
pub mod challenge;
pub mod claims_request;
pub mod client;
pub mod compact_query;
pub mod discovery;
pub mod display;
pub mod distinguished_name;
pub mod duration;
pub mod error;
pub mod grant_type;
pub mod identifier;
mod lenient;
pub mod limits;
mod membership;
pub mod pkce;
pub mod prompt;
pub mod redirect_uri;
pub mod resource_indicator;
pub mod response;
pub mod scope;
mod security_profile;
mod subject_identifier;
pub mod timestamp;
pub mod token;

pub use audience::{first_foreign_audience, parse_audience};
pub use authorization_details::{AuthorizationDetails, AuthorizationDetailsFault};
pub use challenge::{
    AcceptBackchannelRequest, AcceptConsent, AcceptLogin, AcceptUserCode, BackchannelRequest, ConsentRequest,
    ConsentSession, ConsentSessionClaims, LoginRequest, LogoutRequest, OidcContext, RedirectTo,
    RejectBackchannelRequest, RejectRequest,
};
pub use claims_request::{ClaimsFault, ClaimsRequest, RequestedClaim};
pub use client::{
    AlgorithmName, CertificateSubject, Client, ClientCertificates, ClientInformation, GrantLifespans, Lifespans,
    LogoutChannel, LogoutUris, MetadataFault, OfferedAlgorithms, OfferedEncryption, Registrant, RegistrationPolicy,
    validate,
};
pub use discovery::{CredentialSupported, ProviderMetadata};
pub use display::Display;
pub use distinguished_name::DistinguishedName;
pub use duration::GoDuration;
pub use error::{ErrorBody, ErrorCode, GenericError};
pub use grant_type::{
    AccessTokenStrategy, ApplicationType, ClientAuthenticationMethod, GrantType, GrantTypes, SubjectType,
    TokenDeliveryMode,
};
pub use identifier::{
    AccessToken, AuthenticationRequestId, AuthorizationCode, BrowserId, ClientId, DeliveryId, DeviceId, FlowId,
    GrantId, Nonce, RefreshToken, RequestId, SessionId, State, Subject, TokenId, random_uuid,
};
pub use limits::{LimitFault, MetadataLimits};
pub use membership::{first_missing, without_repeats};
pub use pkce::{CodeChallenge, CodeVerifier, CodeVerifierFault};
pub use prompt::{Prompt, PromptFault, PromptSet};
pub use redirect_uri::{RedirectUriFault, RedirectUriMismatch, RegisteredRedirectUri, match_redirect_uri};
pub use resource_indicator::{ResourceIndicator, ResourceIndicatorFault};
pub use response::{ResponseCarrier, ResponseEncoding, ResponseMode, ResponseType, ResponseTypes};
pub use scope::{InvalidScope, Scope, ScopeStrategy};
pub use security_profile::SecurityProfile;
pub use subject_identifier::{SubjectIdentifier, SubjectIdentifierFault};
pub use token::{BackchannelAuthentication, DeviceAuthorization, Introspection, PushedAuthorization, TokenResponse};
