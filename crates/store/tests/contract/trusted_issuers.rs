//! Trusted issuers: who vouches for an assertion, and whether that is still so when it is used.

use symbolon_store::{Condition, TrustedIssuer, WriteError};

use crate::database::{Database, NOW, grant, write};
use crate::on_every_database;

const ISSUER: &str = "https://issuer.example";

fn trusted(id: &str, subject: Option<&str>, kid: &str) -> TrustedIssuer {
    TrustedIssuer {
        id: id.to_owned(),
        issuer: ISSUER.to_owned(),
        subject: subject.map(Into::into),
        kid: kid.to_owned(),
        scope: "openid photos".to_owned(),
        jwk: "{}".to_owned(),
        created_at: NOW,
        trusted_until: NOW + 60,
    }
}

async fn insert(database: &Database, all: &[TrustedIssuer]) {
    for one in all {
        database.store.insert_trusted_issuer(one).await.unwrap();
    }
}

fn ids(found: Vec<TrustedIssuer>) -> Vec<String> {
    found.into_iter().map(|trusted| trusted.id).collect()
}

async fn they_are_found_listed_and_deleted(database: &Database) {
    let store = &database.store;
    let elsewhere = TrustedIssuer { issuer: "https://elsewhere.example".to_owned(), ..trusted("c", None, "k") };
    let all = [trusted("d", Some("alice"), "k"), trusted("a", None, "k"), elsewhere.clone()];
    insert(database, &all).await;
    assert_eq!(store.trusted_issuer("d").await.unwrap(), Some(all[0].clone()));
    assert_eq!(store.trusted_issuer("a").await.unwrap(), Some(all[1].clone()));
    assert_eq!(store.trusted_issuer("b").await.unwrap(), None);
    let list = async |issuer, after, limit| ids(store.list_trusted_issuers(issuer, after, limit).await.unwrap());
    assert_eq!(list(None, None, 2).await, ["a", "c"]);
    assert_eq!(list(None, Some("c"), 2).await, ["d"]);
    assert_eq!(list(Some(ISSUER), None, 10).await, ["a", "d"]);
    assert_eq!(list(Some("https://nobody.example"), None, 10).await, [""; 0]);
    assert!(store.delete_trusted_issuer("c").await.unwrap());
    assert!(!store.delete_trusted_issuer("c").await.unwrap());
    assert_eq!(list(None, None, 10).await, ["a", "d"]);
}

async fn one_key_of_an_issuer_is_trusted_once_for_each_subject(database: &Database) {
    let store = &database.store;
    insert(database, &[trusted("1", None, "k"), trusted("2", Some("alice"), "k"), trusted("3", None, "other")]).await;
    for twice in [trusted("4", None, "k"), trusted("5", Some("alice"), "k"), trusted("1", None, "new")] {
        let refused = store.insert_trusted_issuer(&twice).await;
        assert_eq!(refused, Err(WriteError::Conflict(Condition::TrustedIssuer)), "{}", twice.id);
    }
    assert!(store.delete_trusted_issuer("1").await.unwrap());
    store.insert_trusted_issuer(&trusted("4", None, "k")).await.unwrap();
}

async fn of_sixty_four_that_trust_the_same_key_at_once_one_wins(database: &Database) {
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let store = database.store.clone();
            tokio::spawn(async move { store.insert_trusted_issuer(&trusted(&number.to_string(), None, "k")).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(fault) => assert_eq!(fault, WriteError::Conflict(Condition::TrustedIssuer)),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(database.store.list_trusted_issuers(None, None, 10).await.unwrap().len(), 1);
}

async fn an_assertion_finds_who_says_most_about_its_subject_first(database: &Database) {
    let store = &database.store;
    let at = |trusted: TrustedIssuer, created_at: i64| TrustedIssuer { created_at, ..trusted };
    insert(
        database,
        &[
            at(trusted("any, old", None, "k1"), NOW - 9),
            at(trusted("any, new", None, "k2"), NOW - 1),
            at(trusted("alice, old", Some("alice"), "k1"), NOW - 9),
            at(trusted("alice, new", Some("alice"), "k2"), NOW - 2),
            trusted("bob", Some("bob"), "k1"),
            TrustedIssuer { trusted_until: NOW + 5, ..trusted("over", Some("alice"), "k3") },
        ],
    )
    .await;
    let of = async |subject: &str, kid, now| {
        ids(store.trusted_issuers_of_assertion((ISSUER, subject), kid, now).await.unwrap())
    };
    assert_eq!(of("alice", None, NOW + 5).await, ["alice, new", "alice, old", "any, new", "any, old"]);
    assert_eq!(of("alice", None, NOW + 4).await[0], "over");
    assert_eq!(of("alice", Some("k1"), NOW).await, ["alice, old", "any, old"]);
    assert_eq!(of("carol", None, NOW).await, ["any, new", "any, old"]);
    assert_eq!(of("", None, NOW).await, ["any, new", "any, old"]);
    assert_eq!(of("alice", Some("unknown"), NOW).await, [""; 0]);
    assert_eq!(of("alice", None, NOW + 60).await, [""; 0]);
    let elsewhere = store.trusted_issuers_of_assertion(("https://elsewhere.example", "alice"), None, NOW).await;
    assert_eq!(elsewhere.unwrap(), []);
}

async fn an_assertion_is_of_a_hundred_keys_at_most(database: &Database) {
    for number in 0..110 {
        insert(database, &[trusted(&format!("{number:03}"), None, &format!("k{number}"))]).await;
    }
    let found = database.store.trusted_issuers_of_assertion((ISSUER, "alice"), None, NOW).await.unwrap();
    assert_eq!(found.len(), 100);
}

async fn a_change_that_rests_on_the_trust_needs_it_at_its_moment(database: &Database) {
    let store = &database.store;
    insert(database, &[trusted("1", None, "k")]).await;
    let attempt = async |id: &str, now: i64, number: u64| {
        write(store, |batch| batch.require_trusted_issuer(id, now).insert_grant(&grant(number))).await
    };
    let unmet = Err(WriteError::Unmet(Condition::TrustedIssuer));
    assert_eq!(attempt("1", NOW + 59, 1).await, Ok(()));
    assert_eq!(attempt("1", NOW + 60, 2).await, unmet, "its time is over");
    assert_eq!(attempt("2", NOW, 2).await, unmet, "there is none");
    store.delete_trusted_issuer("1").await.unwrap();
    assert_eq!(attempt("1", NOW, 2).await, unmet, "it was ended");
    assert!(store.grant(grant(2).id).await.unwrap().is_none());
}

on_every_database!(
    they_are_found_listed_and_deleted,
    one_key_of_an_issuer_is_trusted_once_for_each_subject,
    of_sixty_four_that_trust_the_same_key_at_once_one_wins,
    an_assertion_finds_who_says_most_about_its_subject_first,
    an_assertion_is_of_a_hundred_keys_at_most,
    a_change_that_rests_on_the_trust_needs_it_at_its_moment,
);
