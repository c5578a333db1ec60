//! Front-Channel Logout §2, §3: the page whose frames tell the clients in the browser.

use serde_json::json;

use super::{BYE, DONE, client, log_out, sign_in, sign_in_with};
use crate::fixtures::Registered;
use crate::support::{Answer, Call, TestServer, pair, pairs_of};

const FRAME: &str = "http://127.0.0.1:5555/front";

async fn with_frame(server: &TestServer, id: &str, uri: &str) -> Registered {
    client(server, id, &json!({ "frontchannel_logout_uri": uri })).await
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Where the frames of a page lead.
fn frames(page: &Answer) -> Vec<String> {
    let text = page.text();
    let mut frames: Vec<String> = text
        .split("<iframe")
        .skip(1)
        .map(|rest| unescaped(rest.split("src=\"").nth(1).unwrap().split('"').next().unwrap()))
        .collect();
    frames.sort();
    frames
}

#[tokio::test]
async fn the_page_loads_each_client_of_the_session_once_with_issuer_and_session() {
    TestServer::each_database(async |server| {
        let one = with_frame(server, "one", FRAME).await;
        let two = with_frame(server, "two", "http://127.0.0.1:5555/second?tenant=a%20b&sid=forged").await;
        let quiet = client(server, "quiet", &json!({})).await;
        let absent = with_frame(server, "absent", "http://127.0.0.1:5555/absent").await;
        sign_in(server, &absent).await;
        let mut person = sign_in(server, &one).await;
        for other in [&two, &quiet, &one] {
            person = sign_in_with(server, other, person.browser.clone()).await;
        }
        let page = log_out(server, &mut person.browser, &[]).await.expect(200);
        assert!(page.content_type().unwrap().starts_with("text/html"));
        assert!(page.cookies()[0].is_deletion());
        let frames = frames(&page);
        assert_eq!(frames.len(), 2, "{frames:?}");
        assert!(
            frames[0].starts_with(&format!("{FRAME}?")) && frames[1].starts_with("http://127.0.0.1:5555/second?"),
            "{frames:?}"
        );
        for frame in &frames {
            let query = pairs_of(frame.split_once('?').unwrap().1);
            assert_eq!(pair(&query, "iss"), Some(server.public_url()));
            let sids: Vec<_> = query.iter().filter(|(name, _)| name == "sid").map(|(_, value)| value).collect();
            assert_eq!(sids, [&person.sid()], "{frame}");
        }
        assert!(frames[1].contains("tenant=a%20b"), "{}", frames[1]);
        assert!(!person.stands(server, &one).await);
    })
    .await;
}

#[tokio::test]
async fn the_page_leads_on_once_and_only_by_its_own_script() {
    let server = TestServer::new().await;
    let client = with_frame(&server, "rp", FRAME).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let page = log_out(&server, &mut person.browser, &parameters).await.expect(200);
    let text = page.text();
    let then = format!("{BYE}?state=s");
    assert_eq!(text.matches("<script").count(), 1);
    assert_eq!(text.matches("http-equiv=\"refresh\"").count(), 1, "a refresh is for browsers without script only");
    let noscript = text.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
    assert!(unescaped(noscript).contains(&format!("URL={then}")), "{noscript}");
    let link = text.split("id=\"continue\"").nth(1).unwrap();
    assert!(unescaped(link.split("href=\"").nth(1).unwrap().split('"').next().unwrap()) == then);
    assert!(page.header("location").is_none());
    let cache = page.header("cache-control").unwrap();
    assert!(cache.contains("no-store"), "{cache}");
}

#[tokio::test]
async fn the_page_allows_its_frames_and_its_script_and_nothing_else() {
    let server = TestServer::new().await;
    let client = with_frame(&server, "rp", "https://app.example/front").await;
    let mut person = sign_in(&server, &client).await;
    let page = log_out(&server, &mut person.browser, &[]).await.expect(200);
    let policy = page.header("content-security-policy").unwrap();
    let directive = |name: &str| {
        let found = policy.split(';').map(str::trim).find(|part| part.split(' ').next() == Some(name));
        found.unwrap_or_else(|| panic!("no {name} in {policy}")).to_owned()
    };
    assert_eq!(directive("default-src"), "default-src 'none'");
    assert_eq!(directive("frame-src"), "frame-src https://app.example");
    assert_eq!(directive("frame-ancestors"), "frame-ancestors 'none'");
    assert_eq!(directive("form-action"), "form-action 'none'");
    let script = page.text().split("<script>").nth(1).unwrap().split("</script>").next().unwrap().to_owned();
    let hash = symbolon_jose::digest::sha256(script.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert_eq!(directive("script-src"), format!("script-src 'sha256-{hash}'"));
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert!(page.text().contains("no-referrer") || page.header("referrer-policy") == Some("no-referrer"));
    let frame = page.text().split("<iframe ").nth(1).unwrap().split('>').next().unwrap().to_owned();
    assert!(frame.contains("sandbox=\"allow-same-origin allow-scripts\""), "{frame}");
    assert!(frame.contains("referrerpolicy=\"no-referrer\""), "{frame}");
}

#[tokio::test]
async fn a_self_registered_client_has_frames_of_its_own_origins_only() {
    let server = TestServer::new().await;
    let metadata =
        |uri: &str| json!({ "redirect_uris": [crate::support::REDIRECT_URI], "frontchannel_logout_uri": uri });
    let foreign = [
        "http://127.0.0.1:5556/front",
        "https://127.0.0.1:5555/front",
        "http://localhost:5555/front",
        "http://127.0.0.1/front",
        "https://evil.example/front",
        "http://127.0.0.1:5555@evil.example/front",
        "http://127.0.0.1.evil.example:5555/front",
    ];
    for uri in foreign {
        let refused = server.public(Call::post("/oauth2/register").json(&metadata(uri))).await.expect(400);
        assert_eq!(refused.member("error"), "invalid_client_metadata", "{uri}");
        assert!(refused.member("error_description").contains("frontchannel_logout_uri"), "{}", refused.text());
    }
    let created = server.public(Call::post("/oauth2/register").json(&metadata(FRAME))).await.expect(201);
    let (own, token) = (created.member("registration_client_uri"), created.member("registration_access_token"));
    let path = own.strip_prefix(server.public_url()).unwrap().to_owned();
    for uri in foreign {
        let change = Call::put(&path).bearer(&token).json(&metadata(uri));
        assert_eq!(server.public(change).await.expect(400).member("error"), "invalid_client_metadata", "{uri}");
    }
    let kept = server.public(Call::get(&path).bearer(&token)).await.expect(200);
    assert_eq!(kept.member("frontchannel_logout_uri"), FRAME);
}

#[tokio::test]
async fn an_address_that_is_no_longer_the_clients_own_is_not_framed() {
    TestServer::each_database(async |server| {
        let own = json!({ "redirect_uris": [crate::support::REDIRECT_URI], "frontchannel_logout_uri": FRAME });
        // What an administrator writes is not held to the origins of a client that registered itself; the page is.
        for (change, framed) in [
            (json!({}), true),
            (json!({ "frontchannel_logout_uri": "https://evil.example/front" }), false),
            (json!({ "redirect_uris": ["https://app.example/callback"] }), false),
        ] {
            let created = server.public(Call::post("/oauth2/register").json(&own)).await.expect(201);
            let client = Registered { id: created.member("client_id"), secret: created.member("client_secret") };
            let mut person = sign_in(server, &client).await;
            let path = format!("/admin/clients/{}", client.id);
            let stored = server.admin(Call::get(&path)).await.expect(200).json();
            let changed = crate::fixtures::with(stored, &change);
            let changed = server.admin(Call::put(&path).json(&changed)).await.expect(200).json();
            assert!(changed["frontchannel_logout_uri"].is_string());
            let page = log_out(server, &mut person.browser, &[]).await;
            assert_eq!(page.status, if framed { 200 } else { 302 }, "{change}");
            assert_eq!(frames(&page).len(), usize::from(framed), "{change}");
            assert!(!page.text().contains("evil.example"));
            let again = super::ask(&mut person.browser, &[]).await.expect(302);
            assert_eq!(again.location(), DONE, "the session is over all the same");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_cannot_leave_its_attribute() {
    let server = TestServer::new().await;
    let hostile = "http://127.0.0.1:5555/front?x='%22<script>alert(1)</script>&y=\"onload=alert(1)";
    let metadata = json!({ "client_id": "rp", "redirect_uris": [crate::support::REDIRECT_URI], "frontchannel_logout_uri": hostile });
    let created = server.admin(Call::post("/admin/clients").json(&metadata)).await;
    if created.status == 400 {
        return;
    }
    let secret = created.member("client_secret");
    let client = Registered { id: "rp".to_owned(), secret };
    let mut person = sign_in(&server, &client).await;
    let page = log_out(&server, &mut person.browser, &[]).await.expect(200);
    let text = page.text();
    assert_eq!(text.matches("<script").count(), 1, "{text}");
    assert!(!text.contains("\"onload"), "{text}");
}

#[tokio::test]
async fn without_such_clients_and_at_a_replay_there_is_a_plain_redirect() {
    let server = TestServer::new().await;
    let quiet = client(&server, "quiet", &json!({})).await;
    let mut person = sign_in(&server, &quiet).await;
    assert_eq!(log_out(&server, &mut person.browser, &[]).await.expect(302).location(), DONE);
    let loud = with_frame(&server, "loud", FRAME).await;
    let mut person = sign_in(&server, &loud).await;
    let asked = super::ask(&mut person.browser, &[]).await;
    let next = super::accept(&server, &super::challenge(&asked)).await;
    person.browser.get(&next).await.expect(200);
    let again = person.browser.get(&next).await.expect(302);
    assert_eq!(again.location(), DONE);
    assert!(!again.text().contains("iframe"));
}

#[tokio::test]
async fn a_client_whose_tokens_have_expired_is_told_too() {
    let server = TestServer::new().await;
    let client = with_frame(&server, "rp", FRAME).await;
    let mut flow = client.flow(&server).scope("openid").login("remember", json!(true));
    flow.tokens().await;
    server.clock.advance(3 * 24 * 3600);
    server.server.purge().await.unwrap();
    let page = log_out(&server, &mut flow.browser, &[]).await.expect(200);
    assert_eq!(frames(&page).len(), 1);
}
