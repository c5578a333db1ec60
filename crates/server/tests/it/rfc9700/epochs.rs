//! What ends tokens all at once: signing a subject out, disabling or deleting an account, another password, revoking or
//! deleting a client. At that moment, and not a second later, introspection, userinfo, refreshing, redeeming, remembered
//! sessions and flows in progress all say no; what is issued afterwards within the same second counts.

use serde_json::{Value, json};

use crate::fixtures::{CONFIDENTIAL, Registered, confidential, outcome, register, text};
use crate::support::{Call, CodeFlow, TestServer};

const PASSWORD: &str = "correct horse battery";

/// A remembered session, its tokens, and a code that waits to be redeemed.
pub(crate) struct Everything {
    client: Registered,
    flow: CodeFlow,
    tokens: Value,
    code: String,
    machine: String,
}

pub(crate) async fn everything(server: &TestServer, client: Registered, subject: &str) -> Everything {
    let mut flow = client.flow(server).subject(subject).login("remember", json!(true)).consent("remember", json!(true));
    let tokens = flow.tokens().await;
    let code = flow.code().await;
    let machine = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    Everything { client, flow, tokens, code, machine: machine.member("access_token") }
}

impl Everything {
    /// Everything of the user is dead.
    pub(crate) async fn assert_user_is_out(&self, server: &TestServer) {
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&self.tokens, name)).await, json!({ "active": false }), "{name}");
        }
        server.public(Call::get("/userinfo").bearer(text(&self.tokens, "access_token"))).await.expect(401);
        let refresh = server.public(self.flow.refresh(text(&self.tokens, "refresh_token"))).await;
        assert!(matches!(refresh.error().as_deref(), Some("invalid_grant" | "invalid_client")), "{}", refresh.text());
        let redeem = server.public(self.flow.redemption(&self.code)).await;
        assert!(matches!(redeem.error().as_deref(), Some("invalid_grant" | "invalid_client")), "{}", redeem.text());
    }

    pub(crate) async fn assert_user_is_in(&self, server: &TestServer) {
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&self.tokens, name)).await["active"], true, "{name}");
        }
        server.public(Call::get("/userinfo").bearer(text(&self.tokens, "access_token"))).await.expect(200);
    }

    pub(crate) async fn is_machine_in(&self, server: &TestServer) -> bool {
        server.introspect(&self.machine).await["active"] == true
    }

    /// Where a request of the remembered session leads that may ask nothing.
    pub(crate) async fn silent_visit(&self) -> String {
        let mut browser = self.flow.browser.clone();
        let pairs = crate::fixtures::set(&crate::fixtures::request(&self.client.id), "prompt", "none");
        let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&pairs)).target;
        outcome(&browser.get(&target).await)
    }

    /// Where a visit of the same browser ends after a login, if it needs one: `code` when the consent is remembered.
    pub(crate) async fn consent_after_login(&self, server: &TestServer) -> bool {
        let mut flow = self.client.flow(server).subject(self.flow.application.login["subject"].as_str().unwrap());
        let page = flow.log_in().await.expect(302).location().to_owned();
        let challenge = crate::fixtures::parameter(&page, "consent_challenge");
        let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
        server.admin(call).await.expect(200).json()["skip"] == true
    }
}

/// Something that ends everything of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    SignOut,
    Disable,
    Password,
    Delete,
    RevokeConsents,
}

impl End {
    async fn of(self, server: &TestServer, subject: &str) {
        let account = format!("/admin/accounts/{subject}");
        let (call, status) = match self {
            Self::SignOut => (Call::post(format!("/admin/subjects/{subject}/sign-out")), 204),
            Self::Disable => (Call::patch(account).json(&json!({ "disabled": true })), 200),
            Self::Password => (Call::put(account + "/password").json(&json!({ "password": PASSWORD })), 204),
            Self::Delete => (Call::delete(account), 204),
            Self::RevokeConsents => {
                let query = [("subject", subject), ("all", "true")];
                (Call::delete("/admin/oauth2/auth/sessions/consent").query(&query), 204)
            }
        };
        server.admin(call).await.expect(status);
    }

    fn ends_sessions(self) -> bool {
        self != Self::RevokeConsents
    }

    fn forgets_consents(self) -> bool {
        matches!(self, Self::Delete | Self::RevokeConsents)
    }
}

const ENDS: [End; 5] = [End::SignOut, End::Disable, End::Password, End::Delete, End::RevokeConsents];

async fn account(server: &TestServer, username: &str) -> String {
    let account = json!({ "username": username, "password": PASSWORD });
    server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id")
}

#[tokio::test]
async fn each_end_of_a_subject_counts_at_once_and_for_nobody_else() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let bystander = everything(server, client.clone(), "bystander").await;
        for (number, end) in ENDS.into_iter().enumerate() {
            let subject = account(server, &format!("user{number}")).await;
            let ended = everything(server, client.clone(), &subject).await;
            assert_eq!(ended.silent_visit().await, "login", "the session is there");
            end.of(server, &subject).await;
            ended.assert_user_is_out(server).await;
            let silent = if end.ends_sessions() { "client login_required" } else { "login" };
            assert_eq!(ended.silent_visit().await, silent, "{end:?}");
            assert!(ended.is_machine_in(server).await, "a client is no user");
            bystander.assert_user_is_in(server).await;
            assert_eq!(bystander.silent_visit().await, "login");
        }
    })
    .await;
}

#[tokio::test]
async fn logging_in_again_within_the_same_second_works_and_asks_only_for_forgotten_consents() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for (number, end) in ENDS.into_iter().filter(|end| *end != End::Disable).enumerate() {
            let subject = account(server, &format!("user{number}")).await;
            let ended = everything(server, client.clone(), &subject).await;
            for _ in 0..3 {
                if end != End::Delete {
                    end.of(server, &subject).await;
                }
            }
            if end == End::Delete {
                end.of(server, &subject).await;
            }
            assert_eq!(ended.consent_after_login(server).await, !end.forgets_consents(), "{end:?}");
            let again = everything(server, client.clone(), &subject).await;
            again.assert_user_is_in(server).await;
            assert_eq!(again.silent_visit().await, "login", "{end:?}");
            ended.assert_user_is_out(server).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_enabled_again_has_nothing_of_what_it_had() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let subject = account(server, "carol").await;
        let before = everything(server, client.clone(), &subject).await;
        End::Disable.of(server, &subject).await;
        let mut refused = client.flow(server).subject(&subject);
        assert_eq!(outcome(&refused.log_in().await), "client login_required", "whoever vouches for it");
        let enable = Call::patch(format!("/admin/accounts/{subject}")).json(&json!({ "disabled": false }));
        server.admin(enable).await.expect(200);
        before.assert_user_is_out(server).await;
        assert_eq!(before.silent_visit().await, "client login_required");
        everything(server, client, &subject).await.assert_user_is_in(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_subject_of_another_login_page_is_signed_out_whatever_characters_it_has() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let names = ["alice", "a/b", "a b+c%25", "ü?#&", "auth0|123", "..%2f.."];
        for subject in names {
            let out = everything(server, client.clone(), subject).await;
            let segment: String = subject.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let sign_out = Call::post(format!("/admin/subjects/{segment}/sign-out"));
            server.admin(sign_out.clone()).await.expect(204);
            out.assert_user_is_out(server).await;
            assert_eq!(out.silent_visit().await, "client login_required", "{subject}");
            server.admin(sign_out).await.expect(204);
        }
    })
    .await;
}

/// Where a flow is when something ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    LoginVerifier,
    ConsentPage,
    ConsentVerifier,
}

/// Brings a flow to a stage, lets `end` happen, and goes on; where that leads.
pub(crate) async fn interrupted(flow: &mut CodeFlow, stage: Stage, end: impl AsyncFnOnce()) -> String {
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let verifier = flow.application.accept_login(&login_page).await;
    let next = match stage {
        Stage::LoginVerifier => {
            end().await;
            verifier
        }
        Stage::ConsentPage => {
            let page = flow.browser.get(&verifier).await.expect(302).location().to_owned();
            end().await;
            flow.application.accept_consent(&page).await
        }
        Stage::ConsentVerifier => {
            let page = flow.browser.get(&verifier).await.expect(302).location().to_owned();
            let verifier = flow.application.accept_consent(&page).await;
            end().await;
            verifier
        }
    };
    outcome(&flow.browser.get(&next).await)
}

pub(crate) const STAGES: [Stage; 3] = [Stage::LoginVerifier, Stage::ConsentPage, Stage::ConsentVerifier];

#[tokio::test]
async fn a_flow_under_way_does_not_outlive_the_end_of_its_login() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for (number, end) in ENDS.into_iter().enumerate() {
            for stage in STAGES {
                let subject = account(server, &format!("{stage:?}{number}")).await;
                let mut flow = client.flow(server).subject(&subject);
                let to = interrupted(&mut flow, stage, async || end.of(server, &subject).await).await;
                // Who has no consent any more is asked again, and what is agreed to after that counts.
                let expected = match (end, stage) {
                    (End::RevokeConsents, Stage::LoginVerifier) => "consent",
                    (End::RevokeConsents, Stage::ConsentPage) => "code",
                    _ => "client login_required",
                };
                assert_eq!(to, expected, "{end:?} at {stage:?}");
            }
        }
        // Hydra's way of ending all sessions, which leaves tokens alone.
        for stage in STAGES {
            let mut flow = client.flow(server).subject("alice");
            let tokens = client.flow(server).subject("alice").tokens().await;
            let end = Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", "alice")]);
            let to = interrupted(&mut flow, stage, async || drop(server.admin(end).await.expect(204))).await;
            assert_eq!(to, "client login_required", "{stage:?}");
            assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        }
    })
    .await;
}

#[tokio::test]
async fn revoking_the_tokens_of_a_client_ends_what_it_has_and_no_consent() {
    TestServer::each_database(async |server| {
        let own = everything(server, confidential(server).await, "alice").await;
        let other = everything(server, register(server, "other", &json!({})).await, "alice").await;
        let revoke = || Call::delete("/admin/oauth2/tokens").query(&[("client_id", CONFIDENTIAL)]);
        server.admin(revoke()).await.expect(204);
        own.assert_user_is_out(server).await;
        assert!(!own.is_machine_in(server).await);
        other.assert_user_is_in(server).await;
        assert!(other.is_machine_in(server).await);
        assert!(own.consent_after_login(server).await, "the user is not asked again");
        let again = everything(server, own.client.clone(), "alice").await;
        again.assert_user_is_in(server).await;
        assert!(again.is_machine_in(server).await, "within the same second");
        for stage in STAGES {
            let mut flow = own.client.flow(server);
            let to = interrupted(&mut flow, stage, async || drop(server.admin(revoke()).await.expect(204))).await;
            assert_eq!(to, "client login_required", "{stage:?}");
        }
        again.assert_user_is_out(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_client_takes_everything_with_it() {
    TestServer::each_database(async |server| {
        let own = everything(server, confidential(server).await, "alice").await;
        let other = everything(server, register(server, "other", &json!({})).await, "alice").await;
        server.admin(Call::delete(format!("/admin/clients/{CONFIDENTIAL}"))).await.expect(204);
        own.assert_user_is_out(server).await;
        assert!(!own.is_machine_in(server).await);
        assert_eq!(own.silent_visit().await, "page invalid_client");
        other.assert_user_is_in(server).await;
    })
    .await;
}

#[tokio::test]
async fn changing_a_client_does_not_bring_its_old_tokens_back() {
    let server = TestServer::new().await;
    let own = everything(&server, confidential(&server).await, "alice").await;
    let revoke = Call::delete("/admin/oauth2/tokens").query(&[("client_id", CONFIDENTIAL)]);
    server.admin(revoke).await.expect(204);
    let target = format!("/admin/clients/{CONFIDENTIAL}");
    let current = server.admin(Call::get(&target)).await.expect(200).json();
    server.admin(Call::put(&target).json(&current)).await.expect(200);
    own.assert_user_is_out(&server).await;
}

#[tokio::test]
async fn what_one_node_ends_is_over_on_the_other() {
    TestServer::two_nodes(async |one, other| {
        let client = confidential(one).await;
        for end in [true, false] {
            let out = everything(one, client.clone(), "alice").await;
            out.assert_user_is_in(other).await;
            let call = if end {
                Call::post("/admin/subjects/alice/sign-out")
            } else {
                Call::delete("/admin/oauth2/tokens").query(&[("client_id", CONFIDENTIAL)])
            };
            one.admin(call).await.expect(204);
            out.assert_user_is_out(other).await;
            everything(other, client.clone(), "alice").await.assert_user_is_in(one).await;
        }
    })
    .await;
}

/// Everything that was issued while `end` happened: access tokens of refreshes, and codes with their flows.
async fn issued_meanwhile(
    server: &TestServer,
    client: &Registered,
    end: Call,
) -> (Vec<String>, Vec<(CodeFlow, String)>) {
    let (mut refreshes, mut returns) = (Vec::new(), Vec::new());
    for _ in 0..32 {
        let mut refreshing = client.flow(server);
        let tokens = refreshing.tokens().await;
        refreshes.push(refreshing.refresh(text(&tokens, "refresh_token")));
        // A browser on its way back from the consent page.
        let mut returning = client.flow(server);
        let page = returning.log_in().await.expect(302).location().to_owned();
        let verifier = returning.application.accept_consent(&page).await;
        returns.push((returning, verifier));
    }
    let mut refreshing = Vec::new();
    let mut returning = Vec::new();
    let mut ending = Vec::new();
    for (number, (refresh, (mut flow, verifier))) in refreshes.into_iter().zip(returns).enumerate() {
        let (server, end) = (server.clone(), end.clone());
        if number == 8 {
            let server = server.clone();
            ending.push(tokio::spawn(async move { server.admin(end).await.status }));
        }
        refreshing.push(tokio::spawn(async move { server.public(refresh).await }));
        returning.push(tokio::spawn(async move {
            let answer = flow.browser.get(&verifier).await;
            (flow, answer.location_parameter("code"))
        }));
    }
    let (mut tokens, mut codes) = (Vec::new(), Vec::new());
    for task in refreshing {
        let answer = task.await.unwrap().json();
        tokens.extend(answer["access_token"].as_str().map(str::to_owned));
    }
    for task in returning {
        let (flow, code) = task.await.unwrap();
        codes.extend(code.map(|code| (flow, code)));
    }
    assert_eq!(ending.pop().unwrap().await.unwrap(), 204);
    (tokens, codes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_issued_in_the_moment_of_the_end_is_void() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let ends = [
            Call::post("/admin/subjects/alice/sign-out"),
            Call::delete("/admin/oauth2/tokens").query(&[("client_id", CONFIDENTIAL)]),
        ];
        for end in ends {
            let (tokens, codes) = issued_meanwhile(server, &client, end).await;
            for token in &tokens {
                assert_eq!(server.introspect(token).await, json!({ "active": false }));
            }
            for (flow, code) in &codes {
                let redeemed = server.public(flow.redemption(code)).await.expect(400);
                assert_eq!(redeemed.error().as_deref(), Some("invalid_grant"));
            }
            everything(server, client.clone(), "alice").await.assert_user_is_in(server).await;
        }
    })
    .await;
}
