//! The demonstration application of the quickstart: an ordinary OpenID Connect client with a page to look at.
//!
//! It signs a user in with the authorization code flow and PKCE through the server's public endpoints alone, checks the
//! ID token, shows what it learned, refreshes, revokes and signs out. Only "Introspect" calls the admin port, as an API that is
//! handed the access token would. Tokens stay here on the server's side: the browser holds a cookie with a random id
//! (`sessions`). Pages are plain HTML without script (`view`); `actions` does what the buttons say.

mod actions;
mod claims;
mod sessions;
mod view;

use http::header::{HeaderValue, SET_COOKIE};
use http::{Method, StatusCode};
use symbolon_client::{AdminClient, Callback, Client, Rng};

use crate::local_http::{Answer, Pages, Request, content, not_found, see_other, style_sheet};
use sessions::{SessionId, Sessions};
use view::Welcome;

/// The path that the browser comes back to after signing out.
const SIGNED_OUT: &str = "/signed-out";

/// Where the server sends the browser back to after signing out; it has to know the address beforehand.
pub(crate) fn post_logout_redirect_uri(port: u16) -> String {
    format!("http://127.0.0.1:{port}{SIGNED_OUT}")
}

/// The demonstration application.
pub(crate) struct RelyingParty {
    client: Client,
    admin: AdminClient,
    sessions: Sessions,
    demonstration: Demonstration,
    /// Two refreshes of one session at a time would present one refresh token twice, which looks like theft.
    one_at_a_time: tokio::sync::Mutex<()>,
}

/// What the start page tells.
#[derive(Debug, Clone)]
pub(crate) struct Demonstration {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) port: u16,
}

impl RelyingParty {
    pub(crate) fn new(client: Client, admin: AdminClient, demonstration: Demonstration) -> Self {
        Self {
            client,
            admin,
            sessions: Sessions::new(Rng::system()),
            demonstration,
            one_at_a_time: tokio::sync::Mutex::default(),
        }
    }

    fn cookie_name(&self) -> String {
        // Cookies know no ports, so two quickstarts on one machine would share one otherwise.
        format!("symbolon_demo_{}", self.demonstration.port)
    }

    fn session_id(&self, request: &Request) -> Option<SessionId> {
        request.cookie(&self.cookie_name()).map(SessionId::presented)
    }

    fn with_session(&self, mut answer: Answer, id: &SessionId) -> Answer {
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", self.cookie_name(), id.as_str());
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        answer
    }

    fn is_signed_in(&self, request: &Request) -> bool {
        self.session_id(request).is_some_and(|id| self.sessions.signed_in(&id).is_some())
    }

    async fn sign_in(&self, request: &Request) -> Answer {
        let again = form_urlencoded::parse(request.query.as_bytes()).any(|(name, _)| name == "again");
        match actions::authorization(&self.client, again).await {
            Ok((url, pending)) => {
                let id = self.sessions.begin(self.session_id(request), pending);
                self.with_session(see_other(url.as_str()), &id)
            }
            Err(error) => view::problem("The sign-in could not be started", &error),
        }
    }

    async fn callback(&self, request: &Request) -> Answer {
        let callback = Callback::parse(&request.query);
        let pending = self
            .session_id(request)
            .zip(callback.state())
            .and_then(|(id, state)| Some((self.sessions.take_pending(&id, state)?, id)));
        let Some((pending, id)) = pending else {
            return view::unknown_callback();
        };
        match actions::redeem(&self.client, &pending, &callback).await {
            Ok(signed_in) => {
                let id = self.sessions.sign_in(&id, signed_in);
                // Away from the address with the code, so that reloading the page does not redeem it again.
                self.with_session(see_other("/"), &id)
            }
            Err(error) => view::problem("The sign-in did not succeed", &error),
        }
    }

    /// Signs out here, then sends the browser to the server to sign out there and at all other applications.
    async fn sign_out(&self, request: &Request) -> Answer {
        let Some(signed_in) = self.session_id(request).and_then(|id| self.sessions.sign_out(&id)) else {
            return see_other("/");
        };
        let return_to = post_logout_redirect_uri(self.demonstration.port);
        match actions::end_session(&self.client, &signed_in, &return_to).await {
            Ok(url) => see_other(url.as_str()),
            Err(error) => view::problem("You are signed out here, but not at the server", &error),
        }
    }

    async fn act(&self, request: &Request) -> Answer {
        let _guard = self.one_at_a_time.lock().await;
        let known = self.session_id(request).and_then(|id| self.sessions.signed_in(&id).map(|user| (id, user)));
        let Some((id, signed_in)) = known else {
            return see_other("/");
        };
        let next = match request.path.as_str() {
            "/refresh" => actions::refresh(&self.client, signed_in).await,
            "/introspect" => actions::introspect(&self.admin, signed_in).await,
            _ => actions::revoke(&self.client, signed_in).await,
        };
        self.sessions.replace(&id, next);
        see_other("/#news")
    }
}

impl Pages for RelyingParty {
    async fn answer(&self, request: Request) -> Answer {
        if !request.is_addressed_to(self.demonstration.port) {
            let text = format!("Open http://127.0.0.1:{}/ instead.", self.demonstration.port);
            return content(StatusCode::MISDIRECTED_REQUEST, "text/plain; charset=utf-8", text);
        }
        match (&request.method, request.path.as_str()) {
            (&Method::GET, "/") => match self.session_id(&request).and_then(|id| self.sessions.signed_in(&id)) {
                Some(signed_in) => view::signed_in(&self.client, &signed_in),
                None => view::start(&self.client, &self.demonstration, Welcome::First),
            },
            // A link and not a form: the way leads on to the server, where forms of this page may not go.
            (&Method::GET, "/sign-out") if is_own(&request) => self.sign_out(&request).await,
            (&Method::GET, SIGNED_OUT) if !self.is_signed_in(&request) => {
                view::start(&self.client, &self.demonstration, Welcome::SignedOut)
            }
            // Still, or again, signed in, or a foreign page wants to sign somebody out.
            (&Method::GET, "/sign-out" | SIGNED_OUT) => see_other("/"),
            (&Method::GET, "/style.css") => style_sheet(),
            (&Method::GET, "/sign-in") => self.sign_in(&request).await,
            (&Method::GET, "/callback") => self.callback(&request).await,
            (&Method::POST, "/refresh" | "/introspect" | "/revoke") if is_own(&request) => self.act(&request).await,
            (&Method::POST, _) => content(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", "This form is not ours."),
            _ => not_found(),
        }
    }
}

/// Whether a request comes from one of our own pages: browsers say so in `Sec-Fetch-Site`, older ones in `Origin`.
fn is_own(request: &Request) -> bool {
    if let Some(site) = request.header("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = request.header("host").unwrap_or_default();
    request.header("origin").is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn party() -> RelyingParty {
        let client = Client::builder("http://127.0.0.1:4444", "demo").redirect_uri("http://127.0.0.1:4446/callback");
        let admin = AdminClient::new("http://127.0.0.1:4445").unwrap();
        let demonstration = Demonstration { username: "demo".into(), password: "kesa<b>".into(), port: 4446 };
        RelyingParty::new(client.build().unwrap(), admin, demonstration)
    }

    fn request(method: Method, path: &str, headers: &[(&'static str, &str)]) -> Request {
        let mut map = HeaderMap::new();
        map.insert("host", HeaderValue::from_static("127.0.0.1:4446"));
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Request { method, path: path.into(), query: query.into(), headers: map, body: String::new() }
    }

    async fn text(answer: Answer) -> String {
        use http_body_util::BodyExt as _;
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn start_page_has_the_button_and_escapes() {
        let answer = party().answer(request(Method::GET, "/", &[])).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = text(answer).await;
        assert!(page.contains("id=\"sign-in\""));
        assert!(!page.contains("kesa<b>") && page.contains("kesa&#60;b&#62;"));
    }

    #[tokio::test]
    async fn other_names_and_foreign_forms_are_refused() {
        let rebound = party().answer(request(Method::GET, "/", &[("host", "evil.example:4446")])).await;
        assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
        for headers in [("origin", "http://127.0.0.1:4444"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
            let answer = party().answer(request(Method::POST, "/revoke", &[headers])).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{headers:?}");
        }
        let own = party().answer(request(Method::POST, "/revoke", &[("sec-fetch-site", "same-origin")])).await;
        assert_eq!(own.status(), StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn foreign_page_signs_nobody_out_and_whoever_is_signed_out_is_told() {
        for headers in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "none"), ("origin", "null")] {
            let answer = party().answer(request(Method::GET, "/sign-out", &[headers])).await;
            assert_eq!(answer.headers()["location"], "/", "{headers:?}");
        }
        let page = text(party().answer(request(Method::GET, "/signed-out", &[])).await).await;
        assert!(page.contains("id=\"signed-out\"") && page.contains("id=\"sign-in\""), "{page}");
    }

    #[tokio::test]
    async fn callback_of_another_browser_is_explained() {
        let answer = party().answer(request(Method::GET, "/callback?code=c&state=s", &[])).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(text(answer).await.contains("id=\"start-over\""));
    }

    #[tokio::test]
    async fn server_that_is_away_is_told_kindly() {
        let client = Client::builder("http://127.0.0.1:1", "demo").redirect_uri("http://127.0.0.1:4446/callback");
        let away = RelyingParty { client: client.build().unwrap(), ..party() };
        let answer = away.answer(request(Method::GET, "/sign-in", &[])).await;
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
        assert!(text(answer).await.contains("could not be started"));
    }
}
