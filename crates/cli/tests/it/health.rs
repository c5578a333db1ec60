//! The first configuration of docs/production.md, served as it is written, and what `symbolon health` says of the server.

use rcgen::{CertificateParams, KeyPair};

use crate::process::{Running, free_ports, run, text};

/// The configuration in the guide.
fn documented() -> String {
    let guide = include_str!("../../../../docs/production.md");
    guide.split("```").nth(1).unwrap().strip_prefix("yaml\n").unwrap().to_owned()
}

#[tokio::test]
async fn ten_lines_serve_https_and_health_tells_whether_the_server_answers() {
    let place = tempfile::tempdir().unwrap();
    let [port, admin] = free_ports();
    let mut yaml = documented();
    assert!(yaml.lines().count() <= 10, "{yaml}");
    for (written, meant) in [
        ("/var/lib/symbolon/", format!("{}/", text(place.path()))),
        ("/etc/symbolon/", format!("{}/", text(place.path()))),
        ("port: 443", format!("port: {port}")),
    ] {
        assert!(yaml.contains(written), "{written}: {yaml}");
        yaml = yaml.replace(written, &meant);
    }
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    for (name, content) in [
        ("symbolon.yaml", yaml),
        ("system.secret", "c2VjcmV0cyBmb3IgdGVzdHMgb25seSwgMTIzNA==\n".to_owned()),
        ("tls.key", key.serialize_pem()),
        ("tls.crt", own.pem()),
    ] {
        std::fs::write(place.path().join(name), content).unwrap();
    }
    let file = place.path().join("symbolon.yaml");
    let mut server = Running::start(&["serve", "-c", text(&file), "--admin-port", &admin.to_string()]);
    server.wait_for("listening");

    let certificate = reqwest::Certificate::from_pem(own.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([certificate]).build().unwrap();
    let url = format!("https://localhost:{port}/.well-known/openid-configuration");
    let discovery: serde_json::Value = client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(discovery["issuer"], "https://login.example.com");

    let endpoint = format!("http://127.0.0.1:{admin}");
    let health = |flags: &[&str]| run(&[&["health", "--endpoint", &endpoint], flags].concat());
    assert_eq!(health(&[]).success(), "STATUS  ok");
    assert_eq!(health(&["--format", "json"]).json(), serde_json::json!({ "status": "ok" }));
    assert_eq!(server.terminate().0, Some(0));
    assert!(health(&[]).failure().contains(&admin.to_string()), "nobody is there any more");

    let secured =
        ["serve", "-c", text(&file), "--admin-port", &admin.to_string(), "--set", "serve.admin.tls.enabled=true"];
    let mut server = Running::start(&secured);
    server.wait_for("listening");
    let endpoint = endpoint.replace("http:", "https:");
    run(&["health", "--endpoint", &endpoint]).failure();
    assert_eq!(run(&["health", "--endpoint", &endpoint, "--skip-tls-verify", "--quiet"]).success(), "ok");
    assert_eq!(server.terminate().0, Some(0));
}
