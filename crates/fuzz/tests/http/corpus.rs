//! At least one good request for each route, in an order in which later ones can use what earlier ones brought.

use serde_json::json;

use super::request::Listener::{Admin, Public};
use super::request::Template;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ASKED: &[(&str, &str)] = &[
    ("client_id", "fuzz"),
    ("response_type", "code"),
    ("redirect_uri", "https://app.example/cb"),
    ("scope", "openid offline_access profile"),
    ("state", "abcdefghijkl"),
    ("nonce", "mnopqrstuvwx"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

fn get(path: &str) -> Template {
    Template::new(Public, "GET", path)
}

fn post(path: &str) -> Template {
    Template::new(Public, "POST", path)
}

fn admin(method: &str, path: &str) -> Template {
    Template::new(Admin, method, path)
}

fn authenticated(path: &str, pairs: &[(&str, &str)]) -> Template {
    post(path).form(pairs).basic("fuzz", "fuzz-secret")
}

/// The corpus.
pub(crate) fn requests() -> Vec<Template> {
    let parts = [clients(), login(), tokens(), device(), pages(), ends(), plain()];
    parts.into_iter().flatten().collect()
}

fn clients() -> Vec<Template> {
    let metadata = json!({
        "client_id": "fuzz", "client_secret": "fuzz-secret", "redirect_uris": ["https://app.example/cb"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code"],
        "response_types": ["code"], "scope": "openid offline_access profile api", "audience": ["https://api.example"],
        "post_logout_redirect_uris": ["https://app.example/out"], "contacts": ["a@app.example"],
        "frontchannel_logout_uri": "https://app.example/front", "metadata": {"a": 1},
    });
    let registered = json!({
        "redirect_uris": ["https://other.example/cb"], "client_name": "Other", "client_name#de": "Andere",
        "token_endpoint_auth_method": "client_secret_post", "jwks": {"keys": []}, "scope": "openid profile",
    });
    let patch = json!([{"op": "replace", "path": "/client_name", "value": "Fuzz"}]);
    vec![
        admin("POST", "/admin/clients").json(metadata.clone()),
        admin("GET", "/admin/clients").query(&[("page_size", "10"), ("page_token", ""), ("client_name", "Fuzz")]),
        admin("GET", "/admin/clients/fuzz"),
        admin("PUT", "/admin/clients/fuzz").json(metadata),
        admin("PATCH", "/admin/clients/fuzz").json(patch),
        admin("PUT", "/admin/clients/fuzz/lifespans")
            .json(json!({"authorization_code_grant_access_token_lifespan": "1h"})),
        post("/oauth2/register").json(registered.clone()),
        get("/oauth2/register/{$client_id}").header("authorization", "Bearer {$registration_access_token}"),
        Template::new(Public, "PUT", "/oauth2/register/{$client_id}")
            .header("authorization", "Bearer {$registration_access_token}")
            .json(registered),
        Template::new(Public, "DELETE", "/oauth2/register/{$client_id}")
            .header("authorization", "Bearer {$registration_access_token}"),
        admin("POST", "/admin/accounts").json(json!({"username": "alice", "password": "correct horse battery"})),
        admin("GET", "/admin/accounts"),
    ]
}

fn login() -> Vec<Template> {
    let challenge = &[("login_challenge", "{$login_challenge}")];
    let consent = &[("consent_challenge", "{$consent_challenge}")];
    let consented = json!({
        "grant_scope": ["openid", "offline_access", "profile"], "remember": true, "remember_for": 60,
        "session": {"id_token": {"given_name": "A"}, "access_token": {"role": "b"}},
    });
    let asking_claims: Vec<(&str, &str)> =
        ASKED.iter().copied().chain([("claims", r#"{"id_token":{"email":null}}"#), ("prompt", "login")]).collect();
    vec![
        get("/oauth2/auth").query(ASKED),
        admin("GET", "/admin/oauth2/auth/requests/login").query(challenge),
        admin("PUT", "/admin/oauth2/auth/requests/login/accept")
            .query(challenge)
            .json(json!({"subject": "alice", "remember": true, "amr": ["pwd"], "acr": "1", "context": {"a": 1}})),
        get("/oauth2/auth").query(&[("client_id", "fuzz"), ("login_verifier", "{$login_verifier}")]),
        admin("GET", "/admin/oauth2/auth/requests/consent").query(consent),
        admin("PUT", "/admin/oauth2/auth/requests/consent/accept").query(consent).json(consented),
        get("/oauth2/auth").query(&[("client_id", "fuzz"), ("consent_verifier", "{$consent_verifier}")]),
        post("/oauth2/auth").form(&asking_claims),
        admin("PUT", "/admin/oauth2/auth/requests/login/reject")
            .query(challenge)
            .json(json!({"error": "access_denied", "error_description": "no", "status_code": 403})),
        admin("PUT", "/admin/oauth2/auth/requests/consent/reject")
            .query(consent)
            .json(json!({"error": "access_denied"})),
    ]
}

fn tokens() -> Vec<Template> {
    let bearer = "Bearer {$access_token}";
    vec![
        authenticated(
            "/oauth2/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", "{$code}"),
                ("redirect_uri", "https://app.example/cb"),
                ("code_verifier", VERIFIER),
            ],
        ),
        get("/userinfo").header("authorization", bearer),
        post("/userinfo").form(&[("access_token", "{$access_token}")]),
        post("/credentials").header("authorization", bearer).json(json!({"format": "jwt_vc_json"})),
        post("/credentials")
            .header("authorization", bearer)
            .json(json!({"format": "jwt_vc_json", "proof": {"proof_type": "jwt", "jwt": "{$id_token}"}})),
        admin("POST", "/admin/oauth2/introspect").form(&[("token", "{$access_token}"), ("scope", "openid")]),
        authenticated(
            "/oauth2/token",
            &[("grant_type", "refresh_token"), ("refresh_token", "{$refresh_token}"), ("scope", "openid")],
        ),
        authenticated(
            "/oauth2/token",
            &[("grant_type", "client_credentials"), ("scope", "api"), ("audience", "https://api.example")],
        ),
        post("/oauth2/token").form(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", "{$id_token}"),
        ]),
        authenticated("/oauth2/revoke", &[("token", "{$access_token}"), ("token_type_hint", "access_token")]),
    ]
}

fn device() -> Vec<Template> {
    vec![
        authenticated("/oauth2/device/auth", &[("client_id", "fuzz"), ("scope", "openid")]),
        get("/oauth2/device/verify").query(&[("user_code", "{$user_code}")]),
        admin("PUT", "/admin/oauth2/auth/requests/device/accept")
            .query(&[("device_challenge", "{$device_challenge}")])
            .json(json!({"user_code": "{$user_code}"})),
        get("/oauth2/device/verify").query(&[("client_id", "fuzz"), ("device_verifier", "{$device_verifier}")]),
        authenticated(
            "/oauth2/token",
            &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "{$device_code}")],
        ),
        post("/oauth2/fallbacks/device").form(&[("user_code", "{$user_code}"), ("csrf", "{$csrf}")]),
    ]
}

fn pages() -> Vec<Template> {
    let html = |template: Template| template.header("accept", "text/html").header("accept-language", "de, en;q=0.5");
    vec![
        html(get("/oauth2/fallbacks/login").query(&[("login_challenge", "{$login_challenge}")])),
        html(post("/oauth2/fallbacks/login").form(&[
            ("login_challenge", "{$login_challenge}"),
            ("username", "alice"),
            ("password", "wrong"),
            ("csrf", "{$csrf}"),
        ])),
        html(get("/oauth2/fallbacks/consent").query(&[("consent_challenge", "{$consent_challenge}")])),
        html(
            post("/oauth2/fallbacks/consent")
                .form(&[("consent_challenge", "{$consent_challenge}"), ("decision", "allow")]),
        ),
        html(get("/oauth2/fallbacks/error").query(&[("error", "invalid_request"), ("error_description", "<b>x</b>")])),
        html(get("/oauth2/fallbacks/logout").query(&[("logout_challenge", "{$logout_challenge}")])),
        html(
            post("/oauth2/fallbacks/logout").form(&[("logout_challenge", "{$logout_challenge}"), ("decision", "yes")]),
        ),
        html(get("/oauth2/fallbacks/logout/callback")),
        html(get("/oauth2/fallbacks/device").query(&[("device_challenge", "{$device_challenge}")])),
        html(get("/oauth2/fallbacks/device/done")),
        html(get("/assets/0000000000000000/style.css")),
        html(get("/")),
    ]
}

fn ends() -> Vec<Template> {
    let challenge = &[("logout_challenge", "{$logout_challenge}")];
    vec![
        get("/oauth2/sessions/logout").query(&[
            ("id_token_hint", "{$id_token}"),
            ("post_logout_redirect_uri", "https://app.example/out"),
            ("state", "s"),
        ]),
        post("/oauth2/sessions/logout").form(&[("id_token_hint", "{$id_token}")]),
        get("/oauth2/sessions/logout"),
        get("/oauth2/sessions/check"),
        admin("GET", "/admin/oauth2/auth/requests/logout").query(challenge),
        admin("PUT", "/admin/oauth2/auth/requests/logout/reject").query(challenge),
        admin("PUT", "/admin/oauth2/auth/requests/logout/accept").query(challenge),
        get("/oauth2/sessions/logout").query(&[("logout_verifier", "{$logout_verifier}")]),
        admin("GET", "/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice"), ("page_size", "5")]),
        admin("DELETE", "/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice"), ("client", "fuzz")]),
        admin("DELETE", "/admin/oauth2/auth/sessions/login").query(&[("subject", "alice")]),
        admin("POST", "/admin/subjects/alice/sign-out"),
        admin("DELETE", "/admin/oauth2/tokens").query(&[("client_id", "other")]),
    ]
}

fn plain() -> Vec<Template> {
    let origin = |template: Template| template.header("origin", "https://app.example");
    vec![
        origin(get("/.well-known/openid-configuration")),
        get("/.well-known/oauth-authorization-server"),
        get("/.well-known/jwks.json").header("if-none-match", "\"x\""),
        get("/health/alive"),
        get("/health/ready"),
        admin("GET", "/admin/health/ready"),
        admin("GET", "/admin/version"),
        get("/no/such/route"),
        Template::new(Public, "DELETE", "/oauth2/token"),
        origin(Template::new(Public, "OPTIONS", "/oauth2/token").header("access-control-request-method", "POST")),
    ]
}
