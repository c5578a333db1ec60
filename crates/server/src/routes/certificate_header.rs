//! The certificate of a client that a proxy forwards in a header (RFC 8705, RFC 9440). Only a peer of
//! `symbolon.trusted_proxies` is listened to, and it must overwrite that header: whoever can send it, can be anybody.

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};

use crate::certificate::{ClientCertificate, ProxyVerdict, forwarded};
use crate::config::{CertificateForm, Config};
use crate::error::OAuthError;

/// Which headers are read, and how.
pub(super) struct CertificateHeader {
    name: HeaderName,
    form: CertificateForm,
    /// The rest of the chain (RFC 9440 §2.3).
    chain: Option<HeaderName>,
    verdict: Option<(HeaderName, String)>,
}

impl CertificateHeader {
    /// What configuration says; `None` where no header is read.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let header = &config.symbolon.mtls.header;
        let named = |name: &str| HeaderName::try_from(name).ok();
        let (name, form) = (named(header.name.as_deref()?)?, header.form?);
        let chain = (form == CertificateForm::Rfc9440).then(|| named(&format!("{name}-chain"))).flatten();
        let verdict = header.verdict_name.as_deref().and_then(named).map(|name| (name, header.verdict_value.clone()));
        Some(Self { name, form, chain, verdict })
    }

    /// The certificate that a trusted proxy forwards. What cannot be read is a fault, and never no certificate.
    pub(super) fn read(&self, headers: &HeaderMap) -> Result<Option<ClientCertificate>, OAuthError> {
        let Some(value) = single(headers, &self.name)? else { return Ok(None) };
        let unreadable = || {
            OAuthError::invalid_request("The header with the client certificate cannot be read.")
                .because(format!("the header {} is not as symbolon.mtls.header.format says", self.name))
        };
        let text = value.to_str().map_err(|_| unreadable())?;
        let mut chain = forwarded::read(self.form, text).ok_or_else(unreadable)?;
        if chain.is_empty() {
            return Ok(None);
        }
        if let Some(name) = &self.chain
            && let Some(rest) = single(headers, name)?
        {
            let text = rest.to_str().map_err(|_| unreadable())?;
            chain.extend(forwarded::read_chain(text).ok_or_else(unreadable)?);
        }
        let verdict = match &self.verdict {
            None => ProxyVerdict::Unasked,
            Some((name, good)) => match single(headers, name)? {
                Some(said) if said.as_bytes() == good.as_bytes() => ProxyVerdict::Vouched,
                _ => ProxyVerdict::NotVouched,
            },
        };
        ClientCertificate::of_chain(chain, verdict).map(Some).ok_or_else(unreadable)
    }
}

/// The one value of a header: of two, one may be the sender's own.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h HeaderValue>, OAuthError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(OAuthError::invalid_request(format!("The header '{name}' is given more than once."))),
        (value, None) => Ok(value),
    }
}
