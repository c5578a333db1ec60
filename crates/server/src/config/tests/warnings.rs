//! What is told at start without stopping it.

use super::{development, production};
use crate::config::Config;

/// The keys that are warned about, but for the one that production has by default. The log would escape what is not
/// ASCII, and nobody could read it.
fn keys(config: &Config) -> Vec<String> {
    let warnings = config.warnings();
    assert!(warnings.iter().all(|warning| warning.message.is_ascii()), "{warnings:#?}");
    warnings.into_iter().map(|warning| warning.key).filter(|key| key != PKCE).collect()
}

const PKCE: &str = "oauth2.pkce.enforced_for_public_clients";

#[test]
fn public_clients_without_pkce_are_warned_about() {
    let warned = |config: &Config| config.warnings().iter().any(|warning| warning.key == PKCE);
    assert!(warned(&production("").unwrap()));
    assert!(warned(&production("oauth2: {pkce: {enforced_for_public_clients: false}}").unwrap()));
    assert!(!warned(&production("oauth2: {pkce: {enforced_for_public_clients: true}}").unwrap()));
    assert!(!warned(&production("oauth2: {pkce: {enforced: true}}").unwrap()));
    assert!(!warned(&development("").unwrap()));
}

#[test]
fn the_freedom_of_strangers_is_warned_about_where_they_can_register() {
    const KEY: &str = "symbolon.registration.policy";
    let warned = |text: &str| production(text).unwrap().warnings().iter().any(|warning| warning.key == KEY);
    let open = "symbolon: {registration: {policy: open}}";
    let enabled = "oidc: {dynamic_client_registration: {enabled: true}}";
    assert!(warned(&format!("{enabled}\n{open}")));
    assert!(!warned(open), "nobody can register");
    assert!(!warned(enabled), "`restricted` is the default");
}

#[test]
fn lists_of_hosts_that_say_nothing_are_warned_about() {
    let of = |cimd: &str| {
        let text = format!("symbolon: {{trusted_proxies: [127.0.0.1], cimd: {cimd}}}");
        keys(&production(&text).unwrap()).into_iter().filter(|key| key.starts_with("symbolon.cimd")).collect::<Vec<_>>()
    };
    assert_eq!(of("{mode: listed}"), ["symbolon.cimd.allow"]);
    assert_eq!(of("{deny: [a.example]}"), ["symbolon.cimd.mode"]);
    assert!(of("{mode: listed, allow: [a.example]}").is_empty());
    assert!(of("{mode: any, deny: [a.example]}").is_empty() && of("{mode: off}").is_empty());
}

const PROXY: &str = "symbolon: {trusted_proxies: [127.0.0.1]}";

#[test]
fn a_configuration_without_fault_has_no_warning() {
    assert_eq!(keys(&production(PROXY).unwrap()), [""; 0]);
    assert_eq!(keys(&development("").unwrap()), [""; 0]);
}

#[test]
fn every_key_without_effect_is_named() {
    let text = "oauth2: {hashers: {algorithm: bcrypt, bcrypt: {cost: 12}}}\n\
                urls: {identity_provider: {publicUrl: 'http://kratos.example'}}";
    let config = development(text).unwrap();
    assert_eq!(
        keys(&config),
        ["urls.identity_provider.publicUrl", "oauth2.hashers.algorithm", "oauth2.hashers.bcrypt.cost",]
    );
    for warning in config.warnings() {
        let reason = warning.message.strip_prefix("this configuration key means nothing here: ");
        assert!(reason.is_some_and(|reason| reason.len() > 20), "{}: {}", warning.key, warning.message);
    }
}

#[test]
fn a_key_at_its_default_is_not_worth_a_warning() {
    let text = "serve: {public: {cors: {enabled: false, allowed_origins: [], allow_credentials: true, max_age: 0}}}\n\
                oauth2: {hashers: {algorithm: pbkdf2, pbkdf2: {iterations: 25000}}}\n\
                version: v26.2.0\nsqa: {opt_out: true}\ndb: {ignore_unknown_table_columns: true}";
    assert_eq!(keys(&development(text).unwrap()), [""; 0]);
}

#[test]
fn credentials_for_every_origin_are_named() {
    let cors = |text: &str| keys(&development(&format!("serve: {{public: {{cors: {{{text}}}}}}}")).unwrap());
    let warned = ["serve.public.cors.allow_credentials"];
    assert_eq!(cors("enabled: true, allowed_origins: ['*']"), warned);
    assert_eq!(cors("enabled: true, allowed_origins: ['https://a.example', 'https://*']"), warned);
    for quiet in [
        "enabled: false, allowed_origins: ['*']",
        "enabled: true, allowed_origins: ['*'], allow_credentials: false",
        "enabled: true, allowed_origins: ['https://*.example', 'http://localhost:*']",
    ] {
        assert_eq!(cors(quiet), [""; 0], "{quiet}");
    }
}

#[test]
fn settings_of_another_rotation_mode_are_named() {
    let rotation = |text: &str| {
        let text = format!("oauth2: {{grant: {{refresh_token: {{{text}}}}}}}");
        keys(&development(&text).unwrap())
    };
    let (period, count) =
        ("oauth2.grant.refresh_token.rotation_grace_period", "oauth2.grant.refresh_token.rotation_grace_reuse_count");
    let both =
        rotation("rotation_mode: until_successor_used, rotation_grace_period: 1m, rotation_grace_reuse_count: 2");
    assert_eq!(both, [period, count]);
    assert_eq!(rotation("rotation_grace_reuse_count: 2"), [count]);
    assert_eq!(rotation("rotation_grace_period: 1m, rotation_grace_reuse_count: 2"), [""; 0]);
}

#[test]
fn options_of_a_connection_pool_are_named() {
    let of_database = |dsn: &str| keys(&development(&format!("dsn: '{dsn}'")).unwrap());
    for address in ["postgres://u:p@h/d?sslmode=disable&max_conns=20", "cockroach://u@h/d?max_idle_conns=4"] {
        assert_eq!(of_database(address), ["dsn"], "{address}");
    }
    for address in ["postgres://u:p@h/d?sslmode=disable", "sqlite:///x?_fk=true", "postgres://max_conns@h/d"] {
        assert_eq!(of_database(address), [""; 0], "{address}");
    }
}

#[test]
fn an_admin_listener_that_all_can_reach_is_named() {
    let exposed = format!("{PROXY}\nserve: {{admin: {{host: 0.0.0.0}}}}");
    assert_eq!(keys(&production(&exposed).unwrap()), ["serve.admin.host"]);
    let guarded = "symbolon: {trusted_proxies: [127.0.0.1], admin: {token: a-token-of-enough-length}}\n\
                   serve: {admin: {host: 0.0.0.0}}";
    assert_eq!(keys(&production(guarded).unwrap()), [""; 0]);
}

#[test]
fn a_proxy_that_is_not_named_is_asked_for() {
    const KEY: &str = "symbolon.trusted_proxies";
    assert_eq!(keys(&production("").unwrap()), [KEY]);
    let own_login = "urls: {login: 'https://login.example/in'}";
    assert_eq!(keys(&production(own_login).unwrap()), [""; 0]);
    let registration = format!("{own_login}\noidc: {{dynamic_client_registration: {{enabled: true}}}}");
    assert_eq!(keys(&production(&registration).unwrap()), [KEY]);
    assert_eq!(keys(&development("urls: {self: {issuer: 'http://id.example'}}").unwrap()), [""; 0]);
}

#[test]
fn certificates_of_listeners_without_https_are_named() {
    let tls = |text: &str| keys(&development(&format!("serve: {{{text}}}")).unwrap());
    let pair = "cert: {path: c.pem}, key: {path: k.pem}";
    assert_eq!(tls(&format!("tls: {{{pair}}}")), ["serve.tls.enabled"]);
    assert_eq!(tls("tls: {allow_termination_from: [10.0.0.0/8]}"), ["serve.tls.enabled"]);
    assert_eq!(tls(&format!("admin: {{tls: {{{pair}}}}}")), ["serve.admin.tls.enabled"]);
    assert_eq!(tls("public: {tls: {allow_termination_from: [10.0.0.0/8]}}"), ["serve.public.tls.enabled"]);
    assert_eq!(tls(&format!("tls: {{{pair}}}, public: {{tls: {{enabled: true}}}}")), [""; 0], "one of them uses it");
    assert_eq!(tls(&format!("tls: {{enabled: true, {pair}}}, admin: {{tls: {{enabled: false}}}}")), [""; 0]);
}
