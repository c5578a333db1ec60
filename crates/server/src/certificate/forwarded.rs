//! The forms in which proxies write a client's certificate into a header. Each is read as it is documented and as a whole:
//! what is not such a form is a fault and never the same as no certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use crate::config::CertificateForm;

/// The certificates in the value of a header, the client's own first; none where the value is empty, as some proxies send
/// it when there is no certificate. `None` for anything else.
pub fn read(form: CertificateForm, value: &str) -> Option<Vec<CertificateDer<'static>>> {
    let value = value.trim();
    if value.is_empty() {
        return Some(Vec::new());
    }
    match form {
        CertificateForm::Rfc9440 => byte_sequence(value).map(|own| vec![own]),
        CertificateForm::PemEscaped => escaped_pem(value),
        CertificateForm::Xfcc => nearest_element(value),
        CertificateForm::DerBase64 => base64_der(value).map(|own| vec![own]),
        CertificateForm::PemStripped => {
            let unescaped = percent_decode_str(value).decode_utf8().ok()?;
            unescaped.split(',').map(|part| base64_der(part.trim())).collect()
        }
    }
}

/// The value of `Client-Cert-Chain` (RFC 9440 §2.3): a list of byte sequences.
pub fn read_chain(value: &str) -> Option<Vec<CertificateDer<'static>>> {
    value.split(',').map(|item| byte_sequence(item.trim())).collect()
}

/// A byte sequence of structured fields (RFC 8941 §3.3.5), without parameters.
fn byte_sequence(item: &str) -> Option<CertificateDer<'static>> {
    base64_der(item.strip_prefix(':')?.strip_suffix(':')?)
}

fn base64_der(text: &str) -> Option<CertificateDer<'static>> {
    STANDARD.decode(text).ok().filter(|der| !der.is_empty()).map(CertificateDer::from)
}

/// PEM with percent signs. A plus sign stands for itself, also where a proxy leaves it as it is.
fn escaped_pem(value: &str) -> Option<Vec<CertificateDer<'static>>> {
    let pem: Vec<u8> = percent_decode_str(value).collect();
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().ok()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// Envoy's `x-forwarded-client-cert`: elements of pairs, the last element by the nearest proxy. Earlier ones are what that
/// proxy was told by others.
fn nearest_element(value: &str) -> Option<Vec<CertificateDer<'static>>> {
    let pairs = split_outside_quotes(split_outside_quotes(value, ',')?.pop()?, ';')?;
    let find = |name: &str| {
        let mut found = pairs.iter().filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = found.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(unquoted(value))
    };
    let mut own = escaped_pem(&find("Cert")?)?;
    own.truncate(1);
    if let Some(chain) = find("Chain") {
        let first = own.first().cloned();
        own.extend(escaped_pem(&chain)?.into_iter().filter(|certificate| Some(certificate) != first.as_ref()));
    }
    Some(own)
}

/// The parts between separators that do not stand in quotes; `None` where a quote does not end.
fn split_outside_quotes(value: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in value.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            character if character == separator && !quoted => {
                parts.push(&value[begin..at]);
                begin = at + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&value[begin..]);
    (!quoted).then_some(parts)
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return value.to_owned() };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    text
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;

    /// Not a certificate, but bytes whose base64 has `+` and `/`.
    const DER: &[u8] = &[0x30, 0xfb, 0xef, 0xbe, 0xff, 0xff, 0x01];
    const OTHER: &[u8] = &[0x31, 0x02];

    fn base64(der: &[u8]) -> String {
        STANDARD.encode(der)
    }

    fn pem(der: &[u8]) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", base64(der))
    }

    fn escaped(text: &str) -> String {
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
    }

    fn ders(form: CertificateForm, value: &str) -> Option<Vec<Vec<u8>>> {
        read(form, value).map(|chain| chain.iter().map(|certificate| certificate.to_vec()).collect())
    }

    #[test]
    fn each_form_is_read_as_its_proxy_writes_it() {
        let own = Some(vec![DER.to_vec()]);
        let both = Some(vec![DER.to_vec(), OTHER.to_vec()]);
        // AWS leaves these three as they are.
        let aws = pem(DER).replace('\n', "%0A").replace(' ', "%20");
        let (pem, chain) = (escaped(&pem(DER)), escaped(&(pem(DER) + &pem(OTHER))));
        let far = escaped(&self::pem(OTHER));
        for (form, value, expected) in [
            (CertificateForm::Rfc9440, format!(":{}:", base64(DER)), &own),
            (CertificateForm::PemEscaped, pem.clone(), &own),
            (CertificateForm::PemEscaped, aws, &own),
            (CertificateForm::PemEscaped, chain.clone(), &both),
            (CertificateForm::Xfcc, format!("Hash=00;Cert=\"{pem}\";Subject=\"CN=a,O=\\\"b;\\\"\""), &own),
            (CertificateForm::Xfcc, format!("By=x;Cert=\"{far}\",By=y;Cert={pem};Subject=\"\""), &own),
            (CertificateForm::Xfcc, format!("cert=\"{pem}\";Chain=\"{chain}\""), &both),
            (CertificateForm::DerBase64, base64(DER), &own),
            (CertificateForm::PemStripped, base64(DER), &own),
            (CertificateForm::PemStripped, format!("{},{}", base64(DER), base64(OTHER)), &both),
            (CertificateForm::PemStripped, escaped(&base64(DER)), &own),
        ] {
            assert_eq!(&ders(form, &value), expected, "{form:?} {value}");
            assert_eq!(ders(form, &format!(" {value} ")), *expected, "{form:?}");
            assert_eq!(ders(form, ""), Some(Vec::new()), "{form:?}");
        }
        let chain = read_chain(&format!(":{}:, :{}:", base64(DER), base64(OTHER))).unwrap();
        assert_eq!(chain.len(), 2);
    }

    #[test]
    fn what_is_no_such_form_is_a_fault() {
        let pem = escaped(&pem(DER));
        for (form, value) in [
            (CertificateForm::Rfc9440, base64(DER)),
            (CertificateForm::Rfc9440, "::".to_owned()),
            (CertificateForm::Rfc9440, ":".to_owned()),
            (CertificateForm::Rfc9440, format!(":{}:;a=1", base64(DER))),
            (CertificateForm::Rfc9440, format!(":{}:, :{}:", base64(DER), base64(DER))),
            (CertificateForm::PemEscaped, base64(DER)),
            (CertificateForm::PemEscaped, "-----BEGIN CERTIFICATE-----".to_owned()),
            (CertificateForm::Xfcc, pem.clone()),
            (CertificateForm::Xfcc, "By=x;Hash=00".to_owned()),
            (CertificateForm::Xfcc, format!("Cert=\"{pem}\",By=x;Hash=00")),
            (CertificateForm::Xfcc, format!("Cert=\"{pem}")),
            (CertificateForm::Xfcc, format!("Cert=\"{pem}\",")),
            (CertificateForm::DerBase64, ":x:".to_owned()),
            (CertificateForm::DerBase64, format!("{}\n", &base64(DER)[1..])),
            (CertificateForm::PemStripped, pem),
            (CertificateForm::PemStripped, format!("{},", base64(DER))),
        ] {
            assert_eq!(ders(form, &value), None, "{form:?} {value}");
        }
        assert_eq!(read_chain("x"), None);
    }
}
