//! The answer of a web hook. Only 200 with a JSON object and 204 let tokens be issued.

use serde_json::{Map, Value};
use symbolon_types::ErrorCode;

use super::NotIssued;
use crate::error::{OAuthError, decoding_fault};
use crate::grant::body::SessionClaims;

/// Reads the answer of the hook that `key` configures: new session claims, or `None` where they stay.
pub fn read(key: &str, status: u16, body: &[u8]) -> Result<Option<SessionClaims>, NotIssued> {
    match status {
        200 => session(body).map(Some).map_err(|reason| NotIssued::Failed(failed(format!("{key}: {reason}")))),
        204 => Ok(None),
        403 => {
            let error = OAuthError::new(ErrorCode::AccessDenied, "A web hook of this server refused it.");
            Err(NotIssued::Refused(error.because(format!("{key} answered 403"))))
        }
        other => Err(NotIssued::Failed(failed(format!("{key} answered {other}; it should answer 200, 204 or 403")))),
    }
}

/// The error of a hook that is of no use; `reason` is for the log, and says nothing of what the hook was told or said.
pub(super) fn failed(reason: String) -> OAuthError {
    OAuthError::new(ErrorCode::ServerError, "A web hook of this server gave no usable answer.").because(reason)
}

/// `{"session": {"access_token": {…}, "id_token": {…}}}`: each part may be missing, and is then empty. Members beside
/// these are not read.
fn session(body: &[u8]) -> Result<SessionClaims, String> {
    let mut answer: Map<String, Value> = serde_json::from_slice(body).map_err(|fault| decoding_fault(&fault))?;
    let mut session = object(&mut answer, "session")?;
    Ok(SessionClaims {
        access_token: object(&mut session, "access_token")?,
        id_token: object(&mut session, "id_token")?,
    })
}

fn object(members: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(inner)) => Ok(inner),
        Some(_) => Err(format!("the member `{name}` of the answer is no object")),
    }
}
