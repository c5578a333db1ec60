//! HTTP Semantics (RFC 9110): methods that a path does not have, fields of which there is one, fields that are lists, and
//! answers that no rule makes. And what a server under load may do without breaking them: end connections, refuse bodies.

mod bodies;
mod connections;
mod early_answers;
mod field_lines;
mod methods;
