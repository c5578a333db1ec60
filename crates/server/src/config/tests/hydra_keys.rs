//! Every key of Ory Hydra's configuration, and that none of them is passed over: each does here what it does there, or
//! stops the start, or is named at start, the last two with a reason.

use crate::config::keys::{self, Standing};

/// Below `serve.public` and `serve.admin`.
const OF_LISTENER: &[&str] = &[
    "port",
    "host",
    "base_url",
    "cors.enabled",
    "cors.allowed_origins",
    "cors.allowed_methods",
    "cors.allowed_headers",
    "cors.exposed_headers",
    "cors.allow_credentials",
    "cors.options_passthrough",
    "cors.max_age",
    "cors.debug",
    "socket.owner",
    "socket.group",
    "socket.mode",
    "request_log.disable_for_health",
];

/// Below `serve.tls`, `serve.public.tls` and `serve.admin.tls`.
const OF_TLS: &[&str] = &["enabled", "key.path", "key.base64", "cert.path", "cert.base64", "allow_termination_from"];

/// All others. What lies below `tracing` and below a web hook is one value.
const OTHERS: &[&str] = &[
    "db.ignore_unknown_table_columns",
    "log.level",
    "log.leak_sensitive_values",
    "log.redaction_text",
    "log.format",
    "serve.cookies.same_site_mode",
    "serve.cookies.same_site_legacy_workaround",
    "serve.cookies.domain",
    "serve.cookies.secure",
    "serve.cookies.names.device_csrf",
    "serve.cookies.names.login_csrf",
    "serve.cookies.names.consent_csrf",
    "serve.cookies.names.session",
    "serve.cookies.paths.session",
    "dsn",
    "clients.http.disallow_private_ip_ranges",
    "clients.http.private_ip_exception_urls",
    "hsm.enabled",
    "hsm.library",
    "hsm.pin",
    "hsm.slot",
    "hsm.token_label",
    "hsm.key_set_prefix",
    "webfinger.jwks.broadcast_keys",
    "webfinger.oidc_discovery.jwks_url",
    "webfinger.oidc_discovery.token_url",
    "webfinger.oidc_discovery.auth_url",
    "webfinger.oidc_discovery.device_authorization_url",
    "webfinger.oidc_discovery.client_registration_url",
    "webfinger.oidc_discovery.supported_claims",
    "webfinger.oidc_discovery.supported_scope",
    "webfinger.oidc_discovery.userinfo_url",
    "oidc.subject_identifiers.supported_types",
    "oidc.subject_identifiers.pairwise.salt",
    "oidc.dynamic_client_registration.enabled",
    "oidc.dynamic_client_registration.default_scope",
    "urls.self.issuer",
    "urls.self.public",
    "urls.self.admin",
    "urls.login",
    "urls.registration",
    "urls.consent",
    "urls.logout",
    "urls.device.verification",
    "urls.device.success",
    "urls.error",
    "urls.post_logout_redirect",
    "urls.identity_provider.url",
    "urls.identity_provider.publicUrl",
    "urls.identity_provider.headers",
    "strategies.scope",
    "strategies.access_token",
    "strategies.jwt.scope_claim",
    "ttl.login_consent_request",
    "ttl.authentication_session",
    "ttl.access_token",
    "ttl.refresh_token",
    "ttl.id_token",
    "ttl.auth_code",
    "ttl.device_user_code",
    "oauth2.expose_internal_errors",
    "oauth2.session.encrypt_at_rest",
    "oauth2.exclude_not_before_claim",
    "oauth2.allowed_top_level_claims",
    "oauth2.mirror_top_level_claims",
    "oauth2.preserve_ext_claims",
    "oauth2.hashers.algorithm",
    "oauth2.hashers.bcrypt.cost",
    "oauth2.hashers.pbkdf2.iterations",
    "oauth2.pkce.enforced",
    "oauth2.pkce.enforced_for_public_clients",
    "oauth2.client_credentials.default_grant_allowed_scope",
    "oauth2.grant.refresh_token.rotation_grace_period",
    "oauth2.grant.refresh_token.rotation_grace_reuse_count",
    "oauth2.grant.jwt.jti_optional",
    "oauth2.grant.jwt.iat_optional",
    "oauth2.grant.jwt.max_ttl",
    "oauth2.grant.jwt.omit_assertion_audience",
    "oauth2.refresh_token_hook",
    "oauth2.device_authorization.token_polling_interval",
    "oauth2.device_authorization.user_code.entropy_preset",
    "oauth2.device_authorization.user_code.length",
    "oauth2.device_authorization.user_code.character_set",
    "oauth2.token_hook",
    "secrets.system",
    "secrets.cookie",
    "secrets.pagination",
    "profiling",
    "tracing.provider",
    "tracing.service_name",
    "tracing.deployment_environment",
    "tracing.providers.jaeger",
    "tracing.providers.zipkin",
    "tracing.providers.otlp.server_url",
    "tracing.providers.otlp.insecure",
    "tracing.providers.otlp.authorization_header",
    "tracing.providers.otlp.sampling.sampling_ratio",
    "sqa.opt_out",
    "version",
    "cgroups.v1.auto_max_procs_enabled",
    "dev",
    "feature_flags.legacy_allow_insecure_origins",
];

#[test]
fn every_key_of_hydra_is_honoured_or_has_a_reason() {
    let below = |base: &str, names: &[&str]| names.iter().map(|name| format!("{base}.{name}")).collect::<Vec<_>>();
    let mut paths: Vec<String> = OTHERS.iter().map(|path| (*path).to_owned()).collect();
    for listener in ["serve.public", "serve.admin"] {
        paths.extend(below(listener, OF_LISTENER));
        paths.extend(below(&format!("{listener}.tls"), OF_TLS));
    }
    paths.extend(below("serve.tls", OF_TLS));
    for path in paths {
        let key = keys::find(&path).unwrap_or_else(|| panic!("{path} is not in the table of keys"));
        let accounted_for = match key.standing {
            Standing::Compatible | Standing::Moot => true,
            Standing::Inert(reason) | Standing::Refused(reason) => reason.len() > 20 && !reason.ends_with('.'),
            Standing::Added => false,
        };
        assert!(accounted_for, "{path}: {:?}", key.standing);
    }
}
