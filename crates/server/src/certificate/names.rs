//! The names in a certificate, compared with the one that a client registered (RFC 8705 §2.1.2).

use std::net::IpAddr;

use symbolon_types::client::email;
use symbolon_types::{CertificateSubject, DistinguishedName};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::x509::X509Name;

use super::ClientCertificate;

impl ClientCertificate {
    /// Whether it has this name: the whole subject, or one of the alternative names.
    pub fn is_called(&self, expected: &CertificateSubject) -> bool {
        let Ok((_, certificate)) = parse_x509_certificate(self.own()) else { return false };
        match expected {
            CertificateSubject::DistinguishedName(name) => subject(certificate.subject()).as_ref() == Some(name),
            other => has_alternative_name(&certificate, other),
        }
    }
}

fn has_alternative_name(certificate: &X509Certificate<'_>, expected: &CertificateSubject) -> bool {
    // Twice the extension, or one that cannot be read, is no name at all.
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return false };
    extension.value.general_names.iter().any(|name| match (name, expected) {
        (GeneralName::DNSName(own), CertificateSubject::Dns(expected)) => own.eq_ignore_ascii_case(expected),
        (GeneralName::URI(own), CertificateSubject::Uri(expected)) => own == expected,
        (GeneralName::IPAddress(own), CertificateSubject::Ip(expected)) => address(own) == Some(*expected),
        (GeneralName::RFC822Name(own), CertificateSubject::Email(expected)) => email(own).as_ref() == Some(expected),
        _ => false,
    })
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The subject as a value; `None` where it is empty.
fn subject(name: &X509Name<'_>) -> Option<DistinguishedName> {
    let relative: Vec<Vec<_>> = name
        .iter()
        .map(|relative| {
            let attributes = relative.iter().map(|attribute| {
                let value = attribute.as_str().map_or_else(|_| encoded(attribute.as_slice()), str::to_owned);
                (attribute.attr_type().to_id_string(), value)
            });
            attributes.collect()
        })
        .collect();
    (!relative.is_empty()).then(|| DistinguishedName::new(relative))
}

/// A value that is no text never equals one that was registered as text.
fn encoded(content: &[u8]) -> String {
    use std::fmt::Write as _;
    content.iter().fold("#".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
