//! The metadata of the MCP server (RFC 9728): found, and whether a client believes it.

use serde_json::{Map, Value};
use symbolon_client::Url;

use super::Check;
use super::challenge::Challenge;
use super::http::{Answer, get_metadata, is_private, list, nulls, send};
use crate::mcp::well_known::{root_well_known, well_known};
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "Resource metadata";

/// What clients take from it.
#[derive(Debug)]
pub(super) struct ResourceMetadata {
    pub(super) url: Url,
    /// The name that tokens are asked for with.
    pub(super) resource: String,
    /// The first authorization server: clients take no other one.
    pub(super) authorization_server: String,
    pub(super) scopes: Vec<String>,
}

/// Looks where clients look, in their order, and judges what is there.
pub(super) async fn check(check: &mut Check, challenge: &Challenge) -> Option<ResourceMetadata> {
    let (url, document) = find(check, challenge).await?;
    let (findings, found) = judged(&document, &check.url, &url);
    let good = found.as_ref().map_or_else(String::new, |found| {
        format!("at {}, authorization server {}", shown(url.as_str()), shown(&found.authorization_server))
    });
    let goes_on = !findings.has_failure();
    check.report.conclude(STEP, &good, findings);
    found.filter(|_| goes_on)
}

async fn find(check: &mut Check, challenge: &Challenge) -> Option<(Url, Map<String, Value>)> {
    let named = challenge.resource_metadata.as_deref().and_then(|text| Url::parse(text).ok());
    let is_named = named.is_some();
    let places = match named {
        Some(url) => vec![url],
        None => vec![well_known(&check.url), root_well_known(&check.url)],
    };
    for url in places {
        let answer = match send(get_metadata(&check.caller, &url)).await {
            Ok(answer) => answer,
            Err(fault) => {
                check.report.fail(STEP, fault.finding(&url, Party::McpServer));
                return None;
            }
        };
        if (400..500).contains(&answer.status()) && !is_named {
            continue;
        }
        return match document(&answer, &url) {
            Ok(document) => Some((url, document)),
            Err(finding) => {
                check.report.fail(STEP, finding);
                None
            }
        };
    }
    let text = "there is none, neither with the path behind the well-known name nor at the root";
    let remedy = format!("Serve it at {}.", shown(well_known(&check.url).as_str()));
    check.report.fail(STEP, Finding::new(Party::McpServer, text, remedy));
    None
}

fn document(answer: &Answer, url: &Url) -> Result<Map<String, Value>, Finding> {
    let place = shown(url.as_str());
    if answer.is_redirect() {
        let text = format!("{place} only redirects ({})", answer.status());
        return Err(Finding::new(
            Party::McpServer,
            text,
            "Answer there with the document itself: not all clients follow.",
        ));
    }
    if !answer.is_success() {
        let text = format!("{place} answers {}", answer.summary());
        return Err(Finding::new(Party::McpServer, text, "Serve the JSON document there, without asking for a token."));
    }
    answer.object().ok_or_else(|| {
        let text = format!("{place} answers {}, which is no JSON object", answer.summary());
        Finding::new(Party::McpServer, text, "Serve the JSON document there, and 404 where there is nothing.")
    })
}

fn judged(document: &Map<String, Value>, server: &Url, place: &Url) -> (Findings, Option<ResourceMetadata>) {
    let mut findings = Findings::default();
    let nulls = nulls(document);
    findings.fail_if(!nulls.is_empty(), || {
        let text = format!("members are null: {}", shown(&nulls.join(", ")));
        Finding::new(Party::McpServer, text, "Leave out what has no value: strict decoders refuse the document.")
    });
    let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
    judge_resource(&mut findings, resource, server);
    let servers = list(document, "authorization_servers").unwrap_or_default();
    let first = servers.first().copied().unwrap_or_default();
    match Url::parse(first) {
        Err(_) => findings.fail_if(true, || {
            let text = "authorization_servers does not begin with the URL of an authorization server";
            Finding::new(Party::McpServer, text, "List the issuer of the authorization server, as it calls itself.")
        }),
        Ok(url) => findings.fail_if(!is_private(&url), || {
            let text = format!("the authorization server is {}, without https", shown(first));
            Finding::new(Party::McpServer, text, "List its https address: clients use http on their own machine only.")
        }),
    }
    let scopes = list(document, "scopes_supported").unwrap_or_default();
    findings.warn_if(scopes.contains(&"offline_access"), || {
        let text = "scopes_supported has offline_access, which is no scope of the MCP server";
        Finding::new(Party::McpServer, text, "Leave it out: clients add it where the authorization server lists it.")
    });
    let methods = list(document, "bearer_methods_supported");
    findings.fail_if(methods.is_some_and(|methods| !methods.contains(&"header")), || {
        let text = "bearer_methods_supported has no 'header', the only way in which MCP clients send tokens";
        Finding::new(Party::McpServer, text, "Take tokens from the Authorization header, and list 'header'.")
    });
    let found = ResourceMetadata {
        url: place.clone(),
        resource: resource.to_owned(),
        authorization_server: first.to_owned(),
        scopes: scopes.into_iter().map(str::to_owned).collect(),
    };
    (findings, Some(found))
}

/// `resource` must be what the client called (RFC 9728 §3.3), or it could be led to hand tokens for one server to another.
fn judge_resource(findings: &mut Findings, resource: &str, server: &Url) {
    let remedy = format!("Set resource to {}, the address that clients use.", shown(server.as_str()));
    let Ok(url) = Url::parse(resource) else {
        findings.fail_if(true, || Finding::new(Party::McpServer, "resource is missing or no absolute URL", remedy));
        return;
    };
    let without_slash = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let is_parent = format!("{}/", without_slash(server)).starts_with(&format!("{}/", without_slash(&url)));
    let (same, same_origin) = (url == *server, url.origin() == server.origin());
    findings.warn_if(!same && same_origin && is_parent, || {
        let text = format!("resource is {}, a wider address than {}", shown(resource), shown(server.as_str()));
        Finding::new(Party::McpServer, text, &*remedy)
    });
    let is_known = same || (same_origin && is_parent);
    findings.fail_if(!is_known, || {
        let text = format!("resource is {}, and not {}", shown(resource), shown(server.as_str()));
        Finding::new(
            Party::McpServer,
            text,
            format!("{remedy} Behind a proxy, tell the MCP server its public address."),
        )
    });
}
