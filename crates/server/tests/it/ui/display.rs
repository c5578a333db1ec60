//! `display` (OpenID Connect Core §3.1.2.1): the window in which the client shows the pages. A style sheet reads it from
//! the class of `<body>`; how the pages then look is tested in a browser.

use super::{PASSWORD, log_in, server, visit};
use crate::fixtures::text;
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{Answer, Browser};

/// The part of the class of `<body>` that is about the window.
fn window(page: &Answer) -> Option<String> {
    let html = page.text();
    let (_, rest) = html.split_once("<body class=\"").unwrap();
    let (class, _) = rest.split_once('"').unwrap();
    class.split(' ').find_map(|name| name.strip_prefix("display-")).map(str::to_owned)
}

#[tokio::test]
async fn both_pages_know_the_window_and_an_unknown_one_is_a_whole_window() {
    let (server, client) = server().await;
    let table = [
        ("popup", Some("popup")),
        ("touch", Some("touch")),
        ("wap", Some("wap")),
        ("page", None),
        ("", None),
        ("hologram", None),
        ("Popup", None),
        ("popup touch", None),
        ("popup\" id=\"x", None),
    ];
    for (display, expected) in table {
        let mut flow = client.flow(&server).parameter("display", display);
        let page = visit(&mut flow).await.expect(200);
        assert_eq!(window(&page).as_deref(), expected, "login, {display:?}");
        let again = log_in(&mut flow, &page, "alice", "wrong").await.expect(400);
        assert_eq!(window(&again).as_deref(), expected, "login again, {display:?}");
        let page = log_in(&mut flow, &again, "alice", PASSWORD).await.expect(200);
        assert!(page.text().contains("id=\"consent-form\""), "{display:?}");
        assert_eq!(window(&page).as_deref(), expected, "consent, {display:?}");
    }
    let mut flow = client.flow(&server);
    assert_eq!(window(&visit(&mut flow).await.expect(200)), None, "nothing said");
}

#[tokio::test]
async fn the_pages_of_a_devices_flow_know_what_the_address_adds() {
    let (server, _) = server().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let mut browser = Browser::new(&server);
    let asked = browser.get(text(&codes, "verification_uri")).await.expect(302);
    let challenge = asked.location_parameter("device_challenge").unwrap();
    let accepted = server.admin(DeviceFlow::accept_call(&challenge, text(&codes, "user_code"))).await.expect(200);
    let added = "&display=touch&ui_locales=de&login_hint=alice";
    let page = browser.follow(&format!("{}{added}", accepted.member("redirect_to"))).await.expect(200);
    assert_eq!(window(&page).as_deref(), Some("touch"));
    let form = super::Form::of(&page, "login-form");
    assert_eq!(form.value("username"), Some("alice"));
    assert!(page.text().contains("<html lang=\"de\""));
    let form = form.set("password", PASSWORD).press("accept");
    let next = browser.post(&form.action, &form.fields).await.expect(303);
    let page = browser.follow(next.location()).await.expect(200);
    assert!(page.text().contains("id=\"consent-form\"") && page.text().contains("<html lang=\"de\""));
    assert_eq!(window(&page).as_deref(), Some("touch"));
}
