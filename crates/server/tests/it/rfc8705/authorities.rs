//! `tls_client_auth` (RFC 8705 §2.1): an authority vouches for the certificate, and it has the registered name.

use std::net::IpAddr;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, SanType, date_time_ymd};
use serde_json::json;

use super::{Authority, Certificate, behind_proxy, named, params, server_with, tls_client, token_request};
use crate::fixtures::register;
use crate::rfc7523::{ENDPOINTS, every_grant_type};
use crate::support::{Answer, Call, TestServer};

const DN: &str = "CN=app,OU=Payments,O=Example";

async fn show(server: &TestServer, certificate: &Certificate) -> Answer {
    server.public(certificate.shown_with(token_request())).await
}

#[track_caller]
fn is_refused(answer: &Answer, name: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{name}: {}", answer.text());
}

#[tokio::test]
async fn the_certificate_of_the_authority_with_the_name_is_the_client_at_every_endpoint() {
    let authority = Authority::new();
    let server = server_with(&authority).await;
    let certificate = authority.issue(&params());
    let metadata = json!({
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_subject_dn": DN,
        "grant_types": every_grant_type(),
    });
    let client = register(&server, "app", &metadata).await;
    assert_eq!(client.secret, "", "it has no secret");
    for endpoint in ENDPOINTS {
        let call = || endpoint.call(&[("client_id", "app")]);
        server.public(certificate.shown_with(call())).await.expect(endpoint.success);
        is_refused(&server.public(call()).await, endpoint.path);
        let other = Certificate::self_signed(&params());
        is_refused(&server.public(other.shown_with(call())).await, endpoint.path);
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_now_is_refused() {
    let authority = Authority::new();
    let server = server_with(&authority).await;
    tls_client(&server, "tls_client_auth_subject_dn", DN).await;
    let changed = |change: fn(&mut CertificateParams)| {
        let mut params = params();
        change(&mut params);
        authority.issue(&params)
    };
    for (name, certificate) in [
        ("the right name under another authority", Authority::new().issue(&params())),
        ("self-signed", Certificate::self_signed(&params())),
        ("expired", changed(|params| params.not_after = date_time_ymd(2027, 1, 14))),
        ("not valid yet", changed(|params| params.not_before = date_time_ymd(2027, 1, 16))),
        ("for servers", changed(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
    ] {
        is_refused(&show(&server, &certificate).await, name);
    }
    let good = changed(|_| {});
    show(&server, &good).await.expect(200);
    server.clock.advance(365 * 24 * 3600);
    is_refused(&show(&server, &good).await, "expired since");
}

#[tokio::test]
async fn the_subject_is_compared_name_by_name() {
    let authority = Authority::new();
    let server = server_with(&authority).await;
    let certificate = authority.issue(&params());
    for (registered, accepted) in [
        (DN, true),
        ("cn=app, ou=Payments, o=Example", true),
        ("2.5.4.3=app,2.5.4.11=Payments,2.5.4.10=#0c074578616d706c65", true),
        (r"CN=\61pp,OU=Payments,O=Example", true),
        ("O=Example,OU=Payments,CN=app", false),
        ("CN=app,O=Example,OU=Payments", false),
        ("CN=app+OU=Payments,O=Example", false),
        ("CN=app,OU=Payments", false),
        ("CN=app,OU=Payments,O=Example,C=DE", false),
        ("CN=App,OU=Payments,O=Example", false),
        (r"CN=app\,OU\=Payments\,O\=Example", false),
        ("CN=app,OU=Payments,O=Example2", false),
    ] {
        tls_client(&server, "tls_client_auth_subject_dn", registered).await;
        assert_eq!(show(&server, &certificate).await.status, if accepted { 200 } else { 401 }, "{registered}");
        server.admin(Call::delete("/admin/clients/app")).await.expect(204);
    }
    // One value that looks like several names is none of them.
    tls_client(&server, "tls_client_auth_subject_dn", DN).await;
    for subject in [
        vec![(DnType::CommonName, DN)],
        vec![(DnType::OrganizationName, "Example,OU=Payments"), (DnType::CommonName, "app")],
        vec![],
    ] {
        is_refused(&show(&server, &authority.issue(&named(&subject))).await, &format!("{subject:?}"));
    }
}

#[tokio::test]
async fn an_alternative_name_counts_as_its_own_kind_and_no_other() {
    let authority = Authority::new();
    let server = server_with(&authority).await;
    let mut own = named(&[(DnType::CommonName, "cn.example")]);
    own.subject_alt_names = vec![
        SanType::DnsName("other.example".try_into().unwrap()),
        SanType::DnsName("App.example".try_into().unwrap()),
        SanType::URI("spiffe://example/app".try_into().unwrap()),
        SanType::IpAddress("192.0.2.7".parse::<IpAddr>().unwrap()),
        SanType::IpAddress("2001:db8::7".parse::<IpAddr>().unwrap()),
        SanType::Rfc822Name("app@Mail.example".try_into().unwrap()),
    ];
    let certificate = authority.issue(&own);
    for (member, name, accepted) in [
        ("san_dns", "app.example", true),
        ("san_dns", "other.example", true),
        ("san_dns", "cn.example", false),
        ("san_dns", "mail.example", false),
        ("san_dns", "example", false),
        ("san_uri", "spiffe://example/app", true),
        ("san_uri", "spiffe://example/App", false),
        ("san_uri", "spiffe://example/app/", false),
        ("san_ip", "192.0.2.7", true),
        ("san_ip", "2001:DB8:0::7", true),
        ("san_ip", "192.0.2.8", false),
        ("san_email", "app@mail.example", true),
        ("san_email", "App@mail.example", false),
        ("subject_dn", "CN=app.example", false),
        ("subject_dn", "CN=cn.example", true),
    ] {
        tls_client(&server, &format!("tls_client_auth_{member}"), name).await;
        let status = show(&server, &certificate).await.status;
        assert_eq!(status, if accepted { 200 } else { 401 }, "{member} {name}");
        server.admin(Call::delete("/admin/clients/app")).await.expect(204);
    }
}

#[tokio::test]
async fn an_intermediate_authority_comes_with_the_certificate() {
    use http::HeaderName;
    use rcgen::{BasicConstraints, IsCa, Issuer, KeyPair, KeyUsagePurpose};
    let authority = Authority::new();
    let server = server_with(&authority).await;
    tls_client(&server, "tls_client_auth_subject_dn", DN).await;
    let mut between = named(&[(DnType::CommonName, "Between")]);
    between.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    between.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let certificate = authority.issue(&between);
    let base64 = certificate.base64();
    let issuer = Issuer::new(between, certificate.key);
    let key = KeyPair::generate().unwrap();
    let own = Certificate { der: params().signed_by(&key, &issuer).unwrap().der().to_vec(), key };
    is_refused(&show(&server, &own).await, "without the intermediate");
    let chain = HeaderName::from_static("client-cert-chain");
    let call = own.shown_with(token_request()).header(chain.clone(), &format!(":{base64}:"));
    server.public(call).await.expect(200);
    let call = own.shown_with(token_request()).header(chain, &base64);
    assert_eq!(server.public(call).await.expect(400).error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_verdict_of_the_proxy_is_needed_where_it_is_configured_and_an_authority_besides() {
    use http::HeaderName;
    let authority = Authority::new();
    let verdict = HeaderName::from_static("ssl-client-verify");
    for with_file in [false, true] {
        let server = TestServer::with(|config| {
            behind_proxy(config);
            config.symbolon.mtls.header.verdict_name = Some("ssl-client-verify".to_owned());
            config.symbolon.mtls.ca_file = with_file.then(|| authority.path());
        })
        .await;
        tls_client(&server, "tls_client_auth_subject_dn", DN).await;
        let (own, foreign) = (authority.issue(&params()), Authority::new().issue(&params()));
        for (name, said, certificate, accepted) in [
            ("good", Some("SUCCESS"), &own, true),
            ("unsaid", None, &own, false),
            ("failed", Some("FAILED:expired"), &own, false),
            ("almost", Some("success"), &own, false),
            ("only the proxy vouches", Some("SUCCESS"), &foreign, !with_file),
        ] {
            let call = certificate.shown_with(token_request());
            let call = if let Some(said) = said { call.header(verdict.clone(), said) } else { call };
            assert_eq!(server.public(call).await.status, if accepted { 200 } else { 401 }, "{name} {with_file}");
        }
        let mut twice = own.shown_with(token_request());
        for said in ["FAILED", "SUCCESS"] {
            twice.headers.append(verdict.clone(), said.parse().unwrap());
        }
        server.public(twice).await.expect(400);
    }
}
