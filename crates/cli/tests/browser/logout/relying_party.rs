//! A small application of the test's own: signs people in with the code flow and PKCE, knows them by a cookie, and takes
//! part in logout as its registration says. It keeps book of what reached it.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use form_urlencoded::parse;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use serde_json::Value;
use symbolon_client::{AuthorizationRequest, Callback, Client, LogoutRequest, PendingAuthorization, TokenSet};
use tokio::net::TcpListener;

use super::logout_token::Reader;
use crate::browser::Browser;
use crate::process::free_ports;
use crate::quickstart::{Quickstart, public_client};

/// How an application hears that a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Front,
    /// Its frame gets no answer.
    FrontThatHangs,
    Back,
    /// Nobody listens until [`RelyingParty::open_back_channel`].
    BackThatIsDown,
}

/// What reached an application.
#[derive(Default)]
pub(crate) struct Book {
    /// Calls of its frame that were as they must be.
    pub(crate) front: usize,
    /// Logout tokens that were as they must be.
    pub(crate) back: usize,
    /// What was not.
    pub(crate) refused: Vec<String>,
    /// Visits of the page after logout, with their query.
    pub(crate) farewells: Vec<String>,
    pending: Vec<PendingAuthorization>,
    /// Who is signed in, by the cookie.
    sessions: HashMap<String, TokenSet>,
    /// The `sid` of sessions that were ended. With two channels, the second to arrive finds nobody signed in any more.
    ended: BTreeSet<String>,
}

struct Application {
    client: Client,
    client_id: String,
    issuer: String,
    origin: String,
    hangs: bool,
    back_port: u16,
    reader: tokio::sync::Mutex<Reader>,
    book: Mutex<Book>,
}

/// A running application.
pub(crate) struct RelyingParty(Arc<Application>);

impl RelyingParty {
    /// Starts and registers it. `host` is a name of this machine: `127.0.0.1` is the server's own, `localhost` is another
    /// site to the browser, whose cookies do not come along in frames.
    pub(crate) async fn start(quickstart: &Quickstart, client_id: &str, host: &str, channels: &[Channel]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let origin = format!("http://{host}:{port}");
        let [unused] = free_ports();
        let back_port = if channels.contains(&Channel::BackThatIsDown) { unused } else { port };
        let mut metadata = public_client(client_id, &format!("{origin}/callback"));
        metadata["post_logout_redirect_uris"] = [format!("{origin}/bye?shop=1")].as_slice().into();
        // The first application asks for consent; the others belong to the house.
        metadata["skip_consent"] = (client_id != "first").into();
        for channel in channels {
            let (name, uri) = match channel {
                Channel::Front | Channel::FrontThatHangs => {
                    ("frontchannel_logout_uri", format!("{origin}/frontchannel?a=b"))
                }
                Channel::Back | Channel::BackThatIsDown => {
                    ("backchannel_logout_uri", format!("http://{host}:{back_port}/backchannel"))
                }
            };
            metadata[name] = uri.into();
        }
        quickstart.register(metadata).await;
        let client = Client::builder(&quickstart.issuer, client_id).redirect_uri(format!("{origin}/callback"));
        let application = Arc::new(Application {
            client: client.without_proxy().build().unwrap(),
            client_id: client_id.to_owned(),
            issuer: quickstart.issuer.clone(),
            origin,
            hangs: channels.contains(&Channel::FrontThatHangs),
            back_port,
            reader: tokio::sync::Mutex::new(Reader {
                issuer: quickstart.issuer.clone(),
                client_id: client_id.to_owned(),
                seen: BTreeSet::new(),
            }),
            book: Mutex::default(),
        });
        tokio::spawn(serve(listener, Arc::clone(&application)));
        Self(application)
    }

    /// Begins to listen where logout tokens are sent.
    pub(crate) async fn open_back_channel(&self) {
        let listener = TcpListener::bind(("127.0.0.1", self.0.back_port)).await.unwrap();
        tokio::spawn(serve(listener, Arc::clone(&self.0)));
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.origin)
    }

    /// Looks into the book.
    pub(crate) fn book<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.0.book.lock())
    }

    /// Whether the application knows the person at this browser, by its own page.
    pub(crate) async fn knows(&self, browser: &Browser) -> bool {
        browser.open(&self.url("/")).await;
        browser.text_of("state").await == "signed in"
    }

    /// Waits until so many logout tokens have arrived; tells how long it took.
    pub(crate) async fn wait_for_tokens(&self, count: usize) -> Duration {
        let start = Instant::now();
        while self.0.book.lock().back < count {
            assert!(start.elapsed() < Duration::from_secs(40), "no token: {:?}", self.0.book.lock().refused);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        start.elapsed()
    }
}

async fn serve(listener: TcpListener, application: Arc<Application>) {
    while let Ok((stream, _)) = listener.accept().await {
        let application = Arc::clone(&application);
        let service = service_fn(move |request| {
            let application = Arc::clone(&application);
            async move { Ok::<_, Infallible>(application.answer(request).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

type Answer = Response<Full<Bytes>>;

impl Application {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let cookies = head.headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut cookies = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        let cookie = cookies.find(|(name, _)| *name == self.client_id).map(|(_, value)| value).unwrap_or_default();
        let query = head.uri.query().unwrap_or_default();
        match (&head.method, head.uri.path()) {
            (&Method::GET, "/") => self.home(cookie),
            (&Method::GET, "/sign-in") => self.sign_in().await,
            (&Method::GET, "/callback") => self.callback(query).await,
            (&Method::GET, "/sign-out") => self.sign_out(cookie).await,
            (&Method::GET, "/bye") => {
                self.book.lock().farewells.push(query.to_owned());
                page("<p id=bye>Good bye.")
            }
            (&Method::GET, "/frontchannel") => self.front_channel(query).await,
            (&Method::POST, "/backchannel") => self.back_channel(&body).await,
            (method, path) => panic!("{method} {path}"),
        }
    }

    fn home(&self, cookie: &str) -> Answer {
        let state = if self.book.lock().sessions.contains_key(cookie) { "signed in" } else { "signed out" };
        page(&format!(
            "<p id=state>{state}</p><a id=sign-in href=/sign-in>In</a> <a id=sign-out href=/sign-out>Out</a>"
        ))
    }

    async fn sign_in(&self) -> Answer {
        let request = AuthorizationRequest::new("openid offline_access");
        let (url, pending) = self.client.authorization_url(&request).await.unwrap();
        self.book.lock().pending.push(pending);
        redirect(url.as_str())
    }

    async fn callback(&self, query: &str) -> Answer {
        let callback = Callback::parse(query);
        let pending = {
            let pending = &mut self.book.lock().pending;
            let position = pending.iter().position(|pending| Some(pending.state()) == callback.state()).unwrap();
            pending.remove(position)
        };
        let tokens = self.client.redeem(&pending, &callback).await.unwrap();
        // The state is random and used up: good enough for the session id of a test.
        let id = pending.state().to_owned();
        self.book.lock().sessions.insert(id.clone(), tokens);
        let mut answer = redirect("/");
        let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Lax", self.client_id);
        answer.headers_mut().insert(SET_COOKIE, cookie.parse().unwrap());
        answer
    }

    /// Leaves its own session alone: that ends when the server says so, by the channel that is tested.
    async fn sign_out(&self, cookie: &str) -> Answer {
        let hint = self.book.lock().sessions[cookie].id_token.clone().unwrap();
        let request = LogoutRequest::new().id_token(&hint).state("state & more");
        let request = request.post_logout_redirect_uri(format!("{}/bye?shop=1", self.origin));
        redirect(self.client.end_session_url(&request).await.unwrap().as_str())
    }

    /// Front-Channel Logout §2: `iss` and `sid` say whose session; a cookie need not come along.
    async fn front_channel(&self, query: &str) -> Answer {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        let parameters: HashMap<_, _> = parse(query.as_bytes()).collect();
        let value = |name| parameters.get(name).map(AsRef::as_ref).unwrap_or_default();
        let is_good = value("iss") == self.issuer && value("a") == "b" && self.end(value("sid"));
        let mut book = self.book.lock();
        if is_good {
            book.front += 1;
        } else {
            book.refused.push(query.to_owned());
        }
        page("<p>Done.")
    }

    async fn back_channel(&self, body: &[u8]) -> Answer {
        let token = parse(body).find(|(name, _)| name == "logout_token").map(|(_, token)| token.into_owned());
        let verdict = self.reader.lock().await.session(&token.unwrap_or_default()).await;
        match verdict {
            Ok(sid) => {
                self.end(&sid);
                self.book.lock().back += 1;
                page("")
            }
            Err(rule) => {
                self.book.lock().refused.push(rule);
                let mut answer = page("");
                *answer.status_mut() = StatusCode::BAD_REQUEST;
                answer
            }
        }
    }

    /// Ends the sessions that began with this session at the server; tells whether there ever were any.
    fn end(&self, sid: &str) -> bool {
        let mut book = self.book.lock();
        let before = book.sessions.len();
        book.sessions.retain(|_, tokens| {
            let claims = tokens.id_token.as_ref().map(|token| &token.claims.all);
            claims.and_then(|claims| claims.get("sid")).and_then(Value::as_str) != Some(sid)
        });
        if book.sessions.len() < before {
            book.ended.insert(sid.to_owned());
        }
        book.ended.contains(sid)
    }
}

fn page(body: &str) -> Answer {
    let html = format!("<!doctype html><title>Shop</title><link rel=icon href=data:,>{body}");
    let mut answer = Response::new(Full::from(html));
    answer.headers_mut().insert(CONTENT_TYPE, "text/html".parse().unwrap());
    answer.headers_mut().insert(CACHE_CONTROL, "no-store".parse().unwrap());
    answer
}

fn redirect(location: &str) -> Answer {
    let mut answer = page("");
    *answer.status_mut() = StatusCode::SEE_OTHER;
    answer.headers_mut().insert(LOCATION, location.parse().unwrap());
    answer
}
