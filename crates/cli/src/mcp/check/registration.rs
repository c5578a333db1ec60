//! Registering as a client, as most clients still do (RFC 7591), and taking it back at the end (RFC 7592).

use serde_json::{Map, Value, json};
use symbolon_client::{Secret, Url};

use super::Check;
use super::http::{list, send};
use super::server_metadata::ServerMetadata;
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "Registration";
const REMOVAL: &str = "Registration taken back";

/// How the client proves itself at the token endpoint.
#[derive(Debug, Clone)]
pub(super) enum Authentication {
    None,
    Basic(Secret<String>),
    Post(Secret<String>),
}

/// A client of the authorization server.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) redirect_uri: String,
    pub(super) authentication: Authentication,
    /// Where it is managed, and the token for that.
    management: Option<(Url, Secret<String>)>,
}

impl Client {
    /// The same client, with another redirect URI.
    pub(super) fn at(&self, redirect_uri: String) -> Self {
        Self { redirect_uri, ..self.clone() }
    }
}

/// The client to go on with: the one of `--client-id`, or a new one. `None` where there is none.
pub(super) async fn check(check: &mut Check, server: &ServerMetadata, scope: Option<&str>) -> Option<Client> {
    let redirect_uri = check.redirect_uri.clone();
    if let Some(id) = check.arguments.client_id.clone() {
        check.report.skip(STEP, "the client of --client-id is used");
        return Some(Client { id, redirect_uri, authentication: Authentication::None, management: None });
    }
    let Some(endpoint) = server.endpoint("registration_endpoint") else {
        check.report.skip(STEP, "there is none; check with a metadata document of a client's as --client-id");
        return None;
    };
    if check.arguments.no_register {
        check.report.skip(STEP, "left out as asked; the rest needs a client, such as one of --client-id");
        return None;
    }
    let method = method(server);
    let metadata = metadata(&redirect_uri, method, scope);
    let request = check.caller.post(&endpoint).header("content-type", "application/json");
    let answer = match send(request.header("accept", "application/json").body(metadata.to_string())).await {
        Ok(answer) => answer,
        Err(fault) => {
            check.report.fail(STEP, fault.finding(&endpoint, Party::AuthorizationServer));
            return None;
        }
    };
    let (200 | 201, Some(registered)) = (answer.status(), answer.object()) else {
        check.report.fail(STEP, refused(answer.status(), &answer.summary()));
        return None;
    };
    let findings = judged(&registered, &redirect_uri, method, answer.status());
    let client = client(&registered, redirect_uri, method);
    check.report.conclude(STEP, &format!("client {}", shown(&client.id)), findings);
    (!client.id.is_empty()).then_some(client)
}

/// Public where that is possible, as clients on people's machines are.
fn method(server: &ServerMetadata) -> &'static str {
    let Some(supported) = list(&server.document, "token_endpoint_auth_methods_supported") else { return "none" };
    let known = ["none", "client_secret_post", "client_secret_basic"];
    known.into_iter().find(|method| supported.contains(method)).unwrap_or("none")
}

fn metadata(redirect_uri: &str, method: &str, scope: Option<&str>) -> Value {
    let mut metadata = json!({
        "client_name": "symbolon mcp check",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
    });
    if let Some(scope) = scope {
        metadata["scope"] = json!(scope);
    }
    metadata
}

fn refused(status: u16, summary: &str) -> Finding {
    let remedy = match status {
        401 | 403 => {
            "Let clients register without a token, or support metadata documents: nobody can give MCP clients one."
        }
        429 => "Wait, or raise the limit: hosted clients share few addresses.",
        _ => {
            "Accept what clients send: a name, redirect URIs on loopback, code and refresh_token, and no method or 'none'."
        }
    };
    Finding::new(Party::AuthorizationServer, format!("a registration as clients send it gets {summary}"), remedy)
}

/// Judges the answer as the strict decoders of the SDKs read it.
fn judged(registered: &Map<String, Value>, redirect_uri: &str, method: &str, status: u16) -> Findings {
    let mut findings = Findings::default();
    let fault = |text: String, remedy: &str| Finding::new(Party::AuthorizationServer, text, remedy);
    findings.warn_if(status != 201, || fault(format!("it answers {status}"), "Answer 201 (RFC 7591 §3.2.1)."));
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let empty: Vec<_> = registered.iter().filter(|(_, value)| is_empty(value)).map(|(name, _)| name.as_str()).collect();
    findings.fail_if(!empty.is_empty(), || {
        let text = format!("the answer has members without a value: {}", shown(&empty.join(", ")));
        fault(text, "Leave them out: the TypeScript SDK refuses the answer for an empty text where a URL is expected.")
    });
    let text = |name: &str| registered.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte));
    findings.fail_if(text("client_id").is_empty(), || fault("there is no client_id".into(), "Answer with one."));
    findings.warn_if(!is_plain(text("client_id")) || !is_plain(text("client_secret")), || {
        let text = "id or secret have characters that clients encode in different ways".to_owned();
        fault(text, "Make them of letters, digits and . _ ~ - only.")
    });
    let uris = list(registered, "redirect_uris").unwrap_or_default();
    findings.fail_if(!uris.contains(&redirect_uri), || {
        fault("redirect_uris in the answer lack the one that was sent".into(), "Answer with what is registered.")
    });
    let answered = text("token_endpoint_auth_method");
    findings.warn_if(answered.is_empty(), || {
        let text = "the answer has no token_endpoint_auth_method".to_owned();
        fault(text, "Add it: clients that sent none do not know whether they need a secret.")
    });
    findings.fail_if(!answered.is_empty() && answered != method, || {
        let text = format!("token_endpoint_auth_method became {}, asked for was {method}", shown(answered));
        fault(text, "Keep what is asked for, or refuse it with invalid_client_metadata.")
    });
    let has_secret = !text("client_secret").is_empty();
    findings.fail_if(method != "none" && !has_secret, || {
        fault(format!("there is no client_secret for {method}"), "Issue one.")
    });
    findings.warn_if(has_secret && !registered.contains_key("client_secret_expires_at"), || {
        fault(
            "client_secret_expires_at is missing".into(),
            "Add it, 0 where the secret does not expire (RFC 7591 §3.2.1).",
        )
    });
    findings
}

fn client(registered: &Map<String, Value>, redirect_uri: String, method: &str) -> Client {
    let text = |name: &str| registered.get(name).and_then(Value::as_str).map(str::to_owned);
    let secret = text("client_secret").map(Secret::new);
    let management = text("registration_client_uri")
        .and_then(|uri| Url::parse(&uri).ok())
        .zip(text("registration_access_token").map(Secret::new));
    let authentication = match (method, secret) {
        ("client_secret_post", Some(secret)) => Authentication::Post(secret),
        ("client_secret_basic", Some(secret)) => Authentication::Basic(secret),
        _ => Authentication::None,
    };
    Client { id: text("client_id").unwrap_or_default(), redirect_uri, authentication, management }
}

/// Deletes the client that this check registered (RFC 7592 §2.3), with its tokens.
pub(super) async fn take_back(check: &mut Check, server: &ServerMetadata, client: &Client) {
    if check.arguments.client_id.is_some() {
        return;
    }
    let own = |url: &Url| server.endpoint("registration_endpoint").is_some_and(|own| own.origin() == url.origin());
    // The token goes to the server that issued it and to nobody else.
    let Some((url, token)) = client.management.as_ref().filter(|(url, _)| own(url)) else {
        let reason = format!("there is no way to: client {} stays until the server removes it", shown(&client.id));
        check.report.skip(REMOVAL, reason);
        return;
    };
    let request = check.caller.delete(url).header("authorization", &format!("Bearer {}", token.expose()));
    match send(request).await {
        Ok(answer) if answer.is_success() => check.report.good(REMOVAL, "the client is deleted"),
        Ok(answer) => {
            let text = format!("deleting client {} gets {}", shown(&client.id), answer.summary());
            let remedy = "Let clients delete themselves with their registration token (RFC 7592 §2.3).";
            check.report.warn(REMOVAL, Finding::new(Party::AuthorizationServer, text, remedy));
        }
        Err(fault) => check.report.warn(REMOVAL, fault.finding(url, Party::AuthorizationServer)),
    }
}
