//! Requests of recorded exchanges, where there is a folder of them. What stood behind a placeholder is taken from the
//! pool by the parameter's name.

use std::path::PathBuf;

use serde_json::Value;

use super::request::{Content, Listener, Template};
use super::server::PUBLIC;

/// All requests of the folder in `SYMBOLON_GOLDEN`; none without it.
pub(crate) fn requests() -> Vec<Template> {
    let Some(folder) = super::setting("SYMBOLON_GOLDEN").map(PathBuf::from) else { return Vec::new() };
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let recordings = files.iter().map(|path| std::fs::read(path).unwrap_or_default());
    let recordings = recordings.filter_map(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let requests: Vec<Template> = recordings.flat_map(|recording| of_recording(&recording)).collect();
    assert!(!requests.is_empty(), "{} has no recordings", folder.display());
    requests
}

fn of_recording(recording: &Value) -> Vec<Template> {
    let exchanges = recording["exchanges"].as_array().map(Vec::as_slice).unwrap_or_default();
    exchanges.iter().filter_map(|exchange| of_request(&exchange["request"])).collect()
}

fn of_request(request: &Value) -> Option<Template> {
    let listener = match request["listener"].as_str()? {
        "public" => Listener::Public,
        "admin" => Listener::Admin,
        _ => return None,
    };
    let mut template =
        Template::new(listener, request["method"].as_str()?, &with_names(request["path"].as_str()?, "id"));
    template.query = pairs(&request["query"]);
    template.content = match (request["form"].is_array(), request["json"].is_null(), request["raw"].as_str()) {
        (true, _, _) => Content::Form(pairs(&request["form"])),
        (_, false, _) => Content::Json(json_with_names("", &request["json"])),
        (_, _, Some(raw)) => Content::Raw(raw.as_bytes().to_vec()),
        _ => Content::None,
    };
    if let Some([user, password]) = request["basic"].as_array().map(Vec::as_slice) {
        template.basic =
            Some((with_names(user.as_str()?, "client_id"), with_names(password.as_str()?, "client_secret")));
    }
    if let Some(bearer) = request["bearer"].as_str() {
        template = template.header("authorization", &format!("Bearer {}", with_names(bearer, "access_token")));
    }
    if let Some(headers) = request["headers"].as_object() {
        let headers =
            headers.iter().filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())));
        template.headers.extend(headers.filter(|(name, _)| name != "host" && name != "content-length"));
    }
    Some(template)
}

fn pairs(list: &Value) -> Vec<(String, String)> {
    let pairs = list.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    pairs
        .filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?)))
        .map(|(name, value)| (name.to_owned(), with_names(value, name)))
        .collect()
}

fn json_with_names(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(with_names(text, name)),
        Value::Array(elements) => elements.iter().map(|element| json_with_names(name, element)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), json_with_names(name, value))).collect()
        }
        other => other.clone(),
    }
}

/// `<token:…:1>` of the parameter `code` becomes `{$code}`.
fn with_names(text: &str, name: &str) -> String {
    let text = text
        .replace("<public>", PUBLIC)
        .replace("<rp>", "https://app.example")
        .replace("<ui>", "http://127.0.0.1:3000");
    let mut result = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        result.push_str(before);
        let Some((_, after)) = after.split_once('>') else { break };
        result.extend(["{$", name, "}"]);
        rest = after;
    }
    result.push_str(rest);
    result
}
