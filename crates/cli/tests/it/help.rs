//! Help, version, and mistakes on the command line.

use crate::process::run;

/// Every command with examples in its help.
const COMMANDS: &[&[&str]] = &[
    &["serve"],
    &["config", "check"],
    &["config", "show"],
    &["config", "schema"],
    &["doctor"],
    &["config", "reload"],
    &["audit", "verify"],
    &["quickstart"],
    &["create", "client"],
    &["create", "oauth2-client"],
    &["create", "account"],
    &["get", "account"],
    &["update", "account"],
    &["disable", "account"],
    &["enable", "account"],
    &["delete", "account"],
    &["delete", "client"],
    &["delete", "access-tokens"],
    &["delete", "client-tokens"],
    &["create", "jwk"],
    &["get", "client"],
    &["get", "jwk"],
    &["list", "clients"],
    &["ls", "oauth2-clients"],
    &["list", "accounts"],
    &["list", "consents"],
    &["list", "sessions"],
    &["list", "login-sessions"],
    &["update", "client"],
    &["delete", "jwk"],
    &["delete", "consents"],
    &["delete", "sessions"],
    &["import", "client"],
    &["import", "jwk"],
    &["import", "hydra"],
    &["introspect", "token"],
    &["revoke", "token"],
    &["perform", "client-credentials"],
    &["perform", "device-code"],
    &["sign-out"],
    &["migrate", "sql"],
    &["migrate", "sql", "up"],
    &["migrate", "sql", "status"],
    &["migrate", "sql", "down"],
    &["migrate", "status"],
    &["backup"],
    &["restore"],
    &["janitor"],
    &["completions"],
    &["completion"],
    &["man"],
    &["apply"],
    &["export"],
    &["keys", "list"],
    &["keys", "rotate"],
    &["perform", "authorization-code"],
    &["mcp", "check"],
    &["resource", "metadata"],
    &["register"],
    &["discover"],
    &["userinfo"],
    &["credential"],
    &["logout-url"],
    &["health"],
    &["explain"],
    &["explain-profile"],
];

#[test]
fn every_command_has_help_with_examples() {
    for &command in COMMANDS {
        let help = run(&[command, &["--help"]].concat());
        assert!(help.success().contains("Examples:") && help.stderr.is_empty(), "{command:?}: {help:?}");
        assert!(!help.stdout.contains('`'), "{command:?}: marks of the source do not belong in a help text");
    }
    assert!(run(&["--help"]).success().contains("quickstart"));
}

#[test]
fn version_is_shown() {
    assert!(run(&["version"]).success().contains(env!("CARGO_PKG_VERSION")));
    assert!(run(&["--version"]).success().contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn mistakes_exit_with_one() {
    let mistakes: [(&[&str], &str); 14] = [
        (&["no-such-command"], "no-such-command"),
        (&["serve", "--no-such-flag"], "--no-such-flag"),
        (&["serve", "both"], "public"),
        (&["create", "account"], "--username"),
        (&["update", "account"], "ACCOUNT_ID"),
        (&["disable", "account", "an-id", "--username", "alice"], "--username"),
        (&["update", "account", "an-id", "--password", "hunter2"], "--password"),
        (&["update", "account", "an-id", "--email-verified", "perhaps"], "perhaps"),
        (&["sign-out"], "SUBJECT"),
        (&["delete", "access-tokens"], "CLIENT_ID"),
        (&["keys"], "rotate"),
        (&["keys", "rotate", "--set", "both"], "access-token"),
        (&["quickstart", "--public-port", "0"], "--public-port"),
        (&["serve", "--set", "dsn"], "key=value"),
    ];
    for (arguments, part) in mistakes {
        let finished = run(arguments);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stderr.contains(part) && finished.stdout.is_empty(), "{finished:?}");
    }
    assert_eq!(run(&[]).code, Some(1));
}
