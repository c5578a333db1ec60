//! Completions and manual pages.

use crate::process::{run, text};

#[test]
fn every_shell_has_completions() {
    for (shell, part) in [
        ("bash", "complete -F _symbolon"),
        ("zsh", "#compdef symbolon"),
        ("fish", "complete -c symbolon"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = run(&["completions", shell]);
        assert!(script.success().contains(part) && script.stdout.contains("oauth2-client"), "{shell}");
        assert_eq!(run(&["completion", shell]).stdout, script.stdout);
    }
    assert_eq!(run(&["completions", "tcsh"]).code, Some(1));
}

#[test]
fn every_command_has_a_manual_page() {
    let page = run(&["man"]);
    assert!(page.success().contains(".TH symbolon 1"), "{page:?}");
    let place = tempfile::tempdir().unwrap();
    run(&["man", "--directory", text(place.path())]).success();
    for name in ["symbolon.1", "symbolon-serve.1", "symbolon-create-oauth2-client.1", "symbolon-migrate-sql-up.1"] {
        let page = std::fs::read_to_string(place.path().join(name)).unwrap();
        assert!(page.contains(".TH"), "{name}");
    }
    assert!(run(&["man", "--directory", "/no/such/place"]).failure().contains("/no/such/place"));
}
