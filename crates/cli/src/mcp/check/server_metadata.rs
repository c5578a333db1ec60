//! The metadata of the authorization server: looked for where clients look (RFC 8414 §3.1, OpenID Connect Discovery 1.0
//! §4), and whether the server calls itself what the MCP server calls it.

use serde_json::{Map, Value};
use symbolon_client::Url;

use super::Check;
use super::http::{Answer, NoAnswer, get_metadata, send};
use crate::report::{Finding, Party, shown};

const STEP: &str = "Authorization server metadata";
const ISSUER: &str = "Issuer";
const OTHER_FORMS: &str = "Other places of the metadata";

/// A document, and where it was.
#[derive(Debug)]
pub(super) struct ServerMetadata {
    pub(super) issuer: String,
    pub(super) url: Url,
    pub(super) document: Map<String, Value>,
    /// Whether it is the document of OpenID, which clients read more strictly.
    pub(super) is_openid: bool,
}

impl ServerMetadata {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.document.get(name)?.as_str()
    }

    pub(super) fn endpoint(&self, name: &str) -> Option<Url> {
        Url::parse(self.text(name)?).ok()
    }

    /// Whether the member is literally `true`.
    pub(super) fn says(&self, name: &str) -> bool {
        self.document.get(name) == Some(&Value::Bool(true))
    }
}

/// Looks for the document as clients do.
pub(super) async fn check(check: &mut Check, issuer: &str) -> Option<ServerMetadata> {
    let issuer_url = Url::parse(issuer).ok()?;
    let mut found = None;
    for (url, is_openid) in places(&issuer_url) {
        let answer = send(get_metadata(&check.caller, &url)).await;
        if found.is_some() {
            judge_other_place(check, &answer, &url);
            continue;
        }
        match document(&answer, &url) {
            Ok(Some(document)) => {
                check.report.good(STEP, format!("at {}", shown(url.as_str())));
                found = Some(ServerMetadata { issuer: issuer.to_owned(), url, document, is_openid });
            }
            Ok(None) => {}
            Err(finding) => {
                check.report.fail(STEP, finding);
                return None;
            }
        }
    }
    let Some(found) = found else {
        let text = format!("there is none for {} in any of the places where clients look", shown(issuer));
        let first = places(&issuer_url).into_iter().next().map(|(url, _)| url.to_string()).unwrap_or_default();
        let remedy = format!("Serve it at {}; where the issuer has a path, a proxy must pass that on.", shown(&first));
        check.report.fail(STEP, Finding::new(Party::AuthorizationServer, text, remedy));
        return None;
    };
    has_its_name(check, &found).then_some(found)
}

/// The places in the clients' order, and whether each is OpenID's.
fn places(issuer: &Url) -> Vec<(Url, bool)> {
    let at = |path: String| {
        let mut url = issuer.clone();
        url.set_path(&path);
        url.set_query(None);
        url
    };
    let path = issuer.path().trim_end_matches('/');
    let mut places = vec![
        (at(format!("/.well-known/oauth-authorization-server{path}")), false),
        (at(format!("/.well-known/openid-configuration{path}")), true),
    ];
    if !path.is_empty() {
        places.push((at(format!("{path}/.well-known/openid-configuration")), true));
    }
    places
}

/// `None` where a client looks at the next place.
fn document(answer: &Result<Answer, NoAnswer>, url: &Url) -> Result<Option<Map<String, Value>>, Finding> {
    let answer = answer.as_ref().map_err(|fault| fault.finding(url, Party::AuthorizationServer))?;
    let place = shown(url.as_str());
    if answer.is_success() {
        return answer.object().map(Some).ok_or_else(|| {
            let text = format!("{place} answers {}, which is no JSON object", answer.summary());
            let remedy = "Answer 404 where there is nothing, and no page: clients stop here.";
            Finding::new(Party::AuthorizationServer, text, remedy)
        });
    }
    match answer.status() {
        502 | 400..=499 => Ok(None),
        503 | 504 => {
            let text = format!("a proxy answers at {place}: {}", answer.summary());
            Err(Finding::new(
                Party::Network,
                text,
                "See that the authorization server runs, and where the proxy leads.",
            ))
        }
        _ => {
            let text = format!("{place} answers {}, and clients look no further", answer.summary());
            let remedy = "Answer with the document, or 404: no redirect and no error of the server.";
            Err(Finding::new(Party::AuthorizationServer, text, remedy))
        }
    }
}

/// A place that this client did not need, but others may ask first.
fn judge_other_place(check: &mut Check, answer: &Result<Answer, NoAnswer>, url: &Url) {
    let Err(finding) = document(answer, url) else { return };
    check.report.warn(OTHER_FORMS, finding);
}

/// Byte for byte (RFC 8414 §3.3): most clients forgive nothing.
fn has_its_name(check: &mut Check, found: &ServerMetadata) -> bool {
    let (expected, itself) = (found.issuer.as_str(), found.text("issuer").unwrap_or_default());
    if itself == expected {
        check.report.good(ISSUER, format!("{} everywhere", shown(expected)));
    } else {
        check.report.fail(ISSUER, mismatch(expected, itself));
    }
    itself == expected
}

fn mismatch(expected: &str, itself: &str) -> Finding {
    let text =
        format!("the MCP server names {}, the authorization server calls itself {}", shown(expected), shown(itself));
    if itself.is_empty() {
        let text = "the authorization server's metadata has no issuer";
        return Finding::new(Party::AuthorizationServer, text, format!("Set issuer to {}.", shown(expected)));
    }
    if itself.trim_end_matches('/') == expected.trim_end_matches('/') {
        let remedy =
            format!("Write authorization_servers: [{}], the slash at the end included or left out.", shown(itself));
        return Finding::new(Party::McpServer, text, remedy);
    }
    let remedy = format!(
        "Set the issuer to the address under which clients reach it, {}; behind a proxy that is the public one.",
        shown(expected)
    );
    Finding::new(Party::AuthorizationServer, text, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_specification_in_its_order() {
        let places = |issuer: &str| {
            let all = places(&Url::parse(issuer).unwrap());
            all.iter().map(|(url, _)| url.as_str().to_owned()).collect::<Vec<_>>()
        };
        let root = [
            "https://as.example/.well-known/oauth-authorization-server",
            "https://as.example/.well-known/openid-configuration",
        ];
        assert_eq!(places("https://as.example"), root);
        assert_eq!(places("https://as.example/"), root);
        let path = [
            "https://as.example/.well-known/oauth-authorization-server/t1",
            "https://as.example/.well-known/openid-configuration/t1",
            "https://as.example/t1/.well-known/openid-configuration",
        ];
        assert_eq!(places("https://as.example/t1"), path);
    }
}
