//! Certificates of clients: what is half configured stops the start.

use symbolon_types::ClientCertificates;

use super::{development, refusal};

const HEADER: &str = "name: client-cert, format: rfc9440";
const FILES: &str = "listen: '127.0.0.1:4446', certificate_file: c.pem, key_file: k.pem";

#[test]
fn what_protects_nothing_is_refused() {
    let proxies = "trusted_proxies: [10.0.0.0/8], ";
    for (text, words) in [
        (format!("mtls: {{header: {{{HEADER}}}}}"), "`symbolon.trusted_proxies` is not set"),
        (format!("{proxies}mtls: {{header: {{name: client-cert}}}}"), "`symbolon.mtls.header.format` is not set"),
        (format!("{proxies}mtls: {{header: {{format: xfcc}}}}"), "`symbolon.mtls.header.name` is not set"),
        (format!("{proxies}mtls: {{header: {{verdict_name: x}}}}"), "`symbolon.mtls.header.name` is not set"),
        ("mtls: {ca_file: ca.pem}".to_owned(), "`symbolon.mtls.ca_file`"),
        ("mtls: {url: 'https://mtls.example'}".to_owned(), "`symbolon.mtls.url`"),
        ("mtls: {key_file: k.pem}".to_owned(), "`symbolon.mtls.key_file`"),
        ("mtls: {listen: '127.0.0.1:4446'}".to_owned(), "`symbolon.mtls.certificate_file` is not set"),
        (format!("mtls: {{{FILES}}}"), "`symbolon.mtls.url` is not set"),
        (format!("mtls: {{{FILES}, url: 'http://mtls.example'}}"), "must be https"),
        ("mtls: {listen: '4446'}".to_owned(), "an IP address and a port"),
        ("mtls: {header: {format: pem}}".to_owned(), "`symbolon.mtls.header.format`"),
        ("mtls: {header: {name: 'a b'}}".to_owned(), "`symbolon.mtls.header.name`"),
    ] {
        let message = refusal(development(&format!("symbolon: {{{text}}}")));
        assert!(message.contains(words), "{text}: {message}");
    }
}

#[test]
fn what_certificates_are_good_for_follows_from_what_is_configured() {
    let proxies = "trusted_proxies: [10.0.0.0/8], ";
    for (text, expected) in [
        (String::new(), ClientCertificates::Unseen),
        (format!("{proxies}mtls: {{header: {{{HEADER}}}}}"), ClientCertificates::Seen),
        (format!("{proxies}mtls: {{header: {{{HEADER}, verdict_name: x}}}}"), ClientCertificates::Trusted),
        (format!("mtls: {{{FILES}, url: 'https://mtls.example'}}"), ClientCertificates::Seen),
        (format!("mtls: {{{FILES}, url: 'https://mtls.example', ca_file: ca.pem}}"), ClientCertificates::Trusted),
    ] {
        assert_eq!(development(&format!("symbolon: {{{text}}}")).unwrap().symbolon.mtls.sees(), expected, "{text}");
    }
}
