//! The examples that need no browser.

use super::instructions::{Setting, commands};
use super::programs;
use crate::settings::has_curl;

/// What an example printed until it ended well.
fn output(setting: &mut Setting, name: &str) -> Vec<String> {
    let (code, lines) = setting.follow(name).finish();
    assert_eq!(code, Some(0), "{name}: {lines:#?}");
    lines
}

#[test]
fn each_example_is_a_program_of_less_than_fifty_lines_with_instructions() {
    let names = programs::names();
    assert_eq!(names.len(), 9, "every example has a test in this folder: {names:?}");
    for name in names {
        let text = std::fs::read_to_string(super::instructions::folder().join(format!("{name}.rs"))).unwrap();
        assert!(text.lines().count() < 50, "{name} has {} lines", text.lines().count());
        assert!(commands(&name).iter().any(|command| command.contains(&format!("--example {name}"))), "{name}");
    }
}

#[test]
fn discover_shows_what_the_provider_can_do() {
    let mut setting = Setting::start();
    let lines = output(&mut setting, "discover");
    let issuer = &setting.quickstart.issuer;
    assert_eq!(lines[0], format!("{issuer} issues tokens at {issuer}/oauth2/token"));
    assert!(lines[1].starts_with("scopes: ") && lines[1].contains(" openid "), "{lines:?}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn register_leads_a_registration_from_its_beginning_to_its_end() {
    let lines = output(&mut Setting::start(), "register");
    let id = lines[0].strip_prefix("registered as ").unwrap();
    assert!(!id.is_empty());
    assert_eq!(lines[1..], ["now called Renamed example", "now called Example once more", "deleted"]);
}

#[test]
fn facade_runs_with_the_names_of_the_generated_crate() {
    let mut setting = Setting::start();
    let lines = output(&mut setting, "facade");
    assert_eq!(lines[0], format!("found {}", setting.quickstart.issuer));
    let id = lines[1].strip_prefix("registered ").unwrap();
    assert_eq!(lines[2..], [format!("deleted {id}")]);
}

#[test]
fn machine_calls_the_api_with_its_own_token() {
    let lines = output(&mut Setting::start(), "machine");
    assert_eq!(lines, ["200 OK: the notes of machine"; 3]);
}

#[test]
fn api_tells_curl_what_is_missing_and_lets_in_who_has_it() {
    if !has_curl() {
        return;
    }
    let mut setting = Setting::start();
    let _api = setting.follow("api");
    let [without, reading, writing] = setting.answers.as_slice() else { panic!("{:#?}", setting.answers) };
    let metadata = format!("resource_metadata=\"{}/.well-known/oauth-protected-resource/notes\"", setting.url());
    assert!(without.starts_with("HTTP/1.1 401 ") && without.contains(&metadata), "{without}");
    assert!(reading.starts_with("HTTP/1.1 200 ") && reading.ends_with("\n\nthe notes of reader"), "{reading}");
    assert!(writing.starts_with("HTTP/1.1 403 ") && writing.contains("insufficient_scope"), "{writing}");
    let described = setting.curl("/.well-known/oauth-protected-resource/notes", "");
    assert!(described.contains(&format!("\"resource\":\"{}/notes\"", setting.url())), "{described}");
    assert!(
        described.contains(&format!("\"authorization_servers\":[\"{}\"]", setting.quickstart.issuer)),
        "{described}"
    );
}

#[test]
fn web_and_spa_backend_send_curl_to_the_login_and_scripts_get_401() {
    if !has_curl() {
        return;
    }
    for (name, guarded) in [("web", "/account"), ("spa_backend", "/api/me")] {
        let mut setting = Setting::start();
        let _application = setting.follow(name);
        let open = setting.curl("/", "");
        assert!(open.starts_with("HTTP/1.1 200 ") && open.contains("<!doctype html>"), "{name}: {open}");
        let script = setting.curl(guarded, "-H 'Sec-Fetch-Mode: cors' -H 'Accept: application/json'");
        assert!(script.starts_with("HTTP/1.1 401 ") && script.contains("login_required"), "{name}: {script}");
        let page = setting.curl(guarded, "-H 'Accept: text/html'");
        assert!(page.starts_with("HTTP/1.1 303 "), "{name}: {page}");
        let login = setting.curl("/auth/login", "");
        let place = format!("location: {}/oauth2/auth?", setting.quickstart.issuer);
        assert!(login.contains(&place) && login.contains("code_challenge="), "{name}: {login}");
        // A link of another site logs nobody out.
        assert!(setting.curl("/auth/logout", "").starts_with("HTTP/1.1 405 "), "{name}");
        let foreign = setting.curl("/auth/logout", "-X POST -H 'Origin: https://evil.example'");
        assert!(foreign.starts_with("HTTP/1.1 403 "), "{name}: {foreign}");
    }
}
