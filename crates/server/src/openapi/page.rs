//! The description for people: one page, made once, that works without a script.

use std::sync::LazyLock;

use askama::Template;
use serde_json::Value;

use super::document::{document, shape_name};
use super::operation::{Body, Listener, Operation, Parameter, Reply};
use super::operations;

/// Style only, and only its own.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What the page is styled with.
pub(super) const STYLE: &str = include_str!("../../assets/openapi.css");

#[derive(Template)]
#[template(path = "openapi.html")]
struct Page {
    version: &'static str,
    subjects: Vec<Subject>,
    shapes: Vec<ShapeRow>,
}

struct Subject {
    name: &'static str,
    operations: Vec<Row>,
}

struct Row {
    operation: &'static Operation,
    /// The shape of its body.
    body: Option<String>,
    /// The shapes of its answers.
    replies: Vec<(&'static Reply, Option<String>)>,
}

impl Row {
    fn port(&self) -> &'static str {
        match self.operation.listener {
            Listener::Public => "public",
            Listener::Admin => "admin",
        }
    }

    fn parameters(&self) -> &'static [Parameter] {
        match self.operation.body {
            Body::Form(parameters) => parameters,
            _ => self.operation.query,
        }
    }
}

struct ShapeRow {
    name: String,
    meaning: String,
    members: Vec<Member>,
}

struct Member {
    name: String,
    kind: String,
    meaning: String,
}

/// The pieces of a text, each with whether it is code, which stands between backticks.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split('`').enumerate().map(|(index, piece)| (index % 2 == 1, piece))
}

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let document = document("", None);
    let mut subjects: Vec<Subject> = Vec::new();
    for operation in operations::all() {
        let row = row(operation, &document);
        match subjects.iter_mut().find(|subject| subject.name == operation.tag) {
            Some(subject) => subject.operations.push(row),
            None => subjects.push(Subject { name: operation.tag, operations: vec![row] }),
        }
    }
    let shapes = document["components"]["schemas"].as_object();
    let shapes = shapes.into_iter().flatten().map(|(name, shape)| shape_row(name, shape)).collect();
    // The template has no part that can fail.
    Page { version: env!("CARGO_PKG_VERSION"), subjects, shapes }.render().unwrap_or_default()
});

/// The page.
pub(super) fn render() -> &'static str {
    &PAGE
}

fn row(operation: &'static Operation, document: &Value) -> Row {
    let described = &document["paths"][operation.path][operation.method.to_ascii_lowercase()];
    let json = |content: &Value| content.as_object().into_iter().flatten().find_map(|(_, it)| named(&it["schema"]));
    let reply = |reply: &'static Reply| (reply, json(&described["responses"][reply.status.to_string()]["content"]));
    Row {
        operation,
        body: match operation.body {
            Body::None | Body::Form(_) => None,
            _ => json(&described["requestBody"]["content"]),
        },
        replies: operation.replies.iter().map(reply).collect(),
    }
}

/// The name of a shape that has an entry of its own, with `[]` behind it for a list.
fn named(schema: &Value) -> Option<String> {
    let name = |schema| shape_name(schema).map(str::to_owned);
    name(schema).or_else(|| name(&schema["items"]).map(|name| name + "[]"))
}

/// What a value is, with `[]` behind it for a list.
fn type_of(schema: &Value) -> Option<String> {
    if let Some(name) = shape_name(schema) {
        return Some(name.to_owned());
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => Some(format!("{}[]", type_of(&schema["items"]).unwrap_or_default())),
        Value::String(kind) => Some(kind.clone()),
        Value::Array(kinds) => Some(kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")),
        _ => schema["anyOf"].as_array().map(|kinds| kinds.iter().filter_map(type_of).collect::<Vec<_>>().join(" or ")),
    }
}

fn shape_row(name: &str, shape: &Value) -> ShapeRow {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let members = shape["properties"].as_object().into_iter().flatten();
    ShapeRow {
        name: name.to_owned(),
        meaning: text(&shape["description"]),
        members: members
            .map(|(name, member)| Member {
                name: name.clone(),
                kind: type_of(member).unwrap_or_else(|| "anything".to_owned()),
                meaning: text(&member["description"]),
            })
            .collect(),
    }
}
