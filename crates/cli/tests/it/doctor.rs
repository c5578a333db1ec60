//! `symbolon doctor` finds what was planted: in the configuration, the database, certificates, clocks, in a real proxy before
//! a real server, and behind it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;

use crate::postgres::{fresh_database, write_shared};
use crate::process::{Running, free_ports, run, text};

/// Whose address an honest proxy names.
const BROWSER: &str = "198.51.100.7";

type Edit = Box<dyn Fn(&str) -> String + Send>;

/// What a proxy does.
struct Conduct {
    /// The port to which a request goes.
    leads_to: Box<dyn Fn(&str) -> u16 + Send>,
    /// What becomes of the head of a request.
    request: Edit,
    /// What becomes of the head of an answer.
    answer: Edit,
}

impl Conduct {
    /// As a proxy should be.
    fn honest(upstream: u16) -> Self {
        Self { leads_to: Box::new(move |_| upstream), request: Box::new(honest), answer: Box::new(str::to_owned) }
    }
}

/// Puts the address of the browser in the place of what the request says.
fn honest(head: &str) -> String {
    format!("{}\r\nx-forwarded-for: {BROWSER}", without(head, "x-forwarded-for"))
}

fn without(head: &str, name: &str) -> String {
    let is_other = |line: &&str| !line.to_ascii_lowercase().starts_with(&format!("{name}:"));
    head.split("\r\n").filter(is_other).collect::<Vec<_>>().join("\r\n")
}

/// A real proxy, whose conduct can be changed.
struct Proxy {
    port: u16,
    conduct: Arc<Mutex<Conduct>>,
}

impl Proxy {
    fn start(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let conduct = Arc::new(Mutex::new(conduct));
        let own = Arc::clone(&conduct);
        std::thread::spawn(move || {
            for browser in listener.incoming() {
                // A browser that goes away is nothing to a proxy.
                let _ = carry(browser.unwrap(), &own.lock().unwrap());
            }
        });
        Self { port, conduct }
    }

    fn behaves(&self, conduct: Conduct) {
        *self.conduct.lock().unwrap() = conduct;
    }
}

/// One request and its answer.
fn carry(mut browser: TcpStream, conduct: &Conduct) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match browser.read(&mut piece)? {
            0 => return Ok(()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
    let head = String::from_utf8(bytes).unwrap();
    let head = without(head.trim_end(), "connection");
    let mut server = TcpStream::connect(("127.0.0.1", (conduct.leads_to)(&head)))?;
    write!(server, "{}\r\nconnection: close\r\n\r\n", (conduct.request)(&head))?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    browser.write_all((conduct.answer)(&head).as_bytes())?;
    browser.write_all(&answer[end..])
}

/// A configuration for development whose issuer is at this port.
fn write(place: &Path, issuer: u16, [public, admin]: [u16; 2], more: &str) -> PathBuf {
    let file = place.join("symbolon.yaml");
    let yaml = format!(
        "dsn: sqlite://{}/server.sqlite\ndev: true\nurls: {{self: {{issuer: http://127.0.0.1:{issuer}}}}}\n\
         serve: {{public: {{host: 127.0.0.1, port: {public}}}, admin: {{host: 127.0.0.1, port: {admin}}}}}\n\
         secrets: {{system: [a-secret-for-tests-only-1234]}}\n{more}\n",
        place.display()
    );
    std::fs::write(&file, yaml).unwrap();
    file
}

/// What the command says of a configuration.
struct Told {
    code: Option<i32>,
    report: Value,
}

fn doctor(file: &Path, flags: &[&str]) -> Told {
    let finished = run(&[&["doctor", "-c", text(file), "--format", "json"], flags].concat());
    let report = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
    Told { code: finished.code, report }
}

impl Told {
    /// All that stands at these steps with this outcome.
    fn at(&self, step: &str, outcome: &str) -> String {
        let steps = self.report["steps"].as_array().unwrap().iter();
        let own = steps.filter(|told| told["step"] == step && told["outcome"] == outcome);
        own.map(|told| format!("{} {}", told["detail"], told["remedy"])).collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn fails(&self, step: &str, parts: &[&str]) {
        let told = self.at(step, "failure");
        assert!(parts.iter().all(|part| told.contains(part)), "{step} {parts:?}: {:#}", self.report);
        assert_eq!((self.code, &self.report["passed"]), (Some(1), &Value::Bool(false)));
    }

    #[track_caller]
    fn warns(&self, step: &str, parts: &[&str]) {
        let told = self.at(step, "warning");
        assert!(parts.iter().all(|part| told.contains(part)), "{step} {parts:?}: {:#}", self.report);
    }

    /// Nothing is wrong, and nothing is worth a word beyond what these warnings say.
    #[track_caller]
    fn is_content(&self) {
        let steps = self.report["steps"].as_array().unwrap();
        let bad: Vec<_> = steps.iter().filter(|told| told["outcome"] == "failure").collect();
        assert!(bad.is_empty() && self.code == Some(0), "{:#}", self.report);
    }
}

#[test]
fn a_good_server_passes_behind_an_honest_proxy() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let proxy = Proxy::start(Conduct::honest(public));
    let trusting = "symbolon: {trusted_proxies: [127.0.0.1/32]}";
    let file = write(place.path(), proxy.port, [public, admin], trusting);
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(public);
    let told = doctor(&file, &[]);
    told.is_content();
    for step in [
        "configuration",
        "database",
        "issuer",
        "clock in front",
        "proxy",
        "cookies",
        "admin API from outside",
        "signing keys",
    ] {
        assert!(!told.at(step, "ok").is_empty(), "{step}: {:#}", told.report);
    }
    assert!(told.at("proxy", "ok").contains(BROWSER), "{:#}", told.report);
    let table = run(&["doctor", "-c", text(&file)]);
    assert!(table.success().contains("✓ cookies: "), "{table:?}");

    // One who passes on what strangers say lets them choose their address.
    proxy.behaves(Conduct { request: Box::new(str::to_owned), ..Conduct::honest(public) });
    doctor(&file, &[]).fails("proxy", &["192.0.2.1", "strangers choose their address"]);
    let dropping = |head: &str| without(head, "x-forwarded-for");
    proxy.behaves(Conduct { request: Box::new(dropping), ..Conduct::honest(public) });
    doctor(&file, &[]).warns("proxy", &["takes `X-Forwarded-For` away"]);

    proxy.behaves(Conduct::honest(public));
    let other = ["--set", "secrets.system=another-secret-for-tests"];
    doctor(&file, &other).fails("proxy", &["`secrets.system`", "other system secrets"]);
    assert_eq!(server.terminate().0, Some(0));
}

#[test]
fn what_a_proxy_does_wrong_is_told() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let proxy = Proxy::start(Conduct::honest(public));
    let file = write(place.path(), proxy.port, [public, admin], "");
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(public);
    doctor(&file, &[]).fails("proxy", &[BROWSER, "symbolon.trusted_proxies", "127.0.0.1"]);

    let answering = |answer: Edit| proxy.behaves(Conduct { answer, ..Conduct::honest(public) });
    answering(Box::new(|head| without(head, "set-cookie")));
    doctor(&file, &[]).fails("cookies", &["`Set-Cookie` is taken away"]);
    answering(Box::new(|head| head.replace("; Path=/", "; Path=/sso")));
    doctor(&file, &[]).fails("cookies", &["something changes cookies", "Path=/sso"]);
    let date = |head: &str| format!("{}\r\ndate: Mon, 02 Mar 2026 10:00:00 GMT", without(head, "date"));
    answering(Box::new(date));
    doctor(&file, &[]).fails("clock in front", &["away from this machine's", "time servers"]);
    answering(Box::new(|head| head.replacen("200 OK", "302 Found", 1)));
    doctor(&file, &[]).fails("issuer", &["302", "follow no redirects"]);

    let asking = |request: Edit| proxy.behaves(Conduct { request, ..Conduct::honest(public) });
    asking(Box::new(|head| without(head, "cookie")));
    doctor(&file, &[]).fails("cookies", &["do not reach the server"]);
    asking(Box::new(|head| head.replacen("GET /", "GET /elsewhere/", 1)));
    doctor(&file, &[]).fails("issuer", &["404", "paths as they are"]);

    let astray = move |head: &str| if head.starts_with("GET /admin") { admin } else { public };
    proxy.behaves(Conduct { leads_to: Box::new(astray), ..Conduct::honest(public) });
    doctor(&file, &[]).fails("admin API from outside", &["/admin/clients", "the public port"]);

    let unknown = ["--set", "serve.cookies.domain=example.com"];
    proxy.behaves(Conduct::honest(public));
    doctor(&file, &unknown).fails("cookies", &["serve.cookies.domain", "example.com", "127.0.0.1"]);
    let other = ["--set", &format!("urls.self.issuer=http://localhost:{}", proxy.port)];
    doctor(&file, &other).fails("issuer", &["and not as http://localhost", "Another server"]);
    assert_eq!(server.terminate().0, Some(0));
}

#[test]
fn a_server_that_is_not_there_and_its_neighbours_are_named() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let [login, hook] = free_ports();
    let file = write(place.path(), public, [public, admin], "ttl: {access_tokn: 1h}");
    let told = doctor(&file, &[]);
    told.fails("configuration", &["ttl.access_tokn", "did you mean `ttl.access_token`", "symbolon.yaml:"]);

    let more = format!("oauth2: {{token_hook: http://127.0.0.1:{hook}/hook}}\n");
    let file = write(place.path(), public, [public, admin], &more);
    let told = doctor(&file, &["--set", &format!("urls.login=http://127.0.0.1:{login}/login")]);
    told.fails("issuer", &[&public.to_string(), "does not answer", "the server runs"]);
    told.fails("login pages", &["urls.login", &login.to_string(), "Nobody can log in"]);
    told.fails("outbound calls", &["oauth2.token_hook", &hook.to_string()]);
    told.warns("signing keys", &[&admin.to_string(), "--admin-url"]);

    std::fs::write(place.path().join("server.sqlite"), "no database, however long one looks at it").unwrap();
    doctor(&file, &[]).fails("database", &["server.sqlite"]);
    doctor(&file, &["--set", "dsn=sqlite:///no/such/folder/server.sqlite"])
        .fails("database", &["/no/such/folder", "Create it"]);
    let dsn = format!("dsn=postgres://nobody:hunter2@127.0.0.1:{hook}/x");
    let told = doctor(&file, &["--set", &dsn]);
    told.fails("database", &["`dsn` names it"]);
    assert!(!told.report.to_string().contains("hunter2"), "{:#}", told.report);
}

#[cfg(unix)]
#[test]
fn a_database_that_everybody_may_read_is_worth_a_word() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write(place.path(), public, [public, admin], "");
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(public);
    doctor(&file, &[]).is_content();
    let database = place.path().join("server.sqlite");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = doctor(&file, &[]);
    told.warns("database", &["server.sqlite", "mode 644", "chmod o="]);
    told.is_content();
    assert_eq!(server.terminate().0, Some(0));
}

/// Puts a certificate of these years for this host there, and its key.
fn certify(place: &Path, host: &str, [first, last]: [i32; 2]) {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(first, 1, 1), date_time_ymd(last, 1, 1));
    let key = KeyPair::generate().unwrap();
    std::fs::write(place.join("tls.crt"), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(place.join("tls.key"), key.serialize_pem()).unwrap();
}

#[test]
fn certificates_are_looked_at_from_within_and_from_outside() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write(place.path(), public, [public, admin], "");
    let path = |name: &str| place.path().join(name).display().to_string();
    let issuer = format!("urls.self.issuer=https://localhost:{public}");
    let (certificate, key) = (
        format!("serve.public.tls.cert.path={}", path("tls.crt")),
        format!("serve.public.tls.key.path={}", path("tls.key")),
    );
    let settings = [&issuer, "serve.public.tls.enabled=true", &certificate, &key, "symbolon.listen.public=127.0.0.1:0"];
    let flags: Vec<&str> = settings[..4].iter().flat_map(|setting| ["--set", setting]).collect();
    certify(place.path(), "localhost", [2020, 2024]);
    doctor(&file, &flags).fails("certificates", &["serve.public.tls.cert.path", "expired", "Renew it"]);
    certify(place.path(), "localhost", [2090, 2091]);
    doctor(&file, &flags).fails("certificates", &["is not good before"]);
    certify(place.path(), "id.example", [2020, 2090]);
    doctor(&file, &flags).fails("certificates", &["id.example", "clients call localhost"]);

    certify(place.path(), "localhost", [2020, 2090]);
    let mut server = Running::start(&[&["serve", "-c", text(&file)], &flags[..]].concat());
    server.wait_for_port(public);
    let told = doctor(&file, &flags);
    assert!(!told.at("certificates", "ok").is_empty(), "{:#}", told.report);
    told.fails("issuer", &["is not trusted", "SSL_CERT_FILE"]);
    let finished = crate::process::symbolon(&[&["doctor", "-c", text(&file), "--format", "json"], &flags[..]].concat())
        .env("SSL_CERT_FILE", path("tls.crt"))
        .output()
        .unwrap();
    let told = Told { code: finished.status.code(), report: serde_json::from_slice(&finished.stdout).unwrap() };
    told.is_content();
    assert_eq!(server.terminate().0, Some(0));
}

#[tokio::test]
async fn tables_of_a_newer_version_are_told() {
    let Some(dsn) = fresh_database().await else { return };
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_shared(place.path(), &dsn, [public, admin]);
    run(&["migrate", "sql", "up", &dsn, "--yes"]).success();
    let told = doctor(&file, &[]);
    for step in ["database", "clock of the database"] {
        assert!(!told.at(step, "ok").is_empty(), "{:#}", told.report);
    }
    let (client, connection) = tokio_postgres::connect(&dsn, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("INSERT INTO schema_version (version, applied_at) VALUES (9999, 1)").await.unwrap();
    doctor(&file, &[]).fails("database", &["newer version", "1 steps ahead"]);
}
