//! The layer as a layer: over any service, twice, for strangers too, and for many at once.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;
use symbolon_client::{AccessTokenClaims, BearerLayer, Refusal, RefusalReason, ResourceServer};

use super::api::{Api, show};
use super::stub::{Issuer, RESOURCE, START, good_proof, key, proof, proof_parts, thumbprint};

fn server(issuer: &Issuer) -> ResourceServer {
    ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()
}

#[tokio::test]
async fn strangers_are_let_in_where_they_may_and_bad_tokens_are_not() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let open = api.send("GET", "/open", &[]).await;
    assert_eq!((open.status, open.json()), (200, json!("a stranger")));
    let known = api.get("/open", &issuer.token(&json!({}))).await;
    assert_eq!((known.status, known.json()["subject"].as_str()), (200, Some("alice")));
    let bad = issuer.token(&json!({ "exp": START - 60 }));
    let little = issuer.token(&json!({ "scope": "other" }));
    let authorizations = [
        (format!("Bearer {bad}"), 401),
        (format!("Bearer {little}"), 403),
        ("Bearer".to_owned(), 400),
        ("Basic YTpi".to_owned(), 401),
        (String::new(), 401),
    ];
    for (authorization, status) in authorizations {
        let answer = api.send("GET", "/open", &[("authorization", &authorization)]).await;
        assert_eq!(answer.status, status, "{authorization}");
    }
}

#[tokio::test]
async fn two_layers_use_a_proof_once() {
    let issuer = Issuer::start();
    let bearer = BearerLayer::new(server(&issuer));
    let router = Router::new()
        .route("/notes", get(show).layer(bearer.require_scope("notes.read")))
        .route("/write", get(show).layer(bearer.require_scope("notes.write")))
        .layer(bearer.clone());
    let api = Api::with(router).await;
    let token = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(1)) } }));
    assert_eq!(api.get_bound("/notes", &token, &good_proof(key(1), &token, "a")).await.status, 200);
    let (header, mut claims) = proof_parts(key(1), &token, "b");
    claims["htu"] = "https://api.example/write".into();
    let answer = api.get_bound("/write", &token, &proof(key(1), &header, &claims)).await;
    let expected = "DPoP error=\"insufficient_scope\", error_description=\"the access token does not allow this\", scope=\"notes.write\"";
    assert!(answer.status == 403 && answer.challenges()[0].starts_with(expected), "{answer:?}");
    assert_eq!(api.send("GET", "/notes", &[]).await.status, 401);
}

#[tokio::test]
async fn a_layer_of_another_api_checks_for_itself() {
    let issuer = Issuer::start();
    let other = ResourceServer::builder(issuer.unregistered(), "https://other.example").build().unwrap();
    let router = Router::new()
        .route("/notes", get(show).layer(BearerLayer::new(other)))
        .layer(BearerLayer::new(server(&issuer)));
    let api = Api::with(router).await;
    assert_eq!(api.get("/notes", &issuer.token(&json!({}))).await.status, 401);
    let both = issuer.token(&json!({ "aud": ["https://other.example", RESOURCE] }));
    assert_eq!(api.get("/notes", &both).await.status, 200);
}

#[tokio::test]
async fn proofs_name_the_whole_address_under_a_nested_router() {
    let issuer = Issuer::start();
    let bearer = BearerLayer::new(server(&issuer));
    let nested = |bearer: BearerLayer| Router::new().route("/notes", get(show)).layer(bearer);
    let router = Router::new().nest("/v1", nested(bearer.mounted_at("/v1/"))).nest("/v2", nested(bearer));
    let api = Api::with(router).await;
    let token = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(1)) } }));
    for (path, status) in [("/v1/notes", 200), ("/v2/notes", 401)] {
        let (header, mut claims) = proof_parts(key(1), &token, path);
        claims["htu"] = format!("https://api.example{path}").into();
        assert_eq!(api.get_bound(path, &token, &proof(key(1), &header, &claims)).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn several_addresses_of_an_api_count() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), "urn:example:notes")
        .base_url("https://one.example/")
        .base_url("https://two.example/api")
        .build()
        .unwrap();
    let api = Api::start(&server).await;
    let token = issuer.token(&json!({ "aud": "urn:example:notes", "cnf": { "jkt": thumbprint(key(1)) } }));
    for (htu, status) in [
        ("https://one.example/notes", 200),
        ("https://two.example/api/notes", 200),
        ("https://two.example/notes", 401),
        ("https://api.example/notes", 401),
    ] {
        let (header, mut claims) = proof_parts(key(1), &token, htu);
        claims["htu"] = htu.into();
        assert_eq!(api.get_bound("/notes", &token, &proof(key(1), &header, &claims)).await.status, status, "{htu}");
    }
}

#[tokio::test]
async fn any_service_can_stand_behind_it() {
    use std::task::{Context, Poll};

    /// A service that must be polled ready before each call, as tower has it.
    #[derive(Default)]
    struct Strict {
        is_ready: bool,
    }

    impl Clone for Strict {
        fn clone(&self) -> Self {
            Self::default()
        }
    }

    impl tower_service::Service<Request> for Strict {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            self.is_ready = true;
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request) -> Self::Future {
            assert!(std::mem::take(&mut self.is_ready), "called without being ready");
            // What the layers behind must not log is marked.
            assert!(request.headers()["authorization"].is_sensitive());
            let claims = request.extensions().get::<AccessTokenClaims>().unwrap();
            std::future::ready(Ok(Response::new(Body::from(claims.subject.clone().unwrap()))))
        }
    }

    let issuer = Issuer::start();
    let guard = tower_layer::Layer::layer(&BearerLayer::new(server(&issuer)), Strict::default());
    let api = Api::with(Router::new().route_service("/notes", guard)).await;
    let answer = api.get("/notes", &issuer.token(&json!({}))).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "alice"));
    assert_eq!(api.get("/notes", &issuer.token(&json!({ "iss": "x" }))).await.status, 401);
}

#[tokio::test]
async fn many_requests_at_once_keep_their_own_claims() {
    let issuer = Issuer::start();
    let api = Arc::new(Api::start(&server(&issuer)).await);
    let requests: Vec<_> = (0..64)
        .map(|number| {
            let (api, token) = (api.clone(), issuer.token(&json!({ "sub": format!("user-{number}") })));
            tokio::spawn(async move { api.get("/notes", &token).await })
        })
        .collect();
    for (number, request) in requests.into_iter().enumerate() {
        let answer = request.await.unwrap();
        assert_eq!(answer.json()["subject"], format!("user-{number}"));
    }
    assert_eq!(issuer.server.count("GET /keys"), 1);
}

#[tokio::test]
async fn the_reason_is_there_for_a_log_and_has_no_token() {
    let issuer = Issuer::start();
    let log = from_fn(|request: Request, next: Next| async move {
        let mut response = next.run(request).await;
        let refusal = response.extensions().get::<Refusal>().cloned().unwrap();
        assert!(matches!(refusal.reason(), RefusalReason::InvalidToken(_)));
        response.headers_mut().insert("x-reason", format!("{refusal} {refusal:?}").parse().unwrap());
        response
    });
    let router = Router::new().route("/notes", get(show)).layer(BearerLayer::new(server(&issuer))).layer(log);
    let token = issuer.token(&json!({ "exp": START - 60 }));
    let answer = Api::with(router).await.get("/notes", &token).await;
    let reason = answer.header("x-reason").unwrap();
    assert!(reason.starts_with("the access token is not valid: 'exp' has passed"), "{reason}");
    assert!(!reason.contains(&token) && !reason.contains("alice"), "{reason}");
}

#[tokio::test]
async fn claims_show_no_user_in_debug() {
    let issuer = Issuer::start();
    let seen = |Extension(claims): Extension<AccessTokenClaims>| async move { format!("{claims:?}") };
    let router = Router::new().route("/notes", get(seen)).layer(BearerLayer::new(server(&issuer)));
    let answer = Api::with(router).await.get("/notes", &issuer.token(&json!({}))).await;
    assert!(answer.status == 200 && !answer.body.contains("alice"), "{}", answer.body);
}
