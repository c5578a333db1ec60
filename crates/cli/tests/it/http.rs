//! HTTP as it comes over the wire: what no library would send, what comes too slowly, and what the log says of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::configuration::write_good;
use crate::process::{Running, free_ports, text};

/// A server with the built-in pages.
struct Server {
    running: Running,
    public: u16,
    admin: u16,
    _place: tempfile::TempDir,
}

/// An answer as it came.
struct Answer {
    status: u16,
    text: String,
}

impl Server {
    fn start(settings: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let [public, admin] = free_ports();
        let file = write_good(place.path(), public, admin);
        let mut arguments = vec!["serve", "-c", text(&file), "--set", "symbolon.keys.signing_algorithm=ES256"];
        for setting in settings {
            arguments.extend(["--set", setting]);
        }
        let mut running = Running::start(&arguments);
        running.wait_for_port(public);
        running.wait_for_port(admin);
        Self { running, public, admin, _place: place }
    }

    /// Sends these bytes and nothing else; reads until the server ends the connection.
    fn send(port: u16, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let text = String::from_utf8(answer).unwrap();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        Answer { status: status.unwrap_or_else(|| panic!("no answer: {text:?}")), text }
    }

    fn public(&self, message: &str) -> Answer {
        Self::send(self.public, message.as_bytes())
    }

    /// What it logged from its start to its end.
    fn log(self) -> Vec<String> {
        let (code, lines) = self.running.terminate();
        assert_eq!(code, Some(0));
        lines
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.text.split("\r\n\r\n").next().unwrap().lines().skip(1);
        let mut fields = lines.filter_map(|line| line.split_once(": "));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn request_id(&self) -> &str {
        self.header("x-request-id").unwrap_or_else(|| panic!("an answer without a name: {}", self.text))
    }
}

/// The one line of the log that names this request.
fn line_of<'l>(log: &'l [String], answer: &Answer) -> &'l str {
    let id = answer.request_id();
    let lines: Vec<&String> = log.iter().filter(|line| line.contains(&format!("{id}\""))).collect();
    assert_eq!(lines.len(), 1, "{id}: {log:#?}");
    lines[0]
}

#[test]
fn messages_that_are_not_clear_are_refused() {
    let server = Server::start(&[]);
    let close = "Connection: close\r\n\r\n";
    let host = "Host: 127.0.0.1\r\n";
    let get = "GET /health/alive HTTP/1.1\r\n";
    let post = "POST /oauth2/token HTTP/1.1\r\nContent-Length: 0\r\n";
    for message in [
        format!("{get}{close}"),
        format!("{get}{host}{host}{close}"),
        format!("{get}Host: a, b\r\n{close}"),
        format!("GET http://127.0.0.1/health/alive HTTP/1.1\r\n{close}"),
        format!("{post}{host}Authorization: Basic YTpi\r\nAuthorization: Basic YTpi\r\n{close}"),
        format!("{post}{host}Authorization: Basic YTpi\r\nAuthorization: Bearer c\r\n{close}"),
        format!("{post}{host}Content-Type: a/b\r\ncontent-type: c/d\r\n{close}"),
    ] {
        let answer = server.public(&message);
        assert_eq!(answer.status, 400, "{message}");
        assert!(answer.text.contains("\"error\":\"invalid_request\""), "{message}: {}", answer.text);
        answer.request_id();
    }
    for message in [
        format!("{get}{host}{close}"),
        format!("GET http://127.0.0.1/health/alive HTTP/1.1\r\n{host}{close}"),
        "GET /health/alive HTTP/1.0\r\n\r\n".to_owned(),
        format!("OPTIONS * HTTP/1.1\r\n{host}{close}"),
        format!(
            "GET /health/alive/ HTTP/1.1\r\n{host}Cookie: a=b\r\nCookie: c=d\r\nAccept: */*\r\nAccept: a/b\r\n{close}"
        ),
    ] {
        assert_eq!(server.public(&message).status, 200, "{message}");
    }
    // The library below answers these itself.
    for message in [format!("GET / x HTTP/1.1\r\n{host}{close}"), format!("GET /\u{1b} HTTP/1.1\r\n{host}{close}")] {
        assert_eq!(server.public(&message).status, 400, "{message:?}");
    }
    let connect = server.public(&format!("CONNECT 127.0.0.1:80 HTTP/1.1\r\n{host}{close}"));
    assert_eq!(connect.status, 404, "{}", connect.text);
}

#[test]
fn bodies_that_are_too_slow_too_large_or_broken_are_answered_and_logged() {
    let server = Server::start(&["log.level=info"]);
    let (public, admin) = (server.public, server.admin);
    let head = |target: &str| format!("POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    let cases = [
        (public, format!("{}Content-Length: 10\r\n\r\ngrant", head("/oauth2/token")), 408),
        (admin, format!("{}Transfer-Encoding: chunked\r\n\r\n5\r\ngrant\r\n", head("/admin/clients")), 408),
        (public, format!("{}Content-Length: 1048577\r\n\r\n", head("/oauth2/token")), 413),
        (public, format!("{}Transfer-Encoding: chunked\r\n\r\nnot-a-length\r\n", head("/oauth2/register")), 400),
    ];
    // All at once: the slow ones take their twenty seconds.
    let threads = cases
        .map(|(port, message, status)| std::thread::spawn(move || (Server::send(port, message.as_bytes()), status)));
    let answers = threads.map(|thread| thread.join().unwrap());
    let log = server.log();
    for (answer, status) in answers {
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("connection"), Some("close"), "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{}", answer.text);
        assert!(answer.text.contains("\"error\":\"invalid_request\""), "{}", answer.text);
        let line = line_of(&log, &answer);
        assert!(line.contains("request refused") && line.contains("path="), "{line}");
    }
}

/// Text that would begin a line and colour a terminal, percent-encoded.
const ODD: &str = "x%0d%0aFORGED%1b%5b31m%c2%9b%e2%80%ae%ff%00%20forged=1%22%20forged=1%7d%20forged=1";
/// The same as JSON has it.
const ODD_JSON: &str = "x\\r\\nFORGED\\u001b[31m\\u009b\\u202e forged=1\\\" forged=1} forged=1";
/// The same, as far as a header field can hold it.
const ODD_FIELD: &[u8] = b"x\xc2\x9b31m\xe2\x80\xae\xff\x80 forged=1\" forged=1} forged=1\t[31m";
const HOST: &str = "Host: 127.0.0.1\r\nConnection: close\r\n";

/// Requests without a body that carry it in method, path and query.
fn odd_addresses() -> Vec<String> {
    let names = ["client_id", "redirect_uri", "state", "scope", "response_type", "prompt", "access_token", ODD];
    let challenges = ["login_challenge", "consent_challenge", "logout_challenge", "device_challenge"];
    let query = |names: &[&str]| names.iter().map(|name| format!("{name}={ODD}")).collect::<Vec<_>>().join("&");
    let (pairs, challenges) = (query(&names), query(&challenges));
    let mut targets: Vec<String> = names.iter().map(|name| format!("/oauth2/auth?{name}={ODD}")).collect();
    for path in ["/no/such/path", "/oauth2/auth", "/oauth2/register/x", "/admin/clients", "/assets/x/y"] {
        targets.push(format!("{path}/{ODD}"));
        targets.push(format!("{path}/\u{9b}31m\u{202e}?{ODD}"));
    }
    for path in ["/oauth2/auth", "/oauth2/sessions/logout", "/oauth2/fallbacks/error", "/userinfo"] {
        targets.push(format!("{path}?{pairs}"));
    }
    for path in ["login", "consent", "logout", "device"] {
        targets.push(format!("/oauth2/fallbacks/{path}?{challenges}"));
        targets.push(format!("/admin/oauth2/auth/requests/{path}?{challenges}"));
    }
    targets.push(format!("/oauth2/device/verify?{challenges}"));
    let methods = ["X\u{1b}Y /", "FORGED /"].map(str::to_owned);
    let lines = targets.into_iter().map(|target| format!("GET {target}")).chain(methods);
    lines.map(|line| format!("{line} HTTP/1.1\r\n{HOST}\r\n")).collect()
}

/// Requests that carry it in a form or in JSON.
fn odd_bodies() -> Vec<String> {
    let post = |path: &str, kind: &str, body: &str| {
        format!("POST {path} HTTP/1.1\r\n{HOST}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let mut messages = Vec::new();
    for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/device/auth", "/admin/oauth2/introspect"] {
        let form = format!("grant_type={ODD}&token={ODD}&client_id={ODD}&scope={ODD}&{ODD}={ODD}");
        messages.push(post(path, "application/x-www-form-urlencoded", &form));
    }
    let login = format!("login_challenge=x&username={ODD}&password={ODD}&action={ODD}");
    messages.push(post("/oauth2/fallbacks/login", "application/x-www-form-urlencoded", &login));
    let members =
        ["client_id", "client_uri", "redirect_uris", "grant_types", "scope", "jwks_uri", "username", ODD_JSON];
    for path in ["/oauth2/register", "/admin/clients", "/admin/accounts", "/credentials"] {
        for member in members {
            messages.push(post(path, "application/json", &format!("{{\"{member}\":\"{ODD_JSON}\"}}")));
            messages.push(post(path, "application/json", &format!("{{\"{member}\":[\"{ODD_JSON}\"]}}")));
        }
    }
    messages
}

/// Requests that carry it in a header field.
fn odd_fields() -> Vec<Vec<u8>> {
    let names = [
        "Accept-Language",
        "Authorization",
        "Cookie",
        "Content-Type",
        "Forwarded",
        "Host",
        "Origin",
        "Referer",
        "Sec-Fetch-Site",
        "User-Agent",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Request-Id",
    ];
    let message = |(name, target): (&str, &str)| {
        let host = if name == "Host" { "" } else { "Host: 127.0.0.1\r\n" };
        let head = format!("GET {target} HTTP/1.1\r\n{host}Connection: close\r\n{name}: ");
        [head.as_bytes(), ODD_FIELD, b"\r\n\r\n"].concat()
    };
    let targets = ["/no/such/path", "/userinfo", "/oauth2/auth?client_id=x", "/admin/clients"];
    names.iter().flat_map(|name| targets.map(|target| message((name, target)))).collect()
}

/// A line of text without what stands in quotes.
fn without_quoted(line: &str) -> String {
    let (mut kept, mut quoted, mut characters) = (String::new(), false, line.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' if quoted => drop(characters.next()),
            '"' => quoted = !quoted,
            other if !quoted => kept.push(other),
            _ => {}
        }
    }
    assert!(!quoted, "a quote without an end: {line}");
    kept
}

#[test]
fn nobody_writes_lines_of_the_log_from_outside() {
    let texts = [odd_addresses(), odd_bodies()].concat();
    let messages = [texts.into_iter().map(String::into_bytes).collect(), odd_fields()].concat();
    for form in ["text", "json"] {
        let format = format!("log.format={form}");
        let server = Server::start(&["log.level=debug", &format, "oidc.dynamic_client_registration.enabled=true"]);
        for message in &messages {
            for port in [server.public, server.admin] {
                let status = Server::send(port, message).status;
                assert!((200..500).contains(&status), "{status} {:?}", String::from_utf8_lossy(message));
            }
        }
        let log = server.log();
        assert!(log.len() > messages.len(), "{log:#?}");
        for line in &log {
            assert!(line.chars().all(|character| matches!(character, ' '..='~')), "{form}: {line:?}");
            let begins = if form == "json" { "{\"timestamp\":\"" } else { "20" };
            assert!(line.starts_with(begins), "{form}: {line:?}");
            if form == "json" {
                let event: serde_json::Value = serde_json::from_str(line).unwrap();
                assert!(event.get("forged").is_none(), "{line}");
            } else {
                assert!(!without_quoted(line).contains(" forged=1"), "{line}");
            }
        }
    }
}

#[test]
fn a_proxy_that_is_not_trusted_is_named_once() {
    let forwarded = "Host: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n";
    for (settings, expected) in [
        (&[][..], 1),
        (&["symbolon.trusted_proxies=10.0.0.0/8"], 1),
        (&["symbolon.trusted_proxies=127.0.0.0/8"], 0),
        (&["urls.login=http://127.0.0.1:3000/login"], 0),
    ] {
        let server = Server::start(settings);
        for _ in 0..3 {
            Server::send(server.admin, format!("GET /health/alive HTTP/1.1\r\n{forwarded}").as_bytes());
        }
        for path in ["/health/alive", "/", "/no/such/path"] {
            server.public(&format!("GET {path} HTTP/1.1\r\n{forwarded}"));
        }
        let log = server.log();
        let warnings: Vec<_> = log.iter().filter(|line| line.contains("symbolon.trusted_proxies")).collect();
        assert_eq!(warnings.len(), expected, "{settings:?}: {log:#?}");
        assert!(warnings.iter().all(|line| line.contains("WARN") && line.contains("127.0.0.1")), "{warnings:#?}");
    }
}
