//! A login application that uses nothing but the headless API, with a browser that keeps cookies and follows redirects:
//! all that is needed to send a user through a code flow without pages.

pub(crate) mod server;

use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use url::Url;

/// Where the configuration says that the application is. Nobody listens there: the addresses are only read.
pub(crate) const LOGIN_URL: &str = "http://127.0.0.1:1/login";
/// As [`LOGIN_URL`], for the consent page.
pub(crate) const CONSENT_URL: &str = "http://127.0.0.1:1/consent";

/// A client for plain requests, without redirects.
pub(crate) fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.timeout(Duration::from_secs(30)).build().unwrap()
}

/// The application: says yes to everything, for one user.
pub(crate) struct LoginApplication {
    http: reqwest::Client,
    admin: String,
    subject: String,
    session: Value,
}

impl LoginApplication {
    /// `session` goes to the server at every consent: claims for the tokens.
    pub(crate) fn new(admin: &str, subject: &str, session: Value) -> Self {
        Self { http: http(), admin: admin.to_owned(), subject: subject.to_owned(), session }
    }

    /// Sends a fresh browser to an authorization request; gives the address at which it arrives in the end.
    pub(crate) async fn visit(&self, authorization_url: &str) -> reqwest::Result<Url> {
        let cookies = Cookies::default();
        let mut next = Url::parse(authorization_url).unwrap();
        let server = next.origin();
        loop {
            let address = next.as_str();
            next = match address {
                _ if address.starts_with(LOGIN_URL) => self.decide("login", &next).await?,
                _ if address.starts_with(CONSENT_URL) => self.decide("consent", &next).await?,
                _ if next.origin() == server => self.redirect(&cookies, &next).await?,
                _ => return Ok(next),
            };
        }
    }

    /// The whole of a login application: read the request, say yes, go where the answer leads.
    async fn decide(&self, step: &str, page: &Url) -> reqwest::Result<Url> {
        let requests = format!("{}/admin/oauth2/auth/requests/{step}", self.admin);
        let challenge = [page.query_pairs().find(|(name, _)| name.ends_with("_challenge")).unwrap()];
        let request: Value = self.http.get(&requests).query(&challenge).send().await?.json().await?;
        let yes = match step {
            "login" => json!({ "subject": self.subject }),
            _ => json!({ "grant_scope": request["requested_scope"], "session": self.session,
                         "grant_access_token_audience": request["requested_access_token_audience"] }),
        };
        let accept = self.http.put(format!("{requests}/accept")).query(&challenge).json(&yes);
        let answer: Value = accept.send().await?.json().await?;
        Ok(Url::parse(answer["redirect_to"].as_str().unwrap_or_else(|| panic!("{step}: {answer}"))).unwrap())
    }

    async fn redirect(&self, cookies: &Cookies, url: &Url) -> reqwest::Result<Url> {
        let answer = self.http.get(url.clone()).header(COOKIE, cookies.sent()).send().await?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            cookies.store(cookie.to_str().unwrap());
        }
        let location = answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        let status = answer.status();
        match location {
            Some(location) => Ok(url.join(&location).unwrap()),
            None => panic!("no redirect but {status}: {}", answer.text().await?),
        }
    }
}

/// The cookies of one browser.
#[derive(Default)]
struct Cookies(Mutex<Vec<(String, String)>>);

impl Cookies {
    fn sent(&self) -> String {
        let pairs: Vec<_> = self.0.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn store(&self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let mut kept = self.0.lock().unwrap();
        kept.retain(|(known, _)| known != name);
        if !attributes.to_ascii_lowercase().contains("max-age=0") {
            kept.push((name.to_owned(), value.to_owned()));
        }
    }
}
