//! The metadata in a request: one JSON object (RFC 7591 §3.1), read as leniently as the members allow and not larger
//! than a client can be, because a stranger's registration is stored.

use serde_json::error::Category;
use symbolon_types::Client;

use super::refusal::Refusal;
use crate::control_characters;
use crate::exchange::Request;

/// Largest body. A client with a full set of keys and their certificates has a tenth of it.
const LIMIT_BYTES: usize = 64 * 1024;

/// The metadata; `None` for a body of `null`, which clients generated from API descriptions send for "nothing".
pub(super) fn metadata(request: &Request) -> Result<Option<Client>, Refusal> {
    if request.body.len() > LIMIT_BYTES {
        return Err(Refusal::undecodable(&format!("Client metadata have at most {LIMIT_BYTES} bytes.")));
    }
    // An array would be read as the members in their order.
    if request.body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Refusal::undecodable("The request body must be one JSON object, not a list."));
    }
    control_characters::check_json(&request.body)?;
    serde_json::from_slice(&request.body).map_err(|fault| {
        // The decoder's own words would repeat what was sent, which may be a secret; the place has to do.
        let what = match fault.classify() {
            Category::Data => "a member has a value of the wrong kind, or is there twice",
            Category::Eof => "it ends too early",
            Category::Syntax | Category::Io => "it is not one JSON object",
        };
        let (line, column) = (fault.line(), fault.column());
        Refusal::undecodable(&format!("Unable to decode the request body: {what}, at line {line} column {column}."))
    })
}
