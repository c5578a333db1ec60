//! What source code may name where: the walls between crates and inside the server.
//!
//! Each wall is a line of data: names that stand for a dependency or a module, and the folders they are allowed or
//! forbidden in. Names are looked for among tokens, so that macros are seen and comments are not. Which crate may
//! *depend* on what is the business of [`super::manifests`], and the order of the server's modules that of
//! [`super::modules`].

use super::finding::Finding;
use super::paths;
use super::rust_file::{RustFile, Token, TokenKind};

/// Names that product code uses in some places only.
struct Territory {
    names: &'static [&'static str],
    /// Modules: each stands for the folder and for the file of that name.
    allowed_in: &'static [&'static str],
    remedy: &'static str,
}

const TERRITORIES: &[Territory] = &[
    Territory {
        names: &["rusqlite", "tokio_postgres", "postgres_types"],
        allowed_in: &["crates/store/src"],
        remedy: "SQL lives in the store: add a record function there",
    },
    Territory {
        names: &[
            "aws_lc_rs",
            "aws_lc_sys",
            "aes_gcm",
            "aes_gcm_siv",
            "aes_kw",
            "ed25519_dalek",
            "getrandom",
            "p256",
            "p384",
            "p521",
        ],
        allowed_in: &["crates/jose/src/backend"],
        remedy: "cryptographic libraries live in the module `backend` of jose: add what is missing there",
    },
    Territory {
        names: &["axum"],
        allowed_in: &["crates/server/src/routes", "crates/server/src/listen", "crates/client/examples"],
        remedy: "only route tables and listeners know the web framework: take and return what `exchange` has",
    },
    Territory {
        names: &["axum_core"],
        allowed_in: &[
            "crates/server/src/routes",
            "crates/server/src/listen",
            "crates/client/src/login/session/extractor",
        ],
        remedy: "only route tables, listeners and extractors know the web framework: take and return what tower has",
    },
    Territory {
        names: &["reqwest"],
        allowed_in: &["crates/server/src/outbound", "crates/client/src", "crates/client/examples"],
        remedy: "the server calls out through `outbound` only, which guards addresses, sizes and time",
    },
];

/// The only modules of the server that make signatures.
const SIGNERS: &[&str] = &["crates/server/src/issue", "crates/server/src/keys"];

/// Crates without input and output, and what of `std` is closed to them.
const PURE: &[&str] = &["crates/types/src", "crates/jose/src"];
const IMPURE_MODULES: &[&str] = &["fs", "process", "env", "thread"];
const IMPURE_NAMES: &[&str] = &["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs", "SystemTime", "Instant"];

/// Checks all walls for one file. Tests may climb them.
pub(crate) fn check(file: &RustFile, findings: &mut Vec<Finding>) {
    let tokens = file.product_tokens();
    let mut fail = |line: usize, rule: &'static str, problem: String, remedy: &'static str| {
        findings.push(Finding::failure((file.path, line), rule, problem, remedy));
    };
    for territory in TERRITORIES.iter().filter(|territory| !within_any(file.path, territory.allowed_in)) {
        for (name, line) in mentions(&tokens, territory.names) {
            fail(line, "crate-wall", format!("names `{name}`"), territory.remedy);
        }
    }
    if within(file.path, "crates/server/src") && !within_any(file.path, SIGNERS) {
        for line in sign_calls(&tokens) {
            fail(line, "server-wall", "calls `sign`".to_owned(), "only `issue` and `keys` sign: ask `issue` for it");
        }
    }
    if within_any(file.path, PURE) {
        let named = paths::names_after(&tokens, "std").into_iter().filter_map(|index| as_mention(&tokens[index]));
        let modules = named.filter(|(name, _)| IMPURE_MODULES.contains(name));
        for (name, line) in modules.chain(mentions(&tokens, IMPURE_NAMES)) {
            let remedy = "this crate has no input, output or clock: let the caller hand the value in";
            fail(line, "pure-crate", format!("uses `{name}`"), remedy);
        }
    }
}

fn within_any(path: &str, modules: &[&str]) -> bool {
    modules.iter().any(|module| within(path, module))
}

/// True for `MODULE.rs` and everything below `MODULE/`.
fn within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn mentions<'t>(tokens: &'t [Token], names: &[&str]) -> Vec<(&'t str, usize)> {
    tokens.iter().filter_map(as_mention).filter(|(name, _)| names.contains(name)).collect()
}

fn as_mention(token: &Token) -> Option<(&str, usize)> {
    Some((token.identifier()?, token.line))
}

/// Lines of `.sign(…)` and `Type::sign(…)`.
fn sign_calls(tokens: &[Token]) -> Vec<usize> {
    let calls = tokens.windows(3).filter(|window| {
        matches!(window[0].kind, TokenKind::Punctuation('.' | ':'))
            && window[1].is_identifier("sign")
            && window[2].kind == TokenKind::Open('(')
    });
    calls.map(|call| call[1].line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<(&'static str, usize)> {
        let file = RustFile::parse(path, text).expect("parses");
        let mut findings = Vec::new();
        check(&file, &mut findings);
        findings.iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn sql_drivers_stay_in_the_store() {
        let text = "use rusqlite::Connection;\nfn a() -> tokio_postgres::Client { b!(tokio_postgres) }";
        assert_eq!(rules("crates/server/src/a.rs", text), [("crate-wall", 1), ("crate-wall", 2), ("crate-wall", 2)]);
        assert!(rules("crates/store/src/a.rs", text).is_empty());
        assert!(rules("crates/server/tests/it/a.rs", text).is_empty());
    }

    #[test]
    fn cryptography_stays_in_jose() {
        assert_eq!(rules("crates/types/src/a.rs", "use aws_lc_rs::digest;"), [("crate-wall", 1)]);
        assert_eq!(rules("crates/jose/src/a.rs", "use p256::ecdsa;"), [("crate-wall", 1)]);
        assert!(rules("crates/jose/src/backend/a.rs", "use aws_lc_rs::digest;").is_empty());
    }

    #[test]
    fn axum_stays_at_the_servers_edge() {
        for path in ["crates/cli/src/a.rs", "crates/server/src/token/a.rs", "crates/server/src/start.rs"] {
            assert_eq!(
                rules(path, "use axum::Router;\nfn a(b: axum::Json<()>) {}"),
                [("crate-wall", 1), ("crate-wall", 2)]
            );
        }
        for path in ["crates/server/src/routes/public.rs", "crates/server/src/listen.rs"] {
            assert!(rules(path, "use axum::Router;").is_empty());
        }
    }

    #[test]
    fn only_outbound_and_the_client_crate_call_out() {
        assert_eq!(rules("crates/server/src/keys/a.rs", "use reqwest::Client;"), [("crate-wall", 1)]);
        assert_eq!(rules("crates/cli/src/a.rs", "use reqwest::Client;"), [("crate-wall", 1)]);
        for path in ["crates/server/src/outbound.rs", "crates/server/src/outbound/a.rs", "crates/client/src/a.rs"] {
            assert!(rules(path, "use reqwest::Client;").is_empty());
        }
        assert_eq!(rules("crates/server/src/outbounds.rs", "use reqwest::Client;"), [("crate-wall", 1)]);
    }

    #[test]
    fn only_issue_and_keys_sign() {
        let text = "fn a() {\n key.sign(b);\n SigningKey::sign(&key, b);\n sign(b); key.sign_count();\n}";
        assert_eq!(rules("crates/server/src/userinfo.rs", text), [("server-wall", 2), ("server-wall", 3)]);
        assert!(rules("crates/server/src/issue/id_token.rs", text).is_empty());
        assert!(rules("crates/server/src/keys/mod.rs", text).is_empty());
        assert!(rules("crates/client/src/a.rs", text).is_empty());
    }

    #[test]
    fn pure_crates_do_no_input_or_output() {
        let text = "use std::{fmt, fs, net::Ipv4Addr};\nfn a() { std::net::TcpStream::b(); std::time::Duration::c(); }";
        assert_eq!(rules("crates/types/src/a.rs", text), [("pure-crate", 1), ("pure-crate", 2)]);
        assert!(rules("crates/store/src/a.rs", text).is_empty());
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        let text = "//! Not rusqlite.\n/// Not axum.\nconst A: &str = \"reqwest\";\n#[cfg(test)]\nmod tests { use rusqlite::A; }";
        assert!(rules("crates/types/src/a.rs", text).is_empty());
    }
}
