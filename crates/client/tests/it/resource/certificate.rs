//! Tokens that are bound to the certificate of the connection (RFC 8705 §3).

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use serde_json::json;
use symbolon_client::{ClientCertificate, ResourceServer};

use super::api::{Api, routes};
use super::stub::{Issuer, RESOURCE, good_proof, key, thumbprint};

const REASON: &str = "the access token is not valid: it is bound to a certificate that the connection does not have";

fn bound(issuer: &Issuer) -> String {
    issuer.token(&json!({ "cnf": { "x5t#S256": ClientCertificate::from_der(b"abc").thumbprint() } }))
}

#[tokio::test]
async fn the_certificate_comes_from_the_header_of_a_proxy() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).client_certificate(|request| {
        ClientCertificate::from_header(request.headers.get("client-cert")?.to_str().ok()?)
    });
    let server = server.build().unwrap();
    assert_eq!(server.metadata().tls_client_certificate_bound_access_tokens, Some(true));
    let api = Api::start(&server).await;
    let authorization = format!("Bearer {}", bound(&issuer));
    for (header, status) in [(":YWJj:", 200), (":YWJk:", 401), ("", 401), ("YWJj", 401)] {
        let answer = api.send("GET", "/notes", &[("authorization", &authorization), ("client-cert", header)]).await;
        assert_eq!(answer.status, status, "{header}");
        assert_eq!(answer.challenges().iter().any(|line| line.contains(REASON)), status == 401);
    }
    assert_eq!(api.send("GET", "/notes", &[("authorization", &authorization)]).await.status, 401);
}

#[tokio::test]
async fn the_certificate_comes_from_the_connection() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).require_sender_constrained().build().unwrap();
    let connection = from_fn(|mut request: Request, next: Next| async move {
        request.extensions_mut().insert(ClientCertificate::from_der(b"abc"));
        next.run(request).await
    });
    let with = Api::with(routes(&server).layer(connection)).await;
    let without = Api::start(&server).await;
    let token = bound(&issuer);
    assert_eq!((with.get("/notes", &token).await.status, without.get("/notes", &token).await.status), (200, 401));
    // A header that nobody was told to believe is not believed.
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("client-cert", ":YWJj:")];
    assert_eq!(without.send("GET", "/notes", &headers).await.status, 401);
    assert_eq!(with.get("/notes", &issuer.token(&json!({}))).await.status, 401, "bound to nothing");
    // Bound to both, a token needs both.
    let certificate = ClientCertificate::from_der(b"abc");
    let both = issuer.token(&json!({ "cnf": { "x5t#S256": certificate.thumbprint(), "jkt": thumbprint(key(1)) } }));
    let proof = good_proof(key(1), &both, "a");
    assert_eq!(without.get_bound("/notes", &both, &proof).await.status, 401);
    assert_eq!(with.get("/notes", &both).await.status, 401);
    assert_eq!(with.get_bound("/notes", &both, &proof).await.status, 200);
}
