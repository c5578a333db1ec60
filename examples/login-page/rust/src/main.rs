//! A login, consent and logout page in Rust. ADMIN is Symbolon's admin port, PORT is ours. Libraries do the HTTP, forms and
//! JSON.

use std::collections::HashMap;
use std::io::Read as _;

use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Your own accounts come here. Passwords belong hashed into a database.
const PEOPLE: &[(&str, &str, &str)] = &[("alice", "wonderland", "Alice Liddell")];

/// What a person sees next.
enum Next {
    Page(String),
    Redirect(String),
}

fn setting(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

/// Asks the admin port about a challenge of this kind, or answers it with `accept` or `reject`.
fn ask(kind: &str, challenge: &str, answer: Option<(&str, Value)>) -> Result<Value, Fault> {
    let admin = setting("ADMIN", "http://127.0.0.1:4445");
    let url = format!("{admin}/admin/oauth2/auth/requests/{kind}");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let name = format!("{kind}_challenge");
    let mut response = match answer {
        None => agent.get(url).query(name, challenge).call()?,
        Some((verb, body)) => agent.put(format!("{url}/{verb}")).query(name, challenge).send_json(body)?,
    };
    let result: Value = response.body_mut().read_json()?;
    // 410: it was answered before, and says where to go on.
    if response.status().as_u16() >= 400 && response.status() != 410 {
        return Err(result["error_description"].as_str().unwrap_or("the server refuses").into());
    }
    Ok(result)
}

fn redirect(answer: &Value) -> Option<Next> {
    answer["redirect_to"].as_str().map(|url| Next::Redirect(url.to_owned()))
}

/// Answers a challenge; where the browser goes on.
fn conclude(kind: &str, challenge: &str, verb: &str, body: Value) -> Result<Next, Fault> {
    redirect(&ask(kind, challenge, Some((verb, body)))?).ok_or_else(|| "no redirect_to".into())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn form(kind: &str, challenge: &str, content: &str) -> Next {
    Next::Page(format!(
        r#"<!doctype html><meta charset="utf-8"><title>{kind}</title>
<form method="post" action="/{kind}"><input type="hidden" name="challenge" value="{}">{content}</form>"#,
        escape(challenge)
    ))
}

fn login_form(challenge: &str, fault: &str) -> Next {
    let content = format!(
        r#"<p role="alert">{fault}</p>
<label>Name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>"#
    );
    form("login", challenge, &content)
}

fn accept_consent(challenge: &str, request: &Value) -> Result<Next, Fault> {
    let name = PEOPLE.iter().find(|person| request["subject"] == person.0).map(|person| person.2);
    let body = json!({
        "grant_scope": request["requested_scope"],
        "grant_access_token_audience": request["requested_access_token_audience"],
        "remember": true,
        "session": { "id_token": { "name": name } },
    });
    conclude("consent", challenge, "accept", body)
}

/// What a page shows when the browser arrives with a challenge.
fn show(kind: &str, challenge: &str) -> Result<Next, Fault> {
    if kind == "logout" {
        return Ok(form(kind, challenge, "<button>Sign out</button>"));
    }
    let request = ask(kind, challenge, None)?;
    if let Some(next) = redirect(&request) {
        return Ok(next);
    }
    match kind {
        // Somebody who is known from an earlier login must be accepted as that person.
        "login" if request["skip"] == true => conclude(kind, challenge, "accept", json!({ "subject": request["subject"] })),
        "login" => Ok(login_form(challenge, "")),
        _ if request["skip"] == true || request["client"]["skip_consent"] == true => accept_consent(challenge, &request),
        _ => Ok(consent_form(challenge, &request)),
    }
}

fn consent_form(challenge: &str, request: &Value) -> Next {
    let client = &request["client"];
    let name = client["client_name"].as_str().filter(|name| !name.is_empty()).or(client["client_id"].as_str());
    let scopes = request["requested_scope"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let scopes: String = scopes.map(|scope| format!("<li>{}", escape(scope))).collect();
    let content = format!(
        r#"<p>{} asks for</p><ul>{scopes}</ul>
<button name="answer" value="allow">Allow</button> <button name="answer" value="refuse">Refuse</button>"#,
        escape(name.unwrap_or_default())
    );
    form("consent", challenge, &content)
}

/// What happens when the form of a page comes back.
fn receive(kind: &str, fields: &HashMap<String, String>) -> Result<Next, Fault> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let challenge = field("challenge");
    match kind {
        "login" if PEOPLE.iter().any(|person| (person.0, person.1) == (field("username"), field("password"))) => {
            let body = json!({ "subject": field("username"), "remember": true, "remember_for": 3600 });
            conclude(kind, challenge, "accept", body)
        }
        "login" => Ok(login_form(challenge, "That is not right.")),
        "consent" if field("answer") == "allow" => {
            let request = ask(kind, challenge, None)?;
            redirect(&request).map_or_else(|| accept_consent(challenge, &request), Ok)
        }
        "consent" => conclude(kind, challenge, "reject", json!({ "error": "access_denied" })),
        _ => conclude(kind, challenge, "accept", json!({})),
    }
}

fn answer(request: &mut Request) -> Result<Next, Fault> {
    let url = request.url().to_owned();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let Some(kind) = ["login", "consent", "logout"].into_iter().find(|kind| path.strip_prefix('/') == Some(*kind)) else {
        return Ok(Next::Page("<!doctype html><title>Nothing is here</title>".to_owned()));
    };
    let fields = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<HashMap<_, _>>();
    if *request.method() != Method::Post {
        let query = fields(query.as_bytes());
        return show(kind, query.get(&format!("{kind}_challenge")).map_or("", String::as_str));
    }
    let mut body = Vec::new();
    request.as_reader().take(65_536).read_to_end(&mut body)?;
    receive(kind, &fields(&body))
}

fn main() -> Result<(), Fault> {
    let server = Server::http(format!("127.0.0.1:{}", setting("PORT", "3000")))?;
    let header = |name: &str, value: &str| Header::from_bytes(name, value).map_err(|()| Fault::from("no header"));
    for mut request in server.incoming_requests() {
        let (status, text, location) = match answer(&mut request) {
            Ok(Next::Page(page)) => (200, page, None),
            Ok(Next::Redirect(url)) => (303, String::new(), Some(url)),
            Err(fault) => (400, escape(&fault.to_string()), None),
        };
        let mut response = Response::from_string(text).with_status_code(status);
        response.add_header(header("Cache-Control", "no-store")?);
        response.add_header(header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")?);
        response.add_header(header("Content-Type", "text/html; charset=utf-8")?);
        if let Some(url) = location {
            response.add_header(header("Location", &url)?);
        }
        // A browser that has gone away is no fault.
        let _ = request.respond(response);
    }
    Ok(())
}
