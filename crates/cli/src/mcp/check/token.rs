//! The token endpoint: redeeming a code and refreshing, with the answer read as the SDKs read it (RFC 6749 §5.1), and
//! whether the access token is for this MCP server (RFC 8707 §2.2, RFC 9068).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use symbolon_client::{Secret, Url};

use super::Check;
use super::authorization::Asked;
use super::http::{Answer, nulls, send};
use super::login::Authorized;
use super::registration::{Authentication, Client};
use super::server_metadata::ServerMetadata;
use crate::report::{Finding, Findings, Party, shown};

const TOKENS: &str = "Tokens";
const ACCESS_TOKEN: &str = "Access token";
const REFRESH: &str = "Refresh";

/// What was issued.
pub(super) struct Tokens {
    pub(super) access: Secret<String>,
    pub(super) refresh: Option<Secret<String>>,
    /// Whether the token says by itself that it is for this server.
    pub(super) is_for_resource: bool,
}

/// Redeems the code.
pub(super) async fn redeem(
    check: &mut Check,
    server: &ServerMetadata,
    asked: &Asked<'_>,
    authorized: &Authorized,
) -> Option<Tokens> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", authorized.code.expose().as_str()),
        ("redirect_uri", &asked.client.redirect_uri),
        ("code_verifier", authorized.verifier.expose()),
        ("resource", asked.resource),
    ];
    let answer = ask(check, server, asked.client, &form, TOKENS).await?;
    let tokens = read(check, &answer, TOKENS, asked)?;
    judge_access_token(check, &tokens, server, asked).map(|is_for_resource| Tokens { is_for_resource, ..tokens })
}

/// Trades the refresh token for the next ones, if there is one.
pub(super) async fn refresh(
    check: &mut Check,
    server: &ServerMetadata,
    asked: &Asked<'_>,
    tokens: &Tokens,
) -> Option<Tokens> {
    let Some(old) = &tokens.refresh else {
        check.report.skip(REFRESH, "no refresh token was issued");
        return None;
    };
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", old.expose().as_str()), ("resource", asked.resource)];
    let answer = ask(check, server, asked.client, &form, REFRESH).await?;
    let renewed = read(check, &answer, REFRESH, asked)?;
    let is_public = matches!(asked.client.authentication, Authentication::None);
    let is_kept = renewed.refresh.as_ref().is_none_or(|new| new.expose() == old.expose());
    if is_public && is_kept {
        let text = "the refresh token of a public client stays the same";
        let remedy = "Rotate refresh tokens of public clients, or bind them to a key (OAuth 2.1 §4.3.1).";
        check.report.warn(REFRESH, Finding::new(Party::AuthorizationServer, text, remedy));
    }
    Some(renewed)
}

async fn ask(
    check: &mut Check,
    server: &ServerMetadata,
    client: &Client,
    form: &[(&str, &str)],
    step: &'static str,
) -> Option<Answer> {
    let url = server.endpoint("token_endpoint")?;
    let mut form = form.to_vec();
    let mut request = check.caller.post(&url).header("accept", "application/json");
    match &client.authentication {
        Authentication::None => form.push(("client_id", &client.id)),
        Authentication::Basic(secret) => request = request.basic_auth(&client.id, secret.expose()),
        Authentication::Post(secret) => {
            form.extend([("client_id", client.id.as_str()), ("client_secret", secret.expose())]);
        }
    }
    match send(request.form(&form)).await {
        Ok(answer) => Some(answer),
        Err(fault) => {
            check.report.fail(step, fault.finding(&url, Party::AuthorizationServer));
            None
        }
    }
}

fn read(check: &mut Check, answer: &Answer, step: &'static str, asked: &Asked<'_>) -> Option<Tokens> {
    let (true, Some(object)) = (answer.status() == 200, answer.object()) else {
        let text = format!("the token endpoint answers {}", answer.summary());
        let remedy = "See the log of the authorization server; the request is what MCP clients send.";
        check.report.fail(step, Finding::new(Party::AuthorizationServer, text, remedy));
        return None;
    };
    let findings = judged(&object, answer, asked);
    let goes_on = !findings.has_failure();
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let good = format!("scope {}", shown(text("scope").unwrap_or_default()));
    check.report.conclude(step, &good, findings);
    let secret = |name: &str| text(name).map(|text| Secret::new(text.to_owned()));
    let access = secret("access_token").filter(|_| goes_on)?;
    Some(Tokens { access, refresh: secret("refresh_token"), is_for_resource: false })
}

fn judged(object: &Map<String, Value>, answer: &Answer, asked: &Asked<'_>) -> Findings {
    let mut findings = Findings::default();
    let fault = |text: String, remedy: &str| Finding::new(Party::AuthorizationServer, text, remedy);
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let nulls = nulls(object);
    findings.fail_if(!nulls.is_empty(), || {
        fault(format!("members of the answer are null: {}", shown(&nulls.join(", "))), "Leave out what has no value.")
    });
    findings.fail_if(text("access_token").is_empty(), || {
        fault("the answer has no access_token".into(), "Answer with one.")
    });
    let token_type = text("token_type");
    findings.fail_if(!token_type.eq_ignore_ascii_case("bearer"), || {
        fault(format!("token_type is {}", shown(token_type)), "Issue Bearer tokens to clients that show no key.")
    });
    findings.fail_if(object.get("expires_in").is_some_and(|seconds| !seconds.is_number()), || {
        fault("expires_in is no number".into(), "Write it as a JSON number.")
    });
    findings.warn_if(!object.contains_key("expires_in"), || {
        fault("expires_in is missing".into(), "Add it, so that clients refresh in time.")
    });
    findings.fail_if(object.get("scope").is_some_and(|scope| !scope.is_string()), || {
        fault("scope is no text".into(), "Write it as one text with spaces (RFC 6749 §3.3).")
    });
    let cache = answer.header("cache-control").unwrap_or_default().to_ascii_lowercase();
    findings.warn_if(!cache.contains("no-store"), || {
        fault("the answer may be stored: it has no Cache-Control: no-store".into(), "Add it (RFC 6749 §5.1).")
    });
    let asked_offline = asked.scope.is_some_and(|scope| scope.split(' ').any(|one| one == "offline_access"));
    findings.warn_if(asked_offline && text("refresh_token").is_empty(), || {
        let remedy = "Issue one, or people log in whenever an access token expires.";
        fault("there is no refresh_token, though offline_access was asked for".into(), remedy)
    });
    findings
}

/// The claims of a token that can be read. `None` where the MCP server must refuse it.
fn judge_access_token(check: &mut Check, tokens: &Tokens, server: &ServerMetadata, asked: &Asked<'_>) -> Option<bool> {
    let Some((header, claims)) = parts(tokens.access.expose()) else {
        check.report.good(ACCESS_TOKEN, "opaque: the MCP server has to ask introspection, and compare aud there");
        return Some(false);
    };
    let mut findings = Findings::default();
    let fault = |text: String, remedy: String| Finding::new(Party::AuthorizationServer, text, remedy);
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    findings.warn_if(!matches!(typ.as_str(), "at+jwt" | "application/at+jwt"), || {
        let remedy = "Issue access tokens in the form of RFC 9068, so that no ID token passes for one.";
        fault(format!("typ in its header is {}, and not \"at+jwt\"", shown(&typ)), remedy.to_owned())
    });
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    findings.fail_if(issuer != server.issuer, || {
        fault(format!("iss is {}, the issuer is {}", shown(issuer), shown(&server.issuer)), "Write the issuer.".into())
    });
    let audience = claims.get("aud").cloned().unwrap_or_default();
    findings.fail_if(!is_for(&audience, asked.resource), || {
        let text = format!("aud is {}, and not {}", shown(&audience.to_string()), shown(asked.resource));
        let remedy = format!(
            "Issue tokens for the resource that is asked for (RFC 8707 §2.2): make {} known there under this very name.",
            shown(asked.resource)
        );
        fault(text, remedy)
    });
    let goes_on = !findings.has_failure();
    check.report.conclude(ACCESS_TOKEN, &format!("a JWT for {}", shown(asked.resource)), findings);
    goes_on.then_some(true)
}

/// An empty path and `/` are one address; everything else counts as it is.
fn is_for(audience: &Value, resource: &str) -> bool {
    let same = |one: &Value| {
        let one = one.as_str().unwrap_or_default();
        one == resource || Url::parse(one).is_ok_and(|url| Url::parse(resource) == Ok(url))
    };
    match audience {
        Value::Array(list) => list.iter().any(same),
        one => same(one),
    }
}

/// Header and claims of a JWT, unverified: the signature is for the MCP server to check.
fn parts(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = token.split('.');
    let (header, claims, _signature, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let object = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    Some((object(header)?, object(claims)?))
}
