//! What can be said about a client on the command line, named as in Ory Hydra. Lists are separated by commas or given by
//! repetition, and a flag that is not there says nothing.

use clap::Args;
use serde_json::{Map, Value};
use symbolon_types::Scope;

use crate::failure::Failure;
use crate::secret::{NewClientSecret, SecretFlags};

/// The flags of `create oauth2-client` and `update oauth2-client`.
#[derive(Debug, Args)]
pub(super) struct ClientFlags {
    /// The name that users see
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    secret: SecretFlags<NewClientSecret>,
    /// Where browsers may be sent back to
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    redirect_uri: Option<Vec<String>>,
    #[arg(long, value_delimiter = ',')]
    #[arg(help = "How the client may obtain tokens; a new one by authorization_code where nothing is said")]
    grant_type: Option<Vec<String>>,
    /// What the authorization endpoint may answer with; for a new client code where nothing is said
    #[arg(long, value_delimiter = ',')]
    response_type: Option<Vec<String>>,
    /// What the client may ask for
    #[arg(long, value_delimiter = ',')]
    scope: Option<Vec<String>>,
    /// Which APIs the client may ask access tokens for
    #[arg(long, value_delimiter = ',')]
    audience: Option<Vec<String>>,
    #[arg(long, value_name = "METHOD")]
    #[arg(help = "How the client authenticates; a new one with client_secret_basic where nothing is said")]
    #[arg(value_parser = [
        "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth",
        "self_signed_tls_client_auth", "none"
    ])]
    token_endpoint_auth_method: Option<String>,
    /// Where the client publishes its keys, if it authenticates with one
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<String>,
    /// public, or pairwise for a different subject at every client; public for a new one where nothing is said
    #[arg(long)]
    subject_type: Option<String>,
    /// opaque, jwt or rfc9068; the server's setting otherwise
    #[arg(long, value_name = "STRATEGY")]
    access_token_strategy: Option<String>,
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    #[arg(help = "Do not ask users for consent: for the operator's own applications")]
    skip_consent: Option<bool>,
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    #[arg(help = "Do not ask users before logging out")]
    skip_logout_consent: Option<bool>,
    /// Who the client belongs to, to find it again
    #[arg(long)]
    owner: Option<String>,
    /// E-mail address of somebody responsible
    #[arg(long, value_delimiter = ',')]
    contact: Option<Vec<String>>,
    /// Anything to keep with the client, as JSON
    #[arg(long, value_name = "JSON", value_parser = json)]
    metadata: Option<Value>,
    #[command(flatten)]
    certificate: Certificate,
    #[command(flatten)]
    links: Links,
    #[command(flatten)]
    logout: Logout,
}

/// What the certificate of a client of `tls_client_auth` must say; one of these (RFC 8705 §2.1.2).
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "the flags are called as the members of the client")]
struct Certificate {
    /// Of a client that authenticates with a certificate: its subject, as in RFC 4514
    #[arg(long, value_name = "NAME")]
    tls_client_auth_subject_dn: Option<String>,
    /// Of a client that authenticates with a certificate: a DNS name in it
    #[arg(long, value_name = "NAME")]
    tls_client_auth_san_dns: Option<String>,
    /// Of a client that authenticates with a certificate: a URI in it
    #[arg(long, value_name = "URI")]
    tls_client_auth_san_uri: Option<String>,
    /// Of a client that authenticates with a certificate: an IP address in it
    #[arg(long, value_name = "ADDRESS")]
    tls_client_auth_san_ip: Option<String>,
    /// Of a client that authenticates with a certificate: an e-mail address in it
    #[arg(long, value_name = "ADDRESS")]
    tls_client_auth_san_email: Option<String>,
}

/// Addresses that a client may publish.
#[derive(Debug, Args)]
struct Links {
    /// The client's home page
    #[arg(long, value_name = "URI")]
    client_uri: Option<String>,
    /// The client's logo
    #[arg(long, value_name = "URI")]
    logo_uri: Option<String>,
    /// The client's privacy policy
    #[arg(long, value_name = "URI")]
    policy_uri: Option<String>,
    /// The client's terms of service
    #[arg(long, value_name = "URI")]
    tos_uri: Option<String>,
    /// Origin of a web page that may call the server for this client
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    allowed_cors_origin: Option<Vec<String>>,
    /// Where request objects may be fetched from
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    request_uri: Option<Vec<String>>,
    /// The algorithm that request objects are signed with; any that the server takes where nothing is said
    #[arg(long, value_name = "ALGORITHM")]
    request_object_signing_alg: Option<String>,
    /// Which clients share their pairwise subjects
    #[arg(long, value_name = "URI")]
    sector_identifier_uri: Option<String>,
}

/// How a client takes part in logout.
#[derive(Debug, Args)]
struct Logout {
    /// Where browsers may be sent back to after logout
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    post_logout_callback: Option<Vec<String>>,
    /// Where the server tells the client that a session ended
    #[arg(long, value_name = "URI")]
    backchannel_logout_callback: Option<String>,
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    #[arg(help = "The message must name the session")]
    backchannel_logout_session_required: Option<bool>,
    /// What the browser opens at the client when a session ends
    #[arg(long, value_name = "URI")]
    frontchannel_logout_callback: Option<String>,
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    #[arg(help = "The address must name the session")]
    frontchannel_logout_session_required: Option<bool>,
}

impl ClientFlags {
    /// The members of the client that the flags name, and no others.
    pub(super) fn members(self) -> Result<Map<String, Value>, Failure> {
        let Self { certificate, links, logout, .. } = self;
        let scope = self.scope.map(|words| Scope::parse(&words.join(" "))).transpose();
        let scope = scope.map_err(|error| Failure::message(format!("--scope is malformed: {error}")))?;
        let secret = self.secret.read()?.map(|secret| secret.expose().clone());
        let members = [
            ("client_name", text(self.name)),
            ("client_secret", text(secret)),
            ("redirect_uris", list(self.redirect_uri)),
            ("grant_types", list(self.grant_type)),
            ("response_types", list(self.response_type)),
            ("scope", text(scope.map(|scope| scope.to_string()))),
            ("audience", list(self.audience)),
            ("token_endpoint_auth_method", text(self.token_endpoint_auth_method)),
            ("tls_client_auth_subject_dn", text(certificate.tls_client_auth_subject_dn)),
            ("tls_client_auth_san_dns", text(certificate.tls_client_auth_san_dns)),
            ("tls_client_auth_san_uri", text(certificate.tls_client_auth_san_uri)),
            ("tls_client_auth_san_ip", text(certificate.tls_client_auth_san_ip)),
            ("tls_client_auth_san_email", text(certificate.tls_client_auth_san_email)),
            ("jwks_uri", text(self.jwks_uri)),
            ("subject_type", text(self.subject_type)),
            ("access_token_strategy", text(self.access_token_strategy)),
            ("skip_consent", self.skip_consent.map(Value::Bool)),
            ("skip_logout_consent", self.skip_logout_consent.map(Value::Bool)),
            ("owner", text(self.owner)),
            ("contacts", list(self.contact)),
            ("metadata", self.metadata),
            ("client_uri", text(links.client_uri)),
            ("logo_uri", text(links.logo_uri)),
            ("policy_uri", text(links.policy_uri)),
            ("tos_uri", text(links.tos_uri)),
            ("allowed_cors_origins", list(links.allowed_cors_origin)),
            ("request_uris", list(links.request_uri)),
            ("request_object_signing_alg", text(links.request_object_signing_alg)),
            ("sector_identifier_uri", text(links.sector_identifier_uri)),
            ("post_logout_redirect_uris", list(logout.post_logout_callback)),
            ("backchannel_logout_uri", text(logout.backchannel_logout_callback)),
            ("backchannel_logout_session_required", logout.backchannel_logout_session_required.map(Value::Bool)),
            ("frontchannel_logout_uri", text(logout.frontchannel_logout_callback)),
            ("frontchannel_logout_session_required", logout.frontchannel_logout_session_required.map(Value::Bool)),
        ];
        Ok(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
    }
}

fn text(value: Option<String>) -> Option<Value> {
    value.map(Value::String)
}

/// An empty item is none: `--audience ''` empties the list.
fn list(items: Option<Vec<String>>) -> Option<Value> {
    let items = items?.into_iter().filter(|item| !item.is_empty());
    Some(Value::Array(items.map(Value::String).collect()))
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it is not valid JSON: {error}"))
}

/// Flags with which Ory Hydra encrypts the secret that it shows. A secret that was to be encrypted must not appear in the
/// open, so they are refused.
#[derive(Debug, Args)]
pub(super) struct EncryptionFlags {
    #[arg(long, hide = true)]
    pgp_key: Option<String>,
    #[arg(long, hide = true)]
    pgp_key_url: Option<String>,
    #[arg(long, hide = true)]
    keybase: Option<String>,
}

impl EncryptionFlags {
    /// Fails when one of them is there.
    pub(super) fn refuse(&self) -> Result<(), Failure> {
        let flags = [("pgp-key", &self.pgp_key), ("pgp-key-url", &self.pgp_key_url), ("keybase", &self.keybase)];
        match flags.into_iter().find(|(_, value)| value.is_some()) {
            None => Ok(()),
            Some((flag, _)) => Err(Failure::message(format!(
                "--{flag} is not supported: secrets are not encrypted for the screen; send the output to a program that \
                 encrypts, or choose the secret yourself with --secret-file"
            ))),
        }
    }
}
