//! The ways in which a request is wrong: a parameter missing, doubled, empty, huge, of the wrong kind or somebody else's;
//! another method, path, header or content type; JSON that is deep, long or repeats itself; bytes that mean nothing.

use serde_json::{Value, json};
use symbolon_fuzz::Mutator;

use super::pool::Pool;
use super::request::{Content, Template};

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW"];
const TYPES: &[&str] = &[
    "application/json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data; boundary=a",
    "text/plain",
    "application/jwt",
    "",
];
const HEADERS: &[&str] = &[
    "authorization",
    "cookie",
    "origin",
    "accept",
    "accept-language",
    "x-forwarded-for",
    "x-forwarded-proto",
    "forwarded",
    "host",
    "if-none-match",
    "x-request-id",
    "content-encoding",
    "range",
    "dpop",
    "sec-fetch-site",
    "x-http-method-override",
];
const NAMES: &[&str] = &[
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "ui_locales",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "claims",
    "request",
    "request_uri",
    "registration",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "audience",
    "login_verifier",
    "consent_verifier",
    "access_token",
    "token",
    "grant_type",
    "subject",
    "page_token",
    "page_size",
];

/// `template` with one thing wrong, or two.
pub(crate) fn changed(template: &Template, mutator: &Mutator, pool: &Pool) -> Template {
    let mut changed = template.clone();
    for _ in 0..=mutator.below(2) {
        change(&mut changed, mutator, pool);
    }
    changed
}

fn change(template: &mut Template, mutator: &Mutator, pool: &Pool) {
    match mutator.below(10) {
        0 => template.method = pick(METHODS, mutator),
        1 => template.path = path(&template.path, mutator, pool),
        2 => header(template, mutator, pool),
        3 => template.content = raw(&template.content, mutator),
        4 => template.query.push((pick(NAMES, mutator), value("", mutator, pool))),
        5 if template.basic.is_some() => {
            template.basic = Some((value("fuzz", mutator, pool), value("fuzz-secret", mutator, pool)));
        }
        6 => parameter(&mut template.query, mutator, pool),
        _ => match &mut template.content {
            Content::Form(pairs) => parameter(pairs, mutator, pool),
            Content::Json(body) => json_member(body, mutator, pool, 0),
            _ => parameter(&mut template.query, mutator, pool),
        },
    }
}

fn pick(choices: &[&str], mutator: &Mutator) -> String {
    mutator.pick(choices).copied().unwrap_or_default().to_owned()
}

/// Another value for one that was good.
fn value(good: &str, mutator: &Mutator, pool: &Pool) -> String {
    match mutator.below(7) {
        0 => String::new(),
        1 => mutator.piece().to_owned(),
        2 => mutator.piece().repeat(1 + mutator.below(3000)),
        3 => pool.any(mutator),
        4 => format!("{good} {good}"),
        5 => (0..mutator.below(3000)).map(|number| number.to_string()).collect::<Vec<_>>().join(" "),
        _ => String::from_utf8_lossy(&mutator.change(good.as_bytes())).into_owned(),
    }
}

fn parameter(pairs: &mut Vec<(String, String)>, mutator: &Mutator, pool: &Pool) {
    let at = mutator.below(pairs.len());
    let Some((name, good)) = pairs.get(at).cloned() else {
        pairs.push((pick(NAMES, mutator), value("", mutator, pool)));
        return;
    };
    match mutator.below(6) {
        0 => drop(pairs.remove(at)),
        1 => pairs.push((name, good)),
        2 => pairs.extend((0..200).map(|_| (name.clone(), value(&good, mutator, pool)))),
        3 => pairs[at].0 = pick(NAMES, mutator),
        _ => pairs[at].1 = value(&good, mutator, pool),
    }
}

fn path(good: &str, mutator: &Mutator, pool: &Pool) -> String {
    let hostile = value("a", mutator, pool);
    let encoded: String = form_urlencoded::byte_serialize(hostile.as_bytes()).take(500).collect();
    match mutator.below(4) {
        0 => format!("{good}/{encoded}"),
        1 => format!("{good}/"),
        2 => good.rsplit_once('/').map_or_else(|| good.to_owned(), |(folder, _)| format!("{folder}/{encoded}")),
        _ => good.replace('/', "//"),
    }
}

fn header(template: &mut Template, mutator: &Mutator, pool: &Pool) {
    match mutator.below(3) {
        0 => template.headers.push(("content-type".to_owned(), pick(TYPES, mutator))),
        1 => template.headers.clear(),
        _ => template.headers.push((pick(HEADERS, mutator), value("Bearer {$access_token}", mutator, pool))),
    }
}

fn raw(good: &Content, mutator: &Mutator) -> Content {
    let bytes = match good {
        Content::Json(value) => value.to_string().into_bytes(),
        Content::Form(pairs) => {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
        }
        Content::Raw(bytes) => bytes.clone(),
        Content::None => b"{}".to_vec(),
    };
    Content::Raw(mutator.change(&bytes))
}

fn json_value(mutator: &Mutator, pool: &Pool) -> Value {
    match mutator.below(9) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1e308),
        4 => json!(vec![value("a", mutator, pool); 1 + mutator.below(2000)]),
        5 => (0..120).fold(Value::Null, |inner, _| json!([inner])),
        6 => json!({ value("a", mutator, pool): value("b", mutator, pool) }),
        7 => json!([[], {}, null, 0, ""]),
        _ => json!(value("a", mutator, pool)),
    }
}

fn json_member(body: &mut Value, mutator: &Mutator, pool: &Pool, depth: usize) {
    let deeper = depth < 4 && mutator.below(3) > 0;
    match body {
        Value::Object(members) if !members.is_empty() => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = mutator.pick(&names).cloned().unwrap_or_default();
            match mutator.below(5) {
                0 => drop(members.remove(&name)),
                1 => drop(members.insert(value(&name, mutator, pool), json_value(mutator, pool))),
                _ => {
                    let Some(member) = members.get_mut(&name) else { return };
                    if deeper {
                        json_member(member, mutator, pool, depth + 1);
                    } else {
                        *member = json_value(mutator, pool);
                    }
                }
            }
        }
        Value::Array(elements) if deeper && !elements.is_empty() => {
            let at = mutator.below(elements.len());
            json_member(&mut elements[at], mutator, pool, depth + 1);
        }
        Value::String(text) => *text = value(text, mutator, pool),
        other => *other = json_value(mutator, pool),
    }
}
