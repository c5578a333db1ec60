//! What is sent: spans and lines of the log.

use super::trace_context::TraceContext;

/// One of both.
#[derive(Debug)]
pub(crate) enum Record {
    /// A part of a trace that has ended.
    Span(Box<Span>),
    /// A line of the log.
    Log(Box<LogRecord>),
}

/// Which side of a request a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The answering one.
    Server,
    /// The asking one.
    Client,
}

/// A name and a value that say more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// A text.
    Text(&'static str, String),
    /// A number.
    Number(&'static str, i64),
}

/// A part of a trace that has ended.
#[derive(Debug)]
pub(crate) struct Span {
    /// Its place.
    pub(crate) context: TraceContext,
    /// Of what kind it is: one of few names.
    pub(crate) name: String,
    /// Which side.
    pub(crate) kind: Kind,
    /// When it began, in Unix microseconds.
    pub(crate) began_at: i64,
    /// When it ended, in Unix microseconds.
    pub(crate) ended_at: i64,
    /// What more there is to say.
    pub(crate) attributes: Vec<Attribute>,
    /// Whether it failed.
    pub(crate) is_failed: bool,
}

/// A line of the program's log.
#[derive(Debug)]
pub struct LogRecord {
    /// How severe.
    pub level: tracing::Level,
    /// What speaks.
    pub target: String,
    /// What it says.
    pub message: String,
    /// Names and values beside it.
    pub fields: Vec<(&'static str, String)>,
    /// When, in Unix microseconds.
    pub at_micros: i64,
    /// Where in a trace it was said.
    context: Option<TraceContext>,
}

impl LogRecord {
    /// A line that is said here and now, under the request for which this task works.
    pub fn new(level: tracing::Level, target: String, at_micros: i64) -> Self {
        Self { level, target, message: String::new(), fields: Vec::new(), at_micros, context: None }
    }

    /// Its place in a trace.
    pub(crate) fn context(&self) -> Option<&TraceContext> {
        self.context.as_ref()
    }

    /// At this place in a trace.
    #[must_use]
    pub(crate) fn at(self, context: Option<TraceContext>) -> Self {
        Self { context, ..self }
    }
}
