//! Grants as consents: remembered, forgotten, listed.

use symbolon_store::{Batch, Grant, GrantPage, GrantState, Store};
use symbolon_types::{ClientId, Subject};

use crate::database::{Database, NOW, client, grant, id, redeemed, write};

fn remembered(number: u64) -> Grant {
    Grant { remember_until: Some(i64::MAX), ..grant(number) }
}

async fn insert(store: &Store, grants: &[Grant]) {
    for name in ["client", "other"] {
        store.insert_client(&client(name)).await.unwrap();
    }
    for grant in grants {
        store.insert_grant(grant).await.unwrap();
    }
}

fn ids(grants: &[Grant]) -> Vec<u64> {
    grants.iter().map(|grant| u64::from(grant.id.as_bytes()[15])).collect()
}

fn alice() -> Subject {
    Subject::from("alice")
}

async fn remembered_ids(store: &Store) -> Vec<u64> {
    ids(&store.remembered_grants(&alice(), &ClientId::from("client"), NOW).await.unwrap())
}

async fn stored(store: &Store, number: u64) -> Grant {
    store.grant(id(number)).await.unwrap().unwrap().grant
}

async fn only_a_consent_with_time_left_spares_the_question(database: &Database) {
    let store = &database.store;
    let others = [
        grant(1),
        Grant { remember_until: Some(NOW), ..grant(2) },
        Grant { remember_until: Some(NOW + 1), ..grant(3) },
        remembered(4),
        Grant { subject: Some("bob".into()), ..remembered(5) },
        Grant { client_id: "other".into(), ..remembered(6) },
    ];
    insert(store, &others).await;
    assert_eq!(remembered_ids(store).await, [4, 3]);
}

async fn a_grant_counts_for_its_subject_and_its_client(database: &Database) {
    let store = &database.store;
    insert(store, &[grant(1), Grant { subject: Some("bob".into()), client_id: "other".into(), ..grant(2) }]).await;
    for (subject, client, has) in
        [("alice", "client", true), ("alice", "other", false), ("bob", "client", false), ("bob", "other", true)]
    {
        let found = store.has_grant(&Subject::from(subject), &ClientId::from(client)).await.unwrap();
        assert_eq!(found, has, "{subject} {client}");
    }
    store.forget_consent(id(1), NOW).await.unwrap();
    assert!(!store.has_grant(&alice(), &ClientId::from("client")).await.unwrap());
}

async fn revoking_tokens_leaves_the_consent_and_forgetting_takes_both(database: &Database) {
    let store = &database.store;
    insert(store, &[remembered(1), remembered(2)]).await;
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(remembered_ids(store).await, [2, 1]);
    for number in [1, 2] {
        store.forget_consent(id(number), NOW + 1).await.unwrap();
        let grant = stored(store, number).await;
        assert_eq!((grant.state, grant.remember_until), (GrantState::Revoked, None), "{number}");
    }
    assert!(remembered_ids(store).await.is_empty());
}

async fn no_longer_remembering_leaves_the_tokens_alone(database: &Database) {
    let store = &database.store;
    insert(store, &[Grant { remember_until: Some(i64::MAX), ..redeemed(1) }, remembered(2)]).await;
    write(store, |batch| batch.unremember_consent(id(1)).unremember_consent(id(3))).await.unwrap();
    assert_eq!(remembered_ids(store).await, [2]);
    assert_eq!(stored(store, 1).await, redeemed(1));
}

async fn more_consents_to_one_client_than_one_statement_forgets_are_forgotten(database: &Database) {
    let store = &database.store;
    let other = |number| Grant { client_id: "other".into(), ..remembered(number) };
    let bob = |number| Grant { subject: Some("bob".into()), ..remembered(number) };
    insert(store, &[remembered(1), grant(2), other(3), bob(4)]).await;
    let mut many = Batch::new();
    for number in 10..1210 {
        many.insert_grant(&grant(number));
    }
    store.write(many).await.unwrap();
    let client = ClientId::from("client");
    let before = store.statistics().batches;
    assert_eq!(store.forget_consents_to(&alice(), &client, NOW).await.unwrap(), 1202);
    assert_eq!(store.statistics().batches - before, 3);
    assert_eq!(store.forget_consents_to(&alice(), &client, NOW).await.unwrap(), 0);
    for number in [1, 2, 1209] {
        let grant = stored(store, number).await;
        assert_eq!((grant.state, grant.remember_until), (GrantState::Revoked, None), "{number}");
    }
    assert_eq!(stored(store, 3).await, other(3));
    assert_eq!(stored(store, 4).await, bob(4));
}

async fn a_list_shows_what_lives_in_pages_from_new_to_old(database: &Database) {
    let store = &database.store;
    let mut grants: Vec<Grant> = (1..=7).map(grant).collect();
    grants[0].state = GrantState::Revoked;
    grants[1].expires_at = NOW;
    grants[2].session_id = Some(id(9));
    grants[3].expires_at = NOW;
    grants[3].remember_until = Some(NOW + 5);
    grants[6].subject = Some("bob".into());
    insert(store, &grants).await;
    let page = |after: Option<u64>, limit| GrantPage { after: after.map(id), limit, now: NOW };
    let list = |session: Option<u64>, page| async move {
        ids(&store.grants_of_subject(&alice(), session.map(id), page).await.unwrap())
    };
    assert_eq!(list(None, page(None, 10)).await, [6, 5, 4, 3]);
    assert_eq!(list(None, page(None, 2)).await, [6, 5]);
    assert_eq!(list(None, page(Some(5), 2)).await, [4, 3]);
    assert_eq!(list(Some(9), page(None, 10)).await, [3]);
    assert_eq!(list(Some(7), page(Some(6), 1)).await, [5]);
    assert_eq!(ids(&store.grants_of_login_session(id(7), NOW).await.unwrap()), [1, 4, 5, 6, 7]);
}

crate::on_every_database!(
    only_a_consent_with_time_left_spares_the_question,
    a_grant_counts_for_its_subject_and_its_client,
    revoking_tokens_leaves_the_consent_and_forgetting_takes_both,
    no_longer_remembering_leaves_the_tokens_alone,
    more_consents_to_one_client_than_one_statement_forgets_are_forgotten,
    a_list_shows_what_lives_in_pages_from_new_to_old,
);
