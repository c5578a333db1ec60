//! Flows: stages only move forward, and a granted flow does not come back.

use symbolon_store::{Condition, Flow, Handled, WriteError};

use crate::database::{Database, flow, grant, id, write};

const UNMET: Result<(), WriteError> = Err(WriteError::Unmet(Condition::Flow));

async fn a_flow_walks_forward_only(database: &Database) {
    let store = &database.store;
    assert_eq!(write(store, |batch| batch.move_flow(id(1), 1, 2, vec![])).await, UNMET);
    write(store, |batch| batch.accept_flow(&flow(1, 1))).await.unwrap();
    write(store, |batch| batch.move_flow(id(1), 1, 2, b"third".to_vec())).await.unwrap();
    assert_eq!(write(store, |batch| batch.move_flow(id(1), 1, 2, vec![])).await, UNMET);
    assert_eq!(write(store, |batch| batch.finish_flow(id(1), 1)).await, UNMET);
    let expected = Flow { body: b"third".to_vec(), ..flow(1, 2) };
    assert_eq!(store.flow(id(1)).await.unwrap(), Some(expected));
    write(store, |batch| batch.finish_flow(id(1), 2)).await.unwrap();
    assert_eq!(store.flow(id(1)).await.unwrap(), None);
}

async fn a_flow_is_accepted_again_only_in_the_same_stage(database: &Database) {
    let store = &database.store;
    write(store, |batch| batch.accept_flow(&flow(1, 1))).await.unwrap();
    let again = Flow { body: b"again".to_vec(), expires_at: 5, ..flow(1, 1) };
    write(store, |batch| batch.accept_flow(&again)).await.unwrap();
    assert_eq!(store.flow(id(1)).await.unwrap(), Some(again.clone()));
    write(store, |batch| batch.move_flow(id(1), 1, 2, b"moved".to_vec())).await.unwrap();
    assert_eq!(write(store, |batch| batch.accept_flow(&again)).await, UNMET);
    assert_eq!(store.flow(id(1)).await.unwrap().unwrap().body, b"moved");
}

async fn a_granted_flow_does_not_come_back(database: &Database) {
    let store = &database.store;
    assert_eq!(store.handled(id(1)).await.unwrap(), Handled::Unknown);
    write(store, |batch| batch.accept_flow(&flow(1, 1))).await.unwrap();
    assert_eq!(store.handled(id(1)).await.unwrap(), Handled::Flow(flow(1, 1)));
    write(store, |batch| batch.finish_flow(id(1), 1).insert_grant(&grant(1))).await.unwrap();
    assert_eq!(store.handled(id(1)).await.unwrap(), Handled::Granted);
    assert_eq!(write(store, |batch| batch.accept_flow(&flow(1, 1))).await, UNMET);
    assert_eq!(store.flow(id(1)).await.unwrap(), None);
    let doubled = write(store, |batch| batch.insert_grant(&grant(1))).await;
    assert_eq!(doubled, Err(WriteError::Conflict(Condition::Grant)));
}

crate::on_every_database!(
    a_flow_walks_forward_only,
    a_flow_is_accepted_again_only_in_the_same_stage,
    a_granted_flow_does_not_come_back,
);
