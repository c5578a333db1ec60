//! What somebody shows to prove what they hold: DPoP proofs, and certificates that a proxy forwards.

use serde_json::{Map, Value};
use symbolon_types::CertificateSubject;

use crate::certificate::{ClientCertificate, ProxyVerdict, forwarded};
use crate::config::CertificateForm;
use crate::confirmation::KeyThumbprint;
use crate::dpop::proof;

const METHOD: &str = "POST";
const ADDRESS: &str = "https://op.example/oauth2/token";

/// A DPoP proof (RFC 9449 §4.3), or its claims, as if their signature were right: what is taken is for this request, and
/// known again when it comes once more.
pub fn dpop_proof(text: &str) {
    let signed = proof::signed(text).ok();
    let claims = signed.map(|(_, claims)| claims).or_else(|| serde_json::from_str::<Map<String, Value>>(text).ok());
    let Some(claims) = claims else { return };
    if proof::check_request((METHOD, [ADDRESS]), &claims).is_ok() {
        let named = claims["htu"].as_str().unwrap_or_default();
        let bare = named.split(['?', '#']).next().unwrap_or_default();
        assert!(claims["htm"] == METHOD && url::Url::parse(bare).is_ok_and(|url| url.as_str() == ADDRESS), "{named:?}");
        assert!(proof::check_request(("GET", [ADDRESS]), &claims).is_err(), "a proof for two methods");
        assert!(proof::check_request((METHOD, ["https://op.example/userinfo"]), &claims).is_err(), "for two addresses");
    }
    let of = |byte: u8| proof::identifier(&claims, KeyThumbprint::from_bytes([byte; 32])).ok();
    assert_eq!(of(1), of(1));
    assert!(of(1).is_none() || of(1) != of(2), "the proofs of two keys are the same");
}

/// The header in which a proxy forwards a certificate, in each form: what is taken is one certificate as a whole.
pub fn forwarded_certificate(value: &str) {
    for form in [
        CertificateForm::Rfc9440,
        CertificateForm::PemEscaped,
        CertificateForm::Xfcc,
        CertificateForm::DerBase64,
        CertificateForm::PemStripped,
    ] {
        let Some(chain) = forwarded::read(form, value) else { continue };
        assert!(!chain.is_empty() || value.trim().is_empty(), "{form:?} is no certificate, and no fault either");
        let bytes: usize = chain.iter().map(|certificate| certificate.len()).sum();
        assert!(bytes <= value.len(), "{bytes} bytes of certificates from {}", value.len());
        let Some(certificate) = ClientCertificate::of_chain(chain, ProxyVerdict::Unasked) else { continue };
        let other = CertificateSubject::Dns("nobody.example".to_owned());
        assert!(!certificate.is_called(&other), "a certificate has a name that it does not have");
    }
    let _ = forwarded::read_chain(value);
}
