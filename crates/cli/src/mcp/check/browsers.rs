//! Clients that are web pages, as the MCP Inspector: what a browser asks before it lets them call (Fetch, CORS).

use symbolon_client::{ProbeRequest, Url};

use super::Check;
use super::http::send;
use super::resource_metadata::ResourceMetadata;
use super::server_metadata::ServerMetadata;
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "Clients in browsers";
/// The page that calls.
const ORIGIN: &str = "http://localhost:6274";

/// A question of a browser.
struct Question {
    url: Url,
    party: Party,
    method: &'static str,
    /// The header field that makes the question necessary.
    field: &'static str,
}

/// Warns only: clients that are programs do not care.
pub(super) async fn check(check: &mut Check, resource: &ResourceMetadata, server: &ServerMetadata) {
    let mut questions = vec![
        Question { url: resource.url.clone(), party: Party::McpServer, method: "GET", field: "mcp-protocol-version" },
        Question { url: check.url.clone(), party: Party::McpServer, method: "POST", field: "authorization" },
        Question {
            url: server.url.clone(),
            party: Party::AuthorizationServer,
            method: "GET",
            field: "mcp-protocol-version",
        },
    ];
    for name in ["token_endpoint", "registration_endpoint"] {
        let field = if name == "token_endpoint" { "mcp-protocol-version" } else { "content-type" };
        let url = server.endpoint(name);
        questions.extend(url.map(|url| Question { url, party: Party::AuthorizationServer, method: "POST", field }));
    }
    let mut findings = Findings::default();
    for question in questions {
        let is_allowed = is_allowed(preflight(check, &question), &question).await;
        findings.warn_if(!is_allowed, || refused(&question));
    }
    check.report.conclude(STEP, "may call everything", findings);
}

fn preflight(check: &Check, question: &Question) -> ProbeRequest {
    let request = check.caller.options(&question.url).header("origin", ORIGIN);
    request
        .header("access-control-request-method", question.method)
        .header("access-control-request-headers", question.field)
}

async fn is_allowed(request: ProbeRequest, question: &Question) -> bool {
    let Ok(answer) = send(request).await else { return false };
    let origin = answer.header("access-control-allow-origin").unwrap_or_default();
    let fields = answer.header("access-control-allow-headers").unwrap_or_default().to_ascii_lowercase();
    // A star does not stand for the credentials' own field.
    let is_listed = fields
        .split(',')
        .map(str::trim)
        .any(|field| field == question.field || (field == "*" && question.field != "authorization"));
    answer.is_success() && matches!(origin, "*" | ORIGIN) && is_listed
}

fn refused(question: &Question) -> Finding {
    let text =
        format!("pages may not send {} with {} to {}", question.method, question.field, shown(question.url.as_str()));
    let remedy =
        "Answer preflights there with Access-Control-Allow-Origin and this field in Access-Control-Allow-Headers.";
    Finding::new(question.party, text, remedy)
}
