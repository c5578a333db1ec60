//! Every answer that a test gets is held against the description of the interface: its status is one that the operation
//! has, and its body has the members that are described and no others.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request};
use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{Answer, Listener, TestServer};

/// The description, as a server gave it.
pub(crate) struct Described {
    pub(crate) document: Value,
    components: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

static DESCRIBED: OnceLock<Described> = OnceLock::new();

/// The description; one server is asked for it, as it is the same everywhere.
pub(crate) async fn of(_: &TestServer) -> &'static Described {
    if let Some(described) = DESCRIBED.get() {
        return described;
    }
    // On a server of its own, as some tests count what theirs is asked.
    let answer = Box::pin(async { TestServer::with(|_| {}).await.described().await }).await;
    DESCRIBED.get_or_init(|| {
        let document = answer.json();
        let mut components = document["components"].clone();
        close(&mut components);
        Described { document, components, validators: Mutex::default() }
    })
}

/// A member that is not described is a fault, unless the description says that there may be others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                members.insert("additionalProperties".to_owned(), false.into());
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

impl Described {
    /// Methods of a path, where it is described.
    fn operations(&self, listener: Listener, path: &str) -> Option<(&String, &Value)> {
        let name = match listener {
            Listener::Public => "Public listener",
            Listener::Admin => "Admin listener",
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let path = if listener == Listener::Admin && !path.starts_with("/admin/") {
            format!("/admin{path}")
        } else {
            path.to_owned()
        };
        let same = |template: &str| {
            let (wanted, found): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
            wanted.len() == found.len()
                && wanted.iter().zip(&found).all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
        };
        self.document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .find(|(template, operations)| operations["servers"][0]["description"] == name && same(template))
    }

    /// Fails when an answer is not as described. What is no operation (pages, unknown paths) is passed over.
    #[track_caller]
    pub(super) fn check(&self, (listener, method, path): (Listener, &Method, &str), answer: &Answer) {
        let Some((template, operations)) = self.operations(listener, path) else { return };
        let Some(operation) = operations.get(method.as_str().to_ascii_lowercase()) else { return };
        let place = format!("{method} {template} {}", answer.status);
        let replies = &operation["responses"];
        let listed = replies.get(answer.status.to_string());
        assert!(listed.is_some() || answer.status >= 400, "{place}: no such status is described");
        let media_type = answer.headers.get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        if answer.body.is_empty() || media_type == "text/html" {
            return;
        }
        let content = &listed.unwrap_or(&replies["default"])["content"];
        let Some(described) = content.get(media_type) else {
            panic!("{place}: an answer of type '{media_type}' is not described: {}", answer.text());
        };
        // What no route took has a form of its own, with a number.
        if media_type == "application/json" && answer.json()["error"]["code"].is_null() {
            self.validate(&place, &described["schema"], &answer.json());
        }
    }

    #[track_caller]
    fn validate(&self, place: &str, schema: &Value, body: &Value) {
        let validator = Arc::clone(self.validators.lock().entry(place.to_owned()).or_insert_with(|| {
            let mut schema = schema.clone();
            close(&mut schema);
            let root = json!({"components": self.components, "allOf": [schema]});
            Arc::new(jsonschema::validator_for(&root).unwrap())
        }));
        let faults: Vec<String> =
            validator.iter_errors(body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{place}: not as described: {faults:?} {body}");
    }
}

impl TestServer {
    async fn described(&self) -> Answer {
        let mut request = Request::get("/admin/openapi.json").header(HOST, "127.0.0.1").body(Body::empty()).unwrap();
        Self::prepare(&mut request);
        Answer::collect(self.routes(Listener::Admin).answer(request).await).await.expect(200)
    }
}
