//! RFC 6265, HTTP State Management: names and attributes of the cookies, as the operator sets them.

mod attributes;
mod tabs;
