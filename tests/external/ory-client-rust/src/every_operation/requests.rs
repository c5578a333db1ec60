//! Login, consent and logout requests, and the consents and sessions that they leave.

use ory_client::apis::Error;
use ory_client::apis::o_auth2_api::{
    accept_o_auth2_logout_request, get_o_auth2_login_request, get_o_auth2_logout_request,
    list_o_auth2_consent_sessions, o_auth2_authorize, reject_o_auth2_consent_request, reject_o_auth2_login_request,
    reject_o_auth2_logout_request, revoke_o_auth2_consent_sessions, revoke_o_auth2_login_sessions,
};
use ory_client::apis::oidc_api::revoke_oidc_session;
use ory_client::models::RejectOAuth2Request;

use super::{Done, Sdk};
use crate::browser::{Browser, address, parameter};
use crate::login_application::POST_LOGOUT_REDIRECT_URI;
use crate::server::public;

fn refused() -> Option<RejectOAuth2Request> {
    Some(RejectOAuth2Request {
        error: Some("access_denied".to_owned()),
        error_description: Some("No such account.".to_owned()),
        ..RejectOAuth2Request::new()
    })
}

pub async fn are_rejected(sdk: &Sdk) {
    let (admin, client, mut browser) = (sdk.admin(), sdk.client("rejections").await, Browser::new());
    let challenge = sdk.authorize(&mut browser, &client).await;
    let next = reject_o_auth2_login_request(&admin, &challenge, refused()).await.unwrap();
    let callback = browser.follow(&next.redirect_to).await;
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&callback, "error_description").as_deref(), Some("No such account."));

    let challenge = sdk.authorize(&mut browser, &client).await;
    let page = browser.follow(&sdk.accept_login(&challenge, "every-rejections").await).await;
    let consent = sdk.consent_request(&page).await;
    let next = reject_o_auth2_consent_request(&admin, &consent.challenge, refused()).await.unwrap();
    let callback = browser.follow(&next.redirect_to).await;
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));

    // Without a client there is nobody to send the browser back to: the answer is a page, which the crate cannot read.
    assert!(o_auth2_authorize(&sdk.public(), None).await.is_err());
}

async fn is_remembered(sdk: &Sdk, done: &mut Done) -> bool {
    let challenge = sdk.authorize(&mut done.browser, &done.client).await;
    get_o_auth2_login_request(&sdk.admin(), &challenge).await.unwrap().skip
}

/// Asks for a logout as the client does, as the crate's function has no parameters; the challenge.
async fn ask(done: &mut Done) -> String {
    let parameters = [
        ("id_token_hint", done.tokens.id_token.as_deref().unwrap()),
        ("post_logout_redirect_uri", POST_LOGOUT_REDIRECT_URI),
        ("state", "after"),
    ];
    let end_session = format!("{}/oauth2/sessions/logout", public().base_path);
    let page = done.browser.follow(&address(&end_session, &parameters)).await;
    parameter(&page, "logout_challenge").unwrap_or_else(|| panic!("no challenge in {page}"))
}

pub async fn to_log_out(sdk: &Sdk) {
    revoke_oidc_session(&sdk.public()).await.unwrap();
    let (admin, mut done) = (sdk.admin(), sdk.log_in("every-logout").await);
    let challenge = ask(&mut done).await;
    reject_o_auth2_logout_request(&admin, &challenge).await.unwrap();
    assert!(is_remembered(sdk, &mut done).await);
    let challenge = ask(&mut done).await;
    let request = get_o_auth2_logout_request(&admin, &challenge).await.unwrap();
    assert_eq!((request.subject.as_deref(), &request.sid), (Some("every-logout"), &done.login.session_id));
    assert_eq!(request.client.unwrap().client_id, done.client.client_id);
    let next = accept_o_auth2_logout_request(&admin, &challenge).await.unwrap();
    let end = done.browser.follow(&next.redirect_to).await;
    assert_eq!(end, address(POST_LOGOUT_REDIRECT_URI, &[("state", "after")]));
    assert!(!is_remembered(sdk, &mut done).await);
}

pub async fn leave_consents_and_sessions(sdk: &Sdk) {
    let (admin, subject) = (sdk.admin(), "every-consent");
    let mut done = sdk.log_in(subject).await;
    let sessions = async || list_o_auth2_consent_sessions(&admin, subject, None, None, None).await.unwrap();
    let [session] = sessions().await.try_into().unwrap();
    assert_eq!(session.consent_request.unwrap().client.unwrap().client_id, done.client.client_id);
    revoke_o_auth2_consent_sessions(&admin, Some(subject), done.client.client_id.as_deref(), None, None).await.unwrap();
    assert_eq!(sessions().await, []);
    assert!(is_remembered(sdk, &mut done).await);
    revoke_o_auth2_login_sessions(&admin, Some(subject), None).await.unwrap();
    assert!(!is_remembered(sdk, &mut done).await);
    let unknown = get_o_auth2_login_request(&admin, "made-up").await.unwrap_err();
    assert!(matches!(unknown, Error::ResponseError(answer) if answer.status == 404));
}
