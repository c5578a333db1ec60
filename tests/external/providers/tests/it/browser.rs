//! A person with a browser: cookies, redirects, forms that are filled in and sent off with their first button.

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use crate::pages::{Form, forms};
use crate::setting::{self, APPLICATION};

#[derive(Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
    refuses: bool,
    /// What the last page said.
    pub page: String,
}

/// What the browser brings to the application.
#[derive(Debug)]
pub struct Arrival {
    pub url: Url,
    /// With `response_mode=form_post`, the body.
    pub body: Option<String>,
}

impl Arrival {
    /// The parameters, wherever they are.
    pub fn parameters(&self) -> String {
        self.body.clone().unwrap_or_else(|| self.url.query().unwrap_or_default().to_owned())
    }
}

impl Browser {
    /// Of a person who refuses everything.
    pub fn refusing() -> Self {
        Self { refuses: true, ..Self::default() }
    }

    /// Opens `url` and does what the pages ask, until the browser is at the application or at a page without a form.
    pub async fn visit(&mut self, url: Url) -> Option<Arrival> {
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        let mut request = (url, None::<Form>);
        for _ in 0..30 {
            let (url, form) = request;
            if url.as_str().starts_with(APPLICATION) {
                let body = form.filter(|form| form.post).map(|form| encoded(&form.fields));
                return Some(Arrival { url, body });
            }
            if let Some(next) = decided_at_our_pages(&url, self.refuses).await {
                request = (next, None);
                continue;
            }
            let sent = match &form {
                Some(form) if form.post => http.post(url.clone()).form(&form.fields),
                _ => http.get(url.clone()),
            };
            let answer = sent.header("cookie", self.cookie_header()).send().await.expect("an answer");
            self.keep(&answer);
            let status = answer.status();
            if let Some(location) = answer.headers().get("location") {
                request = (url.join(location.to_str().expect("text")).expect("a URL"), None);
                continue;
            }
            self.page = answer.text().await.expect("a page");
            assert!(status.is_success(), "{url} answered {status}: {}", self.page);
            request = self.next(&url)?;
        }
        panic!("no end: {}", self.page)
    }

    /// What a person does at the page.
    fn next(&self, base: &Url) -> Option<(Url, Option<Form>)> {
        let mut all = forms(&self.page);
        if self.refuses && base.path().starts_with("/interaction/") {
            return Some((base.join(&format!("{}/abort", base.path())).expect("a URL"), None));
        }
        let place = all.iter().position(|form| form.has("action", "deny") == self.refuses)?;
        let mut form = all.swap_remove(place);
        for (name, value) in [("login", "ada"), ("sub", "ada"), ("password", "any")] {
            form.fill(name, value);
        }
        Some((form.target(base), Some(form)))
    }

    fn cookie_header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &reqwest::Response) {
        for header in answer.headers().get_all("set-cookie") {
            let pair = header.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a pair");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The pages of our server are the application's own: they decide through the admin port.
async fn decided_at_our_pages(url: &Url, refuses: bool) -> Option<Url> {
    if !url.as_str().starts_with(&setting::variable("PAGES")) {
        return None;
    }
    let parameters: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    for kind in ["login", "consent", "logout"] {
        let name = format!("{kind}_challenge");
        let Some(challenge) = parameters.get(&name) else { continue };
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let address = format!("{}/admin/oauth2/auth/requests/{kind}", setting::variable("ADMIN"));
        let asked = http.get(&address).query(&[(&name, challenge)]).send().await.expect("an answer");
        let asked: Value = asked.json().await.expect("a request");
        let decision = match kind {
            "login" => json!({ "subject": "ada", "remember": true }),
            "consent" => json!({
                "grant_scope": asked["requested_scope"],
                "grant_access_token_audience": asked["requested_access_token_audience"],
                "session": { "id_token": { "email": "ada@example.com" } },
            }),
            _ => json!({}),
        };
        let verdict = if refuses { "reject" } else { "accept" };
        let body = if refuses { json!({ "error": "access_denied" }) } else { decision };
        let answer = http.put(format!("{address}/{verdict}")).query(&[(&name, challenge)]).json(&body).send().await;
        let answer: Value = answer.expect("an answer").json().await.expect("a decision");
        return Some(answer["redirect_to"].as_str().expect("a redirect").parse().expect("a URL"));
    }
    None
}
