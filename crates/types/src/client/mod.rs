//! The client as it travels: the `oAuth2Client` object of Hydra's API, which is the client metadata
//! of `OpenID` Connect Dynamic Client Registration §2 and RFC 7591 §2 with additions.
//!
//! [`Client`] writes the members in Hydra's order and reads them leniently; members of the
//! standards that Hydra drops are kept, and left out of answers when unset, so that a client that
//! never used them looks as it does there. `runtime` reads the members as values, `validate` says
//! which values may be stored, `provision` fills in what a client leaves open, and `information` is
//! the form in which a client is told about itself. Hashing of secrets and fetching of URIs happen
//! in the server.

mod algorithm;
mod certificate_subject;
mod debug;
mod encryption;
mod fault;
mod information;
mod lifespans;
mod localized;
mod logout;
mod provision;
pub mod rights;
mod runtime;
mod validate;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use algorithm::AlgorithmName;
pub use certificate_subject::{CertificateSubject, email};
pub use encryption::{EncryptedContent, EncryptionMembers};
pub use fault::MetadataFault;
pub use information::ClientInformation;
pub use lifespans::{GrantLifespans, LONGEST_LIFESPAN_SECONDS, Lifespans};
pub use localized::LocalizedMembers;
pub use logout::{LogoutChannel, LogoutUris};
pub use validate::{
    ClientCertificates, OfferedAlgorithms, OfferedEncryption, Registrant, RegistrationPolicy, check_lifespans,
    check_mac_secret, has_own_origin, validate,
};

use crate::lenient::{empty_as_none, is_false, null_as_default, present};
use crate::{ClientId, Scope, timestamp};

/// Client metadata. Every member may be absent or `null` in JSON and then has its default; lists
/// are written as `[]`, never `null`. Secrets do not show in `Debug`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent members of the wire format")]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2Client"))]
pub struct Client {
    /// Chosen by an administrator or a UUID; ignored in the bodies of self-service requests.
    #[serde(deserialize_with = "null_as_default")]
    pub client_id: ClientId,
    /// Shown to users.
    #[serde(deserialize_with = "null_as_default")]
    pub client_name: String,
    /// Only in requests that set it and in the answers to them.
    #[serde(deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// RFC 6749 §3.1.2.
    #[serde(deserialize_with = "null_as_default")]
    pub redirect_uris: Vec<String>,
    /// Wire words; empty acts as `authorization_code`, see [`Client::allows_grant`].
    #[serde(deserialize_with = "null_as_default")]
    pub grant_types: Vec<String>,
    /// Each a set of words; empty acts as `code`, see [`Client::allows_response_type`].
    #[serde(deserialize_with = "null_as_default")]
    pub response_types: Vec<String>,
    /// What the client may request, under the server's scope strategy.
    #[serde(deserialize_with = "null_as_default")]
    pub scope: Scope,
    /// What the client may request as `audience`.
    #[serde(deserialize_with = "null_as_default")]
    pub audience: Vec<String>,
    /// Free text by which lists can be filtered.
    #[serde(deserialize_with = "null_as_default")]
    pub owner: String,
    /// Link to the privacy policy.
    #[serde(deserialize_with = "null_as_default")]
    pub policy_uri: String,
    /// Origins of web pages that may call the server for this client.
    #[serde(deserialize_with = "null_as_default")]
    pub allowed_cors_origins: Vec<String>,
    /// Link to the terms of service.
    #[serde(deserialize_with = "null_as_default")]
    pub tos_uri: String,
    /// Link to the home page.
    #[serde(deserialize_with = "null_as_default")]
    pub client_uri: String,
    /// Link to a logo.
    #[serde(deserialize_with = "null_as_default")]
    pub logo_uri: String,
    /// E-mail addresses of those responsible.
    #[serde(deserialize_with = "null_as_default")]
    pub contacts: Vec<String>,
    /// Unix seconds, 0 = never; always 0.
    #[serde(deserialize_with = "null_as_default")]
    pub client_secret_expires_at: i64,
    /// `public` or `pairwise` (`OpenID` Connect Core §8).
    #[serde(deserialize_with = "null_as_default")]
    pub subject_type: String,
    /// `OpenID` Connect Core §8.1.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub sector_identifier_uri: String,
    /// Where the client publishes its keys.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub jwks_uri: String,
    /// The client's public keys, a JSON Web Key Set; `Null` when there are none, written as `{}`.
    #[serde(deserialize_with = "key_set", serialize_with = "key_set_or_empty")]
    #[cfg_attr(feature = "json-schema", schemars(schema_with = "key_set_schema"))]
    pub jwks: Value,
    /// Wire word, see [`Client::authentication_method`].
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub token_endpoint_auth_method: String,
    /// For `private_key_jwt`; empty acts as `RS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub token_endpoint_auth_signing_alg: String,
    /// What `request_uri` may be.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// The one algorithm that request objects must use, if set.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub request_object_signing_alg: String,
    /// `none` for JSON answers.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub userinfo_signed_response_alg: String,
    /// Unix seconds.
    #[serde(with = "timestamp::seconds")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: i64,
    /// Unix microseconds.
    #[serde(with = "timestamp::micros")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub updated_at: i64,
    /// `OpenID` Connect Front-Channel Logout §2.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub frontchannel_logout_uri: String,
    /// `OpenID` Connect Front-Channel Logout §2.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub frontchannel_logout_session_required: bool,
    /// `OpenID` Connect RP-Initiated Logout §3.1.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// `OpenID` Connect Back-Channel Logout §2.2.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub backchannel_logout_uri: String,
    /// `OpenID` Connect Back-Channel Logout §2.2.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub backchannel_logout_session_required: bool,
    /// Anything the administrator wants to keep; `None` = absent, `Some(Null)` = `null`.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Only in the answers that issue it (RFC 7592 §3).
    #[serde(deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub registration_access_token: Option<String>,
    /// Where the client manages itself (RFC 7592 §3).
    #[serde(deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub registration_client_uri: Option<String>,
    /// `opaque`, `jwt` or `rfc9068`; empty means the server's setting.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub access_token_strategy: String,
    /// Whether the consent page may be passed over; the login app reads it.
    #[serde(deserialize_with = "null_as_default")]
    pub skip_consent: bool,
    /// Whether the logout page may be passed over; `null` = not said.
    pub skip_logout_consent: Option<bool>,
    /// The thirteen `*_lifespan` members.
    #[serde(flatten)]
    pub lifespans: Lifespans,
    /// `web` or `native` (`OpenID` Connect Dynamic Client Registration §2); empty acts as `web`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub application_type: String,
    /// `OpenID` Connect Dynamic Client Registration §2; empty means the server's setting.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub id_token_signed_response_alg: String,
    /// JWT Secured Authorization Response Mode §3; empty acts as `RS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub authorization_signed_response_alg: String,
    /// How the key of encrypted ID tokens reaches the reader; empty for none encrypted (`OpenID` Connect Dynamic Client Registration §2).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub id_token_encrypted_response_alg: String,
    /// How their content is encrypted; empty acts as `A128CBC-HS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub id_token_encrypted_response_enc: String,
    /// How the key of encrypted userinfo answers reaches the reader; empty for none encrypted (`OpenID` Connect Dynamic Client Registration §2).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub userinfo_encrypted_response_alg: String,
    /// How their content is encrypted; empty acts as `A128CBC-HS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub userinfo_encrypted_response_enc: String,
    /// How the key of encrypted answers of the authorization endpoint reaches the reader; empty for none encrypted (JWT Secured Authorization Response Mode §3).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub authorization_encrypted_response_alg: String,
    /// How their content is encrypted; empty acts as `A128CBC-HS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub authorization_encrypted_response_enc: String,
    /// How answers of introspection are signed (RFC 9701 §6); empty acts as `RS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub introspection_signed_response_alg: String,
    /// How the key of encrypted answers of introspection reaches the reader; empty for none encrypted (RFC 9701 §6).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub introspection_encrypted_response_alg: String,
    /// How their content is encrypted; empty acts as `A128CBC-HS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub introspection_encrypted_response_enc: String,
    /// Whether the client is a resource server that may ask about tokens meant for it.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub resource_server: bool,
    /// How the key of encrypted request objects reaches the reader; empty for none encrypted (`OpenID` Connect Dynamic Client Registration §2).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub request_object_encryption_alg: String,
    /// How their content is encrypted; empty acts as `A128CBC-HS256`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub request_object_encryption_enc: String,
    /// Seconds after which a login is too old when the request has no `max_age`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<i64>,
    /// Whether ID tokens must have `auth_time`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub require_auth_time: bool,
    /// `acr_values` of requests that have none.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Where a third party may start a login (`OpenID` Connect Core §4).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub initiate_login_uri: String,
    /// Whether the client pushes all its authorization requests (RFC 9126 §6).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub require_pushed_authorization_requests: bool,
    /// Whether all authorization requests of the client are signed request objects (RFC 9101 §10.5).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub require_signed_request_object: bool,
    /// Whether all access tokens of the client are bound to a key (RFC 9449 §5.2).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub dpop_bound_access_tokens: bool,
    /// Word of a [`SecurityProfile`](crate::SecurityProfile) that the client is held to; empty means the server's.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub security_profile: String,
    /// Resources (RFC 8707) that the client may ask for; without a list, those that are open to all clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_resources: Option<Vec<String>>,
    /// The resource for which the client's tokens are when it names none.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub default_resource: String,
    /// Types of authorization details that the client may use (RFC 9396 §10).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types: Vec<String>,
    /// Who makes the assertions with which the client authenticates, where that is not the client (RFC 7523 §3): `iss` of the
    /// platform on which it runs, whose keys are at `jwks_uri`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub client_assertion_issuer: String,
    /// `sub` of those assertions.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub client_assertion_subject: String,
    /// The name of the certificate of a client of `tls_client_auth` (RFC 8705 §2.1.2, RFC 4514): one of the five.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub tls_client_auth_subject_dn: String,
    /// A `dNSName` of the certificate's.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub tls_client_auth_san_dns: String,
    /// A `uniformResourceIdentifier` of the certificate's.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub tls_client_auth_san_uri: String,
    /// An `iPAddress` of the certificate's.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub tls_client_auth_san_ip: String,
    /// An `rfc822Name` of the certificate's.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub tls_client_auth_san_email: String,
    /// Whether all access tokens of the client are bound to its certificate (RFC 8705 §3.4).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    pub tls_client_certificate_bound_access_tokens: bool,
    /// `poll` or `ping` (`OpenID` Connect CIBA §4); empty acts as `poll`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub backchannel_token_delivery_mode: String,
    /// Where a client of the mode `ping` is told that there is an answer (`OpenID` Connect CIBA §4).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub backchannel_client_notification_endpoint: String,
    /// How the client signs all its requests of the back channel (`OpenID` Connect CIBA §4); empty where it need not.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub backchannel_authentication_request_signing_alg: String,
    /// RFC 7591 §2.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub software_id: String,
    /// RFC 7591 §2.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub software_version: String,
    /// `client_name#de` and the like.
    #[serde(flatten)]
    pub localized: LocalizedMembers,
}

/// Reads an object; `null` and an object without members are no keys.
fn key_set<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let set = Option::<serde_json::Map<String, Value>>::deserialize(deserializer)?;
    Ok(set.filter(|set| !set.is_empty()).map_or(Value::Null, Value::Object))
}

#[cfg(feature = "json-schema")]
fn key_set_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "properties": {"keys": {"type": "array", "items": {"type": "object", "additionalProperties": true}}},
        "additionalProperties": true,
        "description": "The client's public keys, a JSON Web Key Set; empty where there are none.",
    })
}

/// No keys are written as `{}`, because clients expect an object.
fn key_set_or_empty<S: Serializer>(set: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    if set.is_null() { serializer.collect_map([(); 0].map(|()| ("", ""))) } else { set.serialize(serializer) }
}

#[cfg(test)]
mod tests;
