//! The first answer of a protected MCP server: 401 with a challenge that says where its metadata is (MCP authorization
//! 2026-07-28, RFC 9728 §5.1, RFC 6750 §3).

use serde_json::{Value, json};
use symbolon_client::{ProbeRequest, Url};

use super::Check;
use super::http::{Answer, PROTOCOL_VERSION, is_private, send};
use crate::mcp::well_known::well_known;
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "The MCP server asks for a token";

/// The parameters of a challenge with the scheme `Bearer`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) resource_metadata: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) error: Option<String>,
}

/// Calls the server as a client does that has no token. `None` where a client gives up.
pub(super) async fn check(check: &mut Check) -> Option<Challenge> {
    let answer = match send(call(check, &initialize())).await {
        Ok(answer) => answer,
        Err(fault) => {
            let finding = fault.finding(&check.url, Party::McpServer);
            check.report.fail(STEP, finding);
            return None;
        }
    };
    if answer.status() != 401 {
        let finding = unexpected(&answer, &check.url);
        check.report.fail(STEP, finding);
        return None;
    }
    let challenge = bearer(&answer);
    let findings = findings(challenge.as_ref(), &check.url);
    let goes_on = !findings.has_failure();
    let challenge = challenge.unwrap_or_default();
    let scope = challenge.scope.as_deref().map_or_else(String::new, |scope| format!(", scope {}", shown(scope)));
    check.report.conclude(STEP, &format!("401 with the address of its metadata{scope}"), findings);
    goes_on.then_some(challenge)
}

/// POST of a message without a token.
pub(super) fn call(check: &Check, message: &Value) -> ProbeRequest {
    let request = check.caller.post(&check.url).header("content-type", "application/json");
    request
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", PROTOCOL_VERSION)
        .body(message.to_string())
}

pub(super) fn initialize() -> Value {
    let client = json!({ "name": "symbolon mcp check", "version": env!("CARGO_PKG_VERSION") });
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": PROTOCOL_VERSION, "capabilities": {}, "clientInfo": client },
    })
}

/// What it means when the answer is no 401.
fn unexpected(answer: &Answer, url: &Url) -> Finding {
    let status = answer.status();
    match status {
        200..=299 => Finding::new(
            Party::McpServer,
            format!("it answers {status} to a request without a token"),
            "Answer 401 with WWW-Authenticate to every request without a valid access token, initialize included.",
        ),
        300..=399 => {
            let target = answer.location(url).map_or_else(String::new, |target| target.to_string());
            Finding::new(
                Party::You,
                format!("this URL only redirects ({status}) to {}", shown(&target)),
                "Give clients the URL that it leads to: they send no token along with a redirect.",
            )
        }
        404 | 405 => Finding::new(
            Party::You,
            format!("there is no MCP endpoint: {}", answer.summary()),
            "Look whether the path is right; it must take POST (streamable HTTP).",
        ),
        502..=504 => Finding::new(
            Party::Network,
            format!("a proxy answers in its place: {}", answer.summary()),
            "Start the MCP server, and see where the proxy in front of it leads.",
        ),
        _ => Finding::new(
            Party::McpServer,
            format!("it answers {} where clients wait for 401", answer.summary()),
            "Look for the token before anything else, and answer 401 with WWW-Authenticate where there is none.",
        ),
    }
}

fn findings(challenge: Option<&Challenge>, url: &Url) -> Findings {
    let mut findings = Findings::default();
    let expected = well_known(url);
    let remedy = || format!("Send WWW-Authenticate: Bearer resource_metadata=\"{expected}\".");
    let Some(challenge) = challenge else {
        findings.warn_if(true, || {
            Finding::new(Party::McpServer, "the 401 has no WWW-Authenticate that can be read as Bearer", remedy())
        });
        return findings;
    };
    match challenge.resource_metadata.as_deref().map(Url::parse) {
        None => findings.warn_if(true, || {
            let text = "the challenge has no resource_metadata, so that clients have to guess";
            Finding::new(Party::McpServer, text, remedy())
        }),
        Some(Err(_)) => findings.fail_if(true, || {
            let text = "resource_metadata in the challenge is no absolute URL";
            Finding::new(Party::McpServer, text, remedy())
        }),
        Some(Ok(metadata)) => {
            findings.fail_if(!is_private(&metadata), || {
                let text = format!("resource_metadata in the challenge is {}, without https", shown(metadata.as_str()));
                Finding::new(Party::McpServer, text, "Behind a proxy, tell the MCP server its public address.")
            });
            findings.warn_if(metadata.origin() != url.origin(), || {
                let text = format!("resource_metadata is at another host: {}", shown(metadata.as_str()));
                Finding::new(Party::McpServer, text, remedy())
            });
        }
    }
    let asks_offline =
        challenge.scope.as_deref().is_some_and(|scope| scope.split(' ').any(|one| one == "offline_access"));
    findings.warn_if(asks_offline, || {
        let text = "the challenge asks for offline_access, which is the client's to ask for";
        Finding::new(Party::McpServer, text, "Name only the scopes that the request needs.")
    });
    findings
}

/// The first challenge of the answer whose scheme is Bearer.
pub(super) fn bearer(answer: &Answer) -> Option<Challenge> {
    answer.headers("www-authenticate").find_map(parse)
}

/// Reads the parameters after `Bearer` up to the next scheme (RFC 9110 §11.6.1).
fn parse(field: &str) -> Option<Challenge> {
    let start = field.to_ascii_lowercase().find("bearer")?;
    // A scheme stands at the beginning, or after another challenge.
    if !field[..start].trim_end().is_empty() && !field[..start].trim_end().ends_with(',') {
        return None;
    }
    let mut rest = &field[start + "bearer".len()..];
    if !rest.is_empty() && !rest.starts_with([' ', ',']) {
        return None;
    }
    let mut challenge = Challenge::default();
    loop {
        rest = rest.trim_start_matches([' ', ',', '\t']);
        let Some((name, after)) = rest.split_once('=') else { break };
        // A space before the sign: the name of the next scheme and its first parameter.
        let name = name.trim_end();
        if name.is_empty() || name.contains([' ', ',', '"']) {
            break;
        }
        let (value, after) = parameter_value(after.trim_start())?;
        match name.to_ascii_lowercase().as_str() {
            "resource_metadata" => challenge.resource_metadata = Some(value),
            "scope" => challenge.scope = Some(value),
            "error" => challenge.error = Some(value),
            _ => {}
        }
        rest = after;
    }
    Some(challenge)
}

/// A token or a quoted string, and what follows it.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', ',', '\t']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let (mut value, mut is_escaped) = (String::new(), false);
    for (index, character) in quoted.char_indices() {
        match character {
            '\\' if !is_escaped => is_escaped = true,
            '"' if !is_escaped => return Some((value, &quoted[index + 1..])),
            _ => {
                is_escaped = false;
                value.push(character);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(metadata: Option<&str>, scope: Option<&str>, error: Option<&str>) -> Challenge {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Challenge { resource_metadata: own(metadata), scope: own(scope), error: own(error) }
    }

    #[test]
    fn parameters_are_read_in_every_spelling() {
        let full = challenge(Some("https://m/x?a=b,c"), Some("a b"), None);
        for field in [
            r#"Bearer resource_metadata="https://m/x?a=b,c", scope="a b""#,
            r#"bearer scope="a b",resource_metadata="https://m/x?a=b,c""#,
            r#"Basic realm="x", Bearer realm="y", resource_metadata = "https://m/x?a=b,c", scope="a b""#,
            r#"Bearer resource_metadata="https://m/x?a=b,c", scope="a b", DPoP algs="ES256""#,
        ] {
            assert_eq!(parse(field).as_ref(), Some(&full), "{field}");
        }
        assert_eq!(parse("Bearer"), Some(Challenge::default()));
        assert_eq!(parse("Bearer error=invalid_token"), Some(challenge(None, None, Some("invalid_token"))));
        assert_eq!(parse(r#"Bearer scope="a\"b""#), Some(challenge(None, Some("a\"b"), None)));
    }

    #[test]
    fn what_is_no_bearer_challenge_is_none() {
        for field in ["", "Basic realm=\"x\"", "BearerX a=b", "Bearer scope=\"open", "DPoP x=\"bearer\""] {
            assert_eq!(parse(field), None, "{field}");
        }
    }
}
