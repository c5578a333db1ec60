//! Whose documents count: `symbolon.cimd.{mode, allow, deny}`, and addresses inside (draft 02 §8.6).

use serde_json::json;
use symbolon_server::config::{CimdMode, Network};

use super::{Described, LOOPBACK, assert_refused, hosts, is_admitted};
use crate::fixtures::{outcome, text};
use crate::support::TestServer;

#[tokio::test]
async fn lists_of_hosts_decide_whose_documents_count() {
    let table: [(CimdMode, &[&str], &[&str], bool); 9] = [
        (CimdMode::Any, &[], &[], true),
        (CimdMode::Any, &["other.example"], &[], true),
        (CimdMode::Any, &[], &["localhost"], false),
        (CimdMode::Any, &["localhost"], &["localhost"], false),
        (CimdMode::Any, &[], &["*.localhost"], true),
        (CimdMode::Listed, &[], &[], false),
        (CimdMode::Listed, &["localhost"], &[], true),
        (CimdMode::Listed, &["*.localhost", "other.example"], &[], false),
        (CimdMode::Listed, &["localhost"], &["localhost"], false),
    ];
    for (mode, allow, deny, admitted) in table {
        let described = Described::with(&json!({}), |config| {
            config.symbolon.cimd.mode = mode;
            config.symbolon.cimd.allow = hosts(allow);
            config.symbolon.cimd.deny = hosts(deny);
        })
        .await;
        let answer = described.asks().await;
        let what = format!("{mode:?} {allow:?} {deny:?}");
        if admitted {
            assert!(is_admitted(&answer), "{what}");
        } else {
            assert_refused(&answer, &what);
        }
        assert_eq!(described.host.count(), usize::from(admitted), "{what}");
    }
}

#[tokio::test]
async fn a_client_whose_host_is_denied_ends_at_its_next_refresh() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let tokens = flow.tokens().await;
    let denying = described
        .server
        .beside(2, |config| {
            super::any(config, &described.authority);
            config.symbolon.cimd.deny = hosts(&["localhost"]);
        })
        .await;
    let refused = denying.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(401);
    assert_eq!(refused.error().as_deref(), Some("invalid_client"));
    assert_refused(&super::asks(&denying, &described.id).await, "denied");
    let off = described.server.beside(3, |_| {}).await;
    off.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(401);
    assert_eq!(outcome(&super::asks(&off, &described.id).await), "page invalid_client", "there is no such client");
    described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn redirects_to_hosts_that_are_not_listed_are_refused_where_only_listed_ones_count() {
    let elsewhere = json!({ "redirect_uris": [LOOPBACK, "https://elsewhere.example/callback"] });
    for (mode, allow, admitted) in [
        (CimdMode::Any, &["localhost"][..], true),
        (CimdMode::Listed, &["localhost"], false),
        (CimdMode::Listed, &["localhost", "elsewhere.example"], true),
    ] {
        let described = Described::with(&elsewhere, |config| {
            config.symbolon.cimd.mode = mode;
            config.symbolon.cimd.allow = hosts(allow);
        })
        .await;
        assert_eq!(is_admitted(&described.asks().await), admitted, "{mode:?} {allow:?}");
    }
}

#[tokio::test]
async fn a_document_inside_is_not_called_for_unless_its_network_is_open() {
    for (networks, admitted) in [(vec![], false), (vec!["127.0.0.0/8", "::1/128"], true)] {
        let folder = tempfile::tempdir().unwrap();
        let described = Described::with(&json!({}), |config| {
            config.dev = false;
            config.dsn = format!("sqlite://{}", folder.path().join("db.sqlite").display());
            config.symbolon.cimd.allow = hosts(&["localhost"]);
            config.symbolon.outbound.allowed_networks =
                networks.iter().map(|network| Network::parse(network).unwrap()).collect();
        })
        .await;
        assert_eq!(is_admitted(&described.asks().await), admitted, "{networks:?}");
        assert_eq!(described.host.count(), usize::from(admitted), "{networks:?}");
        described.server.server.store().close().await;
    }
}

#[tokio::test]
async fn a_certificate_of_nobody_that_is_known_is_refused() {
    let described = Described::new(&json!({})).await;
    let server = TestServer::with(|config| config.symbolon.cimd.mode = CimdMode::Any).await;
    assert_refused(&super::asks(&server, &described.id).await, "unknown authority");
    assert_eq!(described.host.count(), 0);
}
