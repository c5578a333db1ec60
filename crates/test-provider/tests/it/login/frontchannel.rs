//! The provider's page asks for logouts in frames (`OpenID` Connect Front-Channel Logout 1.0).

use symbolon_client::{LoginLayerBuilder, MemorySessions};

use super::App;

const PATH: &str = "/auth/frontchannel-logout";

#[tokio::test]
async fn the_session_of_the_browser_ends_if_it_is_the_one_that_is_meant() {
    for in_store in [false, true] {
        let settings = |login: LoginLayerBuilder| {
            let login = login.frontchannel_logout();
            if in_store { login.store(MemorySessions::new()) } else { login }
        };
        let app = App::with(settings).await;
        let mut visitor = app.visitor();
        visitor.log_in("/account", "alice").await;
        let (sid, iss) = (visitor.get("/sid").await.text, app.provider.issuer().to_owned());
        for (query, status) in [
            (format!("iss={iss}&sid=other"), 200),
            (format!("iss=https://evil.example&sid={sid}"), 200),
            (format!("iss={iss}&sid="), 200),
            (format!("iss={iss}"), 400),
            (format!("sid={sid}"), 400),
            (format!("iss={iss}&sid={sid}&sid={sid}"), 400),
            (format!("iss={iss}&iss={iss}&sid={sid}"), 400),
            (format!("iss={iss}&sid={}", "s".repeat(20_000)), 200),
            (String::new(), 400),
        ] {
            let reply = visitor.get(&format!("{PATH}?{query}")).await;
            assert_eq!((reply.status, reply.set_cookies().len()), (status, 0), "{query}");
            assert_eq!(visitor.get("/account").await.status, 200, "{query}");
        }
        let copy = visitor.jar.clone();
        let reply = visitor.get(&format!("{PATH}?iss={iss}&sid={sid}")).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
        // A frame of the provider's page shows it.
        assert!(!reply.header("content-security-policy").contains("frame-ancestors"));
        assert!(reply.headers.get("x-frame-options").is_none());
        assert!(visitor.names().is_empty());
        visitor.jar = copy;
        assert_eq!(visitor.get("/account").await.status, 303);
        assert_eq!(visitor.get(&format!("{PATH}?iss={iss}&sid={sid}")).await.status, 200, "nobody is there any more");
        assert_eq!(visitor.post(&format!("{PATH}?iss={iss}&sid={sid}"), &[], "").await.status, 405);
    }
}
