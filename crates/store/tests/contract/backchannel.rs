//! Requests of the back channel: one answer, one redemption, an interval that grows, and pings that one node sends.

use symbolon_store::{AskingLimit, BackchannelRequest, BackchannelStage, Condition, Store, WriteError};
use symbolon_types::Subject;

use crate::database::{Database, GENEROUS, NOW, backchannel_request as request, client, id, write};

const UNMET: Result<(), WriteError> = Err(WriteError::Unmet(Condition::Backchannel));

fn alice() -> Subject {
    "alice".into()
}

async fn insert(store: &Store, number: u64) {
    write(store, |batch| batch.insert_backchannel_request(&request(number), &GENEROUS, NOW)).await.unwrap();
}

async fn stage(store: &Store, number: u64) -> BackchannelStage {
    store.backchannel_request(id(number)).await.unwrap().unwrap().stage
}

async fn it_is_found_by_id_and_by_subject(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert(store, 1).await;
    insert(store, 2).await;
    assert_eq!(store.backchannel_request(id(1)).await.unwrap(), Some(request(1)));
    let waiting = store.backchannel_requests_of(&alice(), NOW, 10).await.unwrap();
    assert_eq!(waiting, [request(2), request(1)]);
    assert_eq!(store.backchannel_requests_of(&alice(), NOW, 1).await.unwrap(), [request(2)]);
    assert_eq!(store.backchannel_requests_of(&alice(), NOW + 300, 10).await.unwrap(), []);
    assert_eq!(store.backchannel_requests_of(&"bob".into(), NOW, 10).await.unwrap(), []);
}

async fn it_is_answered_once_by_its_subject_and_redeemed_once(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert(store, 1).await;
    let bob: Subject = "bob".into();
    assert_eq!(write(store, |batch| batch.redeem_backchannel_request(id(1), NOW)).await, UNMET);
    assert_eq!(write(store, |batch| batch.accept_backchannel_request(id(1), &bob, NOW, None)).await, UNMET);
    assert_eq!(write(store, |batch| batch.deny_backchannel_request(id(1), &bob, NOW, None)).await, UNMET);
    write(store, |batch| batch.accept_backchannel_request(id(1), &alice(), NOW, None)).await.unwrap();
    assert_eq!(stage(store, 1).await, BackchannelStage::Accepted);
    assert_eq!(write(store, |batch| batch.accept_backchannel_request(id(1), &alice(), NOW, None)).await, UNMET);
    assert_eq!(write(store, |batch| batch.deny_backchannel_request(id(1), &alice(), NOW, None)).await, UNMET);
    write(store, |batch| batch.redeem_backchannel_request(id(1), NOW)).await.unwrap();
    assert_eq!(write(store, |batch| batch.redeem_backchannel_request(id(1), NOW)).await, UNMET);
    assert_eq!(stage(store, 1).await, BackchannelStage::Redeemed);
}

async fn nothing_happens_after_it_has_expired(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert(store, 1).await;
    let end = request(1).expires_at;
    assert_eq!(write(store, |batch| batch.accept_backchannel_request(id(1), &alice(), end, None)).await, UNMET);
    assert_eq!(write(store, |batch| batch.deny_backchannel_request(id(1), &alice(), end, None)).await, UNMET);
    write(store, |batch| batch.accept_backchannel_request(id(1), &alice(), end - 1, None)).await.unwrap();
    assert_eq!(write(store, |batch| batch.redeem_backchannel_request(id(1), end)).await, UNMET);
}

async fn a_subject_is_asked_after_a_pause_and_not_too_often(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    let limit = |now: i64| AskingLimit { pause_until: now + 30, most_waiting: 2, ..GENEROUS };
    let ask = async |number: u64, now: i64| {
        write(store, |batch| batch.insert_backchannel_request(&request(number), &limit(now), now)).await
    };
    ask(1, NOW).await.unwrap();
    assert_eq!(ask(2, NOW + 29).await, Err(WriteError::Unmet(Condition::Identifier)));
    ask(2, NOW + 30).await.unwrap();
    assert_eq!(ask(3, NOW + 60).await, UNMET);
    assert_eq!(ask(3, NOW + 61).await, UNMET, "what was refused begins no pause");
    write(store, |batch| batch.deny_backchannel_request(id(1), &alice(), NOW + 61, None)).await.unwrap();
    ask(3, NOW + 61).await.unwrap();
    let other = AskingLimit { pause_of: b"bob", ..limit(NOW + 61) };
    let of_bob = BackchannelRequest { subject: "bob".into(), ..request(4) };
    write(store, |batch| batch.insert_backchannel_request(&of_bob, &other, NOW + 61)).await.unwrap();
}

async fn a_hasty_poll_makes_the_interval_longer(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert(store, 1).await;
    let poll = async |now: i64| store.poll_backchannel_request(id(1), now).await.unwrap();
    assert!(poll(NOW).await);
    assert!(!poll(NOW + 3).await);
    assert_eq!(store.backchannel_request(id(1)).await.unwrap().unwrap().interval_seconds, 10);
    assert!(poll(NOW + 12).await);
}

async fn what_was_ended_with_the_client_is_not_found(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert(store, 1).await;
    write(store, |batch| batch.accept_backchannel_request(id(1), &alice(), NOW, Some(NOW))).await.unwrap();
    assert!(store.revoke_everything_of_client(&"client".into()).await.unwrap());
    assert_eq!(store.backchannel_request(id(1)).await.unwrap(), None);
    assert_eq!(store.due_pings(NOW, 10, 10).await.unwrap(), []);
}

async fn a_ping_is_due_with_the_answer_and_taken_once(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    for number in 1..=4 {
        insert(store, number).await;
    }
    write(store, |batch| batch.accept_backchannel_request(id(1), &alice(), NOW, Some(NOW))).await.unwrap();
    write(store, |batch| batch.deny_backchannel_request(id(2), &alice(), NOW, Some(NOW + 1))).await.unwrap();
    write(store, |batch| batch.accept_backchannel_request(id(3), &alice(), NOW, None)).await.unwrap();
    let due = async |now: i64, for_each: u32, limit: u32| {
        let due = store.due_pings(now, for_each, limit).await.unwrap();
        due.iter().map(|request| request.id).collect::<Vec<_>>()
    };
    assert_eq!(due(NOW - 1, 10, 10).await, []);
    assert_eq!(due(NOW, 10, 10).await, [id(1)]);
    assert_eq!(due(NOW + 1, 10, 10).await, [id(1), id(2)]);
    assert_eq!(due(NOW + 1, 1, 10).await, [id(1)]);
    assert_eq!(due(NOW + 1, 10, 1).await, [id(1)]);
    assert!(store.claim_ping(id(1), 0, Some(NOW + 5)).await.unwrap());
    assert!(!store.claim_ping(id(1), 0, Some(NOW + 5)).await.unwrap());
    assert_eq!(due(NOW + 1, 10, 10).await, [id(2)]);
    assert!(store.claim_ping(id(1), 1, None).await.unwrap());
    assert!(!store.claim_ping(id(1), 2, None).await.unwrap(), "that was the last one");
    store.finish_ping(id(2)).await.unwrap();
    assert_eq!(due(NOW + 100, 10, 10).await, []);
    assert_eq!(store.due_pings(NOW + 300, 10, 10).await.unwrap(), []);
    write(store, |batch| batch.redeem_backchannel_request(id(1), NOW)).await.unwrap();
}

crate::on_every_database!(
    it_is_found_by_id_and_by_subject,
    it_is_answered_once_by_its_subject_and_redeemed_once,
    nothing_happens_after_it_has_expired,
    a_subject_is_asked_after_a_pause_and_not_too_often,
    a_hasty_poll_makes_the_interval_longer,
    what_was_ended_with_the_client_is_not_found,
    a_ping_is_due_with_the_answer_and_taken_once,
);
