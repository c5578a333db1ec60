//! Which logout tokens are due, and for whom.

use symbolon_store::{ClientRecord, LogoutDelivery, Origin};

use crate::database::{Database, NOW, client, id, write};
use crate::on_every_database;

fn delivery(number: u64, client_id: &str, due_at: i64) -> LogoutDelivery {
    let expires_at = NOW + 60;
    LogoutDelivery { id: id(number), client_id: client_id.into(), attempts: 0, due_at, expires_at, body: vec![1] }
}

async fn due(database: &Database, origin: Origin, limit: u32) -> Vec<(String, i64)> {
    let found = database.store.due_logout_deliveries(origin, NOW, 3, limit).await.unwrap();
    found.into_iter().map(|delivery| (delivery.client_id.as_str().to_owned(), delivery.due_at - NOW)).collect()
}

async fn every_client_has_its_place_among_those_that_are_due(database: &Database) {
    for (name, origin) in
        [("many", Origin::Administrator), ("one", Origin::Administrator), ("own", Origin::SelfService)]
    {
        database.store.insert_client(&ClientRecord { origin, ..client(name) }).await.unwrap();
    }
    let mut all: Vec<LogoutDelivery> = (0..40).map(|number| delivery(number, "many", NOW - 50)).collect();
    all.extend([
        delivery(100, "many", NOW - 60),
        delivery(101, "one", NOW),
        delivery(102, "one", NOW + 1),
        delivery(103, "own", NOW - 1),
        delivery(104, "gone", NOW - 2),
        LogoutDelivery { expires_at: NOW, ..delivery(105, "own", NOW - 3) },
    ]);
    write(&database.store, |batch| {
        for delivery in &all {
            batch.insert_logout_delivery(delivery);
        }
        batch
    })
    .await
    .unwrap();
    let named = |found: &[(&str, i64)]| -> Vec<(String, i64)> {
        found.iter().map(|(name, due_at)| ((*name).to_owned(), *due_at)).collect()
    };
    let administrators = [("many", -60), ("one", 0), ("many", -50), ("many", -50)];
    assert_eq!(due(database, Origin::Administrator, 100).await, named(&administrators));
    assert_eq!(due(database, Origin::Administrator, 2).await, named(&administrators[..2]));
    assert_eq!(due(database, Origin::SelfService, 100).await, named(&[("gone", -2), ("own", -1)]));
}

async fn those_that_wait_are_counted_until_they_are_given_up(database: &Database) {
    write(&database.store, |batch| {
        batch.insert_logout_delivery(&delivery(1, "one", NOW - 1)).insert_logout_delivery(&delivery(2, "two", NOW + 50))
    })
    .await
    .unwrap();
    for (now, expected) in [(NOW, 2), (NOW + 59, 2), (NOW + 60, 0)] {
        assert_eq!(database.store.waiting_logout_deliveries(now).await.unwrap(), expected, "{}", now - NOW);
    }
    database.store.finish_logout_delivery(id(2)).await.unwrap();
    assert_eq!(database.store.waiting_logout_deliveries(NOW).await.unwrap(), 1);
}

on_every_database!(
    every_client_has_its_place_among_those_that_are_due,
    those_that_wait_are_counted_until_they_are_given_up,
);
