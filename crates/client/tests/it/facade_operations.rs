//! Every operation of the facade by table: what it sends, with which credentials, what it makes of a success, and which
//! variant a refusal of each status is.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use symbolon_client::apis::configuration::Configuration;
use symbolon_client::apis::{Error, Refusal, jwk_api, metadata_api, o_auth2_api, oidc_api, wellknown_api};
use symbolon_client::models::{
    AcceptDeviceUserCodeRequest, CreateJsonWebKeySet, JsonPatch, JsonWebKey, OAuth2Client, TrustOAuth2JwtGrantIssuer,
    json_patch::OpEnum,
};

use crate::server::{Server, answer, json};

type Outcome = Result<(), (u16, Option<String>, Option<String>)>;
type Call = for<'a> fn(&'a Configuration) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

const NOBODY: &str = "";
const BEARER: &str = "Bearer bearer";
const ACCESS: &str = "Bearer access";
/// `a%3Ab:c+d`, form-encoded before it is encoded.
const BASIC: &str = "Basic YSUzQWI6YytkJTNE";

const ANY: &[(u16, &str)] = &[];
const S400: &[(u16, &str)] = &[(400, "Status400")];
const S404: &[(u16, &str)] = &[(404, "Status404")];
const S400_404: &[(u16, &str)] = &[(400, "Status400"), (404, "Status404")];

/// The result without its content; of a refusal the status, the variant and the code.
fn seen<T, E: Refusal + Debug>(result: Result<T, Error<E>>) -> Outcome {
    let Err(error) = result else { return Ok(()) };
    let code = error.oauth_code().map(str::to_owned);
    let Error::ResponseError(refusal) = error else { panic!("no refusal: {error:?}") };
    let variant = refusal.entity.map(|entity| format!("{entity:?}").split('(').next().unwrap().to_owned());
    Err((refusal.status.as_u16(), variant, code))
}

struct Row {
    operation: &'static str,
    /// Method, path and query.
    line: &'static str,
    body: &'static str,
    authorization: &'static str,
    /// The variants that are not the default one.
    variants: &'static [(u16, &'static str)],
    call: Call,
}

macro_rules! rows {
    ($($api:ident::$operation:ident($($argument:expr),*): $line:literal $body:literal $authorization:ident $variants:ident;)+) => {
        vec![$(Row {
            operation: stringify!($operation),
            line: $line,
            body: $body,
            authorization: $authorization,
            variants: $variants,
            call: |configuration| Box::pin(async move { seen($api::$operation(configuration, $($argument),*).await) }),
        }),+]
    };
}

fn key() -> JsonWebKey {
    JsonWebKey::new("ES256".into(), "k".into(), "EC".into(), "sig".into())
}

fn patch() -> Vec<JsonPatch> {
    vec![JsonPatch::new(OpEnum::Remove, "/owner".into())]
}

fn trust() -> TrustOAuth2JwtGrantIssuer {
    TrustOAuth2JwtGrantIssuer::new("2099-01-01T00:00:00Z".into(), "i".into(), key(), vec!["a".into()])
}

fn typed() -> AcceptDeviceUserCodeRequest {
    AcceptDeviceUserCodeRequest { user_code: Some("AB".into()) }
}

fn resources() -> Vec<String> {
    vec!["https://a.example/?x=1".into(), "https://b.example".into()]
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    rows! {
        oidc_api::create_oidc_dynamic_client(OAuth2Client::new()): "POST /oauth2/register" "{}" BEARER S400;
        oidc_api::create_verifiable_credential(None): "POST /credentials" r#"{"format":"jwt_vc_json"}"# ACCESS S400;
        oidc_api::delete_oidc_dynamic_client("a b"): "DELETE /oauth2/register/a%20b" "" BEARER ANY;
        oidc_api::discover_oidc_configuration(): "GET /.well-known/openid-configuration" "" NOBODY ANY;
        oidc_api::get_oidc_dynamic_client("a/b"): "GET /oauth2/register/a%2Fb" "" BEARER ANY;
        oidc_api::get_oidc_user_info(): "GET /userinfo" "" ACCESS ANY;
        oidc_api::revoke_oidc_session(): "GET /oauth2/sessions/logout" "" NOBODY ANY;
        oidc_api::set_oidc_dynamic_client("a", OAuth2Client::new()): "PUT /oauth2/register/a" "{}" BEARER S404;
        wellknown_api::discover_json_web_keys(): "GET /.well-known/jwks.json" "" NOBODY ANY;
        metadata_api::get_version(): "GET /version" "" BEARER ANY;
        jwk_api::create_json_web_key_set("s", CreateJsonWebKeySet::new("ES256".into(), "k".into(), "sig".into())): "POST /admin/keys/s" r#"{"alg":"ES256","kid":"k","use":"sig"}"# BEARER ANY;
        jwk_api::delete_json_web_key("s", "k/1"): "DELETE /admin/keys/s/k%2F1" "" BEARER ANY;
        jwk_api::delete_json_web_key_set("s"): "DELETE /admin/keys/s" "" BEARER ANY;
        jwk_api::get_json_web_key("s", "k"): "GET /admin/keys/s/k" "" BEARER ANY;
        jwk_api::get_json_web_key_set("s"): "GET /admin/keys/s" "" BEARER ANY;
        jwk_api::set_json_web_key("s", "k", Some(key())): "PUT /admin/keys/s/k" r#"{"alg":"ES256","kid":"k","kty":"EC","use":"sig"}"# BEARER S400;
        jwk_api::set_json_web_key_set("s", None): "PUT /admin/keys/s" "{}" BEARER S400;
        o_auth2_api::accept_o_auth2_consent_request("c&h", None): "PUT /admin/oauth2/auth/requests/consent/accept?consent_challenge=c%26h" "{}" BEARER ANY;
        o_auth2_api::accept_o_auth2_login_request("c", None): "PUT /admin/oauth2/auth/requests/login/accept?login_challenge=c" "{}" BEARER ANY;
        o_auth2_api::accept_o_auth2_logout_request("c"): "PUT /admin/oauth2/auth/requests/logout/accept?logout_challenge=c" "" BEARER ANY;
        o_auth2_api::accept_user_code_request("c", Some(typed())): "PUT /admin/oauth2/auth/requests/device/accept?device_challenge=c" r#"{"user_code":"AB"}"# BEARER ANY;
        o_auth2_api::create_o_auth2_client(OAuth2Client::new()): "POST /admin/clients" "{}" BEARER S400;
        o_auth2_api::delete_o_auth2_client("a"): "DELETE /admin/clients/a" "" BEARER ANY;
        o_auth2_api::delete_o_auth2_token("a"): "DELETE /admin/oauth2/tokens?client_id=a" "" BEARER ANY;
        o_auth2_api::delete_rotated_o_auth2_client_secrets("a"): "DELETE /admin/clients/a/secrets/rotate" "" BEARER S404;
        o_auth2_api::delete_trusted_o_auth2_jwt_grant_issuer("a"): "DELETE /admin/trust/grants/jwt-bearer/issuers/a" "" BEARER ANY;
        o_auth2_api::get_o_auth2_client("a"): "GET /admin/clients/a" "" BEARER ANY;
        o_auth2_api::get_o_auth2_consent_request("c"): "GET /admin/oauth2/auth/requests/consent?consent_challenge=c" "" BEARER ANY;
        o_auth2_api::get_o_auth2_login_request("c"): "GET /admin/oauth2/auth/requests/login?login_challenge=c" "" BEARER ANY;
        o_auth2_api::get_o_auth2_logout_request("c"): "GET /admin/oauth2/auth/requests/logout?logout_challenge=c" "" BEARER ANY;
        o_auth2_api::get_trusted_o_auth2_jwt_grant_issuer("a"): "GET /admin/trust/grants/jwt-bearer/issuers/a" "" BEARER ANY;
        o_auth2_api::introspect_o_auth2_token("t", Some("a b")): "POST /admin/oauth2/introspect" "token=t&scope=a+b" BEARER ANY;
        o_auth2_api::list_o_auth2_clients(Some(2), Some("p"), Some("n"), Some("o")): "GET /admin/clients?page_size=2&page_token=p&client_name=n&owner=o" "" BEARER ANY;
        o_auth2_api::list_o_auth2_clients_page(None, None, None, None): "GET /admin/clients" "" BEARER ANY;
        o_auth2_api::list_o_auth2_consent_sessions("s", Some(2), Some("p"), Some("l")): "GET /admin/oauth2/auth/sessions/consent?subject=s&page_size=2&page_token=p&login_session_id=l" "" BEARER ANY;
        o_auth2_api::list_o_auth2_consent_sessions_page("s", None, None, None): "GET /admin/oauth2/auth/sessions/consent?subject=s" "" BEARER ANY;
        o_auth2_api::list_trusted_o_auth2_jwt_grant_issuers(Some(2), Some("p"), Some("i")): "GET /admin/trust/grants/jwt-bearer/issuers?page_size=2&page_token=p&issuer=i" "" BEARER ANY;
        o_auth2_api::list_trusted_o_auth2_jwt_grant_issuers_page(None, None, None): "GET /admin/trust/grants/jwt-bearer/issuers" "" BEARER ANY;
        o_auth2_api::o_auth2_authorize(Some(resources())): "GET /oauth2/auth?resource=https%3A%2F%2Fa.example%2F%3Fx%3D1&resource=https%3A%2F%2Fb.example" "" NOBODY ANY;
        o_auth2_api::o_auth2_device_flow(): "POST /oauth2/device/auth" "client_id=a%3Ab" BASIC ANY;
        o_auth2_api::o_auth2_device_flow_with(&[("client_id", "x"), ("scope", "a b")]): "POST /oauth2/device/auth" "client_id=x&scope=a+b" BASIC ANY;
        o_auth2_api::oauth2_token_exchange("g", Some("i"), Some("c"), Some("u"), Some("r"), Some(resources())): "POST /oauth2/token" "grant_type=g&client_id=i&code=c&redirect_uri=u&refresh_token=r&resource=https%3A%2F%2Fa.example%2F%3Fx%3D1&resource=https%3A%2F%2Fb.example" BASIC ANY;
        o_auth2_api::oauth2_token_exchange_with(&[("grant_type", "g"), ("code_verifier", "v")]): "POST /oauth2/token" "grant_type=g&code_verifier=v" BASIC ANY;
        o_auth2_api::patch_o_auth2_client("a", patch()): "PATCH /admin/clients/a" r#"[{"op":"remove","path":"/owner"}]"# BEARER S404;
        o_auth2_api::perform_o_auth2_device_verification_flow(): "GET /oauth2/device/verify" "" NOBODY ANY;
        o_auth2_api::reject_o_auth2_consent_request("c", None): "PUT /admin/oauth2/auth/requests/consent/reject?consent_challenge=c" "{}" BEARER ANY;
        o_auth2_api::reject_o_auth2_login_request("c", None): "PUT /admin/oauth2/auth/requests/login/reject?login_challenge=c" "{}" BEARER ANY;
        o_auth2_api::reject_o_auth2_logout_request("c"): "PUT /admin/oauth2/auth/requests/logout/reject?logout_challenge=c" "" BEARER ANY;
        o_auth2_api::revoke_o_auth2_consent_sessions(Some("s"), Some("c"), Some("r"), Some(true)): "DELETE /admin/oauth2/auth/sessions/consent?subject=s&client=c&consent_request_id=r&all=true" "" BEARER ANY;
        o_auth2_api::revoke_o_auth2_login_sessions(Some("s"), Some("i")): "DELETE /admin/oauth2/auth/sessions/login?subject=s&sid=i" "" BEARER ANY;
        o_auth2_api::revoke_o_auth2_token("t", Some("i"), Some("s")): "POST /oauth2/revoke" "token=t&client_id=i&client_secret=s" BASIC ANY;
        o_auth2_api::rotate_o_auth2_client_secret("a", None): "POST /admin/clients/a/secrets/rotate" "{}" BEARER S400_404;
        o_auth2_api::set_o_auth2_client("a", OAuth2Client::new()): "PUT /admin/clients/a" "{}" BEARER S400_404;
        o_auth2_api::set_o_auth2_client_lifespans("a", None): "PUT /admin/clients/a/lifespans" "{}" BEARER ANY;
        o_auth2_api::trust_o_auth2_jwt_grant_issuer(Some(trust())): "POST /admin/trust/grants/jwt-bearer/issuers" r#"{"expires_at":"2099-01-01T00:00:00Z","issuer":"i","jwk":{"alg":"ES256","kid":"k","kty":"EC","use":"sig"},"scope":["a"]}"# BEARER ANY;
    }
}

/// The two operations whose refusals the generated crate has no type for.
const UNTYPED: [&str; 2] = ["revoke_oidc_session", "get_version"];

fn configuration(base_path: &str) -> Configuration {
    let client = Configuration::client_builder().no_proxy().build().unwrap();
    Configuration {
        base_path: format!("{base_path}/"),
        client,
        basic_auth: Some(("a:b".into(), Some("c d=".into()))),
        oauth_access_token: Some("access".into()),
        bearer_access_token: Some("bearer".into()),
        ..Configuration::new()
    }
}

/// A body that has the mandatory members of every answer.
fn complete() -> Value {
    json!({
        "redirect_to": "https://as.example/next", "challenge": "c", "client": {}, "request_url": "u", "skip": true,
        "subject": "s", "active": true, "version": "v", "kty": "EC", "issuer": "i", "authorization_endpoint": "a",
        "token_endpoint": "t", "jwks_uri": "j", "unknown": [null],
    })
}

/// A server whose answer can be changed.
fn changing() -> (Server, Arc<Mutex<Vec<u8>>>) {
    let next = Arc::new(Mutex::new(Vec::new()));
    let served = Arc::clone(&next);
    (Server::start(move |_, _| served.lock().unwrap().clone()), next)
}

/// The functions that the sources of the five modules have: in the table, and written out.
fn described() -> BTreeSet<String> {
    let sources = [
        include_str!("../../src/apis/jwk_api.rs"),
        include_str!("../../src/apis/metadata_api.rs"),
        include_str!("../../src/apis/o_auth2_api.rs"),
        include_str!("../../src/apis/oidc_api.rs"),
        include_str!("../../src/apis/wellknown_api.rs"),
    ];
    let lines: Vec<&str> = sources.iter().flat_map(|source| source.lines().map(str::trim)).collect();
    let in_tables = lines.windows(2).filter(|pair| pair[0].contains("\" for ") && pair[0].ends_with(';'));
    let written = lines.iter().filter_map(|line| line.strip_prefix("pub async fn "));
    let starts = in_tables.map(|pair| pair[1]).chain(written);
    starts.map(|line| line.split('(').next().unwrap().to_owned()).collect()
}

#[test]
fn every_function_has_its_row() {
    let names: BTreeSet<_> = table().iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(names, described());
    // 8, 7, 1, 1 and 33 operations of the generated crate, three lists with pages, and two with a whole form.
    assert_eq!((names.len(), table().len()), (55, 55));
}

#[tokio::test]
async fn requests_and_successes_are_those_of_the_table() {
    let (server, next) = changing();
    let configuration = configuration(&server.url);
    for (index, row) in table().into_iter().enumerate() {
        let list = if row.operation.starts_with("list_") { json!([complete()]) } else { complete() };
        *next.lock().unwrap() = json(200, &list);
        assert_eq!((row.call)(&configuration).await, Ok(()), "{}", row.operation);
        let received = server.received().swap_remove(index);
        let sent = (received.line.as_str(), received.body.as_str(), received.authorization.as_str());
        assert_eq!(sent, (row.line, row.body, row.authorization), "{}", row.operation);
        let kind = match row.body.chars().next() {
            Some('{' | '[') => "application/json",
            Some(_) => "application/x-www-form-urlencoded",
            None => "",
        };
        assert_eq!(received.content_type, kind, "{}", row.operation);
        let says_length = !row.body.is_empty() || row.line.starts_with("PUT") || row.line.starts_with("POST");
        assert_eq!(received.content_length, says_length.then_some(row.body.len()), "{}", row.operation);
    }
}

#[tokio::test]
async fn refusals_have_the_variant_of_their_status_whatever_the_operation() {
    let (server, next) = changing();
    let configuration = configuration(&server.url);
    let body = json!({ "error": "some_code", "error_description": "Some reason.", "message": 7 });
    for row in table() {
        for status in [400, 401, 403, 404, 409, 410, 429, 500, 503] {
            *next.lock().unwrap() = json(status, &body);
            let expected = row.variants.iter().find(|(special, _)| *special == status).map(|(_, variant)| *variant);
            let default = if UNTYPED.contains(&row.operation) { "UnknownValue" } else { "DefaultResponse" };
            let expected = (status, Some(expected.unwrap_or(default).to_owned()), Some("some_code".to_owned()));
            let outcome = (row.call)(&configuration).await;
            assert_eq!(outcome, Err(expected), "{} {status}", row.operation);
        }
    }
}

#[tokio::test]
async fn other_bodies_of_refusals_are_told_apart() {
    let (server, next) = changing();
    let configuration = configuration(&server.url);
    for row in table() {
        let name = row.operation;
        *next.lock().unwrap() = json(418, &json!({ "error": { "code": 418 } }));
        let unknown = (418, Some("UnknownValue".to_owned()), None);
        assert_eq!((row.call)(&configuration).await, Err(unknown), "{name}");
        *next.lock().unwrap() = json(418, &json!(["error"]));
        let unknown = (418, Some("UnknownValue".to_owned()), None);
        assert_eq!((row.call)(&configuration).await, Err(unknown), "{name}");
        *next.lock().unwrap() = answer(502, "content-type: text/html\r\n", "<h1>Bad gateway</h1>");
        assert_eq!((row.call)(&configuration).await, Err((502, None, None)), "{name}");
        *next.lock().unwrap() = answer(404, "", "");
        assert_eq!((row.call)(&configuration).await, Err((404, None, None)), "{name}");
    }
}

#[tokio::test]
async fn redirect_is_a_success_only_where_browsers_go() {
    let browsers = ["revoke_oidc_session", "o_auth2_authorize", "perform_o_auth2_device_verification_flow"];
    let (server, next) = changing();
    let configuration = configuration(&server.url);
    for row in table() {
        *next.lock().unwrap() = answer(302, "location: /page?x=1\r\n", "");
        let expected = if browsers.contains(&row.operation) { Ok(()) } else { Err((302, None, None)) };
        assert_eq!((row.call)(&configuration).await, expected, "{}", row.operation);
        *next.lock().unwrap() = answer(302, "location: /page?error=some_code&error_description=No.\r\n", "");
        let default = if UNTYPED.contains(&row.operation) { "UnknownValue" } else { "DefaultResponse" };
        let refused = (302, Some(default.to_owned()), Some("some_code".to_owned()));
        let expected = if browsers.contains(&row.operation) { refused } else { (302, None, None) };
        assert_eq!((row.call)(&configuration).await, Err(expected), "{}", row.operation);
    }
    assert!(server.received().iter().all(|request| !request.line.contains("/page")), "not followed");
}
