//! RFC 9700 §4.14.2 with a forgiving mode: several tabs of one client that were given tokens for the same refresh token go
//! on independently, each in a branch of its own, for as long as they like. The first real reuse ends them all.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::refreshing::{User, grace, until_successor_used};
use crate::fixtures::{confidential, register, text};
use crate::support::{Call, TestServer};

/// Several tabs that used the same token, the first one first.
async fn tabs(user: &User, first: &Value, count: usize) -> Vec<Value> {
    let mut tabs = Vec::new();
    for _ in 0..count {
        tabs.push(user.refresh(first).await);
    }
    tabs
}

/// Each tab refreshes now and then, long after the window, and always has tokens that count.
async fn assert_tabs_go_on(user: &User, tabs: Vec<Value>) {
    let mut newest = tabs;
    for round in 0..5 {
        for tab in 0..newest.len() {
            user.advance(700);
            let old = newest[tab].clone();
            newest[tab] = user.refresh(&old).await;
            let all: Vec<&Value> = newest.iter().collect();
            assert_eq!(user.lives(&all).await, vec![true; all.len()], "round {round}, tab {tab}");
            assert!(!user.live(&old).await, "round {round}, tab {tab}: its generation is over");
        }
    }
}

#[tokio::test]
async fn two_tabs_go_on_independently_after_a_period_of_grace() {
    TestServer::each_database_with(grace(10, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let tabs = tabs(&user, &first, 2).await;
        assert_tabs_go_on(&user, tabs).await;
    })
    .await;
}

#[tokio::test]
async fn two_tabs_go_on_independently_until_successor_used() {
    TestServer::each_database_with(until_successor_used(60), async |server| {
        let (user, first) = User::begin(server).await;
        let tabs = tabs(&user, &first, 2).await;
        assert_tabs_go_on(&user, tabs).await;
    })
    .await;
}

#[tokio::test]
async fn a_tab_may_use_its_tokens_for_the_first_time_whenever_it_likes() {
    let modes: [Box<dyn Fn(&mut Config)>; 2] = [Box::new(grace(2, 0)), Box::new(until_successor_used(60))];
    for change in modes {
        TestServer::each_database_with(change, async |server| {
            let (user, first) = User::begin(server).await;
            let [one, other] = <[Value; 2]>::try_from(tabs(&user, &first, 2).await).unwrap();
            user.advance(1000);
            let one = user.refresh(&one).await;
            assert!(user.live(&one).await);
            user.advance(1000);
            let other = user.refresh(&other).await;
            assert_eq!(user.lives(&[&one, &other]).await, [true, true]);
        })
        .await;
    }
}

#[tokio::test]
async fn three_tabs_within_the_window_go_on_independently() {
    TestServer::each_database_with(grace(10, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let mut tabs = vec![user.refresh(&first).await];
        for _ in 0..2 {
            user.advance(5);
            tabs.push(user.refresh(&first).await);
        }
        assert_tabs_go_on(&user, tabs).await;
    })
    .await;
}

#[tokio::test]
async fn the_original_may_be_repeated_until_the_exact_second_whatever_its_successors_did() {
    TestServer::each_database_with(grace(30, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let second = user.refresh(&first).await;
        user.advance(10);
        let chain = user.refresh_times(&second, 5).await;
        user.advance(20);
        let late = user.refresh(&first).await;
        assert_eq!(user.lives(&[&chain, &late]).await, [true, true]);
        // The second token was first used ten seconds later, and its window ends later.
        user.advance(10);
        let branch = user.refresh(&second).await;
        assert_eq!(user.lives(&[&chain, &late, &branch]).await, [true, true, true]);
        user.advance(1);
        user.refused(&second).await;
        assert_eq!(user.lives(&[&chain, &late, &branch]).await, [false; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_second_after_the_window_a_repetition_is_a_theft() {
    TestServer::each_database_with(grace(10, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let one = user.refresh(&first).await;
        user.advance(10);
        let other = user.refresh(&first).await;
        user.advance(1);
        user.refused(&first).await;
        for tokens in [&one, &other] {
            assert!(!user.live(tokens).await);
            user.refused(tokens).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_repetition_in_a_side_branch_begins_a_branch_of_its_own() {
    TestServer::each_database_with(grace(10, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let [one, other] = <[Value; 2]>::try_from(tabs(&user, &first, 2).await).unwrap();
        user.advance(1000);
        let mut tabs = tabs(&user, &other, 3).await;
        tabs.push(one);
        assert_tabs_go_on(&user, tabs).await;
    })
    .await;
}

#[tokio::test]
async fn reuse_in_any_branch_after_the_window_ends_the_whole_grant() {
    TestServer::each_database_with(grace(10, 0), async |server| {
        for reused in 0..3 {
            let (user, first) = User::of(server, register(server, &format!("app-{reused}"), &json!({})).await).await;
            let tabs = tabs(&user, &first, 3).await;
            user.advance(1000);
            let mut newest = Vec::new();
            for tab in &tabs {
                newest.push(user.refresh(tab).await);
            }
            user.advance(11);
            user.refused(&tabs[reused]).await;
            for tokens in &newest {
                assert!(!user.live(tokens).await, "reuse in branch {reused}");
                user.refused(tokens).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_branch_that_never_moved_dies_with_the_grant_too() {
    let server = TestServer::with(grace(10, 0)).await;
    let (user, first) = User::begin(&server).await;
    let tabs = tabs(&user, &first, 3).await;
    user.advance(11);
    user.refused(&first).await;
    assert_eq!(user.lives(&tabs.iter().collect::<Vec<_>>()).await, [false; 3]);
}

#[tokio::test]
async fn revoking_a_token_of_any_branch_ends_all_branches() {
    TestServer::each_database_with(grace(60, 0), async |server| {
        for (branch, name) in [(0, "refresh_token"), (1, "refresh_token"), (2, "access_token")] {
            let (user, first) = User::of(server, register(server, &format!("app-{branch}"), &json!({})).await).await;
            let tabs = tabs(&user, &first, 3).await;
            let form = [("token", text(&tabs[branch], name))];
            server.public(user.client.form("/oauth2/revoke", &form)).await.expect(200);
            assert_eq!(user.lives(&tabs.iter().collect::<Vec<_>>()).await, [false; 3], "branch {branch}");
            // Grace forgives nothing that was revoked.
            user.refused(&first).await;
            user.refused(&tabs[1]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_ends_a_grant_ends_all_its_branches() {
    for how in ["code", "consent", "client"] {
        TestServer::each_database_with(grace(60, 0), async |server| {
            let client = confidential(server).await;
            let mut flow = client.flow(server);
            let code = flow.code().await;
            let first = server.public(flow.redemption(&code)).await.expect(200).json();
            let user = User { server: server.clone(), client, flow };
            let tabs = tabs(&user, &first, 2).await;
            match how {
                "code" => {
                    server.public(user.flow.redemption(&code)).await.expect(400);
                }
                "consent" => {
                    let path = "/admin/oauth2/auth/sessions/consent";
                    let all = Call::delete(path).query(&[("subject", "alice"), ("all", "true")]);
                    server.admin(all).await.expect(204);
                }
                _ => {
                    server.admin(Call::delete(format!("/admin/clients/{}", user.client.id))).await.expect(204);
                }
            }
            assert_eq!(user.lives(&[&tabs[0], &tabs[1]]).await, [false, false], "{how}");
            let status = user.answer(&tabs[1]).await.status;
            assert_eq!(status, if how == "client" { 401 } else { 400 }, "{how}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_token_of_a_side_branch_is_bound_to_its_client() {
    let server = TestServer::with(grace(60, 0)).await;
    let (user, first) = User::begin(&server).await;
    let other = register(&server, "other", &json!({})).await;
    let tabs = tabs(&user, &first, 2).await;
    let newest = user.refresh(&tabs[1]).await;
    user.advance(1000);
    for tokens in [&tabs[1], &newest] {
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(tokens, "refresh_token"))];
        let answer = server.public(other.token_request(&form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
    }
    assert!(user.live(&newest).await, "a stranger's reuse ends nothing");
}

#[tokio::test]
async fn jwt_access_tokens_of_each_branch_count_like_opaque_ones() {
    TestServer::each_database_with(grace(10, 0), async |server| {
        let client = register(server, "jwt", &json!({ "access_token_strategy": "jwt" })).await;
        let (user, first) = User::of(server, client).await;
        let tabs = tabs(&user, &first, 3).await;
        assert!(tabs.iter().all(|tokens| text(tokens, "access_token").starts_with("ey")));
        assert_tabs_go_on(&user, tabs).await;
    })
    .await;
}

#[tokio::test]
async fn each_branch_has_id_tokens_of_the_same_login() {
    let server = TestServer::with(grace(60, 0)).await;
    let (user, first) = User::begin(&server).await;
    let tabs = tabs(&user, &first, 2).await;
    let claims = |tokens: &Value| crate::fixtures::claims(text(tokens, "id_token"));
    for tokens in &tabs {
        for name in ["iss", "sub", "aud", "auth_time", "nonce", "sid"] {
            assert_eq!(claims(tokens)[name], claims(&first)[name], "{name} (OpenID Connect Core §12.2)");
        }
    }
}

#[tokio::test]
async fn with_a_count_a_token_is_repeated_exactly_so_often() {
    TestServer::each_database_with(grace(1000, 3), async |server| {
        let (user, first) = User::begin(server).await;
        let tabs = tabs(&user, &first, 4).await;
        // At the same moment once more is no theft.
        user.refused(&first).await;
        user.advance(5);
        user.refused(&first).await;
        assert_eq!(user.lives(&tabs.iter().collect::<Vec<_>>()).await, [true; 4]);
        user.advance(1);
        user.refused(&first).await;
        assert_eq!(user.lives(&tabs.iter().collect::<Vec<_>>()).await, [false; 4], "once too often is a theft");
    })
    .await;
}

#[tokio::test]
async fn with_a_count_every_token_counts_for_itself() {
    TestServer::each_database_with(grace(1000, 2), async |server| {
        let (user, first) = User::begin(server).await;
        let first_tabs = tabs(&user, &first, 3).await;
        let mut newest = Vec::new();
        for tab in &first_tabs {
            newest.extend(tabs(&user, tab, 3).await);
        }
        assert_eq!(user.lives(&newest.iter().collect::<Vec<_>>()).await, [true; 9]);
        user.advance(1000);
        for tokens in &newest {
            user.refresh(tokens).await;
        }
    })
    .await;
}

#[tokio::test]
async fn tabs_on_different_nodes_go_on_independently() {
    TestServer::two_nodes_with(grace(10, 0), async |one, other| {
        let client = confidential(one).await;
        let (user, first) = User::of(one, client.clone()).await;
        let there = User { server: other.clone(), client: client.clone(), flow: client.flow(other) };
        let mut tabs = [user.refresh(&first).await, there.refresh(&first).await];
        for _ in 0..3 {
            user.advance(1000);
            tabs = [there.refresh(&tabs[0]).await, user.refresh(&tabs[1]).await];
            assert_eq!(user.lives(&[&tabs[0], &tabs[1]]).await, [true, true]);
            assert_eq!(there.lives(&[&tabs[0], &tabs[1]]).await, [true, true]);
        }
    })
    .await;
}
