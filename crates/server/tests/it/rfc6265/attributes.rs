//! `serve.cookies`, key by key, in what a browser is sent.

use serde_json::json;
use symbolon_server::config::{Config, SameSite};

use crate::fixtures::confidential;
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{Cookie, TestServer};

/// The cookies of a remembered login, and of a device's page.
struct Seen {
    session: Cookie,
    login: Cookie,
    consent: Cookie,
    device: Cookie,
}

impl Seen {
    fn all(&self) -> [&Cookie; 4] {
        [&self.session, &self.login, &self.consent, &self.device]
    }

    fn of_a_flow(&self) -> [&Cookie; 3] {
        [&self.login, &self.consent, &self.device]
    }
}

fn https(config: &mut Config) {
    config.dev = false;
    config.serve.cookies.secure = true;
    "https://login.example".clone_into(&mut config.urls.issuer);
}

/// Logs in to the end, so that the cookies also come back and open.
async fn seen(change: impl FnOnce(&mut Config)) -> Seen {
    let server = TestServer::with(change).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true));
    let started = flow.authorize().await;
    let next = flow.application.accept_login(started.location()).await;
    let logged_in = flow.browser.get(&next).await.expect(302);
    let next = flow.application.accept_consent(logged_in.location()).await;
    let answer = flow.browser.follow(&next).await;
    assert!(answer.location_parameter("code").is_some(), "{}", answer.location());
    let mut device = DeviceFlow::new(&server, &device_client(&server).await);
    let entered = device.browser.get("/oauth2/device/verify").await.expect(302);
    let codes = device.ask().await;
    device.connect(&codes).await;
    device.poll(&codes).await.expect(200);
    let only = |cookies: Vec<Cookie>, part: &str| {
        let mut found = cookies.into_iter().filter(|cookie| cookie.name.contains(part) && !cookie.is_deletion());
        let first = found.next().unwrap_or_else(|| panic!("no cookie {part}"));
        assert!(found.next().is_none(), "two cookies {part}");
        first
    };
    Seen {
        session: only(logged_in.cookies(), "session"),
        login: only(started.cookies(), "login"),
        consent: only(logged_in.cookies(), "consent"),
        device: only(entered.cookies(), "device"),
    }
}

#[tokio::test]
async fn names_are_those_of_the_configuration() {
    for (dev, suffix) in [(true, "_dev"), (false, "")] {
        let seen = seen(|config| {
            if !dev {
                https(config);
            }
            let names = &mut config.serve.cookies.names;
            "my_session".clone_into(&mut names.session);
            "my_login".clone_into(&mut names.login_csrf);
            "my_consent".clone_into(&mut names.consent_csrf);
            "my_device".clone_into(&mut names.device_csrf);
        })
        .await;
        let prefix = if dev { "" } else { "__Host-" };
        assert_eq!(seen.session.name, format!("{prefix}my_session{suffix}"));
        assert_eq!(seen.device.name, format!("{prefix}my_device{suffix}"));
        for (cookie, name) in [(&seen.login, "my_login"), (&seen.consent, "my_consent")] {
            let number = cookie.name.strip_prefix(&format!("{prefix}{name}{suffix}_")).unwrap_or_default();
            assert!(number.parse::<u32>().is_ok(), "{}: one for each flow", cookie.name);
        }
    }
}

#[tokio::test]
async fn the_prefix_stays_away_where_browsers_would_drop_the_cookie() {
    let shared = seen(|config| {
        https(config);
        config.serve.cookies.domain = Some("login.example".to_owned());
    })
    .await;
    for cookie in shared.all() {
        assert!(!cookie.name.starts_with("__"), "{}", cookie.name);
        assert_eq!(cookie.attribute("Domain"), Some("login.example"), "{}", cookie.name);
    }
    let hydra = seen(|config| {
        https(config);
        config.symbolon.compatibility.cookies = true;
    })
    .await;
    assert_eq!(hydra.session.name, "ory_hydra_session");
    let below = seen(|config| {
        https(config);
        "/oauth2".clone_into(&mut config.serve.cookies.session_path);
    })
    .await;
    assert_eq!(below.session.name, "ory_hydra_session");
    assert_eq!(below.session.attribute("Path"), Some("/oauth2"));
    for cookie in below.of_a_flow() {
        assert!(cookie.name.starts_with("__Host-"), "{}", cookie.name);
        assert_eq!(cookie.attribute("Path"), Some("/"), "{}", cookie.name);
    }
}

#[tokio::test]
async fn a_domain_is_named_only_where_it_is_set() {
    for cookie in seen(|_| {}).await.all() {
        assert_eq!(cookie.attribute("Domain"), None, "{}", cookie.name);
    }
}

#[tokio::test]
async fn same_site_is_the_sessions_and_a_flow_is_lax() {
    for (same_site, text) in [(SameSite::Strict, "Strict"), (SameSite::Lax, "Lax"), (SameSite::None, "None")] {
        for hydra in [false, true] {
            let seen = seen(|config| {
                https(config);
                config.serve.cookies.same_site = same_site;
                config.symbolon.compatibility.cookies = hydra;
            })
            .await;
            assert_eq!(seen.session.attribute("SameSite"), Some(text), "{text} {hydra}");
            for cookie in seen.of_a_flow() {
                let expected = if hydra { text } else { "Lax" };
                assert_eq!(cookie.attribute("SameSite"), Some(expected), "{text} {hydra} {}", cookie.name);
            }
        }
    }
}

#[tokio::test]
async fn secure_is_a_choice_in_development_only() {
    for (dev, secure, expected) in [(true, false, false), (true, true, true), (false, true, true), (false, false, true)]
    {
        let seen = seen(|config| {
            https(config);
            config.dev = dev;
            config.serve.cookies.secure = secure;
        })
        .await;
        for cookie in seen.all() {
            let name = &cookie.name;
            assert_eq!(cookie.attribute("Secure").is_some(), expected, "{dev} {secure} {name}");
            assert_eq!(cookie.attribute("HttpOnly"), Some(""), "{name}");
        }
    }
}
