//! Secrets in files of their own and in systemd credentials: what is read, what is refused, and what is told of it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{SECRET, development_flags};
use crate::config::{Config, Origin, Place, Reading, Sources, keys};

const OTHER: &str = "another-secret-of-enough-length";

/// A directory with files in it that only their owner can read.
struct Directory(tempfile::TempDir);

impl Directory {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.path().join(name);
        std::fs::write(&file, content).unwrap();
        self.permit(name, 0o600);
        file
    }

    fn permit(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn credentials(&self) -> [(&str, &str); 1] {
        [("CREDENTIALS_DIRECTORY", self.path().to_str().unwrap())]
    }
}

/// What is read of a document and an environment of variables.
fn read(text: &str, environment: &[(&str, &str)]) -> Reading {
    let file = super::File::new(text);
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { files: vec![file.path()], environment, flags: development_flags() }.read()
}

fn config(reading: Reading) -> Config {
    reading.into_config().unwrap_or_else(|fault| panic!("{fault}"))
}

fn faults(reading: &Reading) -> Vec<String> {
    reading.faults().iter().map(ToString::to_string).collect()
}

fn system(config: &Config) -> Vec<&str> {
    config.secrets.system.iter().map(|secret| secret.expose().as_str()).collect()
}

/// A value for each key that may stand in a file.
fn value_of(path: &str) -> String {
    match path {
        "dsn" => "sqlite:///of-a-file.db".to_owned(),
        "oauth2.token_hook" | "oauth2.refresh_token_hook" => "https://hook.example/of-a-file".to_owned(),
        _ => SECRET.to_owned(),
    }
}

#[test]
fn every_secret_may_stand_in_a_file_and_in_a_credential() {
    let mut paths = Vec::new();
    for key in keys::all().filter(|key| key.may_be_in_file()) {
        let value = value_of(&key.path);
        let files = Directory::new();
        let quoted = serde_json::to_string(&value).unwrap();
        let written = if matches!(key.kind, keys::Kind::List(_)) { format!("[{quoted}]") } else { quoted };
        let nested = |path: &str, value: &str| {
            path.rsplit('.').fold(value.to_owned(), |value, name| format!("{{\"{name}\": {value}}}"))
        };
        let seen = |reading: Reading| format!("{:?}", config(reading).dsn);
        let shown = |reading: &Reading| {
            let all = reading.effective();
            let one = all.into_iter().find(|one| one.key.path == key.path).unwrap();
            (one.value, one.origin)
        };
        let expected = read(&nested(&key.path, &written), &[]);
        let file = files.file(&key.path, format!("{value}\n"));
        let quoted_file = format!("\"{}\"", file.display());
        let by_file = read(&nested(&key.file_path(), &quoted_file), &[]);
        let by_variable = read("", &[(&keys::environment_name(&key.file_path()), file.to_str().unwrap())]);
        let by_credential = read("", &files.credentials());
        for reading in [by_file, by_variable, by_credential] {
            assert_eq!(faults(&reading), [] as [&str; 0], "{}", key.path);
            let (value, origin) = shown(&reading);
            assert_eq!(value, shown(&expected).0, "{}", key.path);
            assert_eq!(origin, Origin::Set(Place::File { file: file.clone(), line: None }), "{}", key.path);
            assert!(!format!("{reading:?} {:?}", reading.effective()).contains(SECRET), "{}", key.path);
            if key.path == "dsn" {
                assert_eq!(seen(reading), "\"sqlite:///of-a-file.db\"");
            }
        }
        paths.push(key.path.as_str());
    }
    assert_eq!(
        paths,
        [
            "dsn",
            "secrets.system",
            "secrets.cookie",
            "secrets.pagination",
            "oidc.subject_identifiers.pairwise.salt",
            "oauth2.refresh_token_hook",
            "oauth2.token_hook",
            "tracing.providers.otlp.authorization_header",
            "symbolon.admin.token",
            "symbolon.registration.initial_access_tokens",
        ]
    );
}

#[test]
fn a_line_break_at_the_end_is_dropped_and_lists_have_lines() {
    let directory = Directory::new();
    for (content, expected) in [
        (SECRET.to_owned(), vec![SECRET]),
        (format!("{SECRET}\n"), vec![SECRET]),
        (format!("{SECRET}\r\n"), vec![SECRET]),
        (format!("{OTHER}\n{SECRET}\n\n"), vec![OTHER, SECRET]),
        (format!("{OTHER}\r\n{SECRET}\r\n"), vec![OTHER, SECRET]),
        (format!("{OTHER},{SECRET}"), vec![OTHER, SECRET]),
        (format!("[\"{OTHER}\",\n \"{SECRET}\"]\n"), vec![OTHER, SECRET]),
    ] {
        let file = directory.file("system", &content);
        let own = config(read(&format!("secrets: {{system_file: {}}}", file.display()), &[]));
        assert_eq!(system(&own), expected, "{content:?}");
    }
    let token = directory.file("token", format!(" {SECRET} \n"));
    let own = config(read(&format!("symbolon: {{admin: {{token_file: {}}}}}", token.display()), &[]));
    assert_eq!(own.symbolon.admin.token.unwrap().expose(), &format!(" {SECRET} "), "blanks belong to a secret");
    let hook = r#"{"url": "https://h.example", "auth": {"type": "api_key", "config": {"in": "header", "name": "X-Key",
        "value": "k"}}}"#;
    let hook = directory.file("hook", hook);
    let own = config(read(&format!("oauth2: {{token_hook_file: {}}}", hook.display()), &[]));
    assert_eq!(own.oauth2.token_hook.unwrap().key.unwrap().name, "X-Key");
}

#[test]
fn what_cannot_be_the_secret_is_refused_and_not_shown() {
    let directory = Directory::new();
    let large = "x".repeat(64 * 1024 + 1);
    for (name, content, reason) in [
        ("empty", &b""[..], "is empty"),
        ("line", b"\n", "is empty"),
        ("blank", b"  \n", "is empty"),
        ("binary", b"\xff\xfehunter2hunter2hunter2", "is not text in UTF-8"),
        ("zero", b"hunter2\0hunter2hunter2", "control characters"),
        ("large", large.as_bytes(), "is larger than 64 KiB"),
        ("short", b"hunter2", "another text, expected a"),
    ] {
        let file = directory.file(name, content);
        for (key, text) in [
            ("secrets.system", format!("secrets: {{system_file: {}}}", file.display())),
            ("symbolon.admin.token", format!("symbolon: {{admin: {{token_file: {}}}}}", file.display())),
        ] {
            let told = faults(&read(&text, &[]));
            assert_eq!(told.len(), 1, "{told:?}");
            for part in [key, reason, file.to_str().unwrap()] {
                assert!(told[0].contains(part), "{part}: {told:?}");
            }
            assert!(!told[0].contains("hunter2"), "{told:?}");
        }
    }
    let lines = directory.file("lines", format!("{SECRET}\n{SECRET}\n"));
    let told = faults(&read(&format!("symbolon: {{admin: {{token_file: {}}}}}", lines.display()), &[]));
    assert!(told[0].contains("has several lines"), "{told:?}");
    for (path, reason) in [(directory.path().to_owned(), "is no file"), ("/no/such/file".into(), "cannot be read")] {
        let told = faults(&read(&format!("dsn_file: {}", path.display()), &[]));
        assert!(told.len() == 1 && told[0].contains(reason) && told[0].contains("`dsn`"), "{told:?}");
    }
    // Whoever takes the key for that of the value does not find the value in the log.
    for text in ["dsn_file: hunter2", "secrets: {system_file: [hunter2hunter2hunter2]}", "dsn_file: 5"] {
        let told = faults(&read(text, &[]));
        assert!(told.len() == 1 && !told[0].contains("hunter2"), "{told:?}");
    }
    let missing = faults(&read("", &[("CREDENTIALS_DIRECTORY", "/no/such/directory")]));
    assert!(missing.len() == 1 && missing[0].contains("/no/such/directory"), "{missing:?}");
}

#[test]
fn a_secret_is_set_in_one_way() {
    let directory = Directory::new();
    let file = directory.file("secrets.system", SECRET);
    let (by_file, by_key) = (format!("system_file: {}", file.display()), format!("system: [{OTHER}]"));
    let both = format!("secrets:\n  {by_file}\n  {by_key}\n");
    let told = faults(&read(&both, &[]));
    assert!(
        told.len() == 1 && told[0].contains("`secrets.system` is set, and so is `secrets.system_file`"),
        "{told:?}"
    );
    for (text, environment) in [
        (format!("secrets: {{{by_file}}}"), vec![("SECRETS_SYSTEM", OTHER)]),
        (format!("secrets: {{{by_key}}}"), vec![("SECRETS_SYSTEM_FILE", file.to_str().unwrap())]),
        (format!("secrets: {{{by_key}}}"), directory.credentials().to_vec()),
        (format!("secrets: {{{by_file}}}"), directory.credentials().to_vec()),
    ] {
        let reading = read(&text, &environment);
        let told = faults(&reading);
        assert!(told.len() == 1 && told[0].contains("keep one of them"), "{text}: {told:?}");
        assert!(!told[0].contains(OTHER) && reading.place_of(&reading.faults()[0]).is_some(), "{told:?}");
    }
}

#[test]
fn credentials_for_other_purposes_are_passed_over_and_keys_without_secrets_refused() {
    let directory = Directory::new();
    directory.file("tls.key", "whatever");
    directory.file("version", "2");
    directory.file("secrets.system", SECRET);
    let told = faults(&read("", &directory.credentials()));
    assert!(told.len() == 1 && told[0].starts_with("`version` is the name of a systemd credential"), "{told:?}");
    std::fs::remove_file(directory.path().join("version")).unwrap();
    assert_eq!(system(&config(read("", &directory.credentials()))), [SECRET]);
    assert_eq!(faults(&read("", &[("CREDENTIALS_DIRECTORY", "")])), [] as [&str; 0], "an empty one is none");
}

#[test]
fn others_do_not_write_to_a_secret_and_are_named_where_they_can_read_it() {
    let directory = Directory::new();
    let file = directory.file("system", SECRET);
    let text = format!("secrets: {{system_file: {}}}", file.display());
    for (mode, refused, warned) in
        [(0o600, false, false), (0o640, false, false), (0o644, false, true), (0o606, true, false), (0o666, true, false)]
    {
        directory.permit("system", mode);
        let reading = read(&text, &[]);
        let told = faults(&reading);
        assert_eq!(told.iter().any(|line| line.contains("written by every user")), refused, "{mode:o}: {told:?}");
        assert_eq!(told.is_empty(), !refused, "{mode:o}: {told:?}");
        let warnings = reading.config().map(Config::warnings).unwrap_or_default();
        let named = warnings.iter().any(|warning| warning.key == "secrets.system" && warning.message.contains("chmod"));
        assert_eq!(named, warned, "{mode:o}: {warnings:?}");
    }
}
