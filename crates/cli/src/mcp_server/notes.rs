//! The two tools: reading one's notes and adding one, each with a scope of its own. Notes are kept in memory, for each
//! person apart, and not many of them.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation, JsonObject,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use serde::Deserialize;
use serde_json::{Value, json};
use symbolon_client::{AccessTokenClaims, Scope};

/// The scope that reading needs, and being here at all.
pub(crate) const READ: &str = "notes.read";
/// The scope that adding a note needs as well.
pub(crate) const WRITE: &str = "notes.write";

const LIST_NOTES: &str = "list_notes";
const ADD_NOTE: &str = "add_note";

/// How much is kept: people, notes of each, and bytes of a note.
const PEOPLE: usize = 100;
const NOTES: usize = 50;
const NOTE_BYTES: usize = 2_000;

/// The scopes that a message needs, as far as one can tell from outside. The tools look again.
pub(super) fn needed_scopes(message: &str) -> &'static [&'static str] {
    #[derive(Deserialize)]
    struct Message {
        method: String,
        params: Option<Call>,
    }
    #[derive(Deserialize)]
    struct Call {
        name: Option<String>,
    }
    let message: Option<Message> = serde_json::from_str(message).ok();
    let call = message.filter(|message| message.method == "tools/call").and_then(|message| message.params?.name);
    if call.as_deref() == Some(ADD_NOTE) { &[READ, WRITE] } else { &[READ] }
}

/// Everybody's notes.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<HashMap<String, Vec<String>>>);

impl Shelf {
    fn notes(&self, subject: &str) -> Vec<String> {
        self.0.lock().get(subject).cloned().unwrap_or_default()
    }

    /// Adds a note. The error is for the person.
    fn add(&self, subject: &str, note: &str) -> Result<usize, &'static str> {
        if note.trim().is_empty() || note.len() > NOTE_BYTES {
            return Err("A note has between 1 and 2000 bytes.");
        }
        let mut people = self.0.lock();
        if !people.contains_key(subject) && people.len() >= PEOPLE {
            return Err("There is no room for another person's notes.");
        }
        let notes = people.entry(subject.to_owned()).or_default();
        if notes.len() >= NOTES {
            return Err("There is no room for another note: it is a demonstration.");
        }
        notes.push(note.to_owned());
        Ok(notes.len())
    }
}

/// The server as the protocol sees it.
#[derive(Debug, Clone)]
pub(super) struct NotesServer {
    shelf: Arc<Shelf>,
}

impl NotesServer {
    pub(super) fn new(shelf: Arc<Shelf>) -> Self {
        Self { shelf }
    }

    fn list(&self, subject: &str) -> CallToolResult {
        let notes = self.shelf.notes(subject);
        let text = if notes.is_empty() {
            "There are no notes yet. add_note adds one; it asks for the permission to write.".to_owned()
        } else {
            notes
                .iter()
                .enumerate()
                .map(|(index, note)| format!("{}. {note}", index + 1))
                .collect::<Vec<_>>()
                .join("\n")
        };
        CallToolResult::success(vec![ContentBlock::text(text)])
    }

    fn add(&self, subject: &str, arguments: Option<&JsonObject>) -> CallToolResult {
        let Some(text) = arguments.and_then(|arguments| arguments.get("text")).and_then(Value::as_str) else {
            return CallToolResult::error(vec![ContentBlock::text("The argument 'text' is the note.")]);
        };
        match self.shelf.add(subject, text) {
            Ok(count) => CallToolResult::success(vec![ContentBlock::text(format!("Added. Notes in all: {count}."))]),
            Err(reason) => CallToolResult::error(vec![ContentBlock::text(reason)]),
        }
    }
}

impl ServerHandler for NotesServer {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(
                Implementation::new("symbolon-demonstration-notes", env!("CARGO_PKG_VERSION"))
                    .with_title("Demonstration notes"),
            )
            .with_instructions("A notebook for trying out authorization: list_notes reads it, add_note writes to it.")
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (subject, scope) = access_of(&context)?;
        let result = match request.name.as_ref() {
            LIST_NOTES if scope.contains(READ) => self.list(subject),
            ADD_NOTE if scope.contains(WRITE) => self.add(subject, request.arguments.as_ref()),
            // Only a message that is read in two ways comes here; the status that a client acts on was for the other.
            LIST_NOTES | ADD_NOTE => {
                CallToolResult::error(vec![ContentBlock::text("The access token does not allow this.")])
            }
            other => return Err(ErrorData::invalid_params(format!("there is no tool '{other}'"), None)),
        };
        Ok(result.into())
    }
}

/// Whom the token of the request is about, and what it allows; both came along with the request's head.
fn access_of(context: &RequestContext<RoleServer>) -> Result<(&str, &Scope), ErrorData> {
    let head = context.extensions.get::<http::request::Parts>();
    let claims = head.and_then(|head| head.extensions.get::<AccessTokenClaims>());
    let access = claims.and_then(|claims| Some((claims.subject.as_deref()?, &claims.scope)));
    access.ok_or_else(|| ErrorData::internal_error("nobody has checked the access token", None))
}

fn tools() -> Vec<Tool> {
    let schema = |value: Value| match value {
        Value::Object(members) => Arc::new(members),
        _ => Arc::default(),
    };
    let nothing = schema(json!({ "type": "object", "properties": {} }));
    let note = json!({ "type": "string", "description": "The note", "minLength": 1, "maxLength": NOTE_BYTES });
    let note = schema(json!({ "type": "object", "properties": { "text": note }, "required": ["text"] }));
    vec![
        Tool::new(LIST_NOTES, "Lists the notes of the person who is logged in.", nothing)
            .with_annotations(ToolAnnotations::with_title("List notes").read_only(true).open_world(false)),
        Tool::new(ADD_NOTE, "Adds a note.", note)
            .with_annotations(ToolAnnotations::with_title("Add a note").destructive(false).open_world(false)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_adding_needs_the_second_scope() {
        let call =
            |name: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{name}"}}}}"#);
        assert_eq!(needed_scopes(&call("add_note")), [READ, WRITE]);
        assert_eq!(needed_scopes(&call("add\\u005fnote")), [READ, WRITE]);
        for message in [&call("list_notes"), "{}", "", "[]", r#"{"method":"tools/list","params":{"name":"add_note"}}"#]
        {
            assert_eq!(needed_scopes(message), [READ], "{message}");
        }
    }

    #[test]
    fn notes_are_of_one_person_and_not_many() {
        let shelf = Shelf::default();
        assert_eq!(shelf.add("alice", "one"), Ok(1));
        assert!(shelf.notes("bob").is_empty());
        assert!(shelf.add("alice", " ").is_err() && shelf.add("alice", &"x".repeat(NOTE_BYTES + 1)).is_err());
        for count in 2..=NOTES {
            assert_eq!(shelf.add("alice", "more"), Ok(count));
        }
        assert!(shelf.add("alice", "too many").is_err());
        for person in 1..PEOPLE {
            assert_eq!(shelf.add(&person.to_string(), "x"), Ok(1));
        }
        assert!(shelf.add("one too many", "x").is_err());
        assert_eq!(shelf.notes("alice").len(), NOTES);
    }
}
