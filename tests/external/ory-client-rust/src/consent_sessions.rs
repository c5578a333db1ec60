//! The consents of a user: listed, and taken back together with what was issued from them.

use ory_client::apis::o_auth2_api::{
    introspect_o_auth2_token, list_o_auth2_consent_sessions, revoke_o_auth2_consent_sessions,
};
use ory_client::models::OAuth2ConsentSession;

use crate::login_application::{SCOPE, log_in};
use crate::server::admin;

async fn sessions(subject: &str) -> Vec<OAuth2ConsentSession> {
    list_o_auth2_consent_sessions(&admin(), subject, None, None, None).await.unwrap()
}

#[tokio::test]
async fn consent_is_listed_until_it_is_taken_back() {
    let subject = "consents-of-one-client";
    let flow = log_in(subject, &[]).await;
    let token = flow.tokens().await.access_token.unwrap();
    let listed = sessions(subject).await;
    assert_eq!(listed.len(), 1);
    let session = listed.into_iter().next().unwrap();
    let scopes: Vec<String> = SCOPE.split(' ').map(str::to_owned).collect();
    assert_eq!(session.grant_scope, Some(scopes));
    assert_eq!((session.remember, session.remember_for), (Some(true), Some(3600)));
    assert!(session.handled_at.unwrap().contains('T'));
    assert_eq!(session.session.unwrap().id_token.unwrap().unwrap()["name"], "Ada Lovelace");
    let request = session.consent_request.unwrap();
    assert_eq!(request.subject.as_deref(), Some(subject));
    assert_eq!(request.client.unwrap().client_id.as_ref(), Some(&flow.client_id));
    let client = Some(flow.client_id.as_str());
    revoke_o_auth2_consent_sessions(&admin(), Some(subject), client, None, None).await.unwrap();
    assert_eq!(sessions(subject).await, []);
    assert!(!introspect_o_auth2_token(&admin(), &token, None).await.unwrap().active);
}

#[tokio::test]
async fn all_consents_of_a_user_are_taken_back() {
    let subject = "consents-of-all-clients";
    for _ in 0..2 {
        log_in(subject, &[]).await.tokens().await;
    }
    assert_eq!(sessions(subject).await.len(), 2);
    revoke_o_auth2_consent_sessions(&admin(), Some(subject), None, None, Some(true)).await.unwrap();
    assert_eq!(sessions(subject).await, []);
}
