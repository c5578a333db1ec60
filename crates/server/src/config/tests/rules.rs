//! Each startup rule, with what it tells the operator.

use super::{Overrides, SECRET, development, development_flags, load_with, production, refusal};
use crate::config::{HookKeyPlace, RotationMode, SameSite};

#[test]
fn the_least_that_production_needs_loads() {
    let config = production("").unwrap();
    assert_eq!(config.serve.cookies.same_site, SameSite::None);
    assert!(config.serve.cookies.secure);
    assert_eq!((config.serve.public.host.as_str(), config.serve.admin.host.as_str()), ("0.0.0.0", "127.0.0.1"));
    assert!(!config.admin_is_exposed());
    assert!(production("serve: {admin: {host: 0.0.0.0}}").unwrap().admin_is_exposed());
    assert!(config.symbolon.ui.enabled);
}

#[test]
fn development_mode_fills_in_what_is_missing() {
    let config = development("serve: {public: {port: 5000}}").unwrap();
    assert_eq!((config.dsn.as_str(), config.issuer()), ("memory", "http://localhost:5000"));
    assert_eq!(config.secrets.system[0].expose(), "made-for-this-run-only");
    assert_eq!(config.serve.cookies.same_site, SameSite::Lax);
    assert_eq!(config.symbolon.registration.limit_per_minute, 0);
    let limited = development("symbolon: {registration: {limit_per_minute: 7}}").unwrap();
    assert_eq!(limited.symbolon.registration.limit_per_minute, 7);
    assert_eq!(production("").unwrap().symbolon.registration.limit_per_minute, 60);
    let given = development(&format!("secrets: {{system: [{SECRET}]}}")).unwrap();
    assert_eq!(given.secrets.system.len(), 1);
    assert_eq!(given.secrets.system[0].expose(), SECRET);
}

#[test]
fn what_production_needs_is_named_with_the_remedy() {
    let none = Overrides::default();
    let all = [("DSN", "sqlite://x.db"), ("SECRETS_SYSTEM", SECRET), ("URLS_SELF_ISSUER", "https://id.example")];
    for (missing, key, remedy) in [
        ("DSN", "`dsn` is not set", "sqlite:///"),
        ("SECRETS_SYSTEM", "`secrets.system` is not set", "openssl rand -base64 32"),
        ("URLS_SELF_ISSUER", "`urls.self.issuer` is not set", "https URL"),
    ] {
        let environment: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        let message = refusal(load_with("", &environment, &none));
        assert!(message.starts_with(key) && message.contains(remedy), "{message}");
    }
    let message = refusal(load_with("dev: true", &[], &none));
    assert!(message.starts_with("`secrets.system` is not set"), "{message}");
}

#[test]
fn rules_of_production_are_told() {
    for (text, key, words) in [
        ("dsn: memory", "dsn", "in memory"),
        ("dsn: 'sqlite://file:x?mode=memory&cache=shared'", "dsn", "in memory"),
        ("urls: {self: {issuer: 'http://id.example'}}", "urls.self.issuer", "https://"),
    ] {
        let (_, setting) = text.split_once(": ").unwrap();
        let environment = [
            ("SECRETS_SYSTEM", SECRET),
            if key == "dsn" { ("URLS_SELF_ISSUER", "https://id.example") } else { ("DSN", "sqlite://x.db") },
        ];
        let message = refusal(load_with(text, &environment, &Overrides::default()));
        assert!(message.starts_with(&format!("`{key}`")) && message.contains(words), "{setting}: {message}");
    }
}

/// A process knows only the proofs that it was shown itself.
#[test]
fn proofs_are_kept_in_memory_only_beside_the_embedded_database() {
    let text = "symbolon: {dpop: {replay: memory}}";
    let beside = |dsn| {
        let environment = [("DSN", dsn), ("SECRETS_SYSTEM", SECRET), ("URLS_SELF_ISSUER", "https://id.example")];
        load_with(text, &environment, &Overrides::default())
    };
    assert!(beside("sqlite:///var/lib/x.db").is_ok());
    assert!(development(text).is_ok());
    for dsn in ["postgres://u@h/d", "postgresql://u@h/d", "cockroach://u@h/d"] {
        let message = refusal(beside(dsn));
        assert!(message.starts_with("`symbolon.dpop.replay` is `memory`, which is for the embedded"), "{message}");
    }
}

/// Documents in development mode whose settings do not go together, and how their refusal begins.
const REFUSALS: &[(&str, &str)] = &[
    (
        "oidc: {subject_identifiers: {supported_types: [pairwise]}}",
        "`oidc.subject_identifiers.pairwise.salt` is not set",
    ),
    (
        "oidc: {subject_identifiers: {supported_types: [pairwise], pairwise: {salt: short}}}",
        "`oidc.subject_identifiers.pairwise.salt` must have at least 8",
    ),
    (
        "oidc: {subject_identifiers: {supported_types: []}}",
        "`oidc.subject_identifiers.supported_types` must name at least one",
    ),
    (
        "symbolon: {keys: {offered_algorithms: [RS256, PS256], signing_algorithm: ES256}}",
        "`symbolon.keys.offered_algorithms` must have `ES256`, with which `symbolon.keys.signing_algorithm` says",
    ),
    ("symbolon: {keys: {offered_algorithms: []}}", "`symbolon.keys.offered_algorithms` must have `RS256`"),
    (
        "symbolon: {registration: {scopes: [openid, 'photos.*']}}",
        "`symbolon.registration.scopes` has the pattern `photos.*`",
    ),
    ("serve: {admin: {port: 4444}}", "`serve.admin.port` is also the port of the public listener"),
    ("serve: {cookies: {names: {session: same, login_csrf: same}}}", "`serve.cookies.names.session` must differ"),
    (
        "oauth2: {grant: {refresh_token: {rotation_mode: grace}}}",
        "`oauth2.grant.refresh_token.rotation_mode` is `grace`, which needs",
    ),
    (
        "oauth2: {grant: {refresh_token: {rotation_mode: strict, rotation_grace_period: 1s}}}",
        "`oauth2.grant.refresh_token.rotation_mode` is `strict`, which contradicts",
    ),
    (
        "oauth2: {device_authorization: {user_code: {length: 8}}}",
        "`oauth2.device_authorization.user_code.character_set` is not set",
    ),
    (
        "oauth2: {device_authorization: {user_code: {character_set: ABCDEFGH}}}",
        "`oauth2.device_authorization.user_code.length` is not set",
    ),
    (
        "oauth2: {device_authorization: {user_code: {length: 8, character_set: ABCDEFGH, entropy_preset: low}}}",
        "`oauth2.device_authorization.user_code.entropy_preset` excludes",
    ),
    ("symbolon: {global_token_revocation: draft-05}", "`symbolon.global_token_revocation` is for nobody"),
    (
        "symbolon: {global_token_revocation: off, global_token_revocation_scope: sign.out}",
        "`symbolon.global_token_revocation_scope` has no effect without",
    ),
    (
        "symbolon: {global_token_revocation_issuers: [{issuer: 'https://a.example', jwks_uri: 'https://a.example'}]}",
        "`symbolon.global_token_revocation_issuers` has no effect without",
    ),
    (
        "symbolon: {global_token_revocation: draft-05, global_token_revocation_issuers: \
            [{issuer: 'http://localhost:4444', jwks_uri: 'https://a.example'}]}",
        "`symbolon.global_token_revocation_issuers` must not name this server",
    ),
    (
        "symbolon: {id_jag: {issuers: \
            [{issuer: 'http://localhost:4444', jwks_uri: 'https://a.example', clients: [a]}]}}",
        "`symbolon.id_jag.issuers` must not name this server",
    ),
    (
        "symbolon: {id_jag: {issuers: \
            [{issuer: 'https://b.example', jwks_uri: 'https://a.example', clients: [a], resources: ['https://r.example']}]}}",
        "`symbolon.id_jag.issuers` has for `https://b.example` a resource that is none of",
    ),
];

#[test]
fn each_rule_names_its_key() {
    for (text, beginning) in REFUSALS {
        let message = refusal(development(text));
        assert!(message.starts_with(beginning), "{text}: {message}");
    }
}

/// Values that do not fit their key, as `key value`: each alone, and what was expected instead.
const MISFITS: &[(&str, &str, &str)] = &[
    ("urls.self.issuer", "http://x.example/?a=b", "neither user name nor query nor fragment"),
    ("urls.self.issuer", "http://u:p@x.example", "neither user name nor query nor fragment"),
    ("urls.self.issuer", "HTTP://x.example", "starts with https:// (or http://)"),
    ("urls.self.public", "http://x.example/#a", "neither user name nor query nor fragment"),
    ("urls.self.admin", "x.example", "a URL that starts with https://"),
    (
        "secrets.system",
        "long-enough-secret-1,short",
        "entry 2 is another text, expected a list, each entry a text of 16",
    ),
    ("secrets.cookie", "short", "entry 1 is another text"),
    ("secrets.pagination", "short", "entry 1 is another text"),
    ("symbolon.registration.initial_access_tokens", "short", "entry 1 is another text"),
    ("symbolon.admin.token", "short", "expected a text of 16 characters or more, as `openssl rand -base64 32` makes"),
    (
        "oidc.dynamic_client_registration.default_scope",
        r#"openid,a"b"#,
        r#"entry 2 is the text `a\"b`, expected a list"#,
    ),
    ("ttl.access_token", "0s", "is the text `0s`, expected a time span above 0s and up to ten years"),
    ("ttl.refresh_token", "87601h", "up to ten years, with units h, m, s, as `30s` or `1h30m`, or `-1` for no end"),
    ("ttl.refresh_token", "-2", "or `-1` for no end"),
    ("symbolon.purge.interval", "0s", "above 0s"),
    ("symbolon.sessions.unremembered_lifespan", "0s", "above 0s"),
    ("oauth2.grant.refresh_token.successor_window", "0s", "above 0s"),
    ("oauth2.device_authorization.token_polling_interval", "0s", "above 0s"),
    ("oauth2.device_authorization.user_code.character_set", "AABBCCDD", "at least 8 printable ASCII characters"),
    ("oauth2.device_authorization.user_code.character_set", "ABCDEFG", "at least 8 printable ASCII characters"),
    ("serve.admin.host", "http://x", "an IP address or host name, without scheme and port"),
    ("serve.public.cors.allowed_origins", "https://*evil.example", "entry 1 is the text `https://*evil.example`"),
    ("serve.admin.cors.allowed_origins", "https://x.example/path", "expected a list, each entry an origin"),
    ("serve.public.cors.allowed_headers", "a b", "entry 1 is the text `a b`, expected a list, each entry a name"),
    ("serve.admin.cors.exposed_headers", "Accept,a:", "entry 2 is the text `a:`"),
    ("serve.cookies.names.session", "a;b", "a name of letters, digits"),
    ("serve.cookies.paths.session", "x", "a path that starts with `/`"),
    ("serve.cookies.paths.session", "/x;y", "a path that starts with `/`"),
    ("serve.cookies.domain", "a; b", "a domain, as `example.com`"),
    ("clients.http.private_ip_exception_urls", "10.0.0.1", "each entry an absolute URL with http or https"),
    (
        "symbolon.trusted_proxies",
        "example.com",
        "entry 1 is the text `example.com`, expected a list, each entry a network",
    ),
    ("serve.tls.allow_termination_from", "everywhere", "each entry a network"),
    ("serve.public.host", "unix:", "or a unix socket"),
    ("serve.public.host", "unix:@name", "or a unix socket"),
    ("serve.public.host", "unix:/run/", "or a unix socket"),
    ("serve.public.socket.mode", "512", "a whole number from 0 to 511"),
    ("symbolon.listen.public", "localhost:4444", "each entry an IP address and a port"),
    ("symbolon.listen.admin", "[::1]", "each entry an IP address and a port"),
    ("symbolon.proxy_protocol.public", "proxy", "each entry a network"),
];

#[test]
fn each_key_says_what_it_takes() {
    for (key, value, words) in MISFITS {
        let message = refusal(load_with("", &[], &development_flags().set(*key, *value)));
        assert!(message.starts_with(&format!("`{key}` on the command line is ")), "{key}: {message}");
        assert!(message.contains(words), "{key}: {message}");
    }
}

/// What would be less safe if it were passed over: keys, values, and the reason that is given.
const REFUSED: &[(&str, &str, &str)] = &[("hsm.enabled", "true", "asks for a hardware security module")];

#[test]
fn what_would_fail_open_stops_the_start() {
    for (key, value, reason) in REFUSED {
        let names: Vec<&str> = key.split('.').collect();
        let file = names.iter().rev().fold((*value).to_owned(), |inner, name| format!("{{{name}: {inner}}}"));
        let variable = key.to_uppercase().replace('.', "_");
        for (message, place) in [
            (refusal(development(&file)), ".yml:1 "),
            (
                refusal(load_with("", &[(&variable, value)], &development_flags())),
                &*format!("in the environment variable {variable} "),
            ),
            (refusal(load_with("", &[], &development_flags().set(*key, *value))), "on the command line "),
        ] {
            assert!(message.starts_with(&format!("`{key}` ")) && message.contains(place), "{message}");
            assert!(message.contains(reason), "{message}");
        }
    }
}

/// A key that could not be sent as it is would be no proof, and one in a wrong place would change the call.
#[test]
fn a_hook_without_a_key_that_can_be_sent_stops_the_start() {
    let hook = |auth: &str| {
        let text = format!("oauth2: {{token_hook: {{url: 'https://h.example/x', auth: {auth}}}}}");
        development(&text)
    };
    let key = |auth: &str| hook(auth).unwrap().oauth2.token_hook.unwrap().key.unwrap();
    for (place, name, value) in [("header", "X-Key", "a b;c\\"), ("cookie", "k", "a=b!")] {
        let auth = format!("{{type: api_key, config: {{in: {place}, name: {name}, value: '{value}'}}}}");
        assert_eq!(key(&auth).value.expose(), value);
    }
    assert_eq!(key("{type: api_key, config: {name: X-Key, value: a}}").place, HookKeyPlace::Header);
    for config in [
        "{in: header, name: X-Key, value: \"hunter2\\n\"}",
        "{in: header, name: 'X Key', value: hunter2}",
        "{in: header, name: Host, value: hunter2}",
        "{in: header, name: content-length, value: hunter2}",
        "{in: header, name: Cookie, value: hunter2}",
        "{in: header, name: '', value: hunter2}",
        "{in: cookie, name: k, value: 'hunter2; other=1'}",
        "{in: cookie, name: k, value: 'hunter2 x'}",
        "{in: cookie, name: 'k=', value: hunter2}",
        "{in: query, name: k, value: hunter2}",
        "{in: header, name: X-Key}",
        "{in: header, value: hunter2}",
        "hunter2",
    ] {
        for kind in ["api_key", "basic"] {
            let message = refusal(hook(&format!("{{type: {kind}, config: {config}}}")));
            assert!(message.starts_with("`oauth2.token_hook` ") && !message.contains("hunter2"), "{config}: {message}");
        }
    }
}

#[test]
fn a_hook_may_take_a_minute_at_most() {
    let with = |span: &str| development(&format!("symbolon: {{hooks: {{timeout: {span}}}}}"));
    assert_eq!(with("60s").unwrap().symbolon.hooks.timeout_seconds, 60);
    for span in ["61s", "87600h"] {
        let message = refusal(with(span));
        assert!(message.contains("`symbolon.hooks.timeout`") && message.contains("60s at most"), "{message}");
    }
}

#[test]
fn an_empty_hook_is_none() {
    let config = development("oauth2: {token_hook: '', refresh_token_hook: null}").unwrap();
    assert!(config.oauth2.token_hook.is_none() && config.oauth2.refresh_token_hook.is_none());
}

#[test]
fn what_is_refused_may_be_switched_off() {
    let text = "hsm: {enabled: false}";
    assert_eq!(development(text).unwrap().ignored, Vec::<String>::new());
}

#[test]
fn the_grace_period_has_a_cap() {
    let rotation = |text: &str| {
        let text = format!("oauth2: {{grant: {{refresh_token: {{{text}}}}}}}");
        development(&text).unwrap().oauth2.refresh
    };
    assert_eq!(rotation("rotation_grace_period: 0s").mode, RotationMode::Strict);
    assert_eq!(rotation("rotation_grace_period: 500ms").rotation_grace_period_seconds, 1);
    assert_eq!(rotation("rotation_grace_period: 10m").rotation_grace_period_seconds, 300);
    assert_eq!(
        rotation("rotation_grace_period: 10m, rotation_grace_reuse_count: 2").rotation_grace_period_seconds,
        600
    );
    let longest = rotation("rotation_grace_period: 9000h, rotation_grace_reuse_count: 2");
    assert_eq!((longest.mode, longest.rotation_grace_period_seconds), (RotationMode::Grace, 180 * 86_400));
}

#[test]
fn a_remembered_login_has_a_cap() {
    assert_eq!(development("ttl: {authentication_session: 9000h}").unwrap().ttl.authentication_session, 180 * 86_400);
}

#[test]
fn an_algorithm_is_offered_once() {
    use symbolon_jose::Algorithm::{ES256, EdDSA, PS256, RS256};
    let offered = |text: &str| development(text).unwrap().symbolon.keys.offered_algorithms;
    assert_eq!(offered(""), [RS256, ES256, PS256, EdDSA]);
    assert_eq!(offered("symbolon: {keys: {offered_algorithms: [PS256, RS256, PS256, RS256]}}"), [PS256, RS256]);
}

#[test]
fn user_codes_come_from_a_preset_or_are_described() {
    let code = |text: &str| {
        let text = format!("oauth2: {{device_authorization: {{user_code: {{{text}}}}}}}");
        let code = development(&text).unwrap().oauth2.device_authorization.user_code;
        (code.length, code.character_set.len())
    };
    assert_eq!(code(""), (8, 50));
    assert_eq!(code("entropy_preset: medium"), (8, 26));
    assert_eq!(code("entropy_preset: low"), (9, 10));
    assert_eq!(code("length: 6, character_set: ABCDEFGH"), (6, 8));
}

#[test]
fn origins_are_bounded() {
    for origin in [
        "*",
        "https://a.example",
        "https://*.a.example",
        "http://*",
        "http://localhost:*",
        "http://[::1]:3000",
        "app+x://y",
    ] {
        development(&format!("serve: {{public: {{cors: {{allowed_origins: ['{origin}']}}}}}}")).unwrap();
    }
    for origin in [
        "",
        "https://",
        "https://a.*",
        "https://*.*.example",
        "https://*a.example",
        "a.example",
        "https://a.example/",
        "https://a.example:*:*",
    ] {
        assert!(
            development(&format!("serve: {{public: {{cors: {{allowed_origins: ['{origin}']}}}}}}")).is_err(),
            "{origin}"
        );
    }
}

#[test]
fn a_default_audience_is_one_word() {
    let load = |audience: &str| development(&format!("symbolon: {{oauth2: {{default_audience: {audience}}}}}"));
    for mistake in ["' '", "'https://a.example '", "'https://a.example https://b.example'", "\"a\\nb\""] {
        let message = refusal(load(mistake));
        assert!(message.starts_with("`symbolon.oauth2.default_audience` must name"), "{mistake}: {message}");
    }
    let config = load("https://api.example").unwrap();
    assert_eq!(config.symbolon.access_tokens.default_audience.as_deref(), Some("https://api.example"));
}

#[test]
fn paths_become_absolute_on_the_public_address() {
    let text = "urls: {self: {issuer: 'https://id.example/base', public: 'https://login.example/x/'}, login: /ui/login?a=1}\n\
                symbolon: {ui: {logo_url: /logo.svg}}\nwebfinger: {oidc_discovery: {userinfo_url: /me}}";
    let config = development(text).unwrap();
    assert_eq!(config.public_url(), "https://login.example/x");
    assert_eq!(config.login_url(), "https://login.example/ui/login?a=1");
    assert_eq!(config.symbolon.ui.logo_url.as_deref(), Some("https://login.example/logo.svg"));
    assert_eq!(config.webfinger.oidc_discovery.userinfo_url.as_deref(), Some("https://login.example/me"));
    assert_eq!(config.consent_url(), "https://login.example/x/oauth2/fallbacks/consent");
}

#[test]
fn debug_shows_no_secret() {
    let text = "dsn: 'postgres://u:hunter2@h/d'\nsecrets: {system: [hunter2-hunter2-hunter2], cookie: [hunter2-hunter2-cookie]}\n\
                symbolon: {admin: {token: hunter2-hunter2-token}}\n\
                oidc: {subject_identifiers: {supported_types: [pairwise], pairwise: {salt: hunter2-salt}}}";
    let config = load_with(text, &[], &development_flags()).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn https_needs_a_certificate_with_its_key_or_proxies_that_have_one() {
    for (text, says) in [
        ("tls: {enabled: true}", "`serve.public.tls.cert.path` is not set"),
        ("public: {tls: {enabled: true}}", "`serve.public.tls.cert.path` is not set"),
        ("admin: {tls: {enabled: true}}", "`serve.admin.tls.cert.path` is not set"),
        ("tls: {cert: {path: a}}", "`serve.tls.key.path` must be set"),
        ("tls: {key: {path: a}}", "`serve.tls.cert.path` must be set"),
        ("admin: {tls: {cert: {path: a}}}", "`serve.admin.tls.key.path` must be set"),
        ("tls: {cert: {path: a, base64: YQ}, key: {path: a}}", "`serve.tls.cert.path` is set beside"),
    ] {
        let message = refusal(development(&format!("serve: {{{text}}}")));
        assert!(message.contains(says), "{text}: {message}");
    }
    let shared = "tls: {enabled: true, cert: {path: a.pem}, key: {path: a.key}, allow_termination_from: [10.0.0.0/8]}";
    let own = "admin: {tls: {enabled: false, cert: {path: b.pem}, key: {path: b.key}, allow_termination_from: []}}";
    let serve = development(&format!("serve: {{{shared}, {own}}}")).unwrap().serve;
    assert!(serve.public_tls.enabled && !serve.admin_tls.enabled);
    assert_eq!((serve.public_tls.below, serve.public_tls.cert_path.as_deref()), ("serve.tls", Some("a.pem")));
    assert_eq!((serve.admin_tls.below, serve.admin_tls.key_path.as_deref()), ("serve.admin.tls", Some("b.key")));
    assert_eq!((serve.public_tls.allow_termination_from.len(), serve.admin_tls.allow_termination_from.len()), (1, 0));
    let by_proxy = "serve: {tls: {enabled: true, allow_termination_from: [10.0.0.0/8]}}";
    assert!(!development(by_proxy).unwrap().serve.public_tls.names_certificate());
    let socket = "serve: {tls: {enabled: true}, public: {host: 'unix:/a'}, admin: {host: 'unix:/b'}}";
    assert!(development(socket).unwrap().serve.public_tls.enabled, "a unix socket has no TLS");
}

#[test]
fn an_admin_listener_is_exposed_by_any_of_its_addresses() {
    for (text, exposed) in [
        ("serve: {admin: {host: 'unix:/run/admin.sock'}}", false),
        ("symbolon: {listen: {admin: ['[::1]:1', 'unix:/a']}}", false),
        ("symbolon: {listen: {admin: ['[::1]:1', '10.0.0.1:2']}}", true),
        ("serve: {admin: {host: 'unix:/a'}}\nsymbolon: {listen: {admin: ['0.0.0.0:2']}}", true),
    ] {
        assert_eq!(development(text).unwrap().admin_is_exposed(), exposed, "{text}");
    }
}
