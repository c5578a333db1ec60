//! A person with a browser: it keeps cookies and follows redirects in process, and where a page of the provider would ask
//! somebody, the person's answer goes to the admin port, as a login page of one's own would send it.

use std::collections::BTreeMap;

use http::Method;
use http::header::SET_COOKIE;
use serde_json::{Map, Value, json};
use url::Url;

use crate::TestProvider;
use crate::landing::{Landing, form_post};

/// Redirects after which a browser gives up.
const LONGEST_WAY: usize = 30;

/// A browser with the cookies of its earlier visits.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use symbolon_test_provider::TestProvider;
///
/// let provider = TestProvider::start().await;
/// let app = provider.client("https://app.example/callback").await;
/// let url = format!(
///     "{}/oauth2/auth?client_id={}&response_type=code&scope=openid&state=a-long-enough-state\
///      &redirect_uri=https%3A%2F%2Fapp.example%2Fcallback",
///     provider.issuer(),
///     app.id
/// );
/// let mut browser = provider.browser();
/// assert_eq!(browser.open(format!("{url}&prompt=none")).await.error().unwrap(), "login_required");
/// browser.log_in(&url, "alice").await.code();
/// browser.open(format!("{url}&prompt=none")).await.code(); // still logged in
/// # }
/// ```
pub struct Browser<'p> {
    provider: &'p TestProvider,
    cookies: BTreeMap<String, String>,
}

/// What the person does where a page asks.
enum Answer<'a> {
    LogIn(&'a str),
    RefuseConsent(&'a str),
    RefuseLogin,
    LogOut,
    /// Nobody is there.
    None,
}

impl std::fmt::Debug for Browser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Browser").field("cookies", &self.cookies.keys()).finish_non_exhaustive()
    }
}

impl<'p> Browser<'p> {
    pub(crate) fn new(provider: &'p TestProvider) -> Self {
        Self { provider, cookies: BTreeMap::new() }
    }

    /// Opens an authorization URL; `user` logs in where that is asked, and agrees to everything. The first of the
    /// requested `acr_values` is fulfilled. Also for the verification URI of a device (RFC 8628 §3.3.1), with its code.
    pub async fn log_in(&mut self, url: impl AsRef<str>, user: &str) -> Landing {
        self.follow(url.as_ref(), &Answer::LogIn(user)).await
    }

    /// The same; `user` logs in and then refuses what the client asks for: `access_denied`.
    pub async fn refuse_consent(&mut self, url: impl AsRef<str>, user: &str) -> Landing {
        self.follow(url.as_ref(), &Answer::RefuseConsent(user)).await
    }

    /// The same; nobody can log in: `access_denied`.
    pub async fn refuse_login(&mut self, url: impl AsRef<str>) -> Landing {
        self.follow(url.as_ref(), &Answer::RefuseLogin).await
    }

    /// Opens an end-session URL (OpenID Connect RP-Initiated Logout §2) and agrees.
    pub async fn log_out(&mut self, url: impl AsRef<str>) -> Landing {
        self.follow(url.as_ref(), &Answer::LogOut).await
    }

    /// Opens a URL while nobody is there: it ends where a page asks.
    pub async fn open(&mut self, url: impl AsRef<str>) -> Landing {
        self.follow(url.as_ref(), &Answer::None).await
    }

    /// The value of the header `Cookie` with which this browser asks the provider.
    pub fn cookie_header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    async fn follow(&mut self, url: &str, answer: &Answer<'_>) -> Landing {
        let mut url = Url::parse(url).unwrap_or_else(|fault| panic!("'{url}' is no URL: {fault}"));
        for _ in 0..LONGEST_WAY {
            if let Some(next) = self.decide(&url, answer).await {
                url = next;
                continue;
            }
            if !self.is_of_provider(&url) {
                return Landing { url, form: None, status: 0, page: String::new() };
            }
            let reply = self.provider.in_process.page(target(&url), &self.cookie_header()).await;
            self.keep(reply.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()));
            if let Some(location) = reply.header("location") {
                url = join(&url, location);
            } else if let Some((action, form)) = form_post(&reply.text) {
                return Landing { url: join(&url, &action), form: Some(form), status: 0, page: String::new() };
            } else {
                return Landing { url, form: None, status: reply.status.as_u16(), page: reply.text };
            }
        }
        panic!("there is no end to the redirects at {}", &url[..url::Position::AfterPath])
    }

    fn is_of_provider(&self, url: &Url) -> bool {
        Url::parse(self.provider.issuer()).is_ok_and(|issuer| issuer.origin() == url.origin())
    }

    /// Where the browser goes on after the page at `url`, if that is one that asks, and somebody answers.
    async fn decide(&self, url: &Url, answer: &Answer<'_>) -> Option<Url> {
        let parameter =
            |name: &str| url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
        let (step, challenge) = ["login", "consent", "logout", "device"]
            .iter()
            .find_map(|step| Some((*step, parameter(&format!("{step}_challenge"))?)))?;
        let (verdict, body) = match (step, answer) {
            (_, Answer::None) => return None,
            ("login", Answer::RefuseLogin) | ("consent", Answer::RefuseConsent(_)) => ("reject", refusal()),
            ("login", Answer::LogIn(user) | Answer::RefuseConsent(user)) => {
                ("accept", login(&self.asked(step, &challenge).await, user))
            }
            ("consent", _) => ("accept", self.consent(&self.asked(step, &challenge).await)),
            ("logout", _) => ("accept", json!({})),
            ("device", _) => ("accept", json!({ "user_code": parameter("user_code").unwrap_or_default() })),
            _ => return None,
        };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(&format!("{step}_challenge"), &challenge)
            .finish();
        let target = format!("/admin/oauth2/auth/requests/{step}/{verdict}?{query}");
        let decided = self.provider.in_process.admin(Method::PUT, &target, Some(&body)).await;
        let next = decided["redirect_to"].as_str().unwrap_or_else(|| panic!("{step}: {decided} leads nowhere"));
        Some(join(url, next))
    }

    async fn asked(&self, step: &str, challenge: &str) -> Value {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(&format!("{step}_challenge"), challenge)
            .finish();
        self.provider.in_process.admin(Method::GET, &format!("/admin/oauth2/auth/requests/{step}?{query}"), None).await
    }

    fn consent(&self, asked: &Value) -> Value {
        let scope: Vec<&str> =
            asked["requested_scope"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let claims: Map<String, Value> =
            self.provider.users.claims(asked["subject"].as_str().unwrap_or_default(), &scope);
        let mut body = json!({
            "grant_scope": scope,
            "grant_access_token_audience": asked["requested_access_token_audience"],
            "session": { "id_token": claims },
            "remember": true,
        });
        if let Some(details) = asked.get("requested_authorization_details") {
            body["grant_authorization_details"] = details.clone();
        }
        body
    }

    fn keep<'a>(&mut self, headers: impl Iterator<Item = &'a str>) {
        for header in headers {
            let (pair, attributes) = header.split_once(';').unwrap_or((header, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() || attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn login(asked: &Value, user: &str) -> Value {
    // Whoever is logged in stays it.
    let subject = if asked["skip"] == true { asked["subject"].as_str().unwrap_or(user) } else { user };
    let acr = asked["oidc_context"]["acr_values"][0].as_str().unwrap_or_default();
    json!({ "subject": subject, "remember": true, "acr": acr, "amr": ["pwd"] })
}

fn refusal() -> Value {
    json!({ "error": "access_denied", "error_description": "The user refused.", "status_code": 403 })
}

fn target(url: &Url) -> &str {
    &url[url::Position::BeforePath..url::Position::AfterQuery]
}

fn join(base: &Url, location: &str) -> Url {
    base.join(location).unwrap_or_else(|fault| panic!("the provider sends the browser to '{location}': {fault}"))
}
