//! The pages of the demonstration application, from templates that escape every value.

use askama::Template;
use http::StatusCode;
use symbolon_client::{Client, Error, TokenSet};

use super::Demonstration;
use super::actions::NewsKind;
use super::claims::{Row, rows};
use super::sessions::SignedIn;
use crate::local_http::{self, Answer};

#[derive(Template)]
#[template(path = "relying_party/start.html")]
struct Start<'a> {
    issuer: &'a str,
    client_id: &'a str,
    username: &'a str,
    password: &'a str,
    is_signed_out: bool,
}

/// Why somebody sees the start page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Welcome {
    First,
    SignedOut,
}

#[derive(Template)]
#[template(path = "relying_party/signed_in.html")]
struct SignedInPage<'a> {
    issuer: &'a str,
    client_id: &'a str,
    display_name: String,
    claims: Vec<Row>,
    profile: Vec<Row>,
    profile_problem: Option<&'a str>,
    tokens: Vec<Token>,
    scope: String,
    refreshes: u32,
    news: Option<NewsBox<'a>>,
}

#[derive(Template)]
#[template(path = "relying_party/problem.html")]
struct Problem<'a> {
    title: &'a str,
    text: String,
    hint: &'a str,
}

struct NewsBox<'a> {
    class: &'static str,
    headline: &'a str,
    text: &'a str,
    details: Vec<Row>,
}

struct Token {
    name: &'static str,
    text: String,
    meaning: &'static str,
}

pub(super) fn start(client: &Client, demonstration: &Demonstration, welcome: Welcome) -> Answer {
    let page = Start {
        issuer: client.issuer(),
        client_id: client.client_id(),
        username: &demonstration.username,
        password: &demonstration.password,
        is_signed_out: welcome == Welcome::SignedOut,
    };
    local_http::page(StatusCode::OK, &page)
}

pub(super) fn signed_in(client: &Client, user: &SignedIn) -> Answer {
    let claims = user.tokens.id_token.as_ref().map(|token| &token.claims.all);
    let profile = user.profile.as_ref().ok();
    let text = |name: &str| {
        let value =
            profile.and_then(|profile| profile.get(name)).or_else(|| claims.and_then(|claims| claims.get(name)));
        value.and_then(|value| value.as_str()).map(str::to_owned)
    };
    let page = SignedInPage {
        issuer: client.issuer(),
        client_id: client.client_id(),
        display_name: text("name").or_else(|| text("preferred_username")).or_else(|| text("sub")).unwrap_or_default(),
        claims: claims.map(rows).unwrap_or_default(),
        profile: profile.map(rows).unwrap_or_default(),
        profile_problem: user.profile.as_ref().err().map(String::as_str),
        tokens: tokens(&user.tokens),
        scope: user.tokens.scope.to_string(),
        refreshes: user.refreshes,
        news: user.news.as_ref().map(|news| NewsBox {
            class: match news.kind {
                NewsKind::Good => "good",
                NewsKind::Bad => "bad",
            },
            headline: news.headline,
            text: &news.text,
            details: rows(&news.details),
        }),
    };
    local_http::page(StatusCode::OK, &page)
}

/// A sign-in that failed at the server or on the way to it.
pub(super) fn problem(title: &str, error: &Error) -> Answer {
    let (status, hint) = match error {
        Error::Authorization { code, .. } if code == "access_denied" => {
            (StatusCode::OK, "You said no, and the application learned only that. Nothing was shared.")
        }
        Error::Authorization { .. } => (StatusCode::BAD_REQUEST, "The server sent this answer back with the browser."),
        Error::Transport(_) | Error::Timeout => {
            (StatusCode::BAD_GATEWAY, "Is the server still running? Look at the terminal where it was started.")
        }
        Error::Api(refusal) if refusal.code.as_deref() == Some("invalid_grant") => {
            (StatusCode::BAD_REQUEST, "A code works once and for a short time. Starting over gives a new one.")
        }
        _ => (StatusCode::BAD_GATEWAY, "Starting over may help. If it does not, the log of the server says more."),
    };
    local_http::page(status, &Problem { title, text: error.to_string(), hint })
}

/// A callback that no sign-in of this browser waits for.
pub(super) fn unknown_callback() -> Answer {
    let page = Problem {
        title: "This sign-in is not known here",
        text: "The browser came back with an answer, but this application did not ask for it in this browser."
            .to_owned(),
        hint: "It may be an old page that was opened again, or the application was restarted in between.",
    };
    local_http::page(StatusCode::BAD_REQUEST, &page)
}

fn tokens(tokens: &TokenSet) -> Vec<Token> {
    let mut list = vec![Token {
        name: "Access token",
        text: shortened(tokens.access_token.as_str()),
        meaning: "Opens APIs until it expires. The application need not, and cannot, read it.",
    }];
    list.extend(tokens.refresh_token.as_ref().map(|token| Token {
        name: "Refresh token",
        text: shortened(token.as_str()),
        meaning: "Gets the next access token without asking the user. Used once, then replaced.",
    }));
    list.extend(tokens.id_token.as_ref().map(|token| Token {
        name: "ID token",
        text: shortened(token.raw.expose()),
        meaning: "Signed by the server: who signed in, when and how. The claims above are read from it.",
    }));
    list
}

/// The beginning and the end of a token: enough to tell two apart, too little to be used.
fn shortened(token: &str) -> String {
    let count = token.chars().count();
    if count <= 40 {
        return "…".to_owned();
    }
    let start: String = token.chars().take(16).collect();
    let end: String = token.chars().skip(count - 8).collect();
    format!("{start}…{end} ({count} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_tokens_cannot_be_used() {
        assert_eq!(shortened("short"), "…");
        assert_eq!(shortened(&"a".repeat(100)), format!("{}…{} (100 characters)", "a".repeat(16), "a".repeat(8)));
        assert!(shortened(&"ä".repeat(50)).contains('…'));
    }
}
