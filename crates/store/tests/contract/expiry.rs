//! Purging: everything that expires goes, in small batches, and nothing else.

use symbolon_store::{
    AskingLimit, BackchannelRequest, Batch, Condition, DeviceAuthorization, EXPIRING_TABLES, Expect, Grant,
    LogoutDelivery, Rotation, StoredRequest, Value, raw,
};
use symbolon_types::TokenId;

use crate::database::{
    Database, GENEROUS, NOW, backchannel_request, count_branches, device_authorization, flow, grant, id,
    insert_branched, login_session, redeemed, rows,
};

async fn every_table_with_an_expiry_is_purged(database: &Database) {
    let sql = if database.dsn.starts_with("postgres") {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.columns \
         WHERE table_schema = current_schema() AND column_name = 'expires_at' ORDER BY 1"
    } else {
        "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND c.name = 'expires_at' ORDER BY 1"
    };
    let rows = rows(&database.store, sql, vec![]).await;
    let found: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
    let mut covered: Vec<&str> = EXPIRING_TABLES.to_vec();
    covered.sort_unstable();
    assert_eq!(found, covered);
}

fn token(number: u64) -> TokenId {
    id(number)
}

fn logout_delivery(number: u64, expires_at: i64) -> LogoutDelivery {
    LogoutDelivery { id: id(number), client_id: "client".into(), attempts: 0, due_at: NOW, expires_at, body: vec![] }
}

async fn what_has_expired_goes_and_the_rest_stays(database: &Database) {
    let store = &database.store;
    for (number, expires_at) in [(1, NOW), (2, NOW + 1)] {
        let mut batch = Batch::new();
        let mut session = login_session(number, "alice");
        session.expires_at = expires_at;
        let mut flow = flow(number + 10, 1);
        flow.expires_at = expires_at;
        batch
            .accept_flow(&flow)
            .put_login_session(&session)
            .insert_grant(&Grant { expires_at, ..grant(number) })
            .revoke_token(token(number).as_bytes(), expires_at)
            .use_once("jti", token(number).as_bytes(), expires_at)
            .insert_stored_request(&StoredRequest { id: id(number), expires_at, body: vec![] })
            .insert_device_authorization(&DeviceAuthorization { expires_at, ..device_authorization(number) })
            .insert_backchannel_request(
                &BackchannelRequest { expires_at, ..backchannel_request(number) },
                &AskingLimit { pause_until: expires_at, ..GENEROUS },
                expires_at,
            )
            .insert_logout_delivery(&logout_delivery(number, expires_at));
        let id = || -> Value { Value::Blob(number.to_be_bytes().to_vec()) };
        for (sql, params) in [
            (
                "INSERT INTO hydra_tokens (id, run, body, expires_at) VALUES ($1, 1, $1, $2)",
                vec![id(), expires_at.into()],
            ),
            (
                "INSERT INTO hydra_imported (kind, id, incarnation, revision, run, expires_at) VALUES ('key', $1, 0, 0, 1, $2)",
                vec![id(), expires_at.into()],
            ),
            (
                "INSERT INTO hydra_grants (id, generation, branches, redeemed, run, expires_at) VALUES ($1, 0, 0, 0, 1, $2)",
                vec![id(), expires_at.into()],
            ),
        ] {
            raw::add(&mut batch, Condition::Housekeeping, sql, params, Expect::OneRow);
        }
        store.write(batch).await.unwrap();
    }
    let report = store.purge(NOW, 100).await.unwrap();
    assert_eq!(report.rows.keys().copied().collect::<Vec<_>>(), {
        let mut tables = EXPIRING_TABLES.to_vec();
        tables.sort_unstable();
        tables
    });
    assert_eq!(report.total(), EXPIRING_TABLES.len() as u64);
    assert_eq!(store.purge(NOW, 100).await.unwrap().total(), 0);
    assert!(store.grant(id(1)).await.unwrap().is_none() && store.grant(id(2)).await.unwrap().is_some());
    assert!(store.use_once("jti", token(1).as_bytes(), NOW).await.unwrap());
    assert!(!store.use_once("jti", token(2).as_bytes(), NOW).await.unwrap());
}

async fn one_call_deletes_no_more_than_it_was_told(database: &Database) {
    for number in 0..25 {
        database.store.insert_grant(&grant(number)).await.unwrap();
    }
    let later = NOW + 10_000;
    let mut rows = Vec::new();
    for _ in 0..4 {
        rows.push(database.store.purge(later, 10).await.unwrap().total());
    }
    assert_eq!(rows, [10, 10, 5, 0]);
}

async fn a_remembered_consent_outlives_its_tokens(database: &Database) {
    let store = &database.store;
    let until = |number, remember_until| Grant { remember_until: Some(remember_until), ..grant(number) };
    for grant in [until(1, i64::MAX), until(2, NOW + 50_000), until(3, i64::MAX)] {
        store.insert_grant(&grant).await.unwrap();
    }
    assert_eq!(store.purge(NOW + 10_000, 100).await.unwrap().total(), 0);
    assert_eq!(store.purge(NOW + 50_000, 100).await.unwrap().total(), 1, "its time is over");
    assert!(store.grant(id(2)).await.unwrap().is_none());
    store.forget_consent(id(3), NOW).await.unwrap();
    assert_eq!(store.purge(NOW + 50_000, 100).await.unwrap().total(), 1, "it was forgotten");
    assert!(store.grant(id(1)).await.unwrap().is_some());
}

async fn a_revoked_grant_without_end_is_purged_all_the_same(database: &Database) {
    let store = &database.store;
    store.insert_grant(&Grant { expires_at: i64::MAX, ..grant(1) }).await.unwrap();
    store.revoke_grant(id(1), NOW).await.unwrap();
    let kept = symbolon_store::REVOKED_GRANT_KEPT_SECONDS;
    assert_eq!(store.purge(NOW + kept - 1, 100).await.unwrap().total(), 0);
    assert_eq!(store.purge(NOW + kept, 100).await.unwrap().total(), 1);
}

async fn branches_of_refresh_tokens_go_with_their_grant(database: &Database) {
    let store = &database.store;
    for number in 1..=12 {
        insert_branched(store, &redeemed(number), 3).await;
    }
    store.revoke_grant(id(1), NOW).await.unwrap();
    let longer =
        Rotation { grant_id: id(2), now: NOW, expires_at: NOW + 90_000, kept_seconds: 60, beside: Batch::new() };
    store.rotate(&store.refresh_branch(id(2), 2).await.unwrap().unwrap(), longer).await.unwrap();
    assert_eq!(store.purge(NOW + 3599, 100).await.unwrap().total(), 0);
    assert_eq!(count_branches(store).await, 36);
    for (grants, left) in [(5, 21), (5, 6), (1, 3), (0, 3)] {
        let report = store.purge(NOW + 3600, 5).await.unwrap();
        assert_eq!(report.rows.get("grants").copied().unwrap_or_default(), grants, "branches are not counted");
        assert_eq!(count_branches(store).await, left);
    }
    assert!(store.refresh_branch(id(2), 1).await.unwrap().is_some(), "a branch that is used keeps its grant");
    assert_eq!(store.purge(NOW + 90_000, 5).await.unwrap().total(), 1);
    assert_eq!(count_branches(store).await, 0);
}

async fn a_session_that_ended_is_purged_with_its_time_like_others(database: &Database) {
    let store = &database.store;
    store.put_login_session(&login_session(1, "alice")).await.unwrap();
    store.end_login_session(id(1), NOW).await.unwrap();
    assert_eq!(store.purge(NOW + 3599, 100).await.unwrap().total(), 0, "its clients may not have been told");
    assert_eq!(store.purge(NOW + 3600, 100).await.unwrap().total(), 1);
}

crate::on_every_database!(
    every_table_with_an_expiry_is_purged,
    what_has_expired_goes_and_the_rest_stays,
    one_call_deletes_no_more_than_it_was_told,
    a_remembered_consent_outlives_its_tokens,
    a_revoked_grant_without_end_is_purged_all_the_same,
    branches_of_refresh_tokens_go_with_their_grant,
    a_session_that_ended_is_purged_with_its_time_like_others,
);
