//! The quickstart from the first start to the ID token, and on to the next start.

use std::net::TcpListener;
use std::path::Path;

use symbolon_client::{AdminClient, AuthorizationRequest, Callback, Client, TokenSet};

use crate::browser::Browser;
use crate::process::{Running, free_ports, run, text};

/// A running quickstart.
pub(crate) struct Quickstart {
    process: Running,
    ports: [u16; 3],
    password: String,
}

impl Quickstart {
    pub(crate) fn start(directory: &Path, ports: [u16; 3], flags: &[&str]) -> Self {
        let numbers = ports.map(|port| port.to_string());
        let [public, admin, application] = numbers.each_ref().map(String::as_str);
        let arguments = ["quickstart", "--data-dir", text(directory), "--public-port", public];
        let more = ["--admin-port", admin, "--app-port", application];
        let mut process = Running::start(&[&arguments[..], &more, flags].concat());
        let password = process.wait_for("Password").split_whitespace().last().unwrap().to_owned();
        process.wait_for("Stop with Ctrl-C");
        Self { process, ports, password }
    }

    pub(crate) fn application(&self) -> String {
        format!("http://127.0.0.1:{}/", self.ports[2])
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }

    pub(crate) fn admin(&self) -> AdminClient {
        AdminClient::builder(&format!("http://127.0.0.1:{}", self.ports[1])).without_proxy().build().unwrap()
    }

    /// Fills in the login page, ticking "remember".
    pub(crate) fn log_in(&self, browser: &mut Browser) {
        let form = browser.form("name=\"password\"");
        let fields =
            [("username", "demo"), ("password", self.password.as_str()), ("remember", "1"), ("action", "accept")];
        browser.submit(form, &fields);
    }
}

/// Says yes to everything on the consent page.
pub(crate) fn allow(browser: &mut Browser) {
    let form = browser.form("name=\"consent_challenge\"");
    browser.submit(form, &[("remember", "1"), ("action", "accept")]);
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A code flow of the test's own, with the demonstration client and a browser. Gives the pages that asked something, too.
fn tokens(quickstart: &Quickstart, browser: &mut Browser) -> (Client, TokenSet, Vec<&'static str>) {
    let client = Client::builder(&quickstart.issuer(), "demo")
        .redirect_uri(format!("{}callback", quickstart.application()))
        .without_proxy()
        .build()
        .unwrap();
    let request = AuthorizationRequest::new("openid offline_access profile email");
    let (url, pending) = wait(client.authorization_url(&request)).unwrap();
    browser.visit(url.as_str());
    let mut asked = Vec::new();
    if browser.has("login-form") {
        asked.push("login");
        quickstart.log_in(browser);
    }
    if browser.has("consent-form") {
        asked.push("consent");
        allow(browser);
    }
    // The application does not know this sign-in, but the address has the code.
    let callback = Callback::parse(browser.url.query().unwrap());
    let tokens = wait(client.redeem(&pending, &callback)).unwrap();
    (client, tokens, asked)
}

#[test]
fn a_person_reaches_an_id_token_and_tries_the_buttons() {
    let place = tempfile::tempdir().unwrap();
    let quickstart = Quickstart::start(&place.path().join("data"), free_ports(), &[]);
    let mut browser = Browser::open(&quickstart.application());
    browser.click("sign-in");
    assert!(browser.has("login-form"), "{}", browser.text());
    quickstart.log_in(&mut browser);
    assert!(browser.has("consent-form"), "{}", browser.text());
    allow(&mut browser);

    assert_eq!(browser.url.as_str(), quickstart.application(), "the code is gone from the address");
    let claims = browser.table("claims");
    assert_eq!(claims["iss"], quickstart.issuer());
    assert!(claims["aud"].contains("demo") && claims.contains_key("nonce"), "{claims:?}");
    let profile = browser.table("userinfo");
    assert_eq!((&profile["sub"], profile["email"].as_str()), (&claims["sub"], "demo@example.com"));

    browser.submit(browser.form("id=\"introspect\""), &[]);
    assert_eq!(browser.table("introspection")["active"], "true");
    browser.submit(browser.form("id=\"refresh\""), &[]);
    assert!(browser.text().contains("Refreshes so far: 1"), "{}", browser.text());
    browser.submit(browser.form("id=\"introspect\""), &[]);
    assert_eq!(browser.table("introspection")["active"], "true");
    browser.submit(browser.form("id=\"revoke\""), &[]);
    browser.submit(browser.form("id=\"introspect\""), &[]);
    assert_eq!(browser.table("introspection")["active"], "false");
    browser.submit(browser.form("id=\"refresh\""), &[]);
    assert!(browser.text().contains("invalid_grant"), "{}", browser.text());

    browser.click("start-over");
    assert!(browser.has("login-form"), "the password is asked for again: {}", browser.text());
    quickstart.log_in(&mut browser);
    if browser.has("consent-form") {
        allow(&mut browser);
    }
    assert!(browser.table("claims").contains_key("sub"));
    let (code, lines) = quickstart.process.terminate();
    assert_eq!(code, Some(0), "{lines:?}");
}

#[test]
fn refusal_and_wrong_password_are_told_kindly() {
    let place = tempfile::tempdir().unwrap();
    let quickstart = Quickstart::start(place.path(), free_ports(), &[]);
    let mut browser = Browser::open(&quickstart.application());
    browser.click("sign-in");
    let fields = [("username", "demo"), ("password", "wrong"), ("action", "accept")];
    browser.submit(browser.form("name=\"password\""), &fields);
    assert!(browser.has("login-form") && browser.has("error"), "{}", browser.text());
    quickstart.log_in(&mut browser);
    browser.submit(browser.form("name=\"consent_challenge\""), &[("action", "reject")]);
    assert!(browser.has("problem") && browser.text().contains("access_denied"), "{}", browser.text());
    assert!(browser.has("start-over"));
}

#[test]
fn second_start_keeps_sessions_and_tokens() {
    let place = tempfile::tempdir().unwrap();
    let ports = free_ports();
    let first = Quickstart::start(place.path(), ports, &[]);
    let mut browser = Browser::open(&first.application());
    let (_, before, asked) = tokens(&first, &mut browser);
    assert_eq!(asked, ["login", "consent"]);
    let password = first.password.clone();
    assert_eq!(first.process.terminate().0, Some(0));

    let second = Quickstart::start(place.path(), ports, &[]);
    assert_eq!(second.password, password);
    let introspection = wait(second.admin().introspect(before.access_token.as_str(), None)).unwrap();
    assert!(introspection.active);
    let (client, again, asked) = tokens(&second, &mut browser);
    assert!(asked.is_empty(), "browser and consent are remembered: {asked:?}");
    let same_user = |tokens: &TokenSet| tokens.id_token.as_ref().unwrap().claims.subject.clone();
    assert_eq!(same_user(&again), same_user(&before));
    let refreshed = wait(client.refresh(&before)).unwrap();
    assert!(wait(client.user_info(&refreshed)).unwrap().all.contains_key("email"));
}

#[test]
fn reset_begins_anew_and_ports_may_change() {
    let place = tempfile::tempdir().unwrap();
    let first = Quickstart::start(place.path(), free_ports(), &[]);
    let mut browser = Browser::open(&first.application());
    let (_, old, _) = tokens(&first, &mut browser);
    let password = first.password.clone();
    first.process.terminate();

    // Other ports, same data: the client learns the new address of the application.
    let moved = Quickstart::start(place.path(), free_ports(), &[]);
    let mut browser = Browser::open(&moved.application());
    tokens(&moved, &mut browser);
    moved.process.terminate();

    let fresh = Quickstart::start(place.path(), free_ports(), &["--reset"]);
    assert_ne!(fresh.password, password);
    assert!(!wait(fresh.admin().introspect(old.access_token.as_str(), None)).unwrap().active);
}

#[test]
fn busy_ports_and_a_second_start_are_told() {
    let place = tempfile::tempdir().unwrap();
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = held.local_addr().unwrap().port();
    let [one, two] = free_ports::<2>();
    let numbered = |port: u16| port.to_string();
    for (flag, public, admin, application) in
        [("--public-port", busy, one, two), ("--admin-port", one, busy, two), ("--app-port", one, two, busy)]
    {
        let [public, admin, application] = [public, admin, application].map(numbered);
        let arguments = ["quickstart", "--data-dir", text(place.path()), "--public-port", &public];
        let finished = run(&[&arguments[..], &["--admin-port", &admin, "--app-port", &application]].concat());
        let line = finished.failure();
        assert!(line.contains(&numbered(busy)) && line.contains(flag), "{line}");
    }
    let shared = ["--public-port", &numbered(one), "--admin-port", &numbered(one)];
    let finished = run(&[&["quickstart", "--data-dir", text(place.path())], &shared[..]].concat());
    assert!(finished.failure().contains("--admin-port"), "{finished:?}");

    let running = Quickstart::start(place.path(), free_ports(), &[]);
    let finished = run(&["quickstart", "--data-dir", text(place.path()), "--reset"]);
    let line = finished.failure();
    assert!(line.contains("running already") && line.contains("--data-dir"), "{line}");
    drop(running);
}

#[test]
fn the_same_file_serves_as_well() {
    let place = tempfile::tempdir().unwrap();
    let ports = free_ports::<3>();
    let first = Quickstart::start(place.path(), ports, &[]);
    first.process.terminate();
    let file = place.path().join("symbolon.yaml");
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(ports[1]);
    let admin = AdminClient::builder(&format!("http://127.0.0.1:{}", ports[1])).without_proxy().build().unwrap();
    assert_eq!(wait(admin.get_client("demo")).unwrap().client_name, "Demo application");
    assert_eq!(server.terminate().0, Some(0));
}
