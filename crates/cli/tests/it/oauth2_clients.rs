//! Commands about OAuth clients, and the forms of their results.

use serde_json::{Value, json};

use crate::commands::{Server, server, server_with};
use crate::process::{Finished, run, run_with_input, symbolon, text};

impl Server {
    fn client(&self, arguments: &[&str]) -> Finished {
        run(&[arguments, &["--endpoint", &self.admin]].concat())
    }
}

#[test]
fn a_client_is_changed_by_the_flags_that_are_there() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let json = ["--format", "json"];
    let flags = ["--id", "shop", "--name", "Shop", "--scope", "openid,email", "--audience", "https://api.example"];
    server.client(&[&["create", "client", "--skip-consent"][..], &flags, &json].concat()).json();

    let update = |flags: &[&str]| server.client(&[&["update", "client", "shop"], flags, &json].concat());
    let changed = update(&["--name", "The Shop", "--redirect-uri", "https://a.example/cb,https://b.example/cb"]).json();
    assert_eq!(changed["client_name"], "The Shop");
    assert_eq!(changed["redirect_uris"], json!(["https://a.example/cb", "https://b.example/cb"]));
    assert_eq!((&changed["scope"], &changed["skip_consent"]), (&json!("openid email"), &json!(true)), "the rest stays");
    let changed = update(&["--audience", "", "--skip-consent=false", "--metadata", "{\"a\":[1]}"]).json();
    assert_eq!((&changed["audience"], &changed["skip_consent"]), (&json!([]), &json!(false)));
    assert_eq!(changed["metadata"], json!({ "a": [1] }));
    assert!(update(&[]).failure().contains("nothing to change"));
    let odd: Value = serde_json::from_str(update(&["--redirect-uri", "https://a.example/#x"]).failure()).unwrap();
    assert!(odd["error"].is_string(), "{odd}");
    assert!(update(&["--scope", "a\"b"]).failure().contains("--scope"));

    let file = place.path().join("client.json");
    std::fs::write(&file, r#"{"client_name":"From a file","grant_types":["client_credentials"]}"#).unwrap();
    let replaced = update(&["--file", text(&file), "--name", "ignored"]).json();
    assert_eq!((&replaced["client_name"], &replaced["redirect_uris"]), (&json!("From a file"), &json!([])));
    assert!(server.client(&["update", "client", "none", "--name", "x"]).failure().starts_with('{'));
    for flag in ["--keybase", "--pgp-key", "--pgp-key-url"] {
        assert!(update(&[flag, "x"]).failure().contains(flag), "{flag}");
        assert!(server.client(&["create", "client", flag, "x"]).failure().contains("not supported"), "{flag}");
    }
}

#[test]
fn a_client_may_authenticate_with_a_certificate() {
    let place = tempfile::tempdir().unwrap();
    let header = "{name: ssl-client-cert, format: pem_escaped, verdict_name: ssl-client-verify}";
    let proxy = format!("symbolon: {{trusted_proxies: [127.0.0.1/32], mtls: {{header: {header}}}}}\n");
    let server = server_with(place.path(), &proxy);
    let create = |flags: &[&str]| {
        let client = ["create", "client", "--token-endpoint-auth-method", "tls_client_auth", "--format", "json"];
        server.client(&[&client[..], &["--grant-type", "client_credentials"], flags].concat())
    };
    for (flag, value) in [
        ("--tls-client-auth-subject-dn", "CN=shop,O=Example"),
        ("--tls-client-auth-san-dns", "shop.example.com"),
        ("--tls-client-auth-san-uri", "spiffe://example.com/shop"),
        ("--tls-client-auth-san-ip", "192.0.2.7"),
        ("--tls-client-auth-san-email", "shop@example.com"),
    ] {
        let created = create(&[flag, value]).json();
        let member = flag.trim_start_matches('-').replace('-', "_");
        assert_eq!(
            (&created["token_endpoint_auth_method"], &created[&member]),
            (&json!("tls_client_auth"), &json!(value))
        );
    }
    // RFC 8705 §2.1.2: exactly one of them.
    assert!(create(&[]).failure().starts_with('{'));
    let two = ["--tls-client-auth-san-dns", "a.example", "--tls-client-auth-san-ip", "192.0.2.7"];
    assert!(create(&two).failure().starts_with('{'));
}

#[test]
fn clients_are_read_listed_and_deleted() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let list = |flags: &[&str]| server.client(&[&["list", "clients"], flags].concat());
    assert_eq!(list(&["--format", "json"]).json(), json!({ "items": [], "next_page_token": "", "is_last_page": true }));
    assert_eq!(list(&["--quiet"]).stdout, "");
    for id in ["a", "b", "c"] {
        server.client(&["create", "client", "--id", id, "-q"]).success();
    }
    let mut ids: Vec<String> = list(&["--quiet"]).success().lines().map(str::to_owned).collect();
    ids.sort();
    assert_eq!(ids, ["a", "b", "c"]);
    let first = list(&["--page-size", "2", "--format", "json"]).json();
    let token = first["next_page_token"].as_str().unwrap();
    assert_eq!((first["items"].as_array().unwrap().len(), &first["is_last_page"]), (2, &json!(false)));
    let second = list(&["--page-size", "2", "--page-token", token, "--format", "json"]).json();
    assert_eq!((second["items"].as_array().unwrap().len(), &second["is_last_page"]), (1, &json!(true)));
    for size in ["0", "-1", "1001", "x"] {
        assert_eq!(list(&["--page-size", size]).code, Some(1), "{size}");
    }
    assert!(list(&["--page-token", "odd"]).failure().starts_with('{'));

    let get = |flags: &[&str]| server.client(&[&["get", "client"], flags].concat());
    assert_eq!(get(&["a", "b", "--quiet"]).success(), "a\nb");
    assert_eq!(get(&["a", "b", "--format", "jsonpath=*.client_id"]).success(), r#"["a","b"]"#);
    let table = get(&["a", "b"]);
    let heading = table.success().lines().next().unwrap();
    assert!(heading.starts_with("CLIENT ID  CLIENT SECRET  GRANT TYPES"), "{table:?}");
    let yaml: Value = serde_saphyr::from_str(get(&["a", "--format", "yaml"]).success()).unwrap();
    assert_eq!(yaml, get(&["a", "--format", "json"]).json());
    assert_eq!(get(&["a", "--format", "jsonpointer=/client_id"]).success(), "\"a\"");
    assert!(get(&["a", "--format", "jsonpath=none"]).failure().contains("'none'"));
    for odd in ["xml", "jsonpath=", "jsonpointer=x"] {
        let refused = get(&["a", "--format", odd]);
        assert!(refused.code == Some(1) && refused.stderr.contains("--format"), "{refused:?}");
    }
    assert!(get(&["a", "none"]).failure().starts_with('{'));

    let deleted = server.client(&["delete", "clients", "a", "none", "b"]);
    assert_eq!(
        (deleted.code, deleted.stdout.as_str()),
        (Some(1), "ID\na\nb\n"),
        "what can be done is done: {deleted:?}"
    );
    assert!(deleted.stderr.starts_with("Error: none: "), "{deleted:?}");
    assert_eq!(server.client(&["delete", "client", "c", "--format", "json"]).json(), json!("c"));
    assert_eq!(list(&["--quiet"]).stdout, "");
}

#[test]
fn clients_are_imported_from_files() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let file = |name: &str, content: &str| {
        let file = place.path().join(name);
        std::fs::write(&file, content).unwrap();
        text(&file).to_owned()
    };
    let first = file("one.json", r#"[{"client_id":"one"},{"client_id":"two","grant_types":["client_credentials"]}]"#);
    let third = file("three.json", r#"[{"client_id":"three"}]"#);
    let imported = server.client(&["import", "client", &first, &third, "--format", "jsonpath=*.client_id"]);
    assert_eq!(imported.json(), json!(["one", "two", "three"]));

    let mixed = file("mixed.json", r#"[{"client_id":"one"},{"client_id":"four"},{"redirect_uris":["x"]}]"#);
    let partly = server.client(&["import", "client", &mixed, "--quiet"]);
    assert_eq!((partly.code, partly.stdout.as_str()), (Some(1), "four\n"), "{partly:?}");
    let lines: Vec<_> = partly.stderr.lines().collect();
    assert!(lines.len() == 2 && lines[0].contains("one: ") && lines[1].contains("client number 3: "), "{lines:?}");

    // A file that cannot be read leaves nothing half done.
    let broken = file("broken.json", r#"[{"client_id":"six","client_secret":"hunter2-hunter2""#);
    let whole = file("fine.json", r#"[{"client_id":"five"}]"#);
    let refused = server.client(&["import", "client", &whole, &broken]);
    assert!(refused.failure().contains("not a list of clients") && !refused.stderr.contains("hunter2"), "{refused:?}");
    assert!(server.client(&["get", "client", "five"]).failure().starts_with('{'));
    let object = run_with_input(&["import", "client", "-e", &server.admin], r#"{"client_id":"x"}"#);
    assert!(object.failure().contains("standard input is not a list"), "{object:?}");
}

#[test]
fn a_profile_names_the_server() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let home = place.path().join("symbolon");
    std::fs::create_dir(&home).unwrap();
    let (admin, public) = (&server.admin, &server.public);
    let profiles = format!("profiles:\n  here:\n    admin_url: {admin}\n    public_url: {public}\n  away: {{}}\n");
    std::fs::write(home.join("profiles.yaml"), &profiles).unwrap();
    let by = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = symbolon(arguments);
        command.env("XDG_CONFIG_HOME", place.path()).envs(variables.iter().copied());
        Finished::from(command.output().unwrap())
    };
    let create = ["create", "client", "-q", "--id"];
    assert_eq!(by(&[&create[..], &["one", "--server", "here"]].concat(), &[]).success(), "one");
    assert_eq!(by(&[&create[..], &["two"]].concat(), &[("SYMBOLON_SERVER", "here")]).success(), "two");
    assert_eq!(
        by(&[&create[..], &["three"]].concat(), &[("HYDRA_ADMIN_URL", admin), ("ORY_SDK_URL", "")]).success(),
        "three"
    );
    assert!(by(&["discover", "--server", "here"], &[]).success().contains(public.as_str()));
    for (arguments, variables, part) in [
        (&["list", "clients"][..], &[][..], "not named"),
        (&["list", "clients", "--server", "away"], &[], "not named"),
        (&["list", "clients", "--server", "none"], &[], "only: away, here"),
        (&["list", "clients", "--server", "here", "-e", "http://127.0.0.1:1"], &[], "two servers"),
        (&["list", "clients", "--server", "here"], &[("ORY_SDK_URL", "http://127.0.0.1:1")], "two servers"),
        (&["discover", "--server", "away"], &[], "not named"),
    ] {
        let refused = by(arguments, variables);
        assert!(refused.failure().contains(part), "{refused:?}");
    }
    std::fs::write(home.join("profiles.yaml"), format!("default: here\n{profiles}")).unwrap();
    assert_eq!(by(&["get", "client", "one", "-q"], &[]).success(), "one");
}
