//! A server that cannot start says why, and what to change, in one line.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::process::{Finished, Running, free_ports, run, symbolon, text};

/// A configuration with which a server starts.
fn good(directory: &Path, public: u16, admin: u16) -> String {
    format!(
        "dsn: sqlite://{}/server.sqlite
dev: true
urls: {{self: {{issuer: http://127.0.0.1:{public}}}}}
serve: {{public: {{host: 127.0.0.1, port: {public}}}, admin: {{host: 127.0.0.1, port: {admin}}}}}
secrets: {{system: [a-secret-for-tests-only-1234]}}
",
        directory.display()
    )
}

pub(crate) fn write_good(directory: &Path, public: u16, admin: u16) -> PathBuf {
    let file = directory.join("symbolon.yaml");
    std::fs::write(&file, good(directory, public, admin)).unwrap();
    file
}

#[test]
fn each_mistake_has_its_line() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("bad.yaml");
    let https = "urls: {self: {issuer: https://as.example}}\ndsn: memory\n";
    let cases: [(&str, &[&str], &[&str]); 10] = [
        ("urls: {self: {isuer: x}}", &[], &["urls.self.isuer", "did you mean", "urls.self.issuer", "bad.yaml"]),
        ("dev: perhaps", &[], &["dev", "bad.yaml"]),
        ("serve: {public: {port: many}}", &["--dev"], &["serve.public.port", "bad.yaml"]),
        ("dev: [", &[], &["bad.yaml"]),
        ("dev: true\ndev: false", &[], &["bad.yaml", "dev"]),
        ("urls: {self: {issuer: http://as.example}}", &[], &["urls.self.issuer", "https"]),
        (https, &["--set", "dsn=sqlite:///x"], &["secrets.system"]),
        ("serve: {tls: {enabled: true}}", &["--dev"], &["serve.public.tls.cert.path", "is not set", "serve.tls"]),
        ("", &["--dev", "--set", "serve.pubic.port=1"], &["serve.pubic.port", "did you mean", "command line"]),
        ("", &["--dev", "--dsn", "oracle://u:hunter2@h/d"], &["dsn"]),
    ];
    for (yaml, flags, parts) in cases {
        std::fs::write(&file, yaml).unwrap();
        let finished = run(&[&["serve", "-c", text(&file)], flags].concat());
        let line = finished.failure();
        for part in parts {
            assert!(line.contains(part), "'{part}' is missing for {yaml:?} {flags:?}: {line}");
        }
        assert!(!line.contains("hunter2"), "{line}");
    }
}

/// What a key store was asked for would be missing without a word, so the server does not start.
#[test]
fn what_would_be_less_safe_stops_the_start() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("hydra.yml");
    let cases = [("hsm.enabled", "true", "hardware security module")];
    let dev = ["serve", "--dev", "--public-port", "0", "--admin-port", "0"];
    for (key, value, reason) in cases {
        let yaml = key.rsplit('.').fold(value.to_owned(), |inner, name| format!("{{{name}: {inner}}}"));
        std::fs::write(&file, &yaml).unwrap();
        let setting = format!("{key}={value}");
        let variable = key.to_uppercase().replace('.', "_");
        let from_file = run(&[&dev[..], &["-c", text(&file)]].concat());
        let from_flag = run(&[&dev[..], &["--set", &setting]].concat());
        let from_environment = Finished::from(symbolon(&dev).env(&variable, value).output().unwrap());
        for (finished, named) in
            [(from_file, "hydra.yml"), (from_flag, "command line"), (from_environment, variable.as_str())]
        {
            let line = finished.failure();
            for part in [key, reason, named] {
                assert!(line.contains(part), "'{part}' is missing: {line}");
            }
        }
    }
}

#[test]
fn settings_without_effect_are_named_at_start() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_good(place.path(), public, admin);
    let hydra = place.path().join("hydra.yml");
    let yaml = "profiling: cpu
oauth2: {hashers: {bcrypt: {cost: 12}}}
symbolon: {ui: {texts: {no_such_sentence: x}}}
";
    std::fs::write(&hydra, yaml).unwrap();
    let mut server = Running::start(&["serve", "-c", text(&file), "-c", text(&hydra), "--set", "log.level=warn"]);
    server.wait_for_port(public);
    let (code, lines) = server.terminate();
    assert_eq!(code, Some(0));
    let keys = ["profiling", "oauth2.hashers.bcrypt.cost", "no_such_sentence"];
    for key in keys {
        let named = lines.iter().filter(|line| line.contains("WARN") && line.contains(&format!("\"{key}\""))).count();
        assert_eq!(named, 1, "{key}: {lines:#?}");
    }
    assert_eq!(lines.len(), keys.len(), "{lines:#?}");
}

#[test]
fn missing_file_is_named() {
    let line = run(&["serve", "-c", "/no/such/symbolon.yaml"]).failure().to_owned();
    assert!(line.contains("/no/such/symbolon.yaml"), "{line}");
}

#[test]
fn unusable_database_is_named() {
    let place = tempfile::tempdir().unwrap();
    let garbage = place.path().join("garbage.sqlite");
    std::fs::write(&garbage, "this is not a database, however long one looks at it").unwrap();
    let directory = place.path().join("no/such/directory/server.sqlite");
    for path in [garbage.as_path(), place.path(), directory.as_path()] {
        let dsn = format!("sqlite://{}", path.display());
        let flags = ["--public-port", "0", "--admin-port", "0"];
        let finished = run(&[&["serve", "--dev", "--dsn", &dsn], &flags[..]].concat());
        let line = finished.failure();
        assert!(line.contains(text(path)), "{line}");
    }
}

#[test]
fn busy_port_names_the_key() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let arguments =
        ["serve", "--dev", "--set", "serve.public.host=127.0.0.1", "--public-port", &port, "--admin-port", "0"];
    let finished = run(&arguments);
    let line = finished.failure();
    assert!(line.contains(&port) && line.contains("serve.public.port"), "{line}");
}

#[test]
fn second_process_on_the_same_database_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_good(place.path(), public, admin);
    let mut first = Running::start(&["serve", "all", "-c", text(&file)]);
    first.wait_for_port(public);
    let finished = run(&["serve", "-c", text(&file), "--public-port", "0", "--admin-port", "0"]);
    let line = finished.failure();
    assert!(line.contains("server.sqlite"), "{line}");
    let (code, _) = first.terminate();
    assert_eq!(code, Some(0), "an orderly stop is a success");
}

#[test]
fn environment_is_read_and_flags_win() {
    let [public, admin, other] = free_ports();
    let mut command = symbolon(&["serve", "--dev", "--public-port", &public.to_string()]);
    command.env("SERVE_PUBLIC_PORT", other.to_string()).env("SERVE_ADMIN_PORT", admin.to_string());
    command.env("SERVE_PUBLIC_HOST", "127.0.0.1").env("DSN", "memory");
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let connects = |port: u16| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !(connects(public) && connects(admin)) {
        assert!(std::time::Instant::now() < deadline);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(!connects(other));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_log_says_where_the_server_listens_and_that_it_stopped() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_good(place.path(), public, admin);
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    let line = server.wait_for("listening");
    for address in [format!("public=\"127.0.0.1:{public}\""), format!("admin=\"127.0.0.1:{admin}\"")] {
        assert!(line.contains(&address), "{line}");
    }
    assert!(line.contains(&format!("issuer=\"http://127.0.0.1:{public}\"")), "{line}");
    server.wait_for_port(public);
    let (code, lines) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(lines.last().is_some_and(|line| line.contains("stopped")), "{lines:#?}");
}

#[test]
fn second_signal_ends_at_once() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_good(place.path(), public, admin);
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(public);
    // A request without an end keeps an orderly stop waiting.
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", public)).unwrap();
    std::io::Write::write_all(&mut stream, b"POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n")
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    // Signals that come too close together count as one, so a busy machine may need a few.
    let start = std::time::Instant::now();
    while !server.has_ended() {
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "it waits for the request");
        server.signal();
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    assert_eq!(server.terminate().0, Some(130));
}
