//! The description as an `OpenAPI` 3.1 document, whose schemas are JSON Schema 2020-12.
//!
//! A type that is both sent and answered is described twice where that differs: what an answer always has, a request may
//! leave out. The form for requests then has `Body` behind its name.

use std::collections::BTreeSet;

use schemars::generate::{Contract, SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use symbolon_types::ErrorBody;

use super::operation::{Body, Caller, Content, Kind, Listener, Operation, Parameter, Reply, of};
use super::operations;

/// The whole document. `public` is the base of the public endpoints, `admin` that of the others where it is known.
pub fn document(public: &str, admin: Option<&str>) -> Value {
    let mut shapes = Shapes::new();
    let mut paths = Map::new();
    for operation in operations::all() {
        let path = paths.entry(operation.path).or_insert_with(|| at(operation.listener, public, admin));
        path[operation.method.to_ascii_lowercase()] = described(operation, &mut shapes);
    }
    let mut components = shapes.finish();
    components.insert("securitySchemes".to_owned(), security_schemes());
    let mut tags: Vec<&str> = operations::all().map(|operation| operation.tag).collect();
    tags.dedup();
    let mut seen = BTreeSet::new();
    tags.retain(|tag| seen.insert(*tag));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Symbolon",
            "summary": "OAuth 2.0 authorization server and OpenID provider",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": tags.iter().map(|tag| json!({"name": tag})).collect::<Vec<_>>(),
        "paths": paths,
        "components": components,
    });
    rename_requests(&mut document);
    document
}

fn at(listener: Listener, public: &str, admin: Option<&str>) -> Value {
    let (url, description) = match listener {
        Listener::Public => (public, "Public listener"),
        Listener::Admin => (admin.unwrap_or("http://127.0.0.1:4445"), "Admin listener"),
    };
    json!({"servers": [{"url": url, "description": description}]})
}

fn security_schemes() -> Value {
    json!({
        "operator": {"type": "http", "scheme": "bearer", "description": "`symbolon.admin.token`, where it is set."},
        "accessToken": {"type": "http", "scheme": "bearer", "description": "An access token (RFC 6750)."},
        "registrationAccessToken": {"type": "http", "scheme": "bearer", "description": "RFC 7592 §1.2."},
        "client": {"type": "http", "scheme": "basic", "description": "`client_id` and `client_secret` (RFC 6749 §2.3.1)."},
    })
}

/// What an operation asks its caller to show. An empty requirement is one way among others: nothing needs to be shown.
fn security(caller: Caller) -> Value {
    match caller {
        Caller::Anybody => json!([]),
        Caller::Operator => json!([{}, {"operator": []}]),
        Caller::TokenHolder => json!([{"accessToken": []}]),
        Caller::Client => json!([{"client": []}, {}]),
        Caller::Registrar => json!([{}, {"registrationAccessToken": []}]),
        Caller::RegisteredClient => json!([{"registrationAccessToken": []}, {"client": []}]),
    }
}

fn described(operation: &Operation, shapes: &mut Shapes) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": security(operation.caller),
        "responses": replies(operation, shapes),
    });
    let parameters: Vec<Value> =
        path_parameters(operation.path).chain(operation.query.iter().map(query_parameter)).collect();
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = request_body(operation.body, shapes) {
        described["requestBody"] = body;
    }
    described
}

fn path_parameters(path: &'static str) -> impl Iterator<Item = Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
}

fn query_parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": kind(parameter.kind),
    })
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Url => json!({"type": "string", "format": "uri"}),
        Kind::Integer => json!({"type": "integer"}),
        Kind::Boolean => json!({"type": "boolean"}),
    }
}

fn request_body(body: Body, shapes: &mut Shapes) -> Option<Value> {
    let (media_type, schema, required) = match body {
        Body::None => return None,
        Body::Json(shape) => ("application/json", shape(&mut shapes.requests).into(), true),
        Body::OptionalJson(shape) => ("application/json", shape(&mut shapes.requests).into(), false),
        Body::Patch(media_type, shape) => (media_type, shape(&mut shapes.requests).into(), true),
        Body::Form(parameters) => ("application/x-www-form-urlencoded", form(parameters), true),
    };
    Some(json!({"required": required, "content": content(media_type, &schema)}))
}

fn content(media_type: &str, schema: &Value) -> Value {
    json!({media_type: {"schema": schema}})
}

fn form(parameters: &[Parameter]) -> Value {
    let mut members = Map::new();
    for parameter in parameters {
        let mut member = kind(parameter.kind);
        member["description"] = parameter.meaning.into();
        members.insert(parameter.name.to_owned(), member);
    }
    let required: Vec<&str> =
        parameters.iter().filter(|parameter| parameter.required).map(|parameter| parameter.name).collect();
    json!({"type": "object", "required": required, "properties": members})
}

fn replies(operation: &Operation, shapes: &mut Shapes) -> Value {
    let mut replies = Map::new();
    for Reply { status, meaning, content: carried } in operation.replies {
        let mut reply = json!({"description": meaning});
        let mut carry = |media_type: &str, schema: Value| reply["content"][media_type] = json!({"schema": schema});
        match carried {
            Content::Empty => {}
            Content::Page => carry("text/html", json!({"type": "string"})),
            Content::Text => carry("text/plain", json!({"type": "string"})),
            Content::Json(shape) => carry("application/json", shape(&mut shapes.answers).into()),
            Content::JsonOrJwt(shape, jwt) => {
                carry("application/json", shape(&mut shapes.answers).into());
                carry(jwt, json!({"type": "string"}));
            }
        }
        replies.insert(status.to_string(), reply);
    }
    let error: Value = of::<ErrorBody>(&mut shapes.answers).into();
    replies.insert(
        "default".to_owned(),
        json!({"description": "An error.", "content": content("application/json", &error)}),
    );
    replies.into()
}

/// The shapes that were asked for, once as they are written and once as they are read.
struct Shapes {
    answers: SchemaGenerator,
    requests: SchemaGenerator,
}

/// Where requests refer to their shapes, until both kinds were compared.
const REQUESTS: &str = "/components/requests";

impl Shapes {
    fn new() -> Self {
        let settings = |contract: Contract, path: &'static str| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.contract = contract;
                settings.definitions_path = path.into();
                settings.meta_schema = None;
            })
        };
        Self {
            answers: settings(Contract::Serialize, "/components/schemas").into_generator(),
            requests: settings(Contract::Deserialize, REQUESTS).into_generator(),
        }
    }

    fn finish(mut self) -> Map<String, Value> {
        let mut components = Map::new();
        components.insert("schemas".to_owned(), self.answers.take_definitions(true).into());
        components.insert("requests".to_owned(), self.requests.take_definitions(true).into());
        components
    }
}

/// Moves the shapes of requests to the others: one that is the same is the same, one that differs gets a name of its own.
fn rename_requests(document: &mut Value) {
    let Some(Value::Object(mut requests)) = document["components"].as_object_mut().and_then(|it| it.remove("requests"))
    else {
        return;
    };
    let answers = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let differing = differing(&requests, &answers);
    for shape in requests.values_mut() {
        redirect(shape, &differing);
    }
    redirect(&mut document["paths"], &differing);
    for (name, shape) in requests {
        let name = if differing.contains(&name) { format!("{name}Body") } else { name };
        document["components"]["schemas"][name] = shape;
    }
}

/// The names under which requests and answers have different shapes; what holds one of them differs as well.
fn differing(requests: &Map<String, Value>, answers: &Map<String, Value>) -> BTreeSet<String> {
    let mut differing = BTreeSet::new();
    loop {
        let before = differing.len();
        for (name, shape) in requests {
            let Some(answer) = answers.get(name) else { continue };
            let mut shape = shape.clone();
            redirect(&mut shape, &differing);
            if shape != *answer {
                differing.insert(name.clone());
            }
        }
        if differing.len() == before {
            return differing;
        }
    }
}

fn redirect(value: &mut Value, differing: &BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(&format!("#{REQUESTS}/"))
            {
                let end = if differing.contains(name) { "Body" } else { "" };
                *reference = format!("#/components/schemas/{name}{end}");
            }
            members.values_mut().for_each(|member| redirect(member, differing));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, differing)),
        _ => {}
    }
}

/// A schema that refers to nothing of its own kind, for the page.
pub(super) fn shape_name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// The addresses that the document in the repository has.
    fn example() -> String {
        let document = document("http://localhost:4444", Some("http://localhost:4445"));
        serde_json::to_string_pretty(&document).unwrap() + "\n"
    }

    fn file() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json")
    }

    #[test]
    fn the_document_in_the_repository_is_up_to_date() {
        assert!(
            std::fs::read_to_string(file()).unwrap_or_default() == example(),
            "docs/reference/openapi.json is out of date: run `cargo test -p symbolon-server --lib \
             openapi::document::tests::rewrite -- --ignored`"
        );
    }

    #[test]
    #[ignore = "writes docs/reference/openapi.json"]
    fn rewrite() {
        std::fs::write(file(), example()).unwrap();
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document("http://localhost:4444", None);
        let text = document.to_string();
        let references: BTreeSet<&str> = text
            .split(r#""$ref":"#)
            .skip(1)
            .filter_map(|rest| rest.trim_start_matches('"').split('"').next())
            .collect();
        assert!(references.len() > 20, "{references:?}");
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn what_an_answer_always_has_a_request_may_leave_out() {
        let document = document("http://localhost:4444", None);
        let schemas = &document["components"]["schemas"];
        assert!(schemas["oAuth2Client"]["required"].as_array().unwrap().contains(&json!("client_id")));
        assert!(schemas["oAuth2ClientBody"]["required"].is_null());
    }
}
