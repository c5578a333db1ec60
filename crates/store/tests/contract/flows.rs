//! Flows: stages only move forward, and a granted flow does not come back.

use symbolon_store::{Condition, Flow, Handled, WriteError};
use symbolon_types::Subject;

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
    let again = Flow { subject: None, body: b"again".to_vec(), expires_at: 5, ..flow(1, 1) };
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

async fn the_flows_in_which_somebody_signed_in_are_given_up_together(database: &Database) {
    let store = &database.store;
    let bob = Flow { subject: Some("bob".into()), ..flow(3, 2) };
    let nobody = Flow { subject: None, ..flow(4, 1) };
    for flow in [flow(1, 1), flow(2, 3), bob, nobody] {
        write(store, |batch| batch.accept_flow(&flow)).await.unwrap();
    }
    write(store, |batch| batch.abandon_flows_of(&Subject::from("alice"))).await.unwrap();
    for (number, is_left) in [(1, false), (2, false), (3, true), (4, true)] {
        assert_eq!(store.flow(id(number)).await.unwrap().is_some(), is_left, "{number}");
    }
    assert_eq!(write(store, |batch| batch.move_flow(id(1), 1, 2, vec![])).await, UNMET);
    assert_eq!(write(store, |batch| batch.finish_flow(id(2), 3).insert_grant(&grant(2))).await, UNMET);
    assert_eq!(store.handled(id(2)).await.unwrap(), Handled::Unknown);
}

crate::on_every_database!(
    a_flow_walks_forward_only,
    a_flow_is_accepted_again_only_in_the_same_stage,
    a_granted_flow_does_not_come_back,
    the_flows_in_which_somebody_signed_in_are_given_up_together,
);
