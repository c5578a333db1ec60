//! The MCP server with a token: initialize, and the list of its tools.

use serde_json::{Value, json};
use symbolon_client::Secret;

use super::Check;
use super::challenge::{Challenge, bearer, call, initialize};
use super::http::{Answer, send};
use super::token::Tokens;
use crate::report::{Finding, Party, shown};

const CALL: &str = "Call with the token";

/// What the call is for: its words stand in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Login,
    Refresh,
}

/// Initializes and lists the tools.
pub(super) async fn check(check: &mut Check, tokens: &Tokens, occasion: Occasion) -> Option<()> {
    let initialized = message(check, tokens, &initialize(), None).await?;
    let session = initialized.header("mcp-session-id").map(str::to_owned);
    let Some(result) = result(&initialized) else {
        unreadable(check, &initialized, "initialize");
        return None;
    };
    let server = result["serverInfo"]["name"].as_str().unwrap_or("a server without a name").to_owned();
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    message(check, tokens, &notification, session.as_deref()).await?;
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {} });
    let listed = message(check, tokens, &list, session.as_deref()).await?;
    let Some(tools) = self::result(&listed).and_then(|result| result["tools"].as_array().map(Vec::len)) else {
        unreadable(check, &listed, "tools/list");
        return None;
    };
    let after = if occasion == Occasion::Refresh { ", after the refresh" } else { "" };
    check.report.good(CALL, format!("{} lists {tools} tools{after}", shown(&server)));
    Some(())
}

async fn message(check: &mut Check, tokens: &Tokens, message: &Value, session: Option<&str>) -> Option<Answer> {
    let authorization: Secret<String> = Secret::new(format!("Bearer {}", tokens.access.expose()));
    let mut request = call(check, message).header("authorization", authorization.expose());
    if let Some(session) = session {
        request = request.header("mcp-session-id", session);
    }
    match send(request).await {
        Ok(answer) if answer.is_success() => Some(answer),
        Ok(answer) => {
            check.report.fail(CALL, refused(&answer, tokens));
            None
        }
        Err(fault) => {
            let finding = fault.finding(&check.url, Party::McpServer);
            check.report.fail(CALL, finding);
            None
        }
    }
}

fn refused(answer: &Answer, tokens: &Tokens) -> Finding {
    let challenge = bearer(answer).unwrap_or_default();
    let Challenge { error, scope, .. } = challenge;
    let said = format!("{} {}", answer.summary(), error.as_deref().map(shown).unwrap_or_default());
    let said = said.trim_end();
    match answer.status() {
        401 if tokens.is_for_resource => Finding::new(
            Party::McpServer,
            format!("the MCP server refuses a token that is for it: {said}"),
            "See that it knows the authorization server's issuer and keys, its own identifier, and the time.",
        ),
        401 => Finding::new(
            Party::McpServer,
            format!("the MCP server refuses the token: {said}"),
            "Let it ask the authorization server's introspection, or issue tokens that it can check by itself.",
        ),
        403 => Finding::new(
            Party::McpServer,
            format!("the MCP server wants more: {said}, scope {}", shown(&scope.unwrap_or_default())),
            "Let its 401 name the scopes that even the first call needs.",
        ),
        _ => Finding::new(Party::McpServer, format!("the MCP server answers {said}"), "See its log."),
    }
}

fn unreadable(check: &mut Check, answer: &Answer, method: &str) {
    let text = format!("the answer to {method} is no result: {}", answer.summary());
    check.report.fail(CALL, Finding::new(Party::McpServer, text, "See its log."));
}

/// The result of an answer, which is JSON or a stream of events with one.
fn result(answer: &Answer) -> Option<Value> {
    let body = String::from_utf8_lossy(answer.body());
    if answer.is_json() {
        return serde_json::from_str::<Value>(&body).ok()?.get("result").cloned();
    }
    let events = body.lines().filter_map(|line| line.strip_prefix("data:"));
    let mut messages = events.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok());
    messages.find_map(|message| message.get("result").cloned())
}
