//! Somebody with a browser: a cookie jar, and headers as browsers send them.

use std::collections::{BTreeMap, BTreeSet};

use symbolon_client::reqwest::{self, Method, Response};
use symbolon_test_provider::{Browser, Landing};

use super::App;

/// What the application answered.
pub(super) struct Reply {
    pub(super) status: u16,
    /// Where to, empty without.
    pub(super) location: String,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) text: String,
}

impl Reply {
    async fn of(response: Response) -> Self {
        let headers = response.headers().clone();
        let location = headers.get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        Self { status: response.status().as_u16(), location, headers, text: response.text().await.unwrap() }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
    }
}

pub(super) struct Visitor<'a> {
    app: &'a App,
    /// Which process answers.
    pub(super) base: String,
    pub(super) jar: BTreeMap<String, String>,
    /// Which of them are sent with a form that another site posts (`SameSite=None`).
    for_other_sites: BTreeSet<String>,
    pub(super) provider: Browser<'a>,
    http: reqwest::Client,
}

/// A page that the browser goes to.
pub(super) const PAGE: &[(&str, &str)] =
    &[("sec-fetch-mode", "navigate"), ("sec-fetch-site", "none"), ("accept", "text/html")];
/// A script that asks.
pub(super) const SCRIPT: &[(&str, &str)] =
    &[("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-origin"), ("accept", "application/json")];
/// A form on a page of the application.
pub(super) const FORM: &[(&str, &str)] =
    &[("sec-fetch-mode", "navigate"), ("sec-fetch-site", "same-origin"), ("accept", "text/html")];
/// A form or a link on a page of another site.
pub(super) const OTHER_SITE: &[(&str, &str)] =
    &[("sec-fetch-mode", "navigate"), ("sec-fetch-site", "cross-site"), ("accept", "text/html")];

impl<'a> Visitor<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let (base, provider) = (app.base.clone(), app.provider.browser());
        Self { app, base, jar: BTreeMap::new(), for_other_sites: BTreeSet::new(), provider, http }
    }

    /// A request with these headers and the cookies of the jar; nothing of the answer is kept.
    pub(super) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Reply {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let is_cross_site = headers.contains(&("sec-fetch-site", "cross-site")) && method != Method::GET;
        let is_sent = |name: &String| !is_cross_site || self.for_other_sites.contains(name);
        let sent = self.jar.iter().filter(|(name, _)| is_sent(name));
        let pairs: Vec<_> = sent.map(|(name, value)| format!("{name}={value}")).collect();
        if !pairs.is_empty() {
            request = request.header("cookie", pairs.join("; "));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
        }
        Reply::of(request.send().await.unwrap()).await
    }

    /// The same request of a script again and again, all at once; nothing of the answers is kept.
    pub(super) async fn ask_at_once(&self, path: &str, times: usize) -> Vec<Reply> {
        let mut replies = tokio::task::JoinSet::new();
        let pairs: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for _ in 0..times {
            let request = self.http.get(format!("{}{path}", self.base)).header("cookie", pairs.join("; "));
            replies.spawn(async move { Reply::of(request.send().await.unwrap()).await });
        }
        replies.join_all().await
    }

    /// Keeps the cookies of an answer.
    pub(super) fn keep(&mut self, reply: &Reply) {
        for header in reply.set_cookies() {
            let (pair, attributes) = header.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.jar.remove(name);
                continue;
            }
            // What is longer, browsers throw away (RFC 6265bis §5.6).
            assert!(pair.len() <= 4096, "{}", pair.len());
            self.jar.insert(name.to_owned(), value.to_owned());
            if attributes.contains("SameSite=None") {
                self.for_other_sites.insert(name.to_owned());
            }
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> Reply {
        let reply = self.ask(Method::GET, path, PAGE, None).await;
        self.keep(&reply);
        reply
    }

    pub(super) async fn fetch(&mut self, path: &str) -> Reply {
        let reply = self.ask(Method::GET, path, SCRIPT, None).await;
        self.keep(&reply);
        reply
    }

    pub(super) async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let reply = self.ask(Method::POST, path, headers, Some(body)).await;
        self.keep(&reply);
        reply
    }

    /// Goes to a page, up to the provider: the address there.
    pub(super) async fn begin(&mut self, path: &str) -> String {
        let mut reply = self.get(path).await;
        if reply.location.starts_with("/auth/login") {
            reply = self.get(&reply.location.clone()).await;
        }
        assert_eq!(reply.status, 303, "{}", reply.text);
        assert!(reply.location.starts_with(self.app.provider.issuer()), "{}", reply.location);
        reply.location
    }

    /// Comes back from the provider.
    pub(super) async fn come_back(&mut self, landing: &Landing) -> Reply {
        let target = target(landing);
        match landing.form() {
            Some(form) => self.post(&target, OTHER_SITE, &form).await,
            None => self.get(&target).await,
        }
    }

    /// Goes to a page, logs in, and is where the application leads then.
    pub(super) async fn log_in(&mut self, path: &str, user: &str) -> Reply {
        let url = self.begin(path).await;
        let landing = self.provider.log_in(&url, user).await;
        let reply = self.come_back(&landing).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        self.get(&reply.location.clone()).await
    }

    /// The names of the cookies.
    pub(super) fn names(&self) -> Vec<&str> {
        self.jar.keys().map(String::as_str).collect()
    }
}

/// Path and query of where the provider leads.
pub(super) fn target(landing: &Landing) -> String {
    let url = landing.url();
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}
