//! `symbolon.mtls.*`: how certificates of clients reach this server, and who vouches for them (RFC 8705).

use symbolon_types::ClientCertificates;

use super::keys::Form::{Any, BaseUrl, Name, Socket, Word};
use super::keys::Kind::Text;
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::Added;
use super::section::{section, words};

section! {
    /// Certificates of clients (RFC 8705); off without a listener and without a header.
    #[derive(Debug, Clone)]
    pub struct MutualTls {
        /// Address and port of a TLS listener that asks clients for certificates, as `0.0.0.0:4446`.
        listen: Option<String> = "symbolon.mtls.listen", Text(Socket), Unset, Added;
        /// PEM file with the certificate of that listener, and those of the authorities between.
        certificate_file: Option<String> = "symbolon.mtls.certificate_file", Text(Any), Unset, Added;
        /// PEM file with the private key of that listener.
        key_file: Option<String> = "symbolon.mtls.key_file", Text(Any), Unset, Added;
        /// Base URL under which clients with certificates reach this server, for `mtls_endpoint_aliases`.
        url: Option<String> = "symbolon.mtls.url", Text(BaseUrl), Unset, Added;
        /// PEM file with the authorities that vouch for clients of `tls_client_auth`.
        ca_file: Option<String> = "symbolon.mtls.ca_file", Text(Any), Unset, Added;
    }
    parts {
        /// What a trusted proxy says.
        header: CertificateHeader;
    }
}

section! {
    /// The header in which a trusted proxy forwards a client's certificate.
    #[derive(Debug, Clone)]
    pub struct CertificateHeader {
        /// Header in which a proxy of `symbolon.trusted_proxies` forwards a client's certificate.
        name: Option<String> = "symbolon.mtls.header.name", Text(Name), Unset, Added;
        /// How the certificate stands in that header, which depends on the proxy.
        form: Option<CertificateForm> = "symbolon.mtls.header.format", Text(Word(CertificateForm::WORDS)), Unset, Added;
        /// Header in which that proxy says whether an authority that it knows vouches for the certificate.
        verdict_name: Option<String> = "symbolon.mtls.header.verdict_name", Text(Name), Unset, Added;
        /// Value of that header for a certificate that counts: `SUCCESS` of nginx, `0` of `HAProxy`.
        verdict_value: String = "symbolon.mtls.header.verdict_value", Text(Any), Value("SUCCESS"), Added;
    }
}

words! {
    /// How proxies write a certificate into a header.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum CertificateForm {
        /// RFC 9440: `:base64 of DER:`, with the chain in a second header.
        Rfc9440 = "rfc9440";
        /// PEM with percent signs: nginx, AWS.
        PemEscaped = "pem_escaped";
        /// Envoy and Istio.
        Xfcc = "xfcc";
        /// Base64 of DER: `HAProxy`, Caddy.
        DerBase64 = "der_base64";
        /// Base64 of DER, the chain after commas: Traefik.
        PemStripped = "pem_stripped";
    }
}

impl MutualTls {
    /// What certificates of clients are good for.
    pub fn sees(&self) -> ClientCertificates {
        if self.listen.is_none() && self.header.name.is_none() {
            return ClientCertificates::Unseen;
        }
        let vouched = self.ca_file.is_some() || self.header.verdict_name.is_some();
        if vouched { ClientCertificates::Trusted } else { ClientCertificates::Seen }
    }
}
