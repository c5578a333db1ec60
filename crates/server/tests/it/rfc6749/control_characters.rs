//! RFC 6749 appendix A, RFC 8259 §7: no parameter of any route has control characters. Each is refused as a request, in
//! the same words, on both databases, and never a fault of the server. Text of several lines stays where such text belongs.

use http::header::ACCEPT;
use serde_json::{Map, Value, json};

use crate::fixtures::{confidential, text};
use crate::rfc8628::device_client;
use crate::support::{Answer, Call, Listener, TestServer, pair};

/// NUL, tabulator, line feed, carriage return, escape, delete, and one of the second set.
const CONTROLS: [&str; 7] = ["\0", "\t", "\n", "\r", "\u{1b}", "\u{7f}", "\u{85}"];
/// What every refusal says.
const WORDS: &str = "has a control character";

/// Where the public listener answers a browser with a redirect to the error page.
const FOR_BROWSERS: [&str; 3] = ["/oauth2/auth", "/oauth2/sessions/logout", "/oauth2/device/verify"];

/// Parameters that some route reads from a query or a form.
const PARAMETERS: [&str; 60] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "display",
    "ui_locales",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "audience",
    "resource",
    "request",
    "request_uri",
    "registration",
    "claims",
    "response_mode",
    "code_challenge",
    "code_challenge_method",
    "login_verifier",
    "consent_verifier",
    "device_verifier",
    "logout_verifier",
    "logout_hint",
    "post_logout_redirect_uri",
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "user_code",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "token",
    "token_type_hint",
    "access_token",
    "login_challenge",
    "consent_challenge",
    "logout_challenge",
    "device_challenge",
    "challenge",
    "action",
    "username",
    "password",
    "remember",
    "subject",
    "sid",
    "client",
    "all",
    "consent_request_id",
    "login_session_id",
    "page_size",
    "page_token",
    "owner",
    "client_name",
    "not_a_parameter",
];

/// Routes with their methods, whose query is tried.
const QUERIES: [(Listener, &str, &str); 34] = [
    (Listener::Public, "GET", "/"),
    (Listener::Public, "GET", "/oauth2/auth"),
    (Listener::Public, "POST", "/oauth2/auth"),
    (Listener::Public, "GET", "/oauth2/sessions/logout"),
    (Listener::Public, "POST", "/oauth2/sessions/logout"),
    (Listener::Public, "POST", "/oauth2/device/auth"),
    (Listener::Public, "GET", "/oauth2/device/verify"),
    (Listener::Public, "POST", "/oauth2/token"),
    (Listener::Public, "POST", "/oauth2/revoke"),
    (Listener::Public, "GET", "/userinfo"),
    (Listener::Public, "POST", "/userinfo"),
    (Listener::Public, "POST", "/credentials"),
    (Listener::Public, "GET", "/.well-known/openid-configuration"),
    (Listener::Public, "POST", "/oauth2/register"),
    (Listener::Public, "GET", "/oauth2/register/some"),
    (Listener::Public, "PUT", "/oauth2/register/some"),
    (Listener::Public, "DELETE", "/oauth2/register/some"),
    (Listener::Public, "GET", "/oauth2/fallbacks/login"),
    (Listener::Public, "GET", "/oauth2/fallbacks/consent"),
    (Listener::Public, "GET", "/oauth2/fallbacks/logout"),
    (Listener::Public, "GET", "/oauth2/fallbacks/device"),
    (Listener::Public, "GET", "/oauth2/fallbacks/error"),
    (Listener::Public, "GET", "/health/ready"),
    (Listener::Admin, "GET", "/admin/clients"),
    (Listener::Admin, "GET", "/admin/accounts"),
    (Listener::Admin, "GET", "/admin/oauth2/auth/requests/login"),
    (Listener::Admin, "PUT", "/admin/oauth2/auth/requests/login/accept"),
    (Listener::Admin, "PUT", "/admin/oauth2/auth/requests/consent/reject"),
    (Listener::Admin, "PUT", "/admin/oauth2/auth/requests/device/accept"),
    (Listener::Admin, "GET", "/admin/oauth2/auth/requests/logout"),
    (Listener::Admin, "DELETE", "/admin/oauth2/auth/sessions/login"),
    (Listener::Admin, "GET", "/admin/oauth2/auth/sessions/consent"),
    (Listener::Admin, "DELETE", "/admin/oauth2/tokens"),
    (Listener::Admin, "POST", "/admin/oauth2/introspect"),
];

/// Routes that read a form.
const FORMS: [(Listener, &str); 11] = [
    (Listener::Public, "/oauth2/auth"),
    (Listener::Public, "/oauth2/sessions/logout"),
    (Listener::Public, "/oauth2/device/auth"),
    (Listener::Public, "/oauth2/token"),
    (Listener::Public, "/oauth2/revoke"),
    (Listener::Public, "/userinfo"),
    (Listener::Public, "/oauth2/fallbacks/login"),
    (Listener::Public, "/oauth2/fallbacks/consent"),
    (Listener::Public, "/oauth2/fallbacks/logout"),
    (Listener::Public, "/oauth2/fallbacks/device"),
    (Listener::Admin, "/admin/oauth2/introspect"),
];

/// Paths with a segment that names something.
const PATHS: [(Listener, &str, &str); 13] = [
    (Listener::Public, "GET", "/oauth2/register/{}"),
    (Listener::Public, "PUT", "/oauth2/register/{}"),
    (Listener::Public, "DELETE", "/oauth2/register/{}"),
    (Listener::Public, "GET", "/assets/{}/style.css"),
    (Listener::Public, "GET", "/assets/hash/{}"),
    (Listener::Admin, "GET", "/admin/clients/{}"),
    (Listener::Admin, "PUT", "/admin/clients/{}"),
    (Listener::Admin, "DELETE", "/admin/clients/{}"),
    (Listener::Admin, "GET", "/admin/accounts/{}"),
    (Listener::Admin, "PATCH", "/admin/accounts/{}"),
    (Listener::Admin, "DELETE", "/admin/accounts/{}"),
    (Listener::Admin, "PUT", "/admin/accounts/{}/password"),
    (Listener::Admin, "POST", "/admin/subjects/{}/sign-out"),
];

/// The refusal, in the form that the route has for its errors.
#[track_caller]
fn assert_refused(answer: &Answer, target: &str, what: &str) {
    let path = target.split('?').next().unwrap();
    if FOR_BROWSERS.contains(&path) {
        assert_eq!(answer.status, 302, "{what}: {}", answer.text());
        assert!(answer.location().starts_with("http://127.0.0.1:3000/error?"), "{what}: {}", answer.location());
        let told = answer.location_query();
        assert_eq!(pair(&told, "error"), Some("invalid_request"), "{what}");
        assert!(pair(&told, "error_description").unwrap().contains(WORDS), "{what}: {told:?}");
        return;
    }
    assert_eq!(answer.status, 400, "{what}: {}", answer.text());
    if path == "/" || path.starts_with("/oauth2/fallbacks/") {
        assert!(answer.content_type().unwrap().starts_with("text/html"), "{what}");
        return;
    }
    assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{what}: {}", answer.text());
    assert!(answer.member("error_description").contains(WORDS), "{what}: {}", answer.text());
}

async fn server() -> TestServer {
    TestServer::with(|config| config.symbolon.ui.enabled = true).await
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn no_parameter_of_a_query_has_one() {
    let server = server().await;
    for (listener, method, target) in QUERIES {
        for (number, name) in PARAMETERS.iter().enumerate() {
            let control = CONTROLS[number % CONTROLS.len()];
            for value in [control.to_owned(), format!("some{control}thing")] {
                let call = Call::new(method.parse().unwrap(), target).query(&[(name, &value)]);
                let answer = server.call(listener, call).await;
                assert_refused(&answer, target, &format!("{method} {target} {name}={value:?}"));
            }
        }
        for control in CONTROLS {
            let call = Call::new(method.parse().unwrap(), target).query(&[("a", "b"), (&format!("n{control}"), "")]);
            assert_refused(&server.call(listener, call).await, target, &format!("{method} {target} name {control:?}"));
        }
    }
}

#[tokio::test]
async fn no_parameter_of_a_form_has_one() {
    let server = server().await;
    for (listener, target) in FORMS {
        for (number, name) in PARAMETERS.iter().enumerate() {
            for control in [CONTROLS[number % CONTROLS.len()], "\0"] {
                let form = [("a", "b"), (name, &format!("some{control}thing"))];
                let answer = server.call(listener, Call::post(target).form(&form)).await;
                assert_refused(&answer, target, &format!("POST {target} {name} {control:?}"));
            }
        }
    }
}

#[tokio::test]
async fn no_segment_of_a_path_has_one() {
    let server = server().await;
    for (listener, method, template) in PATHS {
        for control in CONTROLS {
            for segment in [encoded(control), format!("some{}thing", encoded(control))] {
                let target = template.replace("{}", &segment);
                let call = Call::new(method.parse().unwrap(), &target).json(&json!({ "password": "correct horse" }));
                assert_refused(&server.call(listener, call).await, &target, &format!("{method} {target}"));
            }
        }
    }
}

/// The object with a control character in one member, at the end of its first text.
fn spoilt(body: &Value, name: &str, control: &str) -> Value {
    fn spoil(value: &mut Value, control: &str) -> bool {
        match value {
            Value::String(text) => {
                text.push_str(control);
                true
            }
            Value::Array(entries) => entries.iter_mut().any(|entry| spoil(entry, control)),
            Value::Object(members) => members.values_mut().any(|member| spoil(member, control)),
            _ => false,
        }
    }
    let mut changed = body.clone();
    assert!(spoil(&mut changed[name], control), "{name}: {body}");
    changed
}

/// Members with texts; those of [`LINES`] may have several lines.
fn with_texts(body: &Value) -> Vec<String> {
    let has_text = |value: &Value| value.to_string().matches('"').count() > 1;
    body.as_object().unwrap().iter().filter(|(_, value)| has_text(value)).map(|(name, _)| name.clone()).collect()
}

const LINES: [&str; 7] =
    ["address", "context", "error_debug", "error_description", "error_hint", "metadata", "session"];

fn client_body() -> Value {
    json!({
        "client_name": "n", "client_name#de": "n", "owner": "o", "contacts": ["a@a.example"], "scope": "openid",
        "audience": ["https://api.example"], "redirect_uris": ["https://app.example/cb"], "client_uri": "https://a.example",
        "policy_uri": "https://a.example", "tos_uri": "https://a.example", "logo_uri": "https://a.example",
        "jwks_uri": "https://a.example/keys", "grant_types": ["authorization_code"], "response_types": ["code"],
        "subject_type": "public", "token_endpoint_auth_method": "client_secret_basic", "client_secret": "a-good-secret-12",
        "post_logout_redirect_uris": ["https://app.example/bye"], "allowed_cors_origins": ["https://app.example"],
        "request_uris": ["https://app.example/r"], "metadata": { "m": ["n"] }, "unknown": { "a": ["b"] },
        "software_id": "s",
    })
}

fn account_body() -> Value {
    json!({
        "username": "zoe", "password": "correct horse battery", "name": "Zoe", "given_name": "Zoe", "nickname": "Z",
        "email": "z@z.example", "birthdate": "1990-01-01", "locale": "en", "zoneinfo": "Europe/Paris",
        "address": { "street_address": "A 1" },
    })
}

/// Calls of JSON with the body that they take: of every one a member with a control character is a fault, whatever else
/// would be wrong with the request.
fn json_calls(login: &str, consent: &str, registration: (&str, &str)) -> Vec<(Listener, Call, Value)> {
    let challenge = |method: &str, step: &str, operation: &str, sealed: &str| {
        let target = format!("/admin/oauth2/auth/requests/{step}/{operation}");
        Call::new(method.parse().unwrap(), target).query(&[(&format!("{step}_challenge"), sealed)])
    };
    let reject = json!({ "error": "access_denied", "error_description": "d", "error_hint": "h", "error_debug": "g" });
    let accept_login = json!({
        "subject": "alice", "acr": "a", "amr": ["pwd"], "identity_provider_session_id": "i", "context": { "c": ["d"] },
        "force_subject_identifier": "f", "unknown": "u",
    });
    let accept_consent = json!({
        "grant_scope": ["openid"], "grant_access_token_audience": ["https://api.example"], "context": { "c": "d" },
        "session": { "id_token": { "x": "y" }, "access_token": { "x": ["y"] } }, "handled_at": "2027-01-15T08:00:00Z",
    });
    let (id, token) = registration;
    let own = crate::fixtures::with(client_body(), &json!({ "owner": null, "metadata": null, "audience": null }));
    vec![
        (Listener::Admin, Call::post("/admin/clients"), client_body()),
        (Listener::Admin, Call::put("/admin/clients/confidential"), client_body()),
        (Listener::Admin, Call::post("/admin/accounts"), account_body()),
        (Listener::Admin, Call::patch("/admin/accounts/some"), account_body()),
        (Listener::Admin, Call::put("/admin/accounts/some/password"), json!({ "password": "correct horse battery" })),
        (Listener::Admin, Call::post("/admin/signing-keys/rotate"), json!({ "alg": "ES256", "set": "id-token" })),
        (Listener::Admin, challenge("PUT", "login", "accept", login), accept_login),
        (Listener::Admin, challenge("PUT", "login", "reject", login), reject.clone()),
        (Listener::Admin, challenge("PUT", "consent", "accept", consent), accept_consent),
        (Listener::Admin, challenge("PUT", "consent", "reject", consent), reject),
        (Listener::Admin, challenge("PUT", "device", "accept", "x"), json!({ "user_code": "ABCDEFGH" })),
        (Listener::Public, Call::post("/oauth2/register"), own.clone()),
        (Listener::Public, Call::put(format!("/oauth2/register/{id}")).bearer(token), own),
    ]
}

#[tokio::test]
async fn no_text_of_a_json_body_has_one_but_lines_where_they_belong() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let login = flow.authorize().await.expect(302).location_parameter("login_challenge").unwrap();
        let consent = client.flow(server).log_in().await.expect(302).location_parameter("consent_challenge").unwrap();
        let own = json!({ "redirect_uris": ["https://app.example/cb"] });
        let made = server.public(Call::post("/oauth2/register").json(&own)).await.expect(201).json();
        let registration = (text(&made, "client_id"), text(&made, "registration_access_token"));
        for (listener, call, body) in json_calls(&login, &consent, registration) {
            let what = format!("{} {}", call.method, call.target);
            for name in with_texts(&body) {
                let with_lines = LINES.contains(&name.as_str());
                for control in CONTROLS.into_iter().filter(|control| !with_lines || !"\t\n\r".contains(control)) {
                    let answer = server.call(listener, call.clone().json(&spoilt(&body, &name, control))).await;
                    assert_eq!(answer.status, 400, "{what} {name} {control:?}: {}", answer.text());
                    assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{what}: {}", answer.text());
                    let description = answer.member("error_description");
                    assert!(description.contains(WORDS) && description.contains(&name), "{what}: {description}");
                }
            }
            let named = Map::from_iter([("a\u{0}".to_owned(), json!(1))]);
            let answer = server.call(listener, call.clone().json(&Value::Object(named))).await.expect(400);
            assert!(answer.member("error_description").contains(WORDS), "{what}: {}", answer.text());
        }
    })
    .await;
}

#[tokio::test]
async fn lines_and_what_is_only_encoded_stay_as_they_are() {
    TestServer::each_database(async |server| {
        let lines = "Gatan 1\r\n111 22 Stockholm\nSverige";
        let account = json!({
            "username": "zoe", "password": "correct horse battery", "address": { "formatted": lines },
        });
        let created = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).json();
        assert_eq!(created["address"]["formatted"], lines);
        let client = json!({
            "client_id": "lines", "metadata": { "note": lines }, "redirect_uris": ["https://app.example/cb?x=%0a%00"],
        });
        let created = server.create_client(&client).await;
        assert_eq!(
            (&created["metadata"]["note"], &created["redirect_uris"]),
            (&json!(lines), &client["redirect_uris"])
        );

        let client = confidential(server).await;
        let claims = "{\n\t\"id_token\": {\r\n\t\t\"email\": null\n\t}\n}";
        let mut flow = client.flow(server).parameter("claims", claims).login("context", json!({ "a": lines }));
        flow = flow.consent("session", json!({ "id_token": { "note": lines }, "access_token": { "note": lines } }));
        let tokens = flow.tokens().await;
        assert_eq!(crate::fixtures::claims(text(&tokens, "id_token"))["note"], lines);
        let introspected = server.introspect(text(&tokens, "access_token")).await;
        assert_eq!(introspected["ext"]["note"], lines);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_names_itself_so_is_only_unknown() {
    TestServer::each_database(async |server| {
        device_client(server).await;
        for control in CONTROLS {
            for target in ["/oauth2/token", "/oauth2/revoke", "/oauth2/device/auth"] {
                let call = Call::post(target).form(&[("grant_type", "client_credentials"), ("token", "x")]);
                let answer = server.public(call.basic(&format!("some{control}"), control)).await.expect(401);
                assert_eq!(answer.error().as_deref(), Some("invalid_client"), "{target} {control:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_sees_a_page_that_repeats_nothing() {
    let server = server().await;
    for target in
        ["/oauth2/fallbacks/login?login_challenge=a%1b%5b31m", "/oauth2/fallbacks/error?error=a%00", "/?a=%0a"]
    {
        let page = server.public(Call::get(target).header(ACCEPT, "text/html")).await.expect(400);
        assert!(page.text().contains("<html") && !page.text().contains('\u{1b}'), "{target}");
    }
}
