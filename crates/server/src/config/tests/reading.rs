//! All faults at once, each with its place; and the values that hold in the end, each with its origin.

use super::{File, SECRET, development_flags};
use crate::config::{Effective, Origin, Place, Reading, Sources};

fn read(text: &str, environment: &[(&str, &str)]) -> (Reading, std::path::PathBuf) {
    let file = File::new(text);
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let sources = Sources { files: vec![file.path()], environment, flags: development_flags() };
    (sources.read(), file.path())
}

fn messages(text: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let (reading, _) = read(text, environment);
    assert!(reading.config().is_none());
    reading.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn all_faults_are_told_with_their_lines() {
    let text = "serve:\n  public:\n    prot: 1\n    host: 'a b'\nttl:\n  id_token: 5\n\
                symbolon:\n  par:\n    lifetime: 20m\nhsm: {enabled: true}\n";
    let (reading, file) = read(text, &[("SERVE_ADMIN_PORT", "x"), ("LOG", "{")]);
    let file = file.display();
    let beginnings = [
        format!("unknown configuration key `serve.public.prot` in {file}:3: did you mean `serve.public.port`?"),
        format!("`serve.public.host` in {file}:4 is the text `a b`"),
        format!("`ttl.id_token` in {file}:6 is the number 5"),
        "malformed configuration in the environment variable LOG".to_owned(),
        "`serve.admin.port` in the environment variable SERVE_ADMIN_PORT is the text `x`".to_owned(),
        format!("`hsm.enabled` in {file}:10 asks for a hardware security module"),
    ];
    let told: Vec<_> = reading.faults().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), beginnings.len(), "the rules wait for what cannot be read: {told:#?}");
    for beginning in beginnings {
        assert!(told.iter().any(|line| line.starts_with(&beginning)), "{beginning}: {told:#?}");
    }
    let without_malformed = messages(text, &[]);
    assert!(without_malformed.iter().any(|line| line.starts_with("`symbolon.par.lifetime` must be")));
    assert!(read(text, &[]).0.effective().is_empty());
}

#[test]
fn a_broken_rule_has_the_place_of_its_key() {
    let (reading, file) = read("dev: true\n\nsymbolon:\n  par: {lifetime: 20m}\n  hooks: {timeout: 5m}\n", &[]);
    let places: Vec<_> = reading.faults().iter().map(|fault| reading.place_of(fault)).collect();
    let place = |line| Place::File { file: file.clone(), line: Some(line) };
    assert_eq!(places, [Some(&place(5)), Some(&place(4))]);
}

/// Who mends the first one would find the second gone.
#[test]
fn what_follows_from_another_fault_is_not_told() {
    for text in [
        "secrets: {system: [short]}",
        "urls: {self: {isuer: 'https://id.example'}}",
        "urls: {self: 5}",
        "dsn: 5",
        "dev: perhaps",
        "dev: [",
    ] {
        assert_eq!(messages(text, &[]).len(), 1, "{text}: {:?}", messages(text, &[]));
    }
    assert_eq!(messages("symbolon: {security_profile: fapi2, compatibility: {access_token_in_query: true, grant_beyond_request: true}, oauth2: {response_types: [token]}}", &[]).len(), 3);
}

fn shown<'e>(all: &'e [Effective], path: &str) -> (String, &'e Origin) {
    let found = all.iter().find(|one| one.key.path == path).unwrap_or_else(|| panic!("{path}"));
    (found.value.to_string(), &found.origin)
}

#[test]
fn every_value_has_its_origin() {
    let text = "ttl:\n  id_token: 90m\n  authentication_session: 9000h\n\
                log: {level: fatal}\nserve: {cookies: {same_site_mode: None}}\nurls: {login: /login}\n";
    let (reading, file) = read(text, &[("TTL_ACCESS_TOKEN", "5m")]);
    let all = reading.effective();
    let file = |line| Place::File { file: file.clone(), line: Some(line) };
    for (path, value, origin) in [
        ("ttl.id_token", "\"90m\"", Origin::Set(file(2))),
        ("ttl.authentication_session", "\"4320h\"", Origin::Adjusted(file(3))),
        ("log.level", "\"fatal\"", Origin::Set(file(4))),
        ("serve.cookies.same_site_mode", "\"Lax\"", Origin::Adjusted(file(5))),
        ("urls.login", "\"http://localhost:4444/login\"", Origin::Adjusted(file(6))),
        ("ttl.access_token", "\"5m\"", Origin::Set(Place::Environment("TTL_ACCESS_TOKEN".to_owned()))),
        ("dev", "true", Origin::Set(Place::Flag)),
        ("ttl.refresh_token", "\"720h\"", Origin::Default),
        ("urls.logout", "null", Origin::Default),
        ("urls.self.issuer", "\"http://localhost:4444\"", Origin::Derived),
        ("dsn", "\"memory\"", Origin::Derived),
        ("secrets.system", "[\"[secret]\"]", Origin::Derived),
        ("symbolon.ui.enabled", "false", Origin::Derived),
        ("serve.public.port", "4444", Origin::Default),
    ] {
        assert_eq!(shown(&all, path), (value.to_owned(), &origin), "{path}");
    }
    let (reading, _) = read("symbolon: {mcp: {enabled: true}}", &[]);
    let preset = Origin::Set(Place::Preset("symbolon.mcp.enabled"));
    assert_eq!(shown(&reading.effective(), "symbolon.cimd.mode"), ("\"any\"".to_owned(), &preset));
    assert!(all.iter().all(|one| one.key.path != "tracing"), "what has no effect is not shown");
}

#[test]
fn no_secret_is_shown() {
    let text = format!(
        "dsn: postgres://u:{SECRET}@h/d\nsecrets: {{system: [{SECRET}], cookie: [{SECRET}, {SECRET}]}}\n\
         oidc: {{subject_identifiers: {{supported_types: [pairwise], pairwise: {{salt: {SECRET}}}}}}}\n\
         oauth2:\n  token_hook: https://h.example/{SECRET}\n  refresh_token_hook: {{url: 'https://h.example/{SECRET}', \
         auth: {{type: api_key, config: {{in: header, name: X-Key, value: {SECRET}}}}}}}\n\
         symbolon: {{admin: {{token: {SECRET}}}, registration: {{initial_access_tokens: [{SECRET}]}}}}\n\
         urls: {{login: 'https://u:{SECRET}@h.example/login'}}\n"
    );
    let (reading, _) = read(&text, &[]);
    assert_eq!(reading.faults(), []);
    let all = reading.effective();
    let everything = format!("{all:?} {reading:?}");
    assert!(!everything.contains(SECRET));
    assert_eq!(shown(&all, "secrets.cookie").0, r#"["[secret]","[secret]"]"#);
    assert_eq!(shown(&all, "symbolon.admin.token").0, "\"[secret]\"");
    assert_eq!(shown(&all, "oauth2.token_hook").0, "\"https://h.example/…\"");
    let sources = Sources { environment: vec![("SECRETS_SYSTEM".to_owned(), SECRET.to_owned())], ..Sources::default() };
    assert!(!format!("{sources:?}").contains(SECRET));
}
