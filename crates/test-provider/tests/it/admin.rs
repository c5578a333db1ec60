//! The admin port of Symbolon: clients, accounts, tokens, and challenges.

use symbolon_client::{
    AccountChange, Address, AuthorizationRequest, Callback, Error, KeyRotation, NewAccount, RegisteredClient, TokenSet,
};

use crate::browser::Browser;
use crate::symbolon::Symbolon;

#[tokio::test]
async fn clients_are_made_changed_listed_and_deleted() {
    let server = Symbolon::start().await;
    let admin = &server.admin;
    admin.ready().await.unwrap();
    for index in 0..5 {
        let client = RegisteredClient { client_id: format!("app {index}/%").into(), ..RegisteredClient::default() };
        admin.create_client(&client).await.unwrap();
    }
    let mut names = Vec::new();
    let mut clients = admin.clients(2);
    while let Some(client) = clients.next().await {
        names.push(client.unwrap().client_id.to_string());
    }
    assert_eq!(names.len(), 5, "{names:?}");
    let mut first = admin.get_client("app 0/%").await.unwrap();
    first.client_name = "Zero".into();
    assert_eq!(admin.replace_client("app 0/%", &first).await.unwrap().client_name, "Zero");
    let taken = admin.create_client(&first).await.unwrap_err();
    assert_eq!(taken.status(), Some(409), "{taken}");
    admin.delete_client("app 0/%").await.unwrap();
    assert_eq!(admin.get_client("app 0/%").await.unwrap_err().status(), Some(404));
    for id in ["", ".", ".."] {
        assert!(matches!(admin.delete_client(id).await, Err(Error::Argument(_))), "'{id}' is nobody, and not the list");
    }
}

#[tokio::test]
async fn accounts_are_made_and_listed() {
    let server = Symbolon::start().await;
    for name in ["alice", "bob", "carol"] {
        let account =
            NewAccount { username: name.into(), password: "correct horse battery".into(), ..NewAccount::default() };
        server.admin.create_account(&account).await.unwrap();
        assert_eq!(server.admin.create_account(&account).await.unwrap_err().status(), Some(409));
    }
    let mut accounts = server.admin.accounts(2);
    let mut count = 0;
    while let Some(account) = accounts.next().await {
        account.unwrap();
        count += 1;
    }
    assert_eq!(count, 3);
}

#[tokio::test]
async fn an_account_is_read_changed_and_deleted() {
    let server = Symbolon::start().await;
    let admin = &server.admin;
    let mut new =
        NewAccount { username: "Åsa".into(), password: "correct horse battery".into(), ..NewAccount::default() };
    new.claims.nickname = Some("Al".into());
    let mut address = Address::default();
    (address.locality, address.region) = (Some("Solna".into()), Some("Stockholm".into()));
    new.claims.address = Some(address);
    let created = admin.create_account(&new).await.unwrap();
    assert_eq!((created.disabled, &created.claims), (false, &new.claims));
    assert_eq!(admin.get_account(&created.id).await.unwrap(), created);
    assert_eq!(admin.find_account("A\u{30a}SA").await.unwrap(), Some(created.clone()));
    assert_eq!(admin.find_account("asa").await.unwrap(), None);

    let mut change = AccountChange { username: Some("asa".into()), ..AccountChange::default() };
    change.claims.email = Some("asa@example.com".into());
    change.claims.email_verified = Some(true);
    change.removed = vec!["nickname".into(), "address.region".into()];
    let changed = admin.update_account(&created.id, &change).await.unwrap();
    assert_eq!((changed.username.as_str(), &changed.claims.nickname), ("asa", &None));
    assert_eq!((changed.claims.email.as_deref(), changed.claims.email_verified), (Some("asa@example.com"), Some(true)));
    let address = changed.claims.address.unwrap();
    assert_eq!((address.locality.as_deref(), address.region), (Some("Solna"), None));
    assert!(admin.disable_account(&created.id).await.unwrap().disabled);
    assert!(!admin.enable_account(&created.id).await.unwrap().disabled);
    admin.set_account_password(&created.id, "another password").await.unwrap();
    assert_eq!(admin.set_account_password(&created.id, "short").await.unwrap_err().status(), Some(400));
    admin.delete_account(&created.id).await.unwrap();
    for gone in [
        admin.get_account(&created.id).await.map(|_| ()),
        admin.disable_account(&created.id).await.map(|_| ()),
        admin.set_account_password(&created.id, "another password").await,
        admin.delete_account(&created.id).await,
    ] {
        assert_eq!(gone.unwrap_err().status(), Some(404));
    }
    assert!(matches!(admin.get_account("").await, Err(Error::Argument(_))), "nobody, and not the list");
}

#[tokio::test]
async fn everything_of_a_subject_or_a_client_is_ended() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let active =
        async |tokens: &TokenSet| server.admin.introspect(tokens.access_token.as_str(), None).await.unwrap().active;
    let tokens = server.log_in(&client, "openid offline_access").await;
    let subject = tokens.id_token.as_ref().unwrap().claims.subject.clone();
    server.admin.sign_out("somebody else/?").await.unwrap();
    server.admin.revoke_client_tokens("no-such-client").await.unwrap();
    assert!(active(&tokens).await);
    server.admin.sign_out(&subject).await.unwrap();
    assert!(!active(&tokens).await);
    assert_eq!(client.refresh(&tokens).await.unwrap_err().code(), Some("invalid_grant"));
    let tokens = server.log_in(&client, "openid offline_access").await;
    assert!(active(&tokens).await);
    server.admin.revoke_client_tokens(client.client_id()).await.unwrap();
    assert!(!active(&tokens).await);
    for subject in ["", "..", "."] {
        assert!(matches!(server.admin.sign_out(subject).await, Err(Error::Argument(_))), "{subject}");
    }
}

#[tokio::test]
async fn signing_keys_are_rotated() {
    let server = Symbolon::start().await;
    let all = server.admin.rotate_signing_keys(&KeyRotation::default()).await.unwrap();
    assert!(all.len() > 1 && all.iter().all(|key| key.state == "pending" && key.replaces.len() == 1), "{all:?}");
    let one = KeyRotation { algorithm: Some("RS256".into()), set: Some("id-token".into()), immediately: true };
    let now = server.admin.rotate_signing_keys(&one).await.unwrap();
    assert_eq!((now.len(), now[0].state.as_str(), now[0].replaces.len()), (1, "active", 2));
    // The client's own cache of the keys does not know the new one, and looks again.
    let client = server.client(|_| {}).await;
    server.log_in(&client, "openid").await;
    let unknown = KeyRotation { algorithm: Some("ES257".into()), ..KeyRotation::default() };
    assert_eq!(server.admin.rotate_signing_keys(&unknown).await.unwrap_err().status(), Some(400));
}

#[tokio::test]
async fn signing_keys_and_login_sessions_are_listed() {
    let server = Symbolon::start().await;
    let keys = server.admin.signing_keys().await.unwrap();
    assert!(keys.keys.len() > 1 && keys.keys.iter().all(|key| key.state == "active"), "{keys:?}");
    let client = server.client(|_| {}).await;
    let tokens = server.log_in(&client, "openid").await;
    let claims = &tokens.id_token.as_ref().unwrap().claims;
    let page = server.admin.list_logins(Some(&claims.subject), 10, None).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].subject.as_str()), (1, claims.subject.as_str()));
    assert!(server.admin.list_logins(Some("nobody"), 10, None).await.unwrap().items.is_empty());
    assert!(matches!(server.admin.list_logins(Some(""), 10, None).await, Err(Error::Argument(_))));
}

#[tokio::test]
async fn tokens_are_introspected() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let tokens = server.log_in(&client, "openid offline_access").await;
    let told = server.admin.introspect(tokens.access_token.as_str(), None).await.unwrap();
    assert!(told.active);
    let next = client.refresh(&tokens).await.unwrap();
    assert_ne!(next.access_token, tokens.access_token);
    client.revoke(next.refresh_token.as_ref().unwrap().as_str()).await.unwrap();
    assert!(!server.admin.introspect(next.access_token.as_str(), None).await.unwrap().active);
    let dead = client.refresh(&next).await.unwrap_err();
    assert_eq!((dead.status(), dead.code()), (Some(400), Some("invalid_grant")));
}

#[tokio::test]
async fn refused_login_tells_the_client() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let (url, pending) = client.authorization_url(&AuthorizationRequest::default()).await.unwrap();
    let mut browser = Browser { refuses: true, ..Browser::default() };
    let back = browser.follow(&server.admin, url).await;
    let callback = Callback::parse(back.query().unwrap());
    assert_eq!(client.redeem(&pending, &callback).await.unwrap_err().code(), Some("access_denied"));
}

#[tokio::test]
async fn unknown_challenges_are_not_found() {
    let server = Symbolon::start().await;
    assert_eq!(server.admin.login_request("x").await.unwrap_err().status(), Some(404));
    assert_eq!(server.admin.consent_request("x").await.unwrap_err().status(), Some(404));
    assert_eq!(server.admin.logout_request("x").await.unwrap_err().status(), Some(404));
    assert_eq!(server.admin.reject_logout("x").await.unwrap_err().status(), Some(404));
}
