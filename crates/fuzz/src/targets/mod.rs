//! The targets, by the crate whose parsers they feed.

pub mod client;
pub mod holders;
pub mod jose;
pub mod metadata;
pub mod server;
pub mod values;

/// The bytes as text, as a header or parameter decoder would hand it on.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
