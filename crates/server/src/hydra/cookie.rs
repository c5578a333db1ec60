//! The session cookie of Hydra: the id of a login session in a text of the program's own (Go's gob), encrypted.

use symbolon_types::SessionId;

use crate::context::Context;
use crate::cookies;
use crate::exchange::Request;

/// What stands before each text: the type "string" and the kind of message that it is.
const STRING: &[u8] = b"\x06string\x0c";
/// The one member.
const MEMBER: &str = "sid";

/// The login session that a cookie of Hydra's names. The cookie has the configured name, without a prefix that Hydra did not
/// write.
pub fn session_of_cookie(context: &Context, request: &Request) -> Option<SessionId> {
    let keys = context.hydra.keys();
    if keys.cookies.is_empty() {
        return None;
    }
    let name = cookies::session_name(&context.config);
    let name = name.strip_prefix("__Host-").unwrap_or(&name);
    cookies::all(request).filter(|cookie| cookie.name() == name).find_map(|cookie| {
        let opened = keys.cookies.iter().find_map(|key| key.open(name, cookie.value()))?;
        session(&opened)
    })
}

/// The value of `sid` in a map of texts.
fn session(content: &[u8]) -> Option<SessionId> {
    let texts = texts(content);
    let (members, _) = texts.as_chunks::<2>();
    let [_, id] = members.iter().find(|[name, _]| name == MEMBER)?;
    SessionId::parse(id)
}

/// The texts of a map, names and values in turn. Each has a length of the message, a zero and its own length before it.
fn texts(content: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = content;
    while let Some(place) = rest.windows(STRING.len()).position(|window| window == STRING) {
        let found = rest.get(place + STRING.len()..).and_then(|after| match after {
            [_, 0, length, text @ ..] => text.split_at_checked(usize::from(*length)),
            _ => None,
        });
        let Some((text, after)) = found else { break };
        texts.push(String::from_utf8_lossy(text).into_owned());
        rest = after;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> Vec<u8> {
        let mut content = vec![0x0e, 0xff, 0x81];
        for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
            let length = u8::try_from(text.len()).unwrap();
            content.extend_from_slice(STRING);
            content.extend_from_slice(&[length + 2, 0, length]);
            content.extend_from_slice(text.as_bytes());
        }
        content
    }

    #[test]
    fn the_session_is_the_value_of_its_member() {
        let id = "9d6364a8-8927-4aed-af26-eff06f6f7408";
        assert!(SessionId::parse(id).is_some());
        assert_eq!(session(&map(&[("sid", id)])), SessionId::parse(id));
        assert_eq!(session(&map(&[("csrf", id)])), None);
        assert_eq!(session(&map(&[("sid", "no id")])), None);
        let whole = map(&[("sid", id)]);
        assert!((0..whole.len()).all(|end| session(&whole[..end]).is_none()), "what is cut off names nothing");
    }
}
