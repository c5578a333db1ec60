//! The truth table of PKCE: was a challenge sent, is it demanded, is a verifier sent, is it the right one. Tokens are issued
//! only in the cells where RFC 9700 §2.1.1 allows it.

use crate::fixtures::{Registered, confidential, outcome, public};
use crate::support::{CODE_CHALLENGE, CODE_VERIFIER, REDIRECT_URI, TestServer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    None,
    S256,
    /// The method was left out, which RFC 7636 §4.3 would read as `plain`.
    Unnamed,
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verifier {
    None,
    Right,
    Wrong,
    /// The challenge itself, which is right where a server falls back to `plain`.
    TheChallenge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demanded {
    OfNobody,
    OfPublicClients,
    OfAll,
}

async fn server(demanded: Demanded) -> TestServer {
    TestServer::with(|config| {
        config.oauth2.pkce.enforced = demanded == Demanded::OfAll;
        config.oauth2.pkce.enforced_for_public_clients = demanded == Demanded::OfPublicClients;
    })
    .await
}

/// `no code` when the authorization request is refused, else what the token request is answered with.
async fn run(server: &TestServer, client: &Registered, challenge: Challenge, verifier: Verifier) -> String {
    let mut flow = client.flow(server).without_pkce();
    flow = match challenge {
        Challenge::None => flow,
        Challenge::S256 => flow.parameter("code_challenge", CODE_CHALLENGE).parameter("code_challenge_method", "S256"),
        Challenge::Unnamed => flow.parameter("code_challenge", CODE_CHALLENGE),
        Challenge::Plain => {
            flow.parameter("code_challenge", CODE_CHALLENGE).parameter("code_challenge_method", "plain")
        }
    };
    let first = flow.authorize().await;
    if outcome(&first) != "login" {
        assert_eq!(outcome(&first), "client invalid_request");
        return "no code".to_owned();
    }
    let code = flow.code().await;
    let mut form = vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT_URI)];
    match verifier {
        Verifier::None => {}
        Verifier::Right => form.push(("code_verifier", CODE_VERIFIER)),
        Verifier::Wrong => form.push(("code_verifier", "wrong-verifier-0123456789-0123456789-0123456789")),
        Verifier::TheChallenge => form.push(("code_verifier", CODE_CHALLENGE)),
    }
    let answer = server.public(client.token_request(&form)).await;
    match answer.error() {
        None => "tokens".to_owned(),
        Some(error) => format!("{} {error}", answer.status),
    }
}

fn expected(challenge: Challenge, verifier: Verifier, demanded: bool) -> &'static str {
    match (challenge, verifier) {
        (Challenge::Unnamed | Challenge::Plain, _) => "no code",
        (Challenge::None, _) if demanded => "no code",
        (Challenge::None, Verifier::None) | (Challenge::S256, Verifier::Right) => "tokens",
        // A verifier without a challenge is the sign of a downgrade (RFC 9700 §4.8.2).
        (Challenge::None, _) | (Challenge::S256, _) => "400 invalid_grant",
    }
}

#[tokio::test]
async fn pkce_cannot_be_dropped_or_downgraded() {
    for demanded in [Demanded::OfNobody, Demanded::OfPublicClients, Demanded::OfAll] {
        let server = server(demanded).await;
        for client in [confidential(&server).await, public(&server).await] {
            let of_it = match demanded {
                Demanded::OfNobody => false,
                Demanded::OfPublicClients => client.secret.is_empty(),
                Demanded::OfAll => true,
            };
            for challenge in [Challenge::None, Challenge::S256, Challenge::Unnamed, Challenge::Plain] {
                for verifier in [Verifier::None, Verifier::Right, Verifier::Wrong, Verifier::TheChallenge] {
                    assert_eq!(
                        run(&server, &client, challenge, verifier).await,
                        expected(challenge, verifier, of_it),
                        "{challenge:?} {verifier:?} {demanded:?} {}",
                        client.id
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn after_a_wrong_verifier_none_is_not_good_enough_either() {
    TestServer::each_database(async |server| {
        let client = public(server).await;
        let mut flow = client.flow(server);
        let code = flow.code().await;
        let base = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT_URI)];
        let wrong = [&base[..], &[("code_verifier", "wrong-verifier-0123456789-0123456789-0123456789")]].concat();
        server.public(client.token_request(&wrong)).await.expect(400);
        let none = server.public(client.token_request(&base)).await.expect(400);
        assert_eq!(none.error().as_deref(), Some("invalid_grant"));
        server.public(flow.redemption(&code)).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_belongs_to_its_own_code() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    // RFC 7636 appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let mut own = client.flow(&server).parameter("code_challenge", challenge);
    let mut others = client.flow(&server);
    let (own_code, others_code) = (own.code().await, others.code().await);
    let redeem = async |code: &str, verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", verifier),
        ];
        server.public(client.token_request(&form)).await.status
    };
    assert_eq!(redeem(&others_code, verifier).await, 400);
    assert_eq!(redeem(&own_code, verifier).await, 200);
}
