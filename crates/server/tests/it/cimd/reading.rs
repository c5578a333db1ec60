//! Draft 02 §5.2, §8.6: how often a document is read, and how long it serves.

use serde_json::json;

use super::{Described, asks, assert_refused, is_admitted};
use crate::client_side::Reply;
use crate::fixtures::{RACERS, text};

#[tokio::test]
async fn a_document_serves_as_long_as_its_answer_says_within_bounds() {
    for (header, seconds) in [
        ("x-none: 1", 3600),
        ("cache-control: max-age=600", 600),
        ("cache-control: max-age=1", 300),
        ("cache-control: no-store", 300),
        ("cache-control: max-age=31536000", 86_400),
    ] {
        let described = Described::new(&json!({})).await;
        let document = described.document(&json!({})).to_string();
        described.host.set(Reply::Typed(format!("content-type: application/json\r\n{header}"), document));
        for (after, calls) in [(0, 1), (0, 1), (seconds - 1, 1), (1, 2), (0, 2)] {
            described.server.clock.advance(after);
            assert!(is_admitted(&described.asks().await));
            assert_eq!(described.host.count(), calls, "{header} {after}");
        }
    }
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let described = Described::new(&json!({})).await;
    described.host.set(Reply::Status(404));
    assert_refused(&described.asks().await, "404");
    described.publish(&json!({ "redirect_uris": [] }));
    described.server.clock.advance(1);
    assert_refused(&described.asks().await, "no redirect URI");
    described.publish(&json!({}));
    described.server.clock.advance(1);
    assert!(is_admitted(&described.asks().await));
    assert_eq!(described.host.count(), 3);
}

#[tokio::test]
async fn a_document_that_has_become_bad_is_that_of_no_client() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let tokens = flow.tokens().await;
    described.server.clock.advance(3600);
    described.host.set(Reply::Status(410));
    assert_refused(&described.asks().await, "gone");
    described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn sixty_four_who_ask_at_once_make_one_call() {
    for good in [true, false] {
        let described = Described::new(&json!({})).await;
        if !good {
            described.publish(&json!({ "redirect_uris": [] }));
        }
        let tasks: Vec<_> = (0..RACERS)
            .map(|_| {
                let (server, id) = (described.server.clone(), described.id.clone());
                tokio::spawn(async move { is_admitted(&asks(&server, &id).await) })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), good);
        }
        assert_eq!(described.host.count(), 1, "{good}");
    }
}

#[tokio::test]
async fn a_host_is_called_ten_times_in_a_minute_for_documents_that_nobody_uses() {
    let described = Described::new(&json!({})).await;
    described.flow().code().await;
    described.host.take();
    described.server.clock.advance(3600);
    for number in 0..20 {
        let id = format!("{}/{number}.json", described.host.url);
        described.host.set(Reply::Json(super::document(&id)));
        assert_eq!(is_admitted(&asks(&described.server, &id).await), number < 10, "{number}");
    }
    assert_eq!(described.host.take().len(), 10);
    // What is in use is read all the same.
    described.publish(&json!({}));
    assert!(is_admitted(&described.asks().await));
    assert_eq!(described.host.count(), 1);
}

#[tokio::test]
async fn requests_of_other_endpoints_read_no_document() {
    use crate::support::Call;
    let described = Described::new(&json!({})).await;
    let id = described.id.as_str();
    for (path, form) in [
        ("/oauth2/token", vec![("grant_type", "authorization_code"), ("code", "x"), ("client_id", id)]),
        ("/oauth2/token", vec![("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", id)]),
        ("/oauth2/token", vec![("grant_type", "client_credentials"), ("client_id", id)]),
        ("/oauth2/revoke", vec![("token", "x"), ("client_id", id)]),
        ("/oauth2/device/auth", vec![("client_id", id)]),
    ] {
        let answer = described.server.public(Call::post(path).form(&form)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{path} {form:?}");
    }
    assert_eq!(described.host.count(), 0);
}
