//! What arrives of a request, told to whoever runs this server: `symbolon doctor` asks through the address that browsers
//! use and learns what stands between. The question is sealed under the system secrets, so that strangers are answered as
//! if the path were not there. Nothing is kept of it.

use http::StatusCode;
use http::header::SET_COOKIE;
use serde::{Deserialize, Serialize};
use symbolon_jose::Rng;

use crate::config::Config;
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::exchange::{self, Answer, Request};
use crate::seal::{Seal, kinds};

/// Where questions are asked, below the address of the public endpoints.
pub const PATH: &str = "/health/echo";
/// How long a question may be asked, in seconds: as long as clocks may differ that the answer is to tell about.
const QUESTION_LIFETIME: i64 = 3600;
/// How long a browser would keep the cookie, in seconds.
const COOKIE_LIFETIME: i64 = 60;
const FORWARDED_FOR: &str = "x-forwarded-for";

/// What arrived of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// Who sent it: the peer, or the address that a trusted proxy names.
    pub address: String,
    /// All lines of `X-Forwarded-For`; `None` where there is none.
    pub forwarded_for: Option<String>,
    /// The `Set-Cookie` of the answer as the server sent it.
    pub set_cookie: String,
    /// Whether the request brought the cookie of an earlier answer.
    pub cookie_came_back: bool,
}

/// A question for servers with the same system secrets, asked at this time (Unix seconds); `None` where the configuration
/// has no secrets.
pub fn question(config: &Config, now: i64) -> Option<String> {
    let seal = Seal::new(&config.secrets, Rng::system())?;
    Some(ask(&seal, now))
}

fn ask(seal: &Seal, now: i64) -> String {
    seal.seal(kinds::DIAGNOSIS, &now.saturating_add(QUESTION_LIFETIME).to_le_bytes())
}

/// `GET /health/echo`. `None` where the question is not one of an operator's.
pub fn echo(context: &Context, request: &Request) -> Option<Answer> {
    let now = context.clock.now();
    let question = question_of(&request.query)?;
    let sealed = context.seal.open(kinds::DIAGNOSIS, &question)?;
    let ends_at = i64::from_le_bytes(sealed.try_into().ok()?);
    if ends_at < now {
        return None;
    }
    let name = cookies::diagnosis_name(&context.config);
    let cookie_came_back = cookies::content(context, request, kinds::DIAGNOSIS, &name).is_some();
    let mut cookie = exchange::empty(StatusCode::OK);
    let value = ask(&context.seal, now);
    let new = NewCookie { name, value, path: "/".to_owned(), lifetime: Lifetime::Seconds(COOKIE_LIFETIME) };
    cookies::set(context, &mut cookie, new);
    let set_cookie = cookie.headers_mut().remove(SET_COOKIE)?;
    let lines = request.headers.get_all(FORWARDED_FOR).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect();
    let echo = Echo {
        address: request.address.to_string(),
        forwarded_for: (!lines.is_empty()).then(|| lines.join(", ")),
        set_cookie: set_cookie.to_str().ok()?.to_owned(),
        cookie_came_back,
    };
    let mut answer = exchange::json(StatusCode::OK, &serde_json::to_value(&echo).ok()?);
    answer.headers_mut().append(SET_COOKIE, set_cookie);
    Some(answer)
}

/// The one parameter `question`.
fn question_of(query: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(query.as_bytes());
    let (name, value) = found.next()?;
    (name == "question" && found.next().is_none()).then(|| value.into_owned())
}
