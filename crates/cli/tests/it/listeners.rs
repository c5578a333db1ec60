//! The guide to addresses and TLS, followed as it is written: https, what `config` says of it, and renewal at SIGHUP.

use std::path::Path;

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;

use crate::process::{Running, free_ports, run, text};

/// The first example of docs/listeners.md, in this place and at this port.
fn documented(place: &Path, port: u16) -> std::path::PathBuf {
    let guide = include_str!("../../../../docs/listeners.md");
    let mut yaml = guide.split("```").nth(1).unwrap().strip_prefix("yaml\n").unwrap().to_owned();
    let at = |name: &str| place.join(name).display().to_string();
    for (written, meant) in [
        ("/var/lib/symbolon/symbolon.db", at("symbolon.db")),
        ("port: 443", format!("port: {port}")),
        ("/etc/symbolon/tls.crt", at("tls.crt")),
        ("/etc/symbolon/tls.key", at("tls.key")),
    ] {
        assert!(yaml.contains(written), "{written}: {yaml}");
        yaml = yaml.replace(written, &meant);
    }
    std::fs::write(place.join("symbolon.yaml"), yaml).unwrap();
    place.join("symbolon.yaml")
}

/// Puts a new certificate for localhost and its key there; answers the certificate.
fn renew(place: &Path) -> String {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(place.join("tls.key"), key.serialize_pem()).unwrap();
    std::fs::write(place.join("tls.crt"), own.pem()).unwrap();
    own.pem()
}

/// What a client that trusts nothing but this certificate is told.
async fn discovery(port: u16, certificate: &str) -> reqwest::Result<Value> {
    let own = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([own]).build().unwrap();
    client.get(format!("https://localhost:{port}/.well-known/openid-configuration")).send().await?.json().await
}

#[tokio::test]
async fn the_documented_file_serves_https_and_sighup_renews_the_certificate() {
    let place = tempfile::tempdir().unwrap();
    let [port, admin] = free_ports();
    let file = documented(place.path(), port);
    let first = renew(place.path());
    let mut server = Running::start(&["serve", "-c", text(&file), "--admin-port", &admin.to_string()]);
    let listening = server.wait_for("listening");
    assert!(listening.contains(&port.to_string()) && listening.contains(&admin.to_string()), "{listening}");
    assert_eq!(discovery(port, &first).await.unwrap()["issuer"], "https://id.example.com");
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |port: u16, path: &str| {
        plain.get(format!("http://localhost:{port}{path}")).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(port, "/.well-known/openid-configuration").await, 502, "http");
    assert_eq!(status(admin, "/admin/clients").await, 200, "the admin listener has no TLS here");

    let second = renew(place.path());
    server.hang_up();
    server.wait_for("a new certificate is shown");
    assert!(discovery(port, &second).await.is_ok() && discovery(port, &first).await.is_err());

    std::fs::write(place.path().join("tls.crt"), "broken").unwrap();
    // Files that did not change are read again only at the signal.
    for _ in 0..2 {
        server.hang_up();
        let told = server.wait_for("cannot be used");
        assert!(told.contains("serve.tls.cert.path") && told.contains("the old one stays"), "{told}");
    }
    assert!(discovery(port, &second).await.is_ok());
    let (code, _) = server.terminate();
    assert_eq!(code, Some(0));
}

#[test]
fn config_check_tries_certificates_and_show_tells_whose_they_are() {
    let place = tempfile::tempdir().unwrap();
    let file = documented(place.path(), 443);
    let check = |flags: &[&str]| run(&[&["config", "check", "-c", text(&file)], flags].concat());
    renew(place.path());
    let good = check(&[]);
    assert!(good.success().starts_with("The configuration is good.") && !good.stdout.contains("tls"), "{good:?}");
    let show = run(&["config", "show", "-c", text(&file), "serve.public.tls.cert.path"]);
    assert!(show.success().contains("tls.crt") && show.stdout.contains("derived"), "{show:?}");

    std::fs::write(place.path().join("tls.crt"), "broken").unwrap();
    let broken = check(&["--set", "serve.admin.tls.enabled=true"]);
    assert!(broken.failure().contains("has a problem"), "both listeners have the same one: {broken:?}");
    assert!(broken.stdout.contains("serve.tls.cert.path: cannot be used"), "{broken:?}");
    let half = check(&["--set", "serve.admin.tls.key.path=/x"]);
    assert!(half.failure().contains("has a problem"), "{half:?}");
    assert!(half.stdout.contains("`serve.admin.tls.cert.path` must be set"), "{half:?}");
    let nothing = check(&["--set", "serve.tls.cert.path=/no/such/file"]);
    assert!(nothing.failure().contains("has a problem") && nothing.stdout.contains("/no/such/file"), "{nothing:?}");
}
