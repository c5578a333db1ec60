//! `apply` and `export`: clients that are declared in files.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::{Server, server};
use crate::process::{Finished, run, run_with_input, symbolon, text};

const SHOP: &str = "clients:
  - client_id: shop
    client_name: Shop
    redirect_uris: [https://shop.example/callback]
    grant_types: [authorization_code, refresh_token]
    response_types: [code]
    scope: openid offline
    token_endpoint_auth_method: none
    metadata: {team: blue}
";
const REPORTS: &str = "---
clients:
  - client_id: reports
    grant_types: [client_credentials]
    client_secret_file: reports-secret
";

impl Server {
    fn apply(&self, file: &Path, flags: &[&str]) -> Finished {
        run(&[&["apply", "-f", text(file), "--endpoint", &self.admin], flags].concat())
    }

    fn registered(&self, id: &str) -> Value {
        run(&["get", "client", id, "--endpoint", &self.admin, "--format", "json"]).json()
    }

    fn ids(&self) -> Vec<String> {
        let listed = run(&["list", "clients", "--endpoint", &self.admin, "-q"]);
        listed.success().lines().map(str::to_owned).collect()
    }

    /// Whether the client gets a token with this secret.
    fn accepts(&self, secret: &str) -> bool {
        let flags = ["--client-id", "reports", "--client-secret", secret, "--endpoint", &self.public];
        run(&[&["perform", "client-credentials"][..], &flags].concat()).code == Some(0)
    }
}

fn write(place: &Path, name: &str, content: &str) -> std::path::PathBuf {
    let file = place.join(name);
    std::fs::write(&file, content).unwrap();
    file
}

fn lines(finished: &Finished) -> Vec<&str> {
    finished.stderr.lines().collect()
}

#[test]
fn a_second_run_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    write(place.path(), "reports-secret", "a-secret-of-the-reports\n");
    let file = write(place.path(), "clients.yaml", &format!("{SHOP}{REPORTS}"));

    let shown = server.apply(&file, &["--dry-run"]);
    assert_eq!((shown.code, server.ids().len()), (Some(2), 0), "{shown:?}");
    assert!(shown.stdout.contains("+ client shop\n    client_name: \"Shop\"\n"), "{shown:?}");
    assert!(shown.stdout.contains("client_secret: (secret)") && !shown.stdout.contains("a-secret-of"), "{shown:?}");

    let applied = server.apply(&file, &[]);
    assert!(applied.success().ends_with("2 of 2 changes are done, 0 clients were as declared."), "{applied:?}");
    assert!(!applied.stdout.contains("a-secret-of") && applied.stderr.is_empty(), "{applied:?}");
    assert_eq!(server.registered("shop")["metadata"], json!({ "team": "blue", "symbolon_apply_set": "default" }));
    assert!(server.accepts("a-secret-of-the-reports"));

    let before = server.registered("shop");
    for flags in [&["--dry-run"][..], &[], &["--prune", "--yes"]] {
        let again = server.apply(&file, flags);
        assert_eq!(again.success(), "Nothing differs: 2 clients are as declared.");
    }
    assert_eq!(server.registered("shop"), before, "not even the time of the last change");
}

#[test]
fn what_a_file_does_not_say_goes_and_what_it_says_comes() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    server.apply(&write(place.path(), "a.yaml", SHOP), &[]).success();
    let changed =
        SHOP.replace("    client_name: Shop\n", "").replace("openid offline", "openid").replace("blue", "red");
    let file = write(place.path(), "a.yaml", &(changed + "    skip_consent: true\n"));
    let shown = server.apply(&file, &["--dry-run", "--format", "json"]);
    let object: Value = serde_json::from_str(&shown.stdout).unwrap();
    let change = &object["changes"][0];
    assert_eq!((&change["id"], &change["action"]), (&json!("shop"), &json!("update")));
    let members: Vec<&String> = change["members"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["client_name", "metadata", "scope", "skip_consent"]);
    assert_eq!(change["members"]["scope"], json!({ "old": "openid offline", "new": "openid" }));
    let applied = server.apply(&file, &[]);
    assert!(applied.success().contains("    scope: \"openid offline\" -> \"openid\"\n"), "{applied:?}");
    let client = server.registered("shop");
    assert_eq!((&client["client_name"], &client["scope"]), (&json!(""), &json!("openid")));
    assert_eq!((&client["metadata"]["team"], &client["skip_consent"]), (&json!("red"), &json!(true)));

    run(&["update", "client", "shop", "--scope", "openid,email", "--endpoint", &server.admin]).success();
    assert_eq!(server.apply(&file, &["-q"]).success(), "shop", "what somebody else changed is changed back");
    assert_eq!(server.registered("shop")["scope"], "openid");
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line_before_anything_is_changed() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let wrong = "clients:
  - client_id: a
    redirect_uri: [https://a.example/]
    scope: [openid]
    created_at: 2026-01-01T00:00:00Z
  - client_id: b
    client_secret: hunter2hunter2
    metadata: [1]
  - client_name: nobody
  - client_id: 7
  - client_id: A
  - client_id: A
  - just a text
  - {client_id: c, client_secret_file: x, client_secret_env: SECRET_OF_C}
  - {client_id: '..'}
  - {client_id: d, metadata: {symbolon_apply_set: other}}
resources: []
client: []
";
    let file = write(place.path(), "wrong.yaml", wrong);
    let told = server.apply(&file, &[]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stdout.is_empty() && !told.stderr.contains("hunter2"), "{told:?}");
    // What is wrong with the documents comes first.
    let documents = [("1", "mapping"), ("17", "symbolon.resources"), ("18", "did you mean `clients`?")];
    let told_lines = lines(&told);
    assert_eq!(told_lines.len(), documents.len(), "{told:?}");
    for ((line, part), told) in documents.into_iter().zip(&told_lines) {
        assert!(told.contains(&format!("wrong.yaml:{line}: ")) && told.contains(part), "{told}");
    }
    let rest = wrong.replace("  - just a text\n", "").replace("resources: []\nclient: []\n", "");
    let told = server.apply(&write(place.path(), "wrong.yaml", &rest), &[]);
    let expected = [
        ("3", "client 'a': `redirect_uri` is no member of a client; did you mean `redirect_uris`?"),
        ("4", "`scope`"),
        ("5", "`created_at` is set by the server"),
        ("7", "client_secret_file"),
        ("8", "`metadata` has to be a mapping"),
        ("9", "without a `client_id`"),
        ("10", "`client_id`"),
        ("12", "client 'A' is declared already at"),
        ("13", "one of `client_secret_file` and `client_secret_env`"),
        ("14", "\"..\" cannot be a `client_id`"),
        ("15", "`metadata.symbolon_apply_set` is written by apply"),
    ];
    let told_lines = lines(&told);
    assert_eq!(told_lines.len(), expected.len(), "{told_lines:#?}");
    for ((line, part), told) in expected.into_iter().zip(&told_lines) {
        assert!(told.contains(&format!("wrong.yaml:{line}: ")) && told.contains(part), "{line} {part}: {told}");
    }
    assert!(!told.stderr.contains("hunter2"), "{told:?}");
    assert!(server.ids().is_empty());
}

#[test]
fn what_is_no_list_of_clients_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let level = |level: usize| format!("a{level}: &a{level} [{}]\n", format!("*a{}, ", level - 1).repeat(9));
    let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned() + &(1..12).map(level).collect::<Vec<_>>().concat();
    let cases = [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("{}", "empty"),
        ("clients:\n", "list"),
        ("clients: {a: b}", "list"),
        ("- client_id: a", "begins with `clients:`"),
        ("clients: [", "no YAML"),
        ("clients: []\nclients: []\n", "no YAML"),
        ("clients: [{client_id: a, client_id: b}]", "no YAML"),
        ("clients: [{client_id: a, default_max_age: .nan}]", "no YAML"),
        (&bomb, "no YAML"),
    ];
    for (content, part) in cases {
        let told = server.apply(&write(place.path(), "clients.yaml", content), &["--prune", "--yes"]);
        assert!(told.failure().contains(part), "{content:.80}: {told:?}");
    }
    let binary = place.path().join("binary.yaml");
    std::fs::write(&binary, [0xff, 0x00, 0xfe]).unwrap();
    assert!(server.apply(&binary, &[]).failure().contains("UTF-8"));
    let huge = place.path().join("huge.yaml");
    std::fs::File::create(&huge).unwrap().set_len(40 * 1024 * 1024).unwrap();
    assert!(server.apply(&huge, &[]).failure().contains("32 MiB"));
    assert!(server.apply(&place.path().join("none.yaml"), &[]).failure().contains("none.yaml"));
    let empty = place.path().join("folder");
    std::fs::create_dir(&empty).unwrap();
    assert!(server.apply(&empty, &[]).failure().contains(".yaml"));
    for flags in [&["--yes"][..], &["--set", ""], &["--set", "a b"]] {
        assert_eq!(server.apply(&empty, flags).code, Some(1), "{flags:?}");
    }
}

#[test]
fn only_what_was_applied_under_the_name_is_pruned_and_only_when_that_is_said() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    run(&["create", "client", "--id", "by-hand", "--endpoint", &server.admin]).success();
    let client = |id: &str| format!("clients: [{{client_id: {id}, token_endpoint_auth_method: none}}]\n");
    let folder = place.path().join("clients");
    std::fs::create_dir(&folder).unwrap();
    write(&folder, "a.yaml", &client("a"));
    write(&folder, "b.json", r#"{"clients": [{"client_id": "A", "token_endpoint_auth_method": "none"}]}"#);
    write(&folder, "notes.txt", "not for apply");
    let other = write(place.path(), "other.yaml", &client("b"));
    server.apply(&folder, &[]).success();
    server.apply(&other, &["--set", "other"]).success();
    assert_eq!(server.ids(), ["A", "a", "b", "by-hand"], "ids that differ in case are two");

    let foreign = write(place.path(), "foreign.yaml", &client("b"));
    assert!(server.apply(&foreign, &[]).failure().contains("belongs to the set 'other'"));

    std::fs::remove_file(folder.join("b.json")).unwrap();
    server.apply(&folder, &[]).success();
    assert_eq!(server.ids().len(), 4, "without --prune nothing is deleted");
    let shown = server.apply(&folder, &["--prune"]);
    assert!(shown.stdout.starts_with("- client A\n") && shown.failure().contains("--yes"), "{shown:?}");
    assert_eq!(server.ids().len(), 4);
    assert_eq!(server.apply(&folder, &["--prune", "--dry-run"]).code, Some(2));
    assert_eq!(server.apply(&folder, &["--prune", "--yes", "-q"]).success(), "A");
    assert_eq!(server.ids(), ["a", "b", "by-hand"]);
    let none = write(place.path(), "none.yaml", "clients: []\n");
    assert_eq!(server.apply(&none, &["--prune", "--yes", "-q"]).success(), "a");
    assert_eq!(server.ids(), ["b", "by-hand"]);

    let taken_over = write(place.path(), "by-hand.yaml", &client("by-hand"));
    server.apply(&taken_over, &[]).success();
    assert_eq!(server.registered("by-hand")["metadata"]["symbolon_apply_set"], "default");
}

#[test]
fn secrets_come_from_elsewhere_and_stay_until_others_are_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let file = write(place.path(), "clients.yaml", REPORTS);
    assert!(server.apply(&file, &[]).failure().contains("reports-secret"), "there is no such file");
    write(place.path(), "reports-secret", "the-first-secret\n");
    server.apply(&file, &[]).success();
    write(place.path(), "reports-secret", "the-second-secret\n");
    assert!(server.apply(&file, &[]).success().starts_with("Nothing differs"));
    assert!(server.accepts("the-first-secret"));
    let changed = server.apply(&file, &["--set-secrets"]);
    assert!(changed.success().contains("client_secret: (secret) -> (secret)"), "{changed:?}");
    assert!(server.accepts("the-second-secret") && !server.accepts("the-first-secret"));

    let by_variable = REPORTS.replace("client_secret_file: reports-secret", "client_secret_env: REPORTS_SECRET");
    let file = write(place.path(), "clients.yaml", &by_variable);
    assert!(server.apply(&file, &[]).success().starts_with("Nothing differs"), "the variable is not needed");
    assert!(server.apply(&file, &["--set-secrets"]).failure().contains("REPORTS_SECRET"));
    let mut command = symbolon(&["apply", "-f", text(&file), "--endpoint", &server.admin, "--set-secrets"]);
    let applied = Finished::from(command.env("REPORTS_SECRET", "the-third-secret").output().unwrap());
    assert!(!applied.success().contains("the-third-secret"), "{applied:?}");
    assert!(server.accepts("the-third-secret"));

    let file = write(place.path(), "clients.yaml", "clients: [{client_id: made, grant_types: [client_credentials]}]");
    assert!(server.apply(&file, &[]).failure().contains("--show-generated-secrets"));
    let made = server.apply(&file, &["--show-generated-secrets", "--format", "json"]).json();
    assert!(made["generated_secrets"]["made"].as_str().unwrap().len() > 20, "{made}");
}

#[test]
fn what_is_refused_is_told_and_the_rest_is_done() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let client = |id: &str, more: &str| format!("  - {{client_id: {id}, token_endpoint_auth_method: none{more}}}\n");
    let bad = format!("clients:\n{}{}", client("a", ", redirect_uris: ['https://a.example/#x']"), client("b", ""));
    let told = server.apply(&write(place.path(), "clients.yaml", &bad), &[]);
    let [first, second] = lines(&told)[..] else { panic!("{told:?}") };
    assert!(first.contains("client 'a'") && second.contains("1 of 2 changes are done"), "{told:?}");
    assert_eq!((told.code, server.ids()), (Some(1), vec!["b".to_owned()]));
    let good = format!("clients:\n{}{}", client("a", ""), client("b", ""));
    assert_eq!(server.apply(&write(place.path(), "clients.yaml", &good), &["-q"]).success(), "a");
}

#[test]
fn what_is_exported_gives_the_same_clients_on_another_server() {
    let place = tempfile::tempdir().unwrap();
    let (first, second) = (place.path().join("first"), place.path().join("second"));
    for folder in [&first, &second] {
        std::fs::create_dir(folder).unwrap();
    }
    let (from, to) = (server(&first), server(&second));
    let odd = json!({
        "client_id": "no", "client_name": "yes: 'odd' # \"name\"\n", "scope": "openid 1e3", "owner": "~",
        "redirect_uris": ["https://a.example/cb?x=%20&y=[1]"], "response_types": ["code"],
        "grant_types": ["authorization_code"], "token_endpoint_auth_method": "client_secret_post",
        "metadata": {"null": null, "text": "null", "number": 0.5, "list": [[], {}, "- x"], "17": true},
        "skip_logout_consent": false, "client_name#de": "Läden", "access_token_strategy": "jwt",
        "authorization_code_grant_access_token_lifespan": "15m", "subject_type": "public", "allowed_resources": [],
        "jwks": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]},
    });
    let odd = odd.to_string().replace("\\n", "");
    run_with_input(&["create", "client", "--file", "-", "--endpoint", &from.admin], &odd).success();
    for id in ["17", "Case", "case", "a/b ?#%2F", "-", "{}"] {
        let flags = ["--token-endpoint-auth-method", "none", "--endpoint", &from.admin];
        run(&[&["create", "client", &format!("--id={id}")], &flags[..]].concat()).success();
    }
    for format in ["yaml", "json", "table"] {
        let exported = run(&["export", "--endpoint", &from.admin, "--format", format]);
        assert!(!exported.success().contains("secret\":") && !exported.stdout.contains("created_at"), "{exported:?}");
        let flags = ["--endpoint", &to.admin, "--show-generated-secrets"];
        let applied = run_with_input(&[&["apply", "-f", "-"], &flags[..]].concat(), &exported.stdout);
        assert!(applied.success().ends_with("clients are as declared.") || format == "yaml", "{format}: {applied:?}");
    }
    let all = |server: &Server| {
        let listed = run(&["list", "clients", "--endpoint", &server.admin, "--format", "json"]).json();
        let mut clients = listed["items"].as_array().unwrap().clone();
        for client in &mut clients {
            let members = client.as_object_mut().unwrap();
            members.retain(|name, _| !name.ends_with("_at"));
            members["metadata"].as_object_mut().unwrap().remove("symbolon_apply_set");
        }
        clients
    };
    assert_eq!(all(&to).len(), 7);
    assert_eq!(all(&to), all(&from));
    assert_eq!(
        run(&["export", "--endpoint", &from.admin, "--set", "default", "--format", "json"]).json(),
        json!({ "clients": [] })
    );
    let of_set = run(&["export", "--endpoint", &to.admin, "--set", "default", "--format", "json"]).json();
    assert_eq!(of_set["clients"].as_array().unwrap().len(), 7);
    assert!(of_set["clients"].as_array().unwrap().iter().all(|client| client["client_id"].is_string()));
}
