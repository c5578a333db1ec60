//! What is said of one operation: where it is, what it takes, what it answers. The tables in `operations` are made of
//! these, and nothing here knows how a description is written.

use schemars::generate::SchemaGenerator;
use schemars::{JsonSchema, Schema};

/// Which port an operation is served at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// For browsers and clients.
    Public,
    /// For the operator.
    Admin,
}

/// A shape of JSON. It is asked for where it is used, so that a description holds no shape that nothing names.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// The shape of a type of the wire, as serde reads and writes it.
pub fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What the value of a parameter looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// An absolute URL.
    Url,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
}

/// A parameter of a query or of a form.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// As it is sent.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it does.
    pub meaning: &'static str,
}

/// A parameter that may be left out.
pub const fn optional(name: &'static str, kind: Kind, meaning: &'static str) -> Parameter {
    Parameter { name, kind, required: false, meaning }
}

/// A parameter that is needed.
pub const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> Parameter {
    Parameter { name, kind, required: true, meaning }
}

/// Pages of a list, at every operation that lists.
pub const PAGE_SIZE: Parameter =
    optional("page_size", Kind::Integer, "Most entries of a page: 100 unless told otherwise, 500 at most.");
/// Pages of a list, at every operation that lists.
pub const PAGE_TOKEN: Parameter =
    optional("page_token", Kind::Text, "Where the page begins; the `Link` header of the page before has it.");
/// Who asks, where the header may say so instead.
pub const CLIENT_ID: Parameter = optional("client_id", Kind::Text, "Who asks, where no Authorization header says so.");
/// A way to authenticate a client (RFC 6749 §2.3.1).
pub const CLIENT_SECRET: Parameter = optional("client_secret", Kind::Text, "For `client_secret_post`.");

/// What a caller shows to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Whoever comes shows nothing.
    Anybody,
    /// The operator's token, where one is configured.
    Operator,
    /// An access token (RFC 6750).
    TokenHolder,
    /// A client's own credentials, by header or in the body.
    Client,
    /// An initial access token where registration asks for one (RFC 7591 §3).
    Registrar,
    /// A registration access token (RFC 7592 §2), or the client's own credentials.
    RegisteredClient,
}

/// What a request carries.
#[derive(Clone, Copy)]
pub enum Body {
    /// Nothing that is read.
    None,
    /// JSON of a shape.
    Json(Shape),
    /// JSON, or nothing.
    OptionalJson(Shape),
    /// JSON Patch (RFC 6902) or JSON Merge Patch (RFC 7396), by the media type.
    Patch(&'static str, Shape),
    /// `application/x-www-form-urlencoded`.
    Form(&'static [Parameter]),
}

/// What an answer carries.
#[derive(Clone, Copy)]
pub enum Content {
    /// No body.
    Empty,
    /// JSON of a shape.
    Json(Shape),
    /// JSON, or where the client asked for one a JWT of this media type (OpenID Connect Core §5.3.2, RFC 9701 §4).
    JsonOrJwt(Shape, &'static str),
    /// A page.
    Page,
    /// Plain text.
    Text,
}

/// One answer.
#[derive(Clone, Copy)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// When it comes.
    pub meaning: &'static str,
    /// What it carries.
    pub content: Content,
}

/// An answer with a status and a content.
pub const fn reply(status: u16, meaning: &'static str, content: Content) -> Reply {
    Reply { status, meaning, content }
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its port.
    pub listener: Listener,
    /// Upper case.
    pub method: &'static str,
    /// With names in braces.
    pub path: &'static str,
    /// Hydra's `operationId` where it has the operation.
    pub id: &'static str,
    /// What it belongs to.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What its caller shows.
    pub caller: Caller,
    /// Of the query.
    pub query: &'static [Parameter],
    /// Of the request.
    pub body: Body,
    /// All that are no errors, and the errors that are not of the common form.
    pub replies: &'static [Reply],
}

impl Operation {
    /// An operation of the public listener.
    pub const fn public(method: &'static str, path: &'static str, id: &'static str) -> Self {
        Self::new((Listener::Public, Caller::Anybody), method, path, id)
    }

    /// An operation of the admin listener.
    pub const fn admin(method: &'static str, path: &'static str, id: &'static str) -> Self {
        Self::new((Listener::Admin, Caller::Operator), method, path, id)
    }

    const fn new(
        (listener, caller): (Listener, Caller),
        method: &'static str,
        path: &'static str,
        id: &'static str,
    ) -> Self {
        Self { listener, method, path, id, tag: "", summary: "", caller, query: &[], body: Body::None, replies: &[] }
    }

    /// With another caller than the listener's usual one.
    pub const fn caller(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// With what it is about.
    pub const fn about(self, tag: &'static str, summary: &'static str) -> Self {
        Self { tag, summary, ..self }
    }

    /// With parameters of the query.
    pub const fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    /// With a body.
    pub const fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// With its answers.
    pub const fn replies(self, replies: &'static [Reply]) -> Self {
        Self { replies, ..self }
    }
}
