//! A small HTTP server for what commands show on this machine: the demonstration application with its MCP server, and the
//! callbacks of `perform` and `mcp check`.
//!
//! It owns connections, the size and time limits of requests, and the headers that every page carries (a strict content
//! security policy, no caching). What the pages say and do is [`Pages`]' part. Plain HTTP/1.1 on a loopback address;
//! nothing here is meant to face a network.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

/// The longest request body, in bytes: a form with an authorization code.
const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// How long connections may take to finish once the server stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// No script, nothing from elsewhere, no frames; forms lead back here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// A request as the pages see it.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path without the query, as sent.
    pub(crate) path: String,
    /// Query without the question mark, or an empty text.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The body; empty for GET.
    pub(crate) body: String,
}

impl Request {
    /// The value of a header that is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        let mut pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Whether it was sent to this machine by one of its own names. Another name (DNS rebinding) could let a foreign page
    /// read what is here.
    pub(crate) fn is_addressed_to(&self, port: u16) -> bool {
        let host = self.header("host").unwrap_or_default();
        ["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{port}"))
    }
}

/// An answer, before the headers that all pages have. Its body may come in pieces.
pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// What is served.
pub(crate) trait Pages: Send + Sync + 'static {
    fn answer(&self, request: Request) -> impl Future<Output = Answer> + Send;
}

/// A page from a template. Templates only insert texts, so a failure means a broken program and is said plainly.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Answer {
    match template.render() {
        Ok(text) => content(status, "text/html; charset=utf-8", text),
        Err(error) => content(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", error.to_string()),
    }
}

/// The style sheet that all local pages link to.
pub(crate) fn style_sheet() -> Answer {
    content(StatusCode::OK, "text/css; charset=utf-8", include_str!("../assets/local.css"))
}

/// The answer to a path that nobody knows.
pub(crate) fn not_found() -> Answer {
    content(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "There is no such page here.")
}

/// A body of any type.
pub(crate) fn content(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()).boxed());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// Sends the browser to `location` with GET (RFC 9110 §15.4.4).
pub(crate) fn see_other(location: &str) -> Answer {
    let Ok(location) = HeaderValue::try_from(location) else {
        return content(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "The address to go to is malformed.");
    };
    let mut answer = content(StatusCode::SEE_OTHER, "text/plain", "");
    answer.headers_mut().insert(LOCATION, location);
    answer
}

/// Serves `pages` until `stop` resolves, then lets open requests finish for a moment.
pub(crate) async fn serve<P: Pages>(listener: TcpListener, pages: Arc<P>, stop: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let stream = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else {
            // Out of file descriptors, or a connection that was gone again: wait a little and go on.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let pages = Arc::clone(&pages);
        let service = service_fn(move |request| {
            let pages = Arc::clone(&pages);
            async move { Ok::<_, Infallible>(respond(&*pages, request).await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(30))
            .serve_connection(TokioIo::new(stream), service);
        let watched = connections.watch(connection);
        tokio::spawn(async move {
            // A broken connection concerns only the browser at its other end.
            let _ = watched.await;
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, connections.shutdown()).await;
}

async fn respond<P: Pages>(pages: &P, request: http::Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT_BYTES).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(_) => return with_page_headers(content(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "Too large.")),
    };
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    with_page_headers(pages.answer(request).await)
}

fn with_page_headers(mut answer: Answer) -> Answer {
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: that would make browsers send `Origin: null` with our own forms.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_name() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1; session=x=y".parse().unwrap());
        headers.append("cookie", "b=2".parse().unwrap());
        let request =
            Request { method: Method::GET, path: "/".into(), query: String::new(), headers, body: String::new() };
        assert_eq!(request.cookie("session"), Some("x=y"));
        assert_eq!(request.cookie("b"), Some("2"));
        assert_eq!(request.cookie("ession"), None);
    }

    #[test]
    fn every_answer_forbids_scripts_and_caching() {
        let answer = with_page_headers(style_sheet());
        assert!(answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(see_other("/\n").status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
