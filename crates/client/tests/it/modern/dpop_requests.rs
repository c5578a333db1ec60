//! Requests of the program's own with a bound token (RFC 9449 §7).

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Map, Value, json};
use symbolon_client::{Client, DpopKey, Error, TokenSet, Url};

use super::{builder, provider, tokens};
use crate::server::{Received, Server, answer};

fn client(provider: &Server) -> (Client, TokenSet) {
    let client = builder(provider).dpop(DpopKey::generate().unwrap()).header("x-of-the-provider", "hush").build();
    let mut set = TokenSet::new("at-1");
    set.token_type = "DPoP".into();
    (client.unwrap(), set)
}

fn claims(request: &Received) -> Map<String, Value> {
    symbolon_jose::Jws::parse(request.header("dpop").unwrap()).unwrap().unverified_claims().unwrap()
}

fn any_provider() -> Server {
    provider(json!({}), |_, _| tokens("DPoP"))
}

#[tokio::test]
async fn a_request_goes_out_as_it_is_with_token_and_proof() {
    let api = Server::start(|_, _| answer(207, "x-seen: yes\r\n", "done"));
    let provider = any_provider();
    let (client, set) = client(&provider);
    let request = Request::put(format!("{}/orders/7?dry=1", api.url)).header("x-own", "1").body("the body").unwrap();
    let answer = client.send_authorized(request, &set).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-seen"], &**answer.body()),
        (207, &"yes".parse().unwrap(), &b"done"[..])
    );
    let received = &api.received()[0];
    assert_eq!((received.line.as_str(), received.body.as_str()), ("PUT /orders/7?dry=1", "the body"));
    assert_eq!((received.header("authorization"), received.header("x-own")), (Some("DPoP at-1"), Some("1")));
    assert_eq!(received.header("x-of-the-provider"), None, "it is nobody else's business");
    let claims = claims(received);
    assert_eq!((&claims["htm"], &claims["htu"]), (&json!("PUT"), &json!(format!("{}/orders/7", api.url))));
}

#[tokio::test]
async fn any_method_is_sent_again_with_the_nonce_of_the_api() {
    let api = Server::start(|request, _| match claims(request).get("nonce") {
        None => answer(401, "www-authenticate: DPoP error=\"use_dpop_nonce\"\r\ndpop-nonce: of-the-api\r\n", ""),
        Some(_) => answer(200, "", ""),
    });
    let provider = any_provider();
    let (client, set) = client(&provider);
    let post = || Request::post(format!("{}/orders", api.url)).body(Bytes::from("x")).unwrap();
    assert_eq!(client.send_authorized(post(), &set).await.unwrap().status(), 200);
    assert_eq!(client.send_authorized(post(), &set).await.unwrap().status(), 200);
    let nonces: Vec<_> = api.received().iter().map(|request| claims(request).get("nonce").cloned()).collect();
    let given = Some(json!("of-the-api"));
    assert_eq!(nonces, [None, given.clone(), given], "it is kept for the next request");
    // An origin's nonce is its own.
    client.refresh_with(&"rt-0".into()).await.unwrap();
    let at_provider = provider.received().into_iter().find(|request| request.line == "POST /token").unwrap();
    assert_eq!(claims(&at_provider).get("nonce"), None);
}

#[tokio::test]
async fn a_get_that_is_tried_again_has_another_proof() {
    let count = AtomicUsize::new(0);
    let api = Server::start(move |_, _| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer(503, "retry-after: 0\r\n", ""),
        _ => answer(200, "", ""),
    });
    let provider = any_provider();
    let (client, set) = client(&provider);
    let get = Request::get(format!("{}/orders", api.url)).body(Bytes::new()).unwrap();
    assert_eq!(client.send_authorized(get, &set).await.unwrap().status(), 200);
    let ids: HashSet<_> = api.received().iter().map(|request| claims(request)["jti"].clone()).collect();
    assert_eq!((api.count("GET"), ids.len()), (2, 2));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_a_post_is_not_tried_again() {
    for status in [401, 403, 503, 302] {
        let api = Server::start(move |_, url| answer(status, &format!("location: {url}/other\r\n"), "no"));
        let provider = any_provider();
        let (client, set) = client(&provider);
        let post = Request::post(format!("{}/orders", api.url)).body(Bytes::new()).unwrap();
        assert_eq!(client.send_authorized(post, &set).await.unwrap().status().as_u16(), status);
        assert_eq!(api.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn bearer_tokens_are_sent_as_such() {
    let api = Server::start(|_, _| answer(200, "", ""));
    let provider = any_provider();
    let client = builder(&provider).build().unwrap();
    let get = Request::get(format!("{}/", api.url)).body(Bytes::new()).unwrap();
    client.send_authorized(get, &TokenSet::new("at-2")).await.unwrap();
    let received = &api.received()[0];
    assert_eq!((received.header("authorization"), received.header("dpop")), (Some("Bearer at-2"), None));
}

#[tokio::test]
async fn without_a_key_a_bound_token_goes_nowhere() {
    let api = Server::start(|_, _| answer(200, "", ""));
    let provider = any_provider();
    let (_, set) = client(&provider);
    let client = builder(&provider).build().unwrap();
    let get = Request::get(format!("{}/", api.url)).body(Bytes::new()).unwrap();
    assert!(matches!(client.send_authorized(get, &set).await, Err(Error::Configuration(_))));
    let url = Url::parse(&api.url).unwrap();
    assert!(matches!(client.authorization_headers(&Method::GET, &url, &set).await, Err(Error::Configuration(_))));
    assert_eq!(api.received().len(), 0);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    let provider = any_provider();
    let (client, set) = client(&provider);
    for wrong in ["/orders", "ftp://api.example/", "*"] {
        let get = Request::get(wrong).body(Bytes::new()).unwrap();
        assert!(matches!(client.send_authorized(get, &set).await, Err(Error::Argument(_))), "{wrong}");
    }
    let broken = TokenSet::new("a\nb");
    let url = Url::parse("https://api.example/").unwrap();
    assert!(matches!(client.authorization_headers(&Method::GET, &url, &broken).await, Err(Error::Argument(_))));
}

#[tokio::test]
async fn another_library_can_send_the_request() {
    let provider = any_provider();
    let (client, set) = client(&provider);
    let url = Url::parse("https://api.example/orders?x=1").unwrap();
    let headers = client.authorization_headers(&Method::DELETE, &url, &set).await.unwrap();
    assert_eq!(headers["authorization"], "DPoP at-1");
    assert!(headers.values().all(http::HeaderValue::is_sensitive));

    let challenge = |nonce: &str, error: &str| -> HeaderMap {
        [("dpop-nonce", nonce.to_owned()), ("www-authenticate", format!("DPoP error=\"{error}\""))]
            .into_iter()
            .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    };
    let refused = StatusCode::UNAUTHORIZED;
    assert!(client.learn_dpop_nonce(&url, refused, &challenge("n-1", "use_dpop_nonce")), "it is worth another try");
    assert!(!client.learn_dpop_nonce(&url, refused, &challenge("n-2", "invalid_token")));
    assert!(!client.learn_dpop_nonce(&url, StatusCode::OK, &challenge("n-3", "use_dpop_nonce")));
    let proof = client.dpop_proof(&Method::DELETE, &url, Some(&set.access_token)).await.unwrap();
    let claims = symbolon_jose::Jws::parse(&proof).unwrap().unverified_claims().unwrap();
    assert_eq!((&claims["nonce"], &claims["htu"]), (&json!("n-3"), &json!("https://api.example/orders")));
}
