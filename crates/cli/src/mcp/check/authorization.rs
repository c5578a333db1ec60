//! The authorization request of a client that was registered a moment ago, as far as it goes without a person: to a page,
//! and not to an error (RFC 6749 §4.1.1, RFC 8707 §2.1, RFC 8252 §7.3).

use symbolon_client::{Rng, Secret, Url, code_challenge};

use super::Check;
use super::http::{Answer, send};
use super::registration::Client;
use super::server_metadata::ServerMetadata;
use crate::report::{Finding, Party, shown};

const STEP: &str = "Authorization request";
const PORTS: &str = "Ports on loopback";
const STATE: &str = "Requests without state";

/// What a request asks, and what is kept until the answer comes.
pub(super) struct Pending {
    pub(super) url: Url,
    pub(super) state: String,
    pub(super) verifier: Secret<String>,
}

/// What the authorization endpoint did with a request.
#[derive(Debug, PartialEq, Eq)]
enum Reception {
    /// It shows a page, or sends the browser to one; the text says where.
    Page(String),
    /// It refuses.
    Refused(String),
}

/// Asks three times: as most clients do, from another port, and without `state`.
pub(super) async fn check(check: &mut Check, server: &ServerMetadata, asked: &Asked<'_>) -> Option<()> {
    let request = request(server, asked)?;
    match reception(check, &request.url, asked).await? {
        Reception::Page(place) => check.report.good(STEP, format!("leads to {place}")),
        Reception::Refused(reason) => {
            check.report.fail(STEP, refused(&reason, asked.resource));
            return None;
        }
    }
    let other = asked.client.at(other_port(&asked.client.redirect_uri));
    let from_other_port = self::request(server, &Asked { client: &other, ..*asked })?;
    if let Reception::Refused(reason) = reception(check, &from_other_port.url, asked).await? {
        let text = format!("another port than the registered one is refused: {reason}");
        let remedy = "Take every port of http://127.0.0.1 (RFC 8252 §7.3): clients open a free one each time.";
        check.report.warn(PORTS, Finding::new(Party::AuthorizationServer, text, remedy));
    } else {
        check.report.good(PORTS, "every port is taken");
    }
    let mut without_state = request.url.clone();
    let kept: Vec<_> = request.url.query_pairs().filter(|(name, _)| name != "state").collect();
    without_state.query_pairs_mut().clear().extend_pairs(kept);
    if let Reception::Refused(reason) = reception(check, &without_state, asked).await? {
        let remedy = "Let state be left out where the request has a code challenge: some clients send none.";
        let text = format!("they are refused: {reason}");
        check.report.warn(STATE, Finding::new(Party::AuthorizationServer, text, remedy));
    } else {
        check.report.good(STATE, "are taken");
    }
    Some(())
}

/// For whom and for what is asked.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) client: &'a Client,
    pub(super) resource: &'a str,
    pub(super) scope: Option<&'a str>,
}

/// The request as clients make it, with a new state and verifier.
pub(super) fn request(server: &ServerMetadata, asked: &Asked<'_>) -> Option<Pending> {
    let rng = Rng::system();
    let (state, verifier) = (rng.token(24), rng.token(32));
    let mut url = server.endpoint("authorization_endpoint")?;
    let mut query = url.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &asked.client.id)
        .append_pair("redirect_uri", &asked.client.redirect_uri)
        .append_pair("code_challenge", &code_challenge(&verifier))
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", &state)
        .append_pair("resource", asked.resource);
    if let Some(scope) = asked.scope {
        query.append_pair("scope", scope);
        // Consent is what a refresh token needs (OpenID Connect Core 1.0 §11); the SDKs ask for it so.
        if scope.split(' ').any(|one| one == "offline_access") {
            query.append_pair("prompt", "consent");
        }
    }
    drop(query);
    Some(Pending { url, state, verifier: Secret::new(verifier) })
}

async fn reception(check: &mut Check, url: &Url, asked: &Asked<'_>) -> Option<Reception> {
    match send(check.caller.get(url).header("accept", "text/html")).await {
        Ok(answer) => Some(received(&answer, url, &asked.client.redirect_uri)),
        Err(fault) => {
            check.report.fail(STEP, fault.finding(url, Party::AuthorizationServer));
            None
        }
    }
}

fn received(answer: &Answer, url: &Url, redirect_uri: &str) -> Reception {
    if !answer.is_redirect() {
        return if answer.is_success() {
            Reception::Page(shown(&url.origin().ascii_serialization()))
        } else {
            Reception::Refused(format!("a page with status {}", answer.summary()))
        };
    }
    let Some(target) = answer.location(url) else {
        return Reception::Refused(format!("{} without a place to go to", answer.status()));
    };
    let find = |name: &str| target.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    if let Some(error) = find("error") {
        return Reception::Refused(format!(
            "{} {}",
            shown(&error),
            shown(&find("error_description").unwrap_or_default())
        ));
    }
    if target.as_str().starts_with(redirect_uri) {
        return Reception::Refused("it answers the client, and has asked nobody".to_owned());
    }
    let mut place = target;
    place.set_query(None);
    place.set_fragment(None);
    Reception::Page(shown(place.as_str()))
}

fn refused(reason: &str, resource: &str) -> Finding {
    let remedy = if reason.contains("invalid_target") {
        format!(
            "Make the resource {} known there, for clients that registered themselves, too (in Symbolon \
             symbolon.mcp.resources).",
            shown(resource)
        )
    } else if reason.contains("invalid_scope") {
        "Let clients that registered themselves have the scopes of the MCP server, or pass over what is unknown."
            .to_owned()
    } else {
        "Take what MCP clients send: PKCE with S256, resource, a redirect URI on loopback.".to_owned()
    };
    Finding::new(Party::AuthorizationServer, format!("it is refused: {reason}"), remedy)
}

fn other_port(redirect_uri: &str) -> String {
    let Ok(mut url) = Url::parse(redirect_uri) else { return redirect_uri.to_owned() };
    let port = url.port().unwrap_or(80);
    let _ = url.set_port(Some(if port == 49_152 { 49_153 } else { 49_152 }));
    url.to_string()
}
