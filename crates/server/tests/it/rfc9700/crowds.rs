//! Many whole flows at the same moment: none fails, none gets another's tokens.

use std::collections::HashSet;

use crate::fixtures::{claims, confidential, text};
use crate::support::TestServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whole_flows_of_many_users_at_once_all_succeed_and_are_kept_apart() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let tasks: Vec<_> = (0..64)
            .map(|number| {
                let (server, client) = (server.clone(), client.clone());
                tokio::spawn(async move {
                    let subject = format!("user-{number}");
                    let mut flow = client.flow(&server).subject(&subject);
                    let tokens = flow.tokens().await;
                    let again = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
                    for tokens in [&tokens, &again] {
                        assert_eq!(claims(text(tokens, "id_token"))["sub"], subject.as_str());
                    }
                    assert_eq!(server.introspect(text(&again, "access_token")).await["sub"], subject.as_str());
                    [tokens, again].map(|tokens| text(&tokens, "access_token").to_owned())
                })
            })
            .collect();
        let mut all = HashSet::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        assert_eq!(all.len(), 128);
    })
    .await;
}
