//! The consent page: who asks, for what, and two buttons of the same weight.

use askama::Template;

use super::{ClientView, Frame, rendered};
use crate::ui::phrase::Phrase;
use crate::ui::texts::Texts;

/// Asks whether a client may have what it asks for; single scopes can be left out.
///
/// The form is posted to `action` with `consent_challenge`, one `grant_scope` for each scope and one `grant_claim`
/// for each single claim that stays ticked, `remember` (`1` or absent) and `action`, which is `accept` or `reject` for the two buttons. Ids: `consent-form`,
/// `scope-0`, `scope-1`, … in the order of `scopes`, `remember`, `allow`, `deny`, `standing`, `destination`, `connected`.
#[derive(Clone, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// The application that asks.
    pub client: ClientView<'a>,
    /// Where the form goes, a path with its prefix.
    pub action: &'a str,
    /// The consent challenge, sent back with the form.
    pub challenge: &'a str,
    /// The person's name, or the subject where there is none.
    pub subject_name: &'a str,
    /// Starts over with another account; no link without it.
    pub switch_account_url: Option<&'a str>,
    /// What is asked for, in the order of the request.
    pub scopes: &'a [ScopeView],
    /// What is asked for by name beside the scopes.
    pub claims: &'a [ClaimView],
    /// What is asked for in detail (RFC 9396).
    pub details: &'a [DetailView],
    /// For which services the tokens will be good (`audience`, RFC 8707 `resource`).
    pub resources: &'a [ResourceView],
    /// Who vouches for the application.
    pub standing: Standing<'a>,
    /// Where it is answered.
    pub answered: Answered,
    /// Until when it keeps the access; `None` where it has to ask again when the access ends.
    pub connected: Option<Connected<'a>>,
    /// Whether "do not ask again" is ticked.
    pub remember: bool,
}

/// Who vouches for an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// The operator.
    Operator,
    /// Whoever owns its host, which is its name on the page; it calls itself so.
    OwnerOfHost(&'a str),
    /// Nobody: it registered itself on this day.
    Nobody(&'a str),
}

/// Where an application is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// At an address, whose host is on the page.
    AtAddress,
    /// By a program on the person's own computer, as any other there could be.
    OnThisComputer,
    /// At another host than the one that vouches for it.
    Elsewhere,
    /// On a page of this server, as a device asked.
    Here,
}

/// For how long an application keeps the access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected<'a> {
    /// Until this day, and longer while it uses it.
    Until(&'a str),
    /// Until the person takes it away.
    Always,
}

/// A service for which the access is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceView {
    /// What the operator calls it.
    pub title: Option<String>,
    /// Its name in tokens.
    pub identifier: String,
}

/// A scope in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeView {
    /// The scope as requested.
    pub name: String,
    /// What it lets the client do. `None` for a scope that nobody has described: then the name is shown.
    pub title: Option<String>,
    /// One sentence more; may be empty.
    pub description: String,
    /// Cannot be left out. The form sends it in any case; whether it is granted is still for the handler to decide.
    pub required: bool,
}

impl ScopeView {
    /// `scope` in the words of the operator, else in ours for the scopes of `OpenID` Connect Core §5.4 and §11, else
    /// without any. `openid` is required (without it there is no login); the rest is the person's choice.
    /// The words of `of_resource` are those of the resource to which the scope belongs; the texts' go first, as they may be in
    /// the person's language.
    pub fn describe(scope: &str, texts: &Texts, of_resource: Option<&str>) -> Self {
        let (own_title, own_description) = match texts.scopes.get(scope) {
            Some(words) => (words.title.as_deref(), words.description.as_deref()),
            None => (None, None),
        };
        let own_title = own_title.or(of_resource);
        let (built_in_title, built_in_description) = built_in(scope, texts).unzip();
        // Our sentence would not fit the operator's title.
        let fallback = if own_title.is_some() { "" } else { &texts.scope_unknown_description };
        let description = own_description.or(built_in_description.filter(|_| own_title.is_none()));
        Self {
            name: scope.to_owned(),
            title: own_title.or(built_in_title).map(str::to_owned),
            description: description.unwrap_or(fallback).to_owned(),
            required: scope == "openid",
        }
    }
}

/// One element of `authorization_details`, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailView {
    /// The sentence of its type, with its values.
    pub sentence: String,
    /// All of it, as JSON.
    pub json: String,
}

/// One detail about the person, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimView {
    /// The claim as requested.
    pub name: String,
    /// What it is. `None` for one without words: then the name is shown.
    pub title: Option<String>,
}

impl ClaimView {
    /// `claim` in our words, for those of `OpenID` Connect Core §5.1.
    pub fn describe(claim: &str, texts: &Texts) -> Self {
        let title = match claim {
            "name" => &texts.claim_name,
            "given_name" => &texts.claim_given_name,
            "family_name" => &texts.claim_family_name,
            "middle_name" => &texts.claim_middle_name,
            "nickname" => &texts.claim_nickname,
            "preferred_username" => &texts.claim_preferred_username,
            "profile" => &texts.claim_profile,
            "picture" => &texts.claim_picture,
            "website" => &texts.claim_website,
            "gender" => &texts.claim_gender,
            "birthdate" => &texts.claim_birthdate,
            "zoneinfo" => &texts.claim_zoneinfo,
            "locale" => &texts.claim_locale,
            "email" => &texts.claim_email,
            "email_verified" => &texts.claim_email_verified,
            "phone_number" => &texts.claim_phone_number,
            "phone_number_verified" => &texts.claim_phone_number_verified,
            "address" => &texts.claim_address,
            "updated_at" => &texts.claim_updated_at,
            _ => return Self { name: claim.to_owned(), title: None },
        };
        Self { name: claim.to_owned(), title: Some(title.to_string()) }
    }
}

fn built_in<'a>(scope: &str, texts: &'a Texts) -> Option<(&'a str, &'a str)> {
    let (title, description) = match scope {
        "openid" => (&texts.scope_openid_title, &texts.scope_openid_description),
        "profile" => (&texts.scope_profile_title, &texts.scope_profile_description),
        "email" => (&texts.scope_email_title, &texts.scope_email_description),
        "address" => (&texts.scope_address_title, &texts.scope_address_description),
        "phone" => (&texts.scope_phone_title, &texts.scope_phone_description),
        "offline" | "offline_access" => (&texts.scope_offline_title, &texts.scope_offline_description),
        _ => return None,
    };
    Some((title, description))
}

impl ConsentPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn heading(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.consent_heading, "client", self.client.name)
    }

    fn signed_in(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.consent_signed_in, "subject", self.subject_name)
    }

    fn scopes_lead(&self) -> Phrase<'_> {
        let texts = self.frame.texts;
        let text = if self.scopes.is_empty() { &texts.consent_no_scopes } else { &texts.consent_scopes };
        Phrase::new(text, "client", self.client.name)
    }

    fn destination(&self) -> Phrase<'_> {
        let texts = self.frame.texts;
        let text = match self.answered {
            Answered::AtAddress | Answered::Here => &texts.consent_destination,
            Answered::OnThisComputer => &texts.consent_this_computer,
            Answered::Elsewhere => &texts.consent_elsewhere,
        };
        Phrase::new(text, "domain", self.client.domain)
    }

    fn is_careful(&self) -> bool {
        self.answered == Answered::Elsewhere
    }

    /// Who vouches for the client, as far as that is not the operator.
    fn vouched(&self) -> Option<Phrase<'_>> {
        let texts = self.frame.texts;
        match self.standing {
            Standing::Operator => None,
            Standing::OwnerOfHost(_) => Some(Phrase::new(&texts.consent_verified, "domain", self.client.name)),
            Standing::Nobody(date) => Some(Phrase::new(&texts.consent_unverified, "date", date)),
        }
    }

    fn calls_itself(&self) -> Option<Phrase<'_>> {
        match self.standing {
            Standing::OwnerOfHost(name) => Some(Phrase::new(&self.frame.texts.consent_calls_itself, "client", name)),
            Standing::Operator | Standing::Nobody(_) => None,
        }
    }

    fn stays_connected(&self) -> Option<Phrase<'_>> {
        let texts = self.frame.texts;
        Some(match self.connected? {
            Connected::Until(date) => Phrase::new(&texts.consent_connected_until, "date", date),
            Connected::Always => Phrase::plain(&texts.consent_connected),
        })
    }
}
