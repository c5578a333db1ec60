//! RFC 7636 §4.1: what a code verifier looks like, judged at its exact limits.

use symbolon_jose::digest::{base64url, sha256};

use crate::fixtures::public;
use crate::support::{REDIRECT_URI, TestServer};

#[tokio::test]
async fn length_and_alphabet_have_exact_limits() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    let verifiers = [
        ("a".repeat(42), 400),
        ("a".repeat(43), 200),
        ("a".repeat(128), 200),
        ("a".repeat(129), 400),
        (all.to_owned(), 200),
        (format!("{}+", "a".repeat(43)), 400),
        (format!("{}/", "a".repeat(43)), 400),
        (format!("{}=", "a".repeat(43)), 400),
        (format!("{} ", "a".repeat(43)), 400),
        (format!("{}\u{fc}", "a".repeat(43)), 400),
        (String::new(), 400),
    ];
    for (verifier, status) in verifiers {
        let challenge = base64url(&sha256(verifier.as_bytes()));
        let mut flow = client.flow(&server).parameter("code_challenge", &challenge);
        let code = flow.code().await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", verifier.as_str()),
        ];
        let answer = server.public(client.token_request(&form)).await;
        assert_eq!(answer.status, status, "{verifier:?}: {}", answer.text());
        if status == 400 {
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{verifier:?}");
        }
    }
}
