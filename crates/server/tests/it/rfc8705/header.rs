//! The header in which a proxy forwards a certificate: whose counts, how often it may come, and how it is written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use serde_json::json;
use symbolon_server::config::{CertificateForm, Network};

use super::{CLIENT_CERT, Certificate, behind_proxy, params, server_behind_proxy, token_request};
use crate::fixtures::register;
use crate::support::TestServer;

async fn client(server: &TestServer, certificate: &Certificate) {
    let metadata = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "jwks": { "keys": [certificate.jwk()] },
    });
    register(server, "app", &metadata).await;
}

#[tokio::test]
async fn a_header_of_somebody_else_is_no_certificate() {
    let server = TestServer::with(|config| {
        behind_proxy(config);
        config.symbolon.trusted_proxies = vec![Network::parse("10.0.0.0/8").unwrap()];
    })
    .await;
    let own = Certificate::self_signed(&params());
    client(&server, &own).await;
    server.public(own.shown_with(token_request())).await.expect(401);
    // Nor is it looked at, whatever it is; and nobody is a proxy by saying so.
    let forged = own.shown_with(token_request()).header(HeaderName::from_static("x-forwarded-for"), "10.0.0.1");
    server.public(forged).await.expect(401);
    server.public(token_request().header(CLIENT_CERT, "nonsense")).await.expect(401);
}

#[tokio::test]
async fn another_header_than_the_configured_one_is_not_read() {
    let server = server_behind_proxy().await;
    let own = Certificate::self_signed(&params());
    client(&server, &own).await;
    for name in ["x-client-cert", "ssl-client-cert", "x-forwarded-client-cert", "x-forwarded-tls-client-cert"] {
        let call = token_request().header(HeaderName::from_static(name), &format!(":{}:", own.base64()));
        server.public(call).await.expect(401);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_fault_of_every_request() {
    let server = server_behind_proxy().await;
    let own = Certificate::self_signed(&params());
    client(&server, &own).await;
    let good = format!(":{}:", own.base64());
    let nothing = format!(":{}:", STANDARD.encode(b"no certificate"));
    let longer = format!(":{}:", STANDARD.encode([own.der.as_slice(), b"x"].concat()));
    let huge = format!(":{}:", STANDARD.encode(vec![0x30; 20_000]));
    for value in ["nonsense", "::", ":!:", &own.base64(), &nothing, &longer, &huge, &format!("{good}, {good}")] {
        let answer = server.public(token_request().header(CLIENT_CERT, value)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{value:.40}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let anywhere = crate::support::Call::get("/health/alive").header(CLIENT_CERT, value);
        server.public(anywhere).await.expect(400);
    }
    let mut twice = token_request();
    for value in [&good, &good] {
        twice.headers.append(CLIENT_CERT, value.parse().unwrap());
    }
    let answer = server.public(twice).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")));
    // No certificate, as some proxies say it.
    server.public(token_request().header(CLIENT_CERT, "")).await.expect(401);
    server.public(token_request().header(CLIENT_CERT, &good)).await.expect(200);
}

#[tokio::test]
async fn the_forms_of_all_proxies_are_read() {
    let own = Certificate::self_signed(&params());
    let lines: Vec<String> =
        own.base64().as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    let escaped: String = pem.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for (form, name, value) in [
        (CertificateForm::Rfc9440, "client-cert", format!(":{}:", own.base64())),
        (CertificateForm::PemEscaped, "ssl-client-cert", escaped.clone()),
        (CertificateForm::PemEscaped, "x-amzn-mtls-clientcert", pem.replace('\n', "%0A").replace(' ', "%20")),
        (CertificateForm::Xfcc, "x-forwarded-client-cert", format!("Hash=00;Cert=\"{escaped}\";Subject=\"CN=x\"")),
        (CertificateForm::DerBase64, "x-ssl-client-der", own.base64()),
        (CertificateForm::PemStripped, "x-forwarded-tls-client-cert", own.base64()),
    ] {
        let server = TestServer::with(|config| {
            behind_proxy(config);
            config.symbolon.mtls.header.name = Some(name.to_owned());
            config.symbolon.mtls.header.form = Some(form);
        })
        .await;
        client(&server, &own).await;
        let call = token_request().header(HeaderName::from_static(name), &value);
        let answer = server.public(call).await;
        assert_eq!(answer.status, 200, "{form:?}: {}", answer.text());
    }
}
