//! How the certificate of a client of `tls_client_auth` is called (RFC 8705 §2.1.2): by its subject, or by one of its
//! alternative names.

use std::net::IpAddr;

use url::Url;

use super::Client;
use crate::DistinguishedName;

/// A name that a certificate must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSubject {
    /// The whole subject.
    DistinguishedName(DistinguishedName),
    /// A `dNSName`, in small letters.
    Dns(String),
    /// A `uniformResourceIdentifier`, byte for byte.
    Uri(String),
    /// An `iPAddress`.
    Ip(IpAddr),
    /// An `rfc822Name`, its domain in small letters.
    Email(String),
}

impl CertificateSubject {
    /// Reads the member of this name; `None` for what no certificate can have, and for another member.
    pub fn parse(member: &str, text: &str) -> Option<Self> {
        match member {
            "tls_client_auth_subject_dn" => DistinguishedName::parse(text).map(Self::DistinguishedName),
            "tls_client_auth_san_dns" => {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
                (!text.is_empty() && text.bytes().all(fits)).then(|| Self::Dns(text.to_ascii_lowercase()))
            }
            "tls_client_auth_san_uri" => {
                (Url::parse(text).is_ok() && !text.contains(char::is_whitespace)).then(|| Self::Uri(text.to_owned()))
            }
            "tls_client_auth_san_ip" => text.parse().ok().map(Self::Ip),
            "tls_client_auth_san_email" => email(text).map(Self::Email),
            _ => None,
        }
    }
}

/// An e-mail address in the form in which two are compared; `None` for what is none.
pub fn email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let fits = !local.is_empty() && !domain.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

impl Client {
    /// The members with the name of the client's certificate that are set, with their names.
    pub fn certificate_subjects(&self) -> Vec<(&'static str, &str)> {
        [
            ("tls_client_auth_subject_dn", &self.tls_client_auth_subject_dn),
            ("tls_client_auth_san_dns", &self.tls_client_auth_san_dns),
            ("tls_client_auth_san_uri", &self.tls_client_auth_san_uri),
            ("tls_client_auth_san_ip", &self.tls_client_auth_san_ip),
            ("tls_client_auth_san_email", &self.tls_client_auth_san_email),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name, text.as_str()))
        .collect()
    }

    /// The one name of the client's certificate; `None` where there is none, or more than one.
    pub fn certificate_subject(&self) -> Option<CertificateSubject> {
        match self.certificate_subjects().as_slice() {
            [(name, text)] => CertificateSubject::parse(name, text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_certificate_can_have_are_not_read() {
        for (member, good, bad) in [
            ("tls_client_auth_subject_dn", "CN=app,O=Example", "app"),
            ("tls_client_auth_san_dns", "App.example", "app example"),
            ("tls_client_auth_san_uri", "spiffe://example/app", "no uri"),
            ("tls_client_auth_san_ip", "2001:db8::1", "2001:db8::x"),
            ("tls_client_auth_san_email", "app@Example.org", "app"),
        ] {
            assert!(CertificateSubject::parse(member, good).is_some(), "{member}");
            for bad in [bad, ""] {
                assert_eq!(CertificateSubject::parse(member, bad), None, "{member} {bad}");
            }
        }
        assert_eq!(CertificateSubject::parse("client_name", "app"), None);
    }
}
