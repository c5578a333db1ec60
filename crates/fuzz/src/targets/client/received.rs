//! Requests that an application receives: those to an API with a token, those to the paths of a login and everywhere else
//! in front of it, and what a provider brings to the notification endpoint.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::Full;
use symbolon_client::{
    AuthorizationRequest, BackchannelNotification, ClientCertificate, LoginLayer, Requirements, ResourceServer, Session,
};
use tower_layer::Layer as _;
use tower_service::Service;

use super::{Answering, builder, check_error, client, head_and_body, ok, run};
use crate::Target;
use crate::targets::text;

/// A request to an API (RFC 6750 §2.1, RFC 9449 §4.3, RFC 8705 §3). No token in it can be good: nobody has the key.
pub const API_REQUEST: Target = Target {
    name: "api_request",
    run: check_api_request,
    seeds: &[
        "GET /notes\nauthorization: Bearer opaque\n\n",
        "GET /notes?access_token=a\nauthorization: bEaReR  a.b.c\nauthorization: Bearer x\n\n",
        "POST /notes\nauthorization: DPoP opaque\ndpop: eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIn19.eyJqdGkiOiJhIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vYXBpLmV4YW1wbGUvbm90ZXMiLCJpYXQiOjE4MDAwMDAwMDB9.AA\n\n",
        "GET /notes\nauthorization: Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUifQ.AA\nclient-cert: :YWJj:\n\n",
        "GET /notes\nauthorization: Basic YTpi\nclient-cert: -----BEGIN%20CERTIFICATE-----%0AYWJj%0A-----END%20CERTIFICATE-----\n\n",
    ],
};
/// A request in front of which a `LoginLayer` stands, from somebody who is not logged in.
pub const LOGIN_REQUEST: Target = Target {
    name: "login_request",
    run: check_login_request,
    seeds: &[
        "GET /auth/login?return_to=%2Faccount\naccept: text/html\n\n",
        "GET /auth/login?return_to=https%3A%2F%2Fevil.example&return_to=//evil.example\n\n",
        "GET /cb?code=a&state=b&iss=https%3A%2F%2Fas.example\ncookie: __Host-session=AAAA; __Host-session-1=B\n\n",
        "POST /auth/backchannel-logout\ncontent-type: application/x-www-form-urlencoded\n\nlogout_token=a.b.c",
        "GET /auth/frontchannel-logout?iss=https%3A%2F%2Fas.example&sid=a\n\n",
        "POST /auth/logout\norigin: https://app.example\nsec-fetch-site: same-origin\n\n",
        "GET /open/../account%2F?x\\y\ncookie: a=b;;=; session\naccept: application/json\n\n",
    ],
};
/// What a provider brings to the notification endpoint (`OpenID` Connect CIBA §10.2): the header `Authorization`, an
/// empty line, the body.
pub const BACKCHANNEL_NOTIFICATION: Target = Target {
    name: "backchannel_notification",
    run: |bytes| {
        let (head, body) = head_and_body(bytes);
        match BackchannelNotification::parse(&text(head), body) {
            Ok(notification) => assert!(!notification.id().is_empty()),
            Err(error) => check_error(&error),
        }
    },
    seeds: &[
        "Bearer abc\n\n{\"auth_req_id\":\"1c266114\"}",
        "bearer  a b\n\n{\"auth_req_id\":7,\"error\":\"access_denied\"}",
        "Bearer \n\n{\"auth_req_id\":\"\",\"access_token\":\"a\",\"expires_in\":\"9\"}",
    ],
};

fn check_api_request(bytes: &[u8]) {
    let Some(request) = request(bytes) else { return };
    let answering = Answering::hostile_at("/introspect", ok(br#"{"active":false}"#));
    let Some(client) = client(&answering) else { return };
    let certificate = |parts: &http::request::Parts| {
        let value = parts.headers.get("client-cert")?.to_str().ok()?;
        ClientCertificate::from_header(value)
    };
    let server = ResourceServer::builder(client, "https://api.example/notes").client_certificate(certificate).build();
    let server = server.expect("the settings are good");
    let (parts, _) = request.into_parts();
    let Some(outcome) = run(server.authorize(&parts, &Requirements::new().scope("notes.read"))) else { return };
    let refusal = outcome.expect_err("a token was believed that nobody can have made");
    let reason = refusal.to_string();
    let answer = refusal.into_response::<Bytes>();
    assert!(matches!(answer.status().as_u16(), 400 | 401 | 403 | 503), "{reason}");
    let challenged = answer.headers().contains_key(header::WWW_AUTHENTICATE);
    assert_eq!(challenged, answer.status() != StatusCode::SERVICE_UNAVAILABLE, "{reason}");
}

/// Behind the layer: it tells that it was reached, and whether by somebody who is logged in.
#[derive(Clone)]
struct Inside;

impl Service<Request<Full<Bytes>>> for Inside {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        assert!(request.extensions().get::<Session>().is_none(), "nobody can have sealed a session");
        let path = request.uri().path();
        assert!(path.starts_with("/open/"), "the path {path} is not public");
        ready(Ok(Response::new(Bytes::from_static(b"inside"))))
    }
}

fn check_login_request(bytes: &[u8]) {
    let Some(request) = request(bytes) else { return };
    let answering = Answering::hostile_at("/token", ok(br#"{"access_token":"at","token_type":"Bearer"}"#));
    let Ok(client) = builder(&answering).build() else { return };
    let layer = LoginLayer::builder(client, super::SECRET)
        .request(AuthorizationRequest::new("openid"))
        .path_prefix("/auth")
        .public(["/open/*"])
        .frontchannel_logout()
        .build()
        .expect("the settings are good");
    let mut application = layer.layer(Inside);
    let Some(Ok(answer)) = run(application.call(request.map(Full::new))) else { return };
    for place in answer.headers().get_all(header::LOCATION) {
        let place = place.to_str().expect("an address is text");
        let local = place.starts_with('/') && !place.starts_with("//") && !place.starts_with("/\\");
        assert!(local || place.starts_with("https://as.example/"), "a stranger sends browsers to {place}");
    }
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().expect("a cookie is text");
        assert!(cookie.starts_with("__Host-") && cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    }
}

/// A request as the seeds write it: method and target, headers a line each, an empty line, the body.
fn request(bytes: &[u8]) -> Option<Request<Bytes>> {
    let (head, body) = head_and_body(bytes);
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut words = lines.next()?.splitn(2, |byte| *byte == b' ');
    let mut request = Request::new(Bytes::copy_from_slice(body));
    *request.method_mut() = Method::from_bytes(words.next()?).ok()?;
    *request.uri_mut() = Uri::try_from(words.next()?).ok()?;
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = http::HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
    Some(request)
}
