//! The start page: what this server is, for whoever opens its address; and for who is signed in here, what waits for an
//! answer and which applications have access.

use askama::Template;

use super::{DetailView, Frame, ResourceView, ScopeView, rendered};
use crate::ui::phrase::Phrase;

/// Tells people that there is nothing to do here and developers where the metadata is. It shows no version.
///
/// Ids: `issuer`, `discovery`, `documentation`; for who is signed in `request-0`, `deny-0`, `accept-0`, … for what waits, and
/// `applications` with `revoke-0`, … below.
#[derive(Clone, Template)]
#[template(path = "home.html")]
pub struct HomePage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// The issuer, exactly as configured.
    pub issuer: &'a str,
    /// Address of `/.well-known/openid-configuration`.
    pub discovery_url: &'a str,
    /// Address of the documentation; no link without it.
    pub documentation_url: Option<&'a str>,
    /// The part of who is signed in.
    pub account: Option<AccountView<'a>>,
}

/// What the page says to who is signed in. Its forms are posted to `action` with `form` and `action`: `accept` or `deny`
/// with `request`, or `revoke` with `client`.
#[derive(Clone, Copy)]
pub struct AccountView<'a> {
    /// The person's name, or the subject where there is none.
    pub subject_name: &'a str,
    /// Where the forms go, a path with its prefix.
    pub action: &'a str,
    /// Shows that a form comes from this page.
    pub form: &'a str,
    /// What waits for an answer (OpenID Connect CIBA).
    pub requests: &'a [RequestView],
    /// Which applications have access.
    pub applications: &'a [ApplicationView],
}

/// A request that waits.
#[derive(Clone)]
pub struct RequestView {
    /// Its number, sent back with the form.
    pub id: String,
    /// Who asks.
    pub client_name: String,
    /// To be compared with what the application shows; may be empty.
    pub binding_message: String,
    /// What is asked for.
    pub scopes: Vec<ScopeView>,
    /// What is asked for in detail.
    pub details: Vec<DetailView>,
    /// For which services.
    pub resources: Vec<ResourceView>,
}

/// An application that has access.
#[derive(Clone)]
pub struct ApplicationView {
    /// Its id, sent back with the form.
    pub client_id: String,
    /// Its name, or the host that vouches for it.
    pub name: String,
    /// What it calls itself, where its host is its name.
    pub claimed_name: Option<String>,
    /// The day on which it got the access that counts.
    pub since: String,
    /// What it may do.
    pub scopes: Vec<ScopeView>,
    /// For which services.
    pub resources: Vec<ResourceView>,
}

impl HomePage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn lead(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.home_lead, "title", &self.frame.theme.title)
    }

    fn signed_in(&self) -> Phrase<'_> {
        let name = self.account.as_ref().map_or("", |account| account.subject_name);
        Phrase::new(&self.frame.texts.consent_signed_in, "subject", name)
    }

    fn calls_itself<'n>(&'n self, name: &'n str) -> Phrase<'n> {
        Phrase::new(&self.frame.texts.consent_calls_itself, "client", name)
    }

    fn since<'d>(&'d self, date: &'d str) -> Phrase<'d> {
        Phrase::new(&self.frame.texts.home_applications_since, "date", date)
    }

    fn request_heading<'r>(&'r self, request: &'r RequestView) -> Phrase<'r> {
        Phrase::new(&self.frame.texts.consent_heading, "client", &request.client_name)
    }
}
