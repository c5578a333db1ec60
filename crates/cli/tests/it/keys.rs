//! Commands about sets of keys.

use serde_json::{Value, json};

use crate::commands::{Server, server};
use crate::process::{Finished, run, run_with_input, text};

const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n\
    -----END PRIVATE KEY-----\n";

impl Server {
    fn keys(&self, arguments: &[&str]) -> Finished {
        run(&[arguments, &["--endpoint", &self.admin]].concat())
    }
}

#[test]
fn keys_are_made_read_and_deleted() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let json = ["--format", "json"];
    let made = server.keys(&[&["create", "jwk", "mine", "first", "--alg", "ES256"][..], &json].concat()).json();
    assert_eq!(
        (&made["set"], &made["keys"][0]["kid"], &made["keys"][0]["set"]),
        (&json!("mine"), &json!("first"), &json!("mine"))
    );
    assert!(made["keys"][0]["d"].is_string() && made["keys"][0]["use"] == "sig", "{made}");
    let public = server.keys(&[&["create", "jwks", "mine", "--alg", "ES256", "--public"][..], &json].concat()).json();
    assert!(public["keys"][0]["d"].is_null() && public["keys"][0]["kid"].is_string(), "{public}");
    assert!(server.keys(&["create", "jwk", "mine", "--alg", "none"]).failure().starts_with('{'));

    let read = server.keys(&[&["get", "jwk", "mine"][..], &json].concat()).json();
    assert_eq!(read["keys"].as_array().unwrap().len(), 2);
    let read = server.keys(&[&["get", "jwk", "mine", "--public"][..], &json].concat());
    assert!(!read.success().contains("\"d\""), "{read:?}");
    server.keys(&["create", "jwk", "other", "k", "--alg", "ES256", "-q"]).success();
    let two = server.keys(&["get", "jwks", "mine", "other", "--format", "jsonpath=*.set"]);
    assert_eq!(two.json(), json!(["mine", "other"]));
    let table = server.keys(&["get", "jwk", "other"]);
    let lines: Vec<Vec<_>> = table.success().lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines, [vec!["SET", "ID", "KEY", "ID", "ALGORITHM", "USE"], vec!["other", "k", "ES256", "sig"]]);

    let deleted = server.keys(&["delete", "jwk", "mine", "none", "other", "-q"]);
    assert_eq!(deleted.success(), "mine\nnone\nother", "a set that is not there is deleted, as in Ory Hydra");
    assert!(server.keys(&["get", "jwk", "mine"]).failure().starts_with('{'));
}

#[test]
fn keys_are_imported_from_pem_and_json() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let file = |name: &str, content: &str| {
        let file = place.path().join(name);
        std::fs::write(&file, content).unwrap();
        text(&file).to_owned()
    };
    let pem = file("key.pem", PEM);
    let imported = server.keys(&["import", "jwk", "webhooks", &pem, "--alg", "ES256", "--format", "json"]);
    let thumbprint = imported.json()["keys"][0]["kid"].as_str().unwrap().to_owned();
    assert!(thumbprint.len() == 43 && !imported.stdout.contains("\"d\""), "{imported:?}");
    let kept = server.keys(&["get", "jwk", "webhooks", "--format", "json"]).json();
    assert!(kept["keys"][0]["d"].is_string() && kept["keys"][0]["alg"] == "ES256", "{kept}");

    let set: Value = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "ed", "use": "sig",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" }] });
    let arguments = ["import", "jwk", "webhooks", "-", "-q", "-e", &server.admin];
    assert_eq!(run_with_input(&arguments, &set.to_string()).success(), "ed");
    let quiet = server.keys(&["get", "jwk", "webhooks", "-q"]);
    assert_eq!(quiet.success().lines().count(), 2, "{quiet:?}");

    for (name, content) in
        [("der", "\u{1}\u{2}"), ("text", "hunter2"), ("empty-set.json", "{\"keys\":[]}"), ("half.pem", &PEM[..60])]
    {
        let refused = server.keys(&["import", "jwk", "webhooks", &file(name, content)]);
        assert!(refused.failure().contains("has no key") && !refused.stderr.contains("hunter2"), "{refused:?}");
    }
    assert!(server.keys(&["import", "jwk", "webhooks", "/no/such/file"]).failure().contains("/no/such/file"));
}
