//! The certificate of the client's connection (RFC 8705 §3), as the application or a proxy that it trusts saw it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use symbolon_jose::digest::{base64url, sha256};

/// A client's certificate, of which only the thumbprint is kept.
///
/// Where the program ends TLS itself, it puts this into the extensions of the request. Behind a proxy it comes from a
/// header, by
/// [`ResourceServerBuilder::client_certificate`](crate::ResourceServerBuilder::client_certificate); the proxy must remove
/// that header from what clients send, else anybody can show any certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    thumbprint: String,
}

impl ClientCertificate {
    /// From the certificate in DER, as TLS libraries hand it out.
    pub fn from_der(der: &[u8]) -> Self {
        Self { thumbprint: base64url(&sha256(der)) }
    }

    /// From the header of a proxy: `Client-Cert` of RFC 9440 §2.1 (base64 between colons), or PEM, also percent-encoded as
    /// nginx has it in `$ssl_client_escaped_cert`. `None` for anything else.
    ///
    /// ```
    /// use symbolon_client::ClientCertificate;
    ///
    /// let seen = ClientCertificate::from_der(b"abc");
    /// assert_eq!(ClientCertificate::from_header(":YWJj:"), Some(seen.clone()));
    /// let pem = "-----BEGIN%20CERTIFICATE-----%0AYWJj%0A-----END%20CERTIFICATE-----%0A";
    /// assert_eq!(ClientCertificate::from_header(pem), Some(seen));
    /// ```
    pub fn from_header(value: &str) -> Option<Self> {
        let value = value.trim();
        let encoded = match value.strip_prefix(':') {
            Some(sequence) => sequence.strip_suffix(':')?.to_owned(),
            None => pem_content(&percent_decoded(value)?)?,
        };
        let der = BASE64_STANDARD.decode(encoded).ok().filter(|der| !der.is_empty())?;
        Some(Self::from_der(&der))
    }

    /// `x5t#S256` (RFC 8705 §3.1).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
}

/// The base64 of the one certificate in a PEM text.
fn pem_content(pem: &str) -> Option<String> {
    let body = pem.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let body = body.strip_suffix("-----END CERTIFICATE-----")?;
    // Proxies replace line breaks by blanks. A second certificate leaves dashes, which are no base64.
    Some(body.chars().filter(|character| !character.is_ascii_whitespace()).collect())
}

/// Percent-encoding undone; a plus stays one, as base64 has it.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digits = after.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
            let digits = std::str::from_utf8(digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_proxies_are_read() {
        let expected = Some(ClientCertificate::from_der(b"\xfb\xef\xbe"));
        for value in [
            ":++++:",
            "-----BEGIN CERTIFICATE-----\t++++ -----END CERTIFICATE-----",
            "-----BEGIN%20CERTIFICATE-----%0A%2B%2B++%0A-----END%20CERTIFICATE-----%0A",
        ] {
            assert_eq!(ClientCertificate::from_header(value), expected, "{value}");
        }
        for wrong in
            ["", ":", "::", "++++", ":++++", ":+*++:", "%", "%2", "%zz", "%+1", "(null)", "-----BEGIN CERTIFICATE-----"]
        {
            assert_eq!(ClientCertificate::from_header(wrong), None, "{wrong}");
        }
        let two = "-----BEGIN CERTIFICATE-----++++-----END CERTIFICATE----------BEGIN CERTIFICATE-----++++-----END CERTIFICATE-----";
        assert_eq!(ClientCertificate::from_header(two), None);
    }
}
