//! What a flow rests on is a condition of the statement that ends it: its session, its subject, its client, and the
//! consent that spared the question. Whatever of them is gone when the browser comes back, there is no code.

use serde_json::json;

use super::{AtPage, Registered};
use crate::endings::{ENDINGS, Ending, Person, consents};
use crate::fixtures::{RACERS, confidential, outcome, race, register, text};
use crate::support::{Call, Listener, TestServer};

/// Where the browser is when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The login page has answered.
    LoginVerifier,
    /// The consent page is open.
    ConsentPage,
    /// The consent page has answered.
    ConsentVerifier,
}

const STAGES: [Stage; 3] = [Stage::LoginVerifier, Stage::ConsentPage, Stage::ConsentVerifier];

/// A flow that has come to a stage, and the address where the browser goes next, if that is known.
struct Under {
    at: AtPage,
    next: String,
}

impl Under {
    async fn way(server: &TestServer, at: AtPage, stage: Stage) -> Self {
        let body = json!({
            "subject": at.flow.application.login["subject"], "remember": true, "remember_for": 600,
        });
        let mut at = at;
        let mut next = at.accept(server, &body).await.expect(200).member("redirect_to");
        if stage != Stage::LoginVerifier {
            let page = at.flow.browser.get(&next).await.expect(302).location().to_owned();
            at = AtPage { flow: at.flow, page, step: "consent" };
        }
        if stage == Stage::ConsentVerifier {
            next = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
        }
        Self { at, next }
    }

    /// The next visit of the browser, after the consent page has said yes where that is open: what it is told.
    async fn goes_on(&mut self, server: &TestServer, stage: Stage) -> String {
        if stage == Stage::ConsentPage {
            self.next = self.at.accept(server, &self.at.yes()).await.expect(200).member("redirect_to");
        }
        outcome(&self.at.flow.browser.get(&self.next).await)
    }

    /// All the visits that are left: what the last one is told.
    async fn is_finished(mut self, server: &TestServer, stage: Stage) -> String {
        if stage != Stage::LoginVerifier {
            return self.goes_on(server, stage).await;
        }
        let page = self.at.flow.browser.get(&self.next).await.expect(302).location().to_owned();
        self.at = AtPage { flow: self.at.flow, page, step: "consent" };
        self.goes_on(server, Stage::ConsentPage).await
    }
}

#[tokio::test]
async fn a_session_that_ended_ends_the_flow_that_was_spared_the_login() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in ENDINGS {
            for stage in STAGES {
                let person = Person::for_ending(server, ending).await.signs_in(server, &client).await;
                let before = consents(server, &person.subject).await.len();
                let at = AtPage::login_of(person.flow(server, &client)).await;
                assert_eq!(at.get(server).await.expect(200).json()["skip"], true);
                let mut under = Under::way(server, at, stage).await;
                ending.happen(server, &person.subject, &mut under.at.flow.browser).await;
                let told = under.goes_on(server, stage).await;
                assert_eq!(told, "client login_required", "{ending:?} {stage:?}");
                if ending != Ending::SignedOutEverywhere {
                    assert_eq!(consents(server, &person.subject).await.len(), before, "{ending:?} {stage:?}: no grant");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_that_began_in_the_flow_and_ended_ends_the_flow() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in ENDINGS {
            for stage in [Stage::ConsentPage, Stage::ConsentVerifier] {
                let person = Person::for_ending(server, ending).await;
                let at = AtPage::login_of(person.flow(server, &client)).await;
                let mut under = Under::way(server, at, stage).await;
                ending.happen(server, &person.subject, &mut under.at.flow.browser).await;
                let told = under.goes_on(server, stage).await;
                assert_eq!(told, "client login_required", "{ending:?} {stage:?}");
                assert!(consents(server, &person.subject).await.is_empty(), "{ending:?} {stage:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_login_whose_subject_is_out_meanwhile_makes_no_session() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in [Ending::AdministratorEndsSubject, Ending::SignedOutEverywhere, Ending::AccountDisabled] {
            let person = Person::for_ending(server, ending).await;
            let at = AtPage::login_of(person.flow(server, &client)).await;
            let mut under = Under::way(server, at, Stage::LoginVerifier).await;
            ending.happen(server, &person.subject, &mut under.at.flow.browser).await;
            let answer = under.at.flow.browser.get(&under.next).await;
            assert_eq!(outcome(&answer), "client login_required", "{ending:?}");
            let names = under.at.flow.browser.cookie_names("/");
            assert!(names.iter().all(|name| !name.contains("session")), "{ending:?}: {names:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_flows_of_others_go_on() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in [Ending::Logout, Ending::AdministratorEndsSession, Ending::AdministratorEndsSubject] {
            let staying = Person::new(server).signs_in(server, &client).await;
            for stage in STAGES {
                let leaving = Person::new(server).signs_in(server, &client).await;
                let under = Under::way(server, AtPage::login_of(staying.flow(server, &client)).await, stage).await;
                ending.happen(server, &leaving.subject, &mut leaving.browser.clone()).await;
                assert_eq!(under.is_finished(server, stage).await, "code", "{ending:?} {stage:?}");
            }
        }
    })
    .await;
}

/// Takes back what was remembered, in each of the ways of the administrator.
async fn revoke_consent(server: &TestServer, how: &str, subject: &str, client: &Registered) {
    let listed = consents(server, subject).await;
    let id = text(&listed[0], "consent_request_id");
    let query: &[(&str, &str)] = match how {
        "by id" => &[("consent_request_id", id)],
        "by client" => &[("subject", subject), ("client", &client.id)],
        _ => &[("subject", subject), ("all", "true")],
    };
    server.admin(Call::delete("/admin/oauth2/auth/sessions/consent").query(query)).await.expect(204);
}

#[tokio::test]
async fn a_remembered_consent_that_is_revoked_while_the_page_is_open_is_not_honoured() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for how in ["by id", "by client", "all"] {
            for stage in [Stage::ConsentPage, Stage::ConsentVerifier] {
                let person = Person::new(server).signs_in(server, &client).await;
                let mut under = Under::way(server, AtPage::login_of(person.flow(server, &client)).await, stage).await;
                assert_eq!(under.at.get(server).await.expect(200).json()["skip"], true);
                revoke_consent(server, how, &person.subject, &client).await;
                assert_eq!(under.goes_on(server, stage).await, "client consent_required", "{how} {stage:?}");
                assert!(consents(server, &person.subject).await.is_empty(), "{how} {stage:?}: no grant");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn each_of_several_remembered_consents_must_still_be_there() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for revoked in [0, 1] {
            let person = Person::new(server).signs_in(server, &client).await;
            let mut second = person.flow(server, &client).scope("email");
            second.tokens().await;
            let flow = person.flow(server, &client).scope("openid email");
            let under = Under::way(server, AtPage::login_of(flow).await, Stage::ConsentPage).await;
            assert_eq!(under.at.get(server).await.expect(200).json()["skip"], true);
            let listed = consents(server, &person.subject).await;
            let query = [("consent_request_id", text(&listed[revoked], "consent_request_id"))];
            server.admin(Call::delete("/admin/oauth2/auth/sessions/consent").query(&query)).await.expect(204);
            let mut at = under.at;
            let body = json!({ "grant_scope": ["openid", "email"] });
            let next = at.accept(server, &body).await.expect(200).member("redirect_to");
            assert_eq!(outcome(&at.flow.browser.get(&next).await), "client consent_required", "{revoked}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_remembered_consent_whose_time_is_over_meanwhile_is_not_honoured() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut person = Person::new(&server);
    let mut first = person.flow(&server, &client).consent("remember_for", json!(60));
    first.tokens().await;
    person.browser = first.browser;
    server.clock.advance(59);
    let at = AtPage::login_of(person.flow(&server, &client)).await;
    let mut under = Under::way(&server, at, Stage::ConsentPage).await;
    assert_eq!(under.at.get(&server).await.expect(200).json()["skip"], true);
    server.clock.advance(1);
    assert_eq!(under.goes_on(&server, Stage::ConsentPage).await, "client consent_required");
}

#[tokio::test]
async fn a_consent_that_the_person_gives_now_needs_no_older_one() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let person = Person::new(server).signs_in(server, &client).await;
        let flow = person.flow(server, &client).scope("openid offline email");
        let Under { mut at, .. } = Under::way(server, AtPage::login_of(flow).await, Stage::ConsentPage).await;
        assert_eq!(at.get(server).await.expect(200).json()["skip"], false);
        revoke_consent(server, "all", &person.subject, &client).await;
        let next = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
        assert_eq!(outcome(&at.flow.browser.get(&next).await), "code");
        // Revoking the tokens alone leaves the consent: the question is still spared.
        let person = Person::new(server);
        let mut first = person.flow(server, &client);
        let tokens = first.tokens().await;
        let form = [("token", text(&tokens, "refresh_token"))];
        let mut second = person.flow(server, &client);
        second.browser = first.browser;
        let Under { mut at, .. } = Under::way(server, AtPage::login_of(second).await, Stage::ConsentPage).await;
        server.public(client.form("/oauth2/revoke", &form)).await.expect(200);
        assert_eq!(at.get(server).await.expect(200).json()["skip"], true);
        let next = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
        assert_eq!(outcome(&at.flow.browser.get(&next).await), "code");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_is_deleted_gets_no_answer_and_the_person_a_page() {
    TestServer::each_database(async |server| {
        for stage in STAGES {
            let client = register(server, "leaving", &json!({})).await;
            let person = Person::new(server);
            let mut under = Under::way(server, AtPage::login_of(person.flow(server, &client)).await, stage).await;
            server.admin(Call::delete("/admin/clients/leaving")).await.expect(204);
            if stage == Stage::ConsentPage {
                under.at.accept(server, &under.at.yes()).await.expect(401);
                continue;
            }
            let answer = under.at.flow.browser.get(&under.next).await;
            assert_eq!(outcome(&answer), "page invalid_client", "{stage:?}");
            // One of the same name that comes later is another client.
            let _again = register(server, "leaving", &json!({})).await;
            let answer = under.at.flow.browser.get(&under.next).await;
            assert!(answer.location_parameter("code").is_none(), "{stage:?}: {}", answer.location());
            server.admin(Call::delete("/admin/clients/leaving")).await.expect(204);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_flows_that_end_while_their_client_is_deleted_none_leads_to_its_address_without_a_code() {
    TestServer::each_database(async |server| {
        let client = register(server, "leaving", &json!({})).await;
        let mut calls = Vec::new();
        for _ in 0..RACERS {
            let person = Person::new(server);
            let at = AtPage::login_of(person.flow(server, &client)).await;
            let under = Under::way(server, at, Stage::ConsentVerifier).await;
            let cookies = under.at.flow.browser.jar().sent("/", server.clock.now());
            calls.push(Call::get(server.public_target(&under.next).unwrap()).navigating().cookies(&cookies));
        }
        let of_deletion = server.clone();
        let deletion = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
            of_deletion.admin(Call::delete("/admin/clients/leaving")).await.expect(204)
        });
        let answers = race(server, Listener::Public, calls).await;
        deletion.await.unwrap();
        for answer in &answers {
            let told = outcome(answer);
            assert!(told == "code" || told == "page invalid_client", "{told}");
        }
        for code in answers.iter().filter_map(|answer| answer.location_parameter("code")) {
            let form = [("grant_type", "authorization_code"), ("code", code.as_str())];
            let refused = server.public(client.token_request(&form)).await.expect(401);
            assert_eq!(refused.error().as_deref(), Some("invalid_client"));
        }
    })
    .await;
}
