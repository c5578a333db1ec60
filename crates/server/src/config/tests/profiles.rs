//! The four profiles of the golden exchanges load and say what they say.

use symbolon_types::{AccessTokenStrategy, ScopeStrategy, SubjectType};

use super::{Overrides, development_flags, load_with};
use crate::config::{Config, HookKeyPlace, LogLevel, RotationMode, SameSite, ScopeClaim};

fn profile(text: &str) -> Config {
    let flags = Overrides { development_secret: None, ..development_flags() }.set("dsn", "memory");
    load_with(text, &[], &flags).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_base_profile_loads() {
    let config = profile(include_str!("profiles/base.yml"));
    assert_eq!(config.issuer(), "http://127.0.0.1:4444");
    assert_eq!(config.public_url(), "http://127.0.0.1:4444");
    assert_eq!((config.serve.public.port, config.serve.admin.port), (4444, 4445));
    assert_eq!(config.login_url(), "http://127.0.0.1:3000/login");
    assert_eq!(config.registration_url(), "http://127.0.0.1:3000/login");
    assert_eq!(config.device_success_url(), "http://127.0.0.1:3000/device/done");
    assert!(config.oidc.dynamic_client_registration.enabled);
    assert_eq!(
        config.oidc.dynamic_client_registration.default_scope.to_string(),
        "offline_access offline openid profile email address phone"
    );
    assert_eq!(config.secrets.cookie[0].expose(), "golden-recording-cookie-secret-1");
    assert_eq!(config.secrets.pagination[0].expose(), "golden-recording-system-secret-1");
    assert_eq!(config.log.level, LogLevel::Warn);
    assert_eq!(config.serve.cookies.same_site, SameSite::Lax);
    assert!(!config.serve.cookies.secure);
    assert!(!config.symbolon.ui.enabled);
    assert_eq!(config.ignored, Vec::<String>::new());
    assert_eq!(config.ttl.refresh_token, Some(720 * 3600));
}

#[test]
fn the_hooks_profile_loads() {
    let config = profile(include_str!("profiles/hooks.yml"));
    assert_eq!(config.ignored, [""; 0]);
    let hooks = [&config.oauth2.token_hook, &config.oauth2.refresh_token_hook].map(|hook| {
        let hook = hook.as_ref().unwrap();
        let key = hook.key.as_ref().unwrap();
        (hook.url.as_str(), key.place, key.name.as_str(), key.value.expose().as_str())
    });
    let expected = [
        ("http://127.0.0.1:5556/token-hook", HookKeyPlace::Header, "X-Hook-Key", "golden-hook-key"),
        ("http://127.0.0.1:5556/refresh-hook", HookKeyPlace::Cookie, "hook_cookie", "golden-hook-cookie"),
    ];
    assert_eq!(hooks, expected);
    let shown = format!("{:?} {:?}", config.oauth2.token_hook, config.oauth2.refresh_token_hook);
    assert!(!shown.contains("golden") && !shown.contains("5556"), "{shown}");
}

#[test]
fn the_jwt_profile_loads() {
    let config = profile(include_str!("profiles/jwt.yml"));
    assert_eq!(config.issuer(), "http://127.0.0.1:4464/");
    assert_eq!(config.endpoint("/oauth2/auth"), "http://127.0.0.1:4464/oauth2/auth");
    assert_eq!(config.consent_url(), "http://127.0.0.1:3000/consent?keep=1");
    assert_eq!(config.device_verification_url(), "http://127.0.0.1:4464/oauth2/fallbacks/device");
    assert_eq!(config.strategies.access_token, AccessTokenStrategy::Jwt);
    assert_eq!(config.strategies.scope, ScopeStrategy::Exact);
    assert_eq!(config.strategies.scope_claim, ScopeClaim::Both);
    assert!(config.oauth2.expose_internal_errors && config.oauth2.exclude_not_before_claim);
    assert_eq!(config.oauth2.allowed_top_level_claims, ["tier", "sub"]);
    assert_eq!(config.ignored, [""; 0]);
    assert_eq!(config.webfinger.broadcast_keys, ["hydra.openid.id-token", "golden.extra"]);
    assert_eq!(config.webfinger.oidc_discovery.jwks_url.as_deref(), Some("https://cdn.example/jwks.json"));
    assert_eq!(config.webfinger.oidc_discovery.supported_scope, ["profile", "email"]);
    assert_eq!(config.secrets.cookie[0].expose(), "golden-recording-system-secret-1");
}

#[test]
fn the_strict_profile_loads() {
    let config = profile(include_str!("profiles/strict.yml"));
    assert_eq!(config.oidc.subject_types, [SubjectType::Public, SubjectType::Pairwise]);
    assert_eq!(config.oidc.pairwise_salt.as_ref().unwrap().expose(), "golden-pairwise-salt");
    assert_eq!((config.ttl.login_consent_request, config.ttl.device_user_code), (2, 2));
    assert!(config.oauth2.pkce.enforced);
    assert!(config.oauth2.client_credentials_default_grant_allowed_scope);
    assert_eq!(config.oauth2.refresh.mode, RotationMode::Grace);
    assert_eq!(config.oauth2.refresh.rotation_grace_period_seconds, 5);
    assert!(config.symbolon.ui.enabled);
    assert_eq!(config.login_url(), "http://127.0.0.1:4474/oauth2/fallbacks/login");
    assert_eq!(config.post_logout_redirect_url(), "http://127.0.0.1:4474/oauth2/fallbacks/logout/callback");
}
