//! What the tests share: a server in process with a clock of its own, requests and answers in few words, a browser with
//! cookies, a login application of ten lines, and the authorization code flow as one call. It owns no rule of any
//! specification and asserts only what every test takes for granted; the rules are in the modules that use it.

mod answer;
mod audit_file;
mod browser;
mod call;
mod code_flow;
mod cookie_jar;
mod database;
mod described;
mod login_application;
mod server;
mod settings;
mod signing_keys;
mod sockets;
#[cfg(test)]
mod tests;

pub(crate) use answer::{Answer, Pairs, pair, pairs_of};
pub(crate) use audit_file::AuditFile;
pub(crate) use browser::Browser;
pub(crate) use call::{Call, Listener};
pub(crate) use code_flow::{CODE_CHALLENGE, CODE_VERIFIER, CodeFlow, NONCE, REDIRECT_URI, STATE};
pub(crate) use cookie_jar::{Cookie, CookieJar};
pub(crate) use database::{Fresh, until_somebody_waits};
pub(crate) use described::of as described;
pub(crate) use login_application::LoginApplication;
pub(crate) use server::{Profile, START, TestServer};
pub(crate) use settings::{golden_folder, left_out, say_left_out};
pub(crate) use sockets::{Connection, ListeningServer, get};
