//! How answers of the authorization endpoint come back: where their parameters stand, and what errors may say.

use std::collections::BTreeMap;

use super::RelyingParty;
use crate::support::{Answer, Pairs, pair};
use crate::ui::Form;

/// What an error may consist of; everything else would be a warning.
const OF_ERRORS: [&str; 6] = ["error", "error_description", "error_uri", "state", "session_state", "iss"];

/// The parameters of the answer to a request, which must stand where its mode says, with the state and the issuer.
#[track_caller]
pub(crate) fn shown(party: &RelyingParty, request: &Pairs, answer: &Answer) -> BTreeMap<String, String> {
    let parameters = if pair(request, "response_mode") == Some("form_post") {
        assert_eq!((answer.status, answer.content_type()), (200, Some("text/html;charset=UTF-8")), "{}", answer.text());
        let form = Form::of(answer, "form-post");
        assert_eq!(form.action, party.redirect_uri);
        form.fields
    } else {
        assert_eq!(answer.status, 303, "{}", answer.text());
        // A request without a type names no other place than the query.
        let in_query = pair(request, "response_type").is_none_or(|kind| kind == "code");
        let separator = match (in_query, party.redirect_uri.contains('?')) {
            (false, _) => '#',
            (true, false) => '?',
            (true, true) => '&',
        };
        let start = format!("{}{separator}", party.redirect_uri);
        let rest = answer.location().strip_prefix(&start);
        crate::support::pairs_of(rest.unwrap_or_else(|| panic!("{} begins otherwise: {start}", answer.location())))
    };
    let count = parameters.len();
    let shown: BTreeMap<String, String> = parameters.into_iter().collect();
    assert_eq!(shown.len(), count, "a parameter comes twice: {shown:?}");
    assert_eq!(shown.get("state").map(String::as_str), pair(request, "state"));
    assert_eq!(shown["iss"], party.server.public_url());
    shown
}

/// The error that a request is answered with, told to the client and without a parameter that nobody expects.
#[track_caller]
pub(crate) fn error(party: &RelyingParty, request: &Pairs, answer: &Answer) -> String {
    let shown = shown(party, request, answer);
    let other: Vec<_> = shown.keys().filter(|name| !OF_ERRORS.contains(&name.as_str())).collect();
    assert!(other.is_empty(), "{other:?}");
    // RFC 6749 §4.1.2.1: which characters a description may have.
    let good = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
    assert!(shown.get("error_description").is_some_and(|text| text.chars().all(good)), "{shown:?}");
    shown["error"].clone()
}

/// The error of a page; the browser stays at the provider.
#[track_caller]
pub(crate) fn page_error(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.text());
    assert!(answer.location().starts_with("http://127.0.0.1:3000/error?"), "{}", answer.location());
    answer.location_parameter("error").unwrap()
}
