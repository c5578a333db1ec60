//! Branches of refresh tokens: each moves on by itself, a repetition begins another, and their number is bounded.

use symbolon_store::{
    Batch, Branch, Condition, GrantState, MOST_BRANCHES, Repeatable, Rotation, Rotations, Store, WriteError,
};

use crate::database::{Database, NOW, count, id, redeemed};

const MOVED_ON: WriteError = WriteError::Unmet(Condition::Generation);

fn at(now: i64) -> Rotation {
    Rotation { grant_id: id(1), now, expires_at: now + 3600, kept_seconds: 60, beside: Batch::new() }
}

async fn started(store: &Store) {
    store.insert_grant(&redeemed(1)).await.unwrap();
}

/// The first branch or another one, as it is now.
async fn branch(store: &Store, number: i64) -> Option<Branch> {
    let state = store.grant(id(1)).await.unwrap().unwrap().grant.state;
    match state {
        GrantState::Redeemed(first) if number == 0 => Some(first),
        _ => store.refresh_branch(id(1), number).await.unwrap(),
    }
}

async fn rotate(store: &Store, number: i64, now: i64) {
    let branch = branch(store, number).await.unwrap();
    store.rotate(&branch, at(now)).await.unwrap();
}

/// Repeats generation 0 of a branch.
async fn repeat(store: &Store, number: i64, repeatable: Repeatable, now: i64) -> Result<i64, WriteError> {
    let parent = branch(store, number).await.unwrap();
    store.begin_branch(&parent, 0, repeatable, at(now)).await
}

async fn expiry(store: &Store) -> i64 {
    store.grant(id(1)).await.unwrap().unwrap().grant.expires_at
}

async fn a_rotation_moves_the_first_branch_on_and_notes_when(database: &Database) {
    let store = &database.store;
    started(store).await;
    store.rotate(&Branch::default(), at(NOW + 10)).await.unwrap();
    let expected = Branch { generation: 1, rotations: vec![Rotations { at: NOW + 10, count: 1 }], ..Branch::default() };
    assert_eq!(branch(store, 0).await, Some(expected.clone()));
    assert_eq!(expiry(store).await, NOW + 3610);
    assert_eq!(store.rotate(&Branch::default(), at(NOW + 11)).await, Err(MOVED_ON));
    assert_eq!(branch(store, 0).await, Some(expected));
    let shorter = Rotation { expires_at: NOW, ..at(NOW + 12) };
    store.rotate(&branch(store, 0).await.unwrap(), shorter).await.unwrap();
    assert_eq!(expiry(store).await, NOW + 3610, "a life is not shortened");
}

async fn nothing_rotates_before_the_code_was_redeemed(database: &Database) {
    let store = &database.store;
    store.insert_grant(&crate::database::grant(1)).await.unwrap();
    assert_eq!(store.rotate(&Branch::default(), at(NOW)).await, Err(MOVED_ON));
}

async fn a_repetition_begins_a_branch_of_its_own(database: &Database) {
    let store = &database.store;
    started(store).await;
    rotate(store, 0, NOW).await;
    for number in 1..=3 {
        assert_eq!(repeat(store, 0, Repeatable::Always, NOW + 1).await, Ok(number));
        assert_eq!(branch(store, number).await, Some(Branch { number, ..Branch::default() }));
    }
    rotate(store, 2, NOW + 100).await;
    rotate(store, 2, NOW + 105).await;
    let rotations = vec![Rotations { at: NOW + 105, count: 1 }, Rotations { at: NOW + 100, count: 1 }];
    let second = Branch { number: 2, generation: 2, rotations, successor_seen: false };
    assert_eq!(branch(store, 2).await, Some(second.clone()));
    assert_eq!(expiry(store).await, NOW + 3705, "any branch prolongs the grant");
    assert_eq!(store.rotate(&Branch { generation: 1, ..second }, at(NOW)).await, Err(MOVED_ON));
    for other in [0, 1, 3] {
        assert_eq!(branch(store, other).await.unwrap().generation, i64::from(other == 0), "branch {other}");
    }
    assert_eq!(repeat(store, 2, Repeatable::Always, NOW + 106).await, Ok(4), "a branch of a branch");
    assert_eq!(branch(store, 5).await, None);
}

async fn a_token_is_repeated_so_many_times_and_each_token_counts_for_itself(database: &Database) {
    let store = &database.store;
    started(store).await;
    rotate(store, 0, NOW).await;
    rotate(store, 0, NOW).await;
    let parent = branch(store, 0).await.unwrap();
    for generation in [0, 1] {
        for repetition in 1..=4 {
            let begun = store.begin_branch(&parent, generation, Repeatable::AtMost(3), at(NOW)).await;
            let often_enough = Err(WriteError::Unmet(Condition::Repetition));
            let expected = if repetition <= 3 { Ok(generation * 3 + repetition) } else { often_enough };
            assert_eq!(begun, expected, "{repetition} of {generation}");
        }
    }
    assert_eq!(store.begin_branch(&parent, 0, Repeatable::AtMost(4), at(NOW)).await, Ok(7));
}

async fn how_often_a_token_was_repeated_is_known_beyond_the_bound(database: &Database) {
    let store = &database.store;
    started(store).await;
    rotate(store, 0, NOW).await;
    let most = u32::try_from(3 * MOST_BRANCHES).unwrap();
    for number in 1..=i64::from(most) {
        assert_eq!(repeat(store, 0, Repeatable::AtMost(most), NOW).await, Ok(number));
    }
    let beyond = repeat(store, 0, Repeatable::AtMost(most), NOW).await;
    assert_eq!(beyond, Err(WriteError::Unmet(Condition::Repetition)));
}

async fn until_its_successor_is_seen_a_token_may_come_again(database: &Database) {
    let store = &database.store;
    started(store).await;
    for parent in [0, 1] {
        rotate(store, parent, NOW).await;
        let read = branch(store, parent).await.unwrap();
        assert_eq!(repeat(store, parent, Repeatable::UntilSuccessorSeen, NOW).await, Ok(2 * parent + 1));
        // What was seen of the generation before changes nothing.
        let before = Branch { generation: 0, ..read.clone() };
        store.mark_successor_seen(id(1), &before).await.unwrap();
        assert_eq!(repeat(store, parent, Repeatable::UntilSuccessorSeen, NOW).await, Ok(2 * parent + 2));
        store.mark_successor_seen(id(1), &read).await.unwrap();
        assert!(branch(store, parent).await.unwrap().successor_seen);
        assert_eq!(repeat(store, parent, Repeatable::UntilSuccessorSeen, NOW).await, Err(MOVED_ON));
    }
    assert!(!branch(store, 2).await.unwrap().successor_seen, "the branches know nothing of each other");
}

async fn a_token_whose_branch_moved_on_meanwhile_does_not_come_again(database: &Database) {
    let store = &database.store;
    started(store).await;
    repeat(store, 0, Repeatable::Always, NOW).await.unwrap();
    for parent in [0, 1] {
        rotate(store, parent, NOW).await;
        let read = branch(store, parent).await.unwrap();
        rotate(store, parent, NOW).await;
        let begun = store.begin_branch(&read, 0, Repeatable::UntilSuccessorSeen, at(NOW)).await;
        assert_eq!(begun, Err(MOVED_ON), "branch {parent}");
        assert!(!branch(store, parent).await.unwrap().successor_seen, "a new generation was not seen yet");
    }
}

async fn a_revoked_grant_moves_no_branch_and_begins_none(database: &Database) {
    let store = &database.store;
    started(store).await;
    rotate(store, 0, NOW).await;
    let first = branch(store, 0).await.unwrap();
    repeat(store, 0, Repeatable::Always, NOW).await.unwrap();
    let second = branch(store, 1).await.unwrap();
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(store.rotate(&first, at(NOW)).await, Err(MOVED_ON));
    assert_eq!(store.rotate(&second, at(NOW)).await, Err(MOVED_ON));
    assert_eq!(store.begin_branch(&first, 0, Repeatable::Always, at(NOW)).await, Err(MOVED_ON));
    assert_eq!(count(store, "SELECT count(*) FROM refresh_branches").await, 1);
}

/// Begins as many branches as there may be, of two tokens by turns.
async fn full(store: &Store) {
    started(store).await;
    rotate(store, 0, NOW).await;
    rotate(store, 0, NOW).await;
    let parent = branch(store, 0).await.unwrap();
    for number in 1..=MOST_BRANCHES {
        assert_eq!(store.begin_branch(&parent, number % 2, Repeatable::Always, at(NOW + number)).await, Ok(number));
    }
}

async fn beyond_the_bound_the_oldest_answer_to_the_same_token_is_forgotten(database: &Database) {
    let store = &database.store;
    full(store).await;
    let parent = branch(store, 0).await.unwrap();
    // Odd branches answered generation 1. However often it comes again, the answers to the other one stay.
    for number in 1..=3 * MOST_BRANCHES {
        let begun = store.begin_branch(&parent, 1, Repeatable::Always, at(NOW + 100)).await;
        assert_eq!(begun, Ok(MOST_BRANCHES + number));
        assert!(branch(store, MOST_BRANCHES + number).await.is_some(), "the last answer lives");
    }
    assert_eq!(count(store, "SELECT count(*) FROM refresh_branches").await, MOST_BRANCHES);
    for number in 1..=MOST_BRANCHES {
        assert_eq!(branch(store, number).await.is_some(), number % 2 == 0, "branch {number}");
    }
}

async fn the_branch_that_was_used_longest_ago_is_forgotten_next(database: &Database) {
    let store = &database.store;
    full(store).await;
    let later = NOW + 10_000;
    for number in (1..=MOST_BRANCHES).filter(|number| ![5, 6].contains(number)) {
        rotate(store, number, later).await;
    }
    // Only these two were never rotated; then nobody can be forgotten for an hour.
    let parent = branch(store, 7).await.unwrap();
    for (number, forgotten) in [(1, 5), (2, 6)] {
        assert_eq!(store.begin_branch(&parent, 0, Repeatable::Always, at(later)).await, Ok(MOST_BRANCHES + number));
        assert_eq!(branch(store, forgotten).await, None);
        rotate(store, MOST_BRANCHES + number, later).await;
    }
    let no_room = Err(WriteError::Unmet(Condition::Branch));
    assert_eq!(store.begin_branch(&parent, 0, Repeatable::Always, at(later)).await, no_room);
    assert_eq!(store.begin_branch(&parent, 0, Repeatable::Always, at(later + 3600)).await, no_room);
    assert_eq!(count(store, "SELECT branches FROM grants").await, MOST_BRANCHES + 2, "nothing of it was written");

    rotate(store, 1, later + 3600).await;
    assert_eq!(store.begin_branch(&parent, 0, Repeatable::Always, at(later + 3601)).await, Ok(MOST_BRANCHES + 3));
    let gone: Vec<_> = [1, 2, 3, 4, 7, 8].into_iter().map(|number| branch(store, number)).collect();
    let mut left = Vec::new();
    for branch in gone {
        left.push(branch.await.is_some());
    }
    assert_eq!(left, [true, false, true, true, true, true], "the first was just used, so the second goes");
}

async fn the_parent_of_a_new_branch_is_not_forgotten(database: &Database) {
    let store = &database.store;
    full(store).await;
    rotate(store, 1, NOW + 1000).await;
    for number in 2..=MOST_BRANCHES {
        rotate(store, number, NOW + 2000).await;
    }
    let begun = repeat(store, 1, Repeatable::Always, NOW + 10_000).await;
    assert_eq!(begun, Ok(MOST_BRANCHES + 1));
    assert!(branch(store, 1).await.is_some());
    assert!(branch(store, 2).await.is_none());
}

async fn body(store: &Store) -> Vec<u8> {
    store.grant(id(1)).await.unwrap().unwrap().grant.body
}

async fn a_body_comes_with_its_rotation_or_not_at_all(database: &Database) {
    let store = &database.store;
    started(store).await;
    let with = |body: &'static [u8]| {
        let mut beside = Batch::new();
        beside.replace_grant_body(id(1), body);
        Rotation { beside, ..at(NOW) }
    };
    let first = Branch::default();
    store.rotate(&first, with(b"1")).await.unwrap();
    assert_eq!(store.rotate(&first, with(b"2")).await, Err(MOVED_ON));
    assert_eq!(body(store).await, b"1");
    let parent = branch(store, 0).await.unwrap();
    assert_eq!(store.begin_branch(&parent, 0, Repeatable::AtMost(1), with(b"3")).await, Ok(1));
    let again = store.begin_branch(&parent, 0, Repeatable::AtMost(1), with(b"4")).await;
    assert_eq!(again, Err(WriteError::Unmet(Condition::Repetition)));
    assert_eq!(body(store).await, b"3");
    let second = branch(store, 1).await.unwrap();
    store.rotate(&second, with(b"5")).await.unwrap();
    assert_eq!(store.rotate(&second, with(b"6")).await, Err(MOVED_ON));
    assert_eq!(body(store).await, b"5", "of whichever branch");
    store.rotate(&branch(store, 0).await.unwrap(), at(NOW)).await.unwrap();
    assert_eq!(body(store).await, b"5", "without one it stays");
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(store.rotate(&branch(store, 1).await.unwrap(), with(b"7")).await, Err(MOVED_ON));
    assert_eq!(body(store).await, b"5");
}

async fn branches_of_another_grant_are_left_alone(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(2)).await.unwrap();
    let other = Rotation { grant_id: id(2), ..at(NOW) };
    store.rotate(&Branch::default(), other.clone()).await.unwrap();
    let rotated = Branch { generation: 1, ..Branch::default() };
    assert_eq!(store.begin_branch(&rotated, 0, Repeatable::Always, other).await, Ok(1));
    full(store).await;
    assert_eq!(repeat(store, 0, Repeatable::Always, NOW + 100).await, Ok(MOST_BRANCHES + 1));
    assert!(store.refresh_branch(id(2), 1).await.unwrap().is_some());
    assert_eq!(count(store, "SELECT count(*) FROM refresh_branches").await, MOST_BRANCHES + 1);
}

crate::on_every_database!(
    a_rotation_moves_the_first_branch_on_and_notes_when,
    nothing_rotates_before_the_code_was_redeemed,
    a_repetition_begins_a_branch_of_its_own,
    a_token_is_repeated_so_many_times_and_each_token_counts_for_itself,
    how_often_a_token_was_repeated_is_known_beyond_the_bound,
    until_its_successor_is_seen_a_token_may_come_again,
    a_token_whose_branch_moved_on_meanwhile_does_not_come_again,
    a_revoked_grant_moves_no_branch_and_begins_none,
    beyond_the_bound_the_oldest_answer_to_the_same_token_is_forgotten,
    the_branch_that_was_used_longest_ago_is_forgotten_next,
    the_parent_of_a_new_branch_is_not_forgotten,
    branches_of_another_grant_are_left_alone,
    a_body_comes_with_its_rotation_or_not_at_all,
);
