//! `serve.public.cors.*` and `serve.admin.cors.*`: which pages' scripts may read the answers of a listener (Fetch §3.2).
//! What they mean is in `routes::cors`.

use super::OriginPattern;
use super::keys::Form::{Name, Origin, Word};
use super::keys::Kind::{Integer, List, Switch};
use super::keys::Preset::Value;
use super::keys::Standing::Compatible;
use super::section::section;

const METHODS: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE", "CONNECT", "HEAD", "OPTIONS", "TRACE"];
const ALL_METHODS: &str = "POST,GET,PUT,PATCH,DELETE,CONNECT,HEAD,OPTIONS,TRACE";
const REQUEST_HEADERS: &str = "Accept,Content-Type,Content-Length,Accept-Language,Content-Language,Authorization";
const RESPONSE_HEADERS: &str =
    "Cache-Control,Expires,Last-Modified,Pragma,Content-Length,Content-Language,Content-Type";

section! {
    /// Cross-origin requests of scripts in browsers. The keys lie below `serve.public.cors.` or `serve.admin.cors.`.
    #[derive(Debug, Clone)]
    pub struct Cors {
        /// Answers cross-origin requests of scripts in browsers by the keys below.
        enabled: bool = "enabled", Switch, Value("false"), Compatible;
        /// Origins allowed, each with at most one `*`; an empty list allows none, and `*` none with credentials.
        allowed_origins: Vec<OriginPattern> = "allowed_origins", List(Origin), Value(""), Compatible;
        /// Methods allowed across origins.
        allowed_methods: Vec<String> = "allowed_methods", List(Word(METHODS)), Value(ALL_METHODS), Compatible;
        /// Request headers allowed across origins.
        allowed_headers: Vec<String> = "allowed_headers", List(Name), Value(REQUEST_HEADERS), Compatible;
        /// Response headers that scripts may read.
        exposed_headers: Vec<String> = "exposed_headers", List(Name), Value(RESPONSE_HEADERS), Compatible;
        /// Allows cookies across origins, but for origins that a lone `*` stands for.
        allow_credentials: bool = "allow_credentials", Switch, Value("true"), Compatible;
        /// Hands preflight requests on to the endpoint, and adds the headers to its answer.
        options_passthrough: bool = "options_passthrough", Switch, Value("false"), Compatible;
        /// Seconds for which a browser may remember a preflight answer; 0 sends no header.
        max_age_seconds: i64 = "max_age", Integer { least: 0, most: 86_400 }, Value("0"), Compatible;
        /// Logs every decision about an origin.
        debug: bool = "debug", Switch, Value("false"), Compatible;
    }
}
