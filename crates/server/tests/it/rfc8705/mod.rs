//! RFC 8705: certificates of clients. Clients that authenticate with one, tokens that are bound to one, and the two ways
//! in which one reaches the server: by its own listener, and in the header of a trusted proxy.

mod authorities;
mod binding;
mod discovery;
mod header;
mod listener;
mod metadata;
mod self_signed;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde_json::{Value, json};
use symbolon_jose::digest::{base64url, sha256};
use symbolon_server::config::{CertificateForm, Config, Network};
use tempfile::NamedTempFile;

use crate::fixtures::{Registered, register};
use crate::support::{Call, TestServer};

/// The header of RFC 9440.
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// An authority that makes certificates, with its own in a file.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: NamedTempFile,
}

/// A certificate with its key.
pub(crate) struct Certificate {
    der: Vec<u8>,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "An authority");
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), own.pem()).unwrap();
        Self { issuer: Issuer::new(params, key), file }
    }

    pub(crate) fn path(&self) -> String {
        self.file.path().to_str().unwrap().to_owned()
    }

    /// A certificate that this authority vouches for.
    pub(crate) fn issue(&self, params: &CertificateParams) -> Certificate {
        let key = KeyPair::generate().unwrap();
        Certificate { der: params.signed_by(&key, &self.issuer).unwrap().der().to_vec(), key }
    }
}

/// What is in the certificate of the client `app`, `CN=app,OU=Payments,O=Example`.
pub(crate) fn params() -> CertificateParams {
    named(&[
        (DnType::OrganizationName, "Example"),
        (DnType::OrganizationalUnitName, "Payments"),
        (DnType::CommonName, "app"),
    ])
}

/// What is in a certificate with this subject, in the order of the certificate.
pub(crate) fn named(subject: &[(DnType, &str)]) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in subject {
        params.distinguished_name.push(kind.clone(), *value);
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2028, 1, 1);
    params
}

impl Certificate {
    /// One that nobody vouches for.
    pub(crate) fn self_signed(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        Self { der: params.self_signed(&key).unwrap().der().to_vec(), key }
    }

    /// `x5t#S256`.
    pub(crate) fn thumbprint(&self) -> String {
        base64url(&sha256(&self.der))
    }

    fn base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// The call as a proxy brings it that asked for this certificate.
    pub(crate) fn shown_with(&self, call: Call) -> Call {
        call.header(CLIENT_CERT, &format!(":{}:", self.base64()))
    }

    /// A key for a client's `jwks` with this certificate.
    pub(crate) fn jwk(&self) -> Value {
        let point = self.key.public_key_raw();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": "own", "x": x, "y": y, "x5c": [self.base64()] })
    }
}

/// A server behind a proxy on this machine that forwards certificates as RFC 9440 says.
pub(crate) fn behind_proxy(config: &mut Config) {
    config.symbolon.trusted_proxies = vec![Network::parse("127.0.0.0/8").unwrap()];
    config.symbolon.mtls.header.name = Some("client-cert".to_owned());
    config.symbolon.mtls.header.form = Some(CertificateForm::Rfc9440);
}

async fn server_behind_proxy() -> TestServer {
    TestServer::with(behind_proxy).await
}

/// A server behind a proxy, with this authority.
async fn server_with(authority: &Authority) -> TestServer {
    TestServer::with(|config| {
        behind_proxy(config);
        config.symbolon.mtls.ca_file = Some(authority.path());
    })
    .await
}

/// A client `app` of `tls_client_auth` with this name.
async fn tls_client(server: &TestServer, member: &str, name: &str) -> Registered {
    register(server, "app", &json!({ "token_endpoint_auth_method": "tls_client_auth", member: name })).await
}

/// A token request that has no more than the id of `app`.
fn token_request() -> Call {
    Call::post("/oauth2/token").form(&[("grant_type", "client_credentials"), ("client_id", "app")])
}
