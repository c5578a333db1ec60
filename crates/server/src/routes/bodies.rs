//! Reading a request body: within the bound of its route, within the memory that all unfinished bodies share, and within
//! a time.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::Poll;

use axum::body::{Body, HttpBody as _};
use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use symbolon_types::ErrorCode;

use super::arrival::AtWork;
use super::body_memory::Room;
use crate::error::ApiError;
use crate::exchange::{self, Answer};

const KIB: usize = 1024;

/// Largest body of a request in bytes, by what its path begins with; the first row that fits counts. Forms of users and
/// clients and their registrations are small. An administrator's client or account may carry a description of its own,
/// and a login application hands over what tokens shall say.
const BOUNDS: [(&str, usize); 7] = [
    ("/global-token-revocation", 16 * KIB),
    ("/admin/oauth2/introspect", 64 * KIB),
    ("/admin/clients", 512 * KIB),
    ("/admin/accounts", 256 * KIB),
    ("/admin/keys/", 512 * KIB),
    ("/admin/oauth2/auth/requests/", 1024 * KIB),
    ("/", 64 * KIB),
];

/// Seconds after which a client may try again for which there was no memory. Within the time for a body most of those
/// end that hold it.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Largest body at this path, in bytes.
pub(super) fn bound(path: &str) -> usize {
    let row = BOUNDS.iter().find(|(beginning, _)| path.starts_with(beginning));
    row.map_or(64 * KIB, |(_, bound)| *bound)
}

/// Why a body could not be read.
pub(super) enum BodyFault {
    /// It is larger than this many bytes.
    TooLarge(usize),
    /// It did not come within this many seconds.
    TooSlow(u64),
    /// Other unfinished bodies hold all the memory there is for them.
    NoMemory,
    /// It ended early, or its parts are not what HTTP prescribes.
    Broken(String),
}

/// Reads a body to its end.
pub(super) async fn collect(mut body: Body, room: Room, at_work: &AtWork) -> Result<Bytes, BodyFault> {
    // A length that is announced need not be waited for.
    if body.size_hint().lower() > room.bound as u64 {
        return Err(BodyFault::TooLarge(room.bound));
    }
    let mut gathered = Gathered { pieces: BytesMut::new(), whole: None, bound: room.bound };
    loop {
        match std::future::poll_fn(|task| Poll::Ready(Pin::new(&mut body).poll_frame(task))).await {
            Poll::Ready(Some(frame)) => gathered.add(frame)?,
            Poll::Ready(None) => return Ok(gathered.finish()),
            Poll::Pending => break,
        }
    }
    let timeout = room.timeout();
    let _waiting = Waiting::begin(at_work);
    let waiting = tokio::time::timeout(timeout, wait(body, gathered, room));
    waiting.await.unwrap_or(Err(BodyFault::TooSlow(timeout.as_secs())))
}

/// Reads what is not there yet, and counts it.
async fn wait(mut body: Body, mut gathered: Gathered, mut room: Room) -> Result<Bytes, BodyFault> {
    let mut counted = 0;
    loop {
        if !room.take(gathered.len() - counted) {
            return Err(BodyFault::NoMemory);
        }
        counted = gathered.len();
        match body.frame().await {
            Some(frame) => gathered.add(frame)?,
            None => return Ok(gathered.finish()),
        }
    }
}

/// What has come of a body. A single piece is not copied; several are, as each would keep the whole buffer that it was
/// read into.
struct Gathered {
    pieces: BytesMut,
    whole: Option<Bytes>,
    bound: usize,
}

impl Gathered {
    fn len(&self) -> usize {
        self.whole.as_ref().map_or(self.pieces.len(), Bytes::len)
    }

    /// Adds a piece; trailers are passed over.
    fn add(&mut self, frame: Result<Frame<Bytes>, axum::Error>) -> Result<(), BodyFault> {
        let frame = frame.map_err(|fault| BodyFault::Broken(fault.to_string()))?;
        let Ok(piece) = frame.into_data() else { return Ok(()) };
        if self.len() + piece.len() > self.bound {
            return Err(BodyFault::TooLarge(self.bound));
        }
        if self.len() == 0 {
            self.whole = Some(piece);
            return Ok(());
        }
        if let Some(first) = self.whole.take() {
            self.pieces.extend_from_slice(&first);
        }
        self.pieces.extend_from_slice(&piece);
        Ok(())
    }

    fn finish(self) -> Bytes {
        self.whole.unwrap_or_else(|| self.pieces.freeze())
    }
}

/// While this exists, the server does not work for a request: the client has to send something.
struct Waiting<'w>(&'w AtWork);

impl<'w> Waiting<'w> {
    fn begin(at_work: &'w AtWork) -> Self {
        at_work.0.fetch_sub(1, Ordering::Relaxed);
        Self(at_work)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl BodyFault {
    /// RFC 9110 §15.5.9, §15.5.14, §15.6.4. What is left of the body would be read as the next request: the connection
    /// ends.
    pub(super) fn answer(self, version: Version) -> Answer {
        let (status, code) = match self {
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::InvalidRequest),
            Self::TooSlow(_) => (StatusCode::REQUEST_TIMEOUT, ErrorCode::InvalidRequest),
            Self::NoMemory => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable),
            Self::Broken(_) => (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest),
        };
        let hint = match self {
            Self::TooLarge(bound) => format!("The body is larger than {} KiB.", bound / KIB),
            Self::TooSlow(seconds) => format!("The body did not come within {seconds} seconds."),
            Self::NoMemory => "Too many request bodies are under way.".to_owned(),
            Self::Broken(_) => "The body could not be read to its end.".to_owned(),
        };
        let mut error = ApiError::oauth(code, hint);
        error.status = status;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            error.reason = Some("unfinished bodies hold all of symbolon.connections.body_memory".to_owned());
        } else if let Self::Broken(reason) = self {
            error.reason = Some(reason);
        }
        let mut answer = exchange::no_store(error.answer());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        // HTTP/2 has no such field (RFC 9113 §8.2.2).
        if version < Version::HTTP_2 {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}
