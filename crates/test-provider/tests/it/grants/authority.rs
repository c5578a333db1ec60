//! An authority of the test: the certificate of the provider's port, and those of clients.

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};
use symbolon_jose::digest::{base64url, base64url_decode, sha256};
use tempfile::TempDir;

/// Vouches for certificates. Its own, and the one of a server called `localhost`, are files.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    folder: TempDir,
}

/// A certificate with its key.
pub(super) struct Identity {
    certificate: String,
    key: KeyPair,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut own = CertificateParams::new(Vec::new()).unwrap();
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = own.self_signed(&key).unwrap().pem();
        let authority = Self { issuer: Issuer::new(own, key), pem, folder: tempfile::tempdir().unwrap() };
        let server = authority.issue("localhost", ExtendedKeyUsagePurpose::ServerAuth);
        authority.write("server.crt", &server.certificate);
        authority.write("server.key", &server.key.serialize_pem());
        authority.write("authority.crt", &authority.pem);
        authority
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(super) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(super) fn pem(&self) -> String {
        self.pem.clone()
    }

    /// A certificate for a client with this name.
    pub(super) fn client(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> Identity {
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params(name, purpose).signed_by(&key, &self.issuer).unwrap().pem(), key }
    }
}

impl Identity {
    /// One that nobody vouches for.
    pub(super) fn self_signed() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = params("app.example", ExtendedKeyUsagePurpose::ClientAuth);
        Self { certificate: params.self_signed(&key).unwrap().pem(), key }
    }

    /// Certificate and key, for [`symbolon_client::ClientBuilder::client_certificate`].
    pub(super) fn pem(&self) -> String {
        format!("{}{}", self.certificate, self.key.serialize_pem())
    }

    /// Without the lines around it.
    fn base64(&self) -> String {
        self.certificate.lines().filter(|line| !line.starts_with('-')).collect()
    }

    /// `x5t#S256` (RFC 8705 §3.1).
    pub(super) fn thumbprint(&self) -> String {
        let base64 = self.base64().replace('+', "-").replace('/', "_").replace('=', "");
        base64url(&sha256(&base64url_decode(&base64).unwrap()))
    }

    /// For the `jwks` of a client with `self_signed_tls_client_auth` (RFC 8705 §2.2.2).
    pub(super) fn jwk(&self) -> Value {
        let point = self.key.public_key_raw();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": "own", "x": x, "y": y, "x5c": [self.base64()] })
    }
}

fn params(name: &str, purpose: ExtendedKeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![purpose];
    params
}
