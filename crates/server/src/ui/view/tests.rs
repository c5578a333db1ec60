//! The rules that every page keeps: escaping, safe addresses, stable ids, words for everything.
//! Pages are rendered from structs; no server runs.

use super::*;
use crate::ui::policy::{FORM_POST_SCRIPT, Submission};
use crate::ui::texts::ScopeText;

/// Ends an attribute, opens a tag, closes a script and rearranges text: whatever place it lands in, it shows.
const MARKER: &str = "\"'><script>alert(1)</script><b>`{client}{{7*7}}";

fn theme() -> Theme {
    Theme { title: "Acme".to_owned(), ..Theme::default() }
}

fn client(marker: &'static str) -> ClientView<'static> {
    ClientView { name: marker, domain: marker, logo_uri: "", policy_uri: "", tos_uri: "" }
}

fn harmless() -> ClientView<'static> {
    ClientView { domain: "notes.example.com", ..client("Notes") }
}

fn login<'a>(frame: Frame<'a>, client: ClientView<'a>) -> LoginPage<'a> {
    LoginPage { frame, client, action: "/login", challenge: "c1", username: "", remember: false, error: None }
}

fn consent<'a>(frame: Frame<'a>, client: ClientView<'a>, scopes: &'a [ScopeView]) -> ConsentPage<'a> {
    ConsentPage {
        frame,
        client,
        action: "/consent",
        challenge: "c2",
        subject_name: "alice",
        switch_account_url: None,
        scopes,
        claims: &[],
        details: &[],
        resources: &[],
        standing: Standing::Operator,
        answered: Answered::AtAddress,
        connected: None,
        remember: false,
    }
}

fn device<'a>(frame: Frame<'a>, words: &'a str) -> DevicePage<'a> {
    DevicePage { frame, action: words, challenge: words, user_code: words, error: None }
}

fn confirm<'a>(frame: Frame<'a>, client: ClientView<'a>, words: &'a str) -> DeviceConfirmPage<'a> {
    DeviceConfirmPage { frame, client, action: words, challenge: words, user_code: words }
}

fn resource(words: &str) -> ResourceView {
    ResourceView { title: Some(words.to_owned()), identifier: words.to_owned() }
}

fn home(frame: Frame<'_>, words: &str) -> String {
    let scopes = vec![ScopeView::describe(words, frame.texts, None)];
    let request = RequestView {
        id: words.to_owned(),
        client_name: words.to_owned(),
        binding_message: words.to_owned(),
        scopes: scopes.clone(),
        details: vec![DetailView { sentence: words.to_owned(), json: words.to_owned() }],
        resources: vec![resource(words)],
    };
    let application = ApplicationView {
        client_id: words.to_owned(),
        name: words.to_owned(),
        claimed_name: Some(words.to_owned()),
        since: words.to_owned(),
        scopes,
        resources: vec![resource(words)],
    };
    let account = AccountView {
        subject_name: words,
        action: words,
        form: words,
        requests: &[request],
        applications: &[application],
    };
    let documentation_url = Some(words);
    HomePage { frame, issuer: words, discovery_url: words, documentation_url, account: Some(account) }.render()
}

/// Every page, with `marker` in every field that takes words.
fn every_page(marker: &'static str) -> Vec<(&'static str, String)> {
    let theme = Theme {
        title: marker.to_owned(),
        logo_url: Some(marker.to_owned()),
        stylesheet_url: Some(marker.to_owned()),
        base_path: marker.to_owned(),
        languages: vec![marker.to_owned()],
    };
    let mut texts = Texts::english();
    texts.language = marker.into();
    texts.login_heading = marker.into();
    let frame = Frame::new(&theme, &texts);
    let client = client(marker);
    let scopes = [
        ScopeView::describe(marker, &texts, None),
        ScopeView { title: Some(marker.to_owned()), ..ScopeView::describe("openid", &texts, None) },
    ];
    let titled = ClaimView { title: Some(marker.to_owned()), name: marker.to_owned() };
    let claims = [ClaimView::describe(marker, &texts), titled];
    let details = [DetailView { sentence: marker.to_owned(), json: marker.to_owned() }];
    let resources = [resource(marker)];
    let parameters = [(marker.to_owned(), marker.to_owned())];
    let login = LoginPage { action: marker, challenge: marker, username: marker, ..login(frame, client) };
    let consent = ConsentPage {
        action: marker,
        challenge: marker,
        subject_name: marker,
        switch_account_url: Some(marker),
        claims: &claims,
        details: &details,
        resources: &resources,
        connected: Some(Connected::Until(marker)),
        ..consent(frame, client, &scopes)
    };
    let form_post = |submission| FormPostPage {
        frame,
        action: "https://app.example/cb?q=\"><script>",
        parameters: &parameters,
        submission,
    };
    let notice = NoticePage { frame, title: marker.to_owned(), paragraphs: vec![marker.to_owned()], done: true };
    vec![
        ("login", login.render()),
        ("login throttled", LoginPage { error: Some(LoginError::Throttled { seconds: 5 }), ..login }.render()),
        ("consent", consent.render()),
        ("error", ErrorPage { frame, code: marker, description: marker, hint: marker, request_id: marker }.render()),
        ("device", device(frame, marker).render()),
        ("device confirmed", confirm(frame, client, marker).render()),
        ("form_post", form_post(Submission::Button).render()),
        ("notice", notice.render()),
        ("not configured", NoticePage::not_configured(frame, marker).render()),
        ("home", home(frame, marker)),
        ("plain", plain_page(marker, marker)),
    ]
}

#[test]
fn every_reflected_field_is_escaped() {
    for (name, page) in every_page(MARKER) {
        assert!(page.contains("&#34;&#39;&#62;&#60;script&#62;"), "{name} does not show the marker at all");
        for open in ["<script", "<b>", "\"'>", "alert(1)</"] {
            assert!(!page.contains(open), "{name} contains {open}:\n{page}");
        }
    }
}

#[test]
fn pages_have_no_script_and_no_inline_style() {
    for (name, page) in every_page("word") {
        for banned in
            ["<script", "<style", " style=", " onload", " onclick", "javascript:", "http-equiv", "<iframe", "<base"]
        {
            assert!(!page.contains(banned), "{name} contains {banned}");
        }
    }
}

#[test]
fn addresses_that_run_something_are_never_linked_or_posted_to() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    for hostile in [
        "javascript:alert(1)//https://",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a/b",
    ] {
        let client = ClientView { logo_uri: hostile, policy_uri: hostile, tos_uri: hostile, ..harmless() };
        let scopes = [ScopeView::describe("email", &texts, None)];
        for page in [login(frame, client).render(), consent(frame, client, &scopes).render()] {
            assert!(!page.contains("client_policy") && !page.contains(&texts.client_policy.to_string()), "{hostile}");
            assert!(!page.contains("tile-logo"), "{hostile}");
        }
        let parameters = [("code".to_owned(), "ory_ac_x".to_owned())];
        let page = FormPostPage { frame, action: hostile, parameters: &parameters, submission: Submission::Automatic };
        let html = page.render();
        assert!(!html.contains("<form") && !html.contains("<script") && !html.contains("ory_ac_x"), "{hostile}");
    }
}

#[test]
fn web_addresses_of_the_client_are_linked_and_only_https_logos_are_shown() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    let client = ClientView {
        logo_uri: "https://cdn.example/a.png?x=1&y=2",
        policy_uri: "HTTPS://notes.example.com/privacy",
        tos_uri: "http://localhost:3000/terms",
        ..harmless()
    };
    let page = login(frame, client).render();
    assert!(page.contains("src=\"https://cdn.example/a.png?x=1&#38;y=2\" alt=\"\""), "{page}");
    assert!(
        page.contains("href=\"HTTPS://notes.example.com/privacy\"")
            && page.contains("href=\"http://localhost:3000/terms\"")
    );
    let plain = ClientView { logo_uri: "http://cdn.example/a.png", ..client };
    assert!(!login(frame, plain).render().contains("cdn.example"));
}

#[test]
fn forms_have_the_ids_and_names_that_automation_relies_on() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    let page = LoginPage {
        error: Some(LoginError::WrongCredentials),
        username: "alice",
        remember: true,
        ..login(frame, harmless())
    }
    .render();
    for id in ["login-form", "username", "password", "remember", "submit", "cancel", "error"] {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    for part in [
        "<form id=\"login-form\" class=\"form\" method=\"post\" action=\"/login\">",
        "name=\"login_challenge\" value=\"c1\"",
        "value=\"alice\"",
        "type=\"checkbox\" value=\"1\" checked",
        "name=\"action\" value=\"accept\"",
        "name=\"action\" value=\"reject\" formnovalidate",
        "autocomplete=\"username\"",
        "autocomplete=\"current-password\"",
    ] {
        assert!(page.contains(part), "{part}:\n{page}");
    }
    assert!(!login(frame, harmless()).render().contains("id=\"error\""));
}

#[test]
fn device_pages_have_the_ids_that_automation_relies_on() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    let wrong = DevicePage { error: Some(DeviceCodeError::Wrong), ..device(frame, "w") }.render();
    for id in ["device-form", "user-code", "submit", "error"] {
        assert_eq!(wrong.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(wrong.contains("aria-invalid=\"true\"") && wrong.contains(&*texts.device_wrong_code));
    let throttled = DevicePage { error: Some(DeviceCodeError::Throttled { seconds: 30 }), ..device(frame, "w") };
    assert!(throttled.render().contains("Try again in 30 seconds."));
    let page = confirm(frame, harmless(), "w").render();
    for id in ["device-confirm-form", "user-code", "connect", "refuse"] {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert_eq!(page.matches("class=\"button button-choice\"").count(), 2);
}

#[test]
fn openid_cannot_be_left_out_and_other_scopes_can() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    let scopes = ["openid", "offline_access", "orders:read"].map(|scope| ScopeView::describe(scope, &texts, None));
    let page = consent(frame, harmless(), &scopes).render();
    for id in ["consent-form", "scope-0", "scope-1", "scope-2", "remember", "allow", "deny"] {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(page.contains("<input type=\"hidden\" name=\"grant_scope\" value=\"openid\">"));
    assert!(page.contains("id=\"scope-0\" type=\"checkbox\" checked disabled value=\"openid\""), "{page}");
    assert!(page.contains("id=\"scope-1\" type=\"checkbox\" checked name=\"grant_scope\" value=\"offline_access\""));
    assert!(page.contains("<code>orders:read</code>") && page.contains(&*texts.scope_offline_title));
    assert!(page.find("id=\"deny\"").unwrap() < page.find("id=\"allow\"").unwrap());
    assert_eq!(page.matches("class=\"button button-choice\"").count(), 2);
}

#[test]
fn scopes_are_described_by_the_operator_first() {
    let mut texts = Texts::german();
    for (scope, title, description) in [
        ("email", Some("Post"), None),
        ("phone", None, Some("Nur Festnetz.")),
        ("orders", Some("Bestellungen"), Some("Alle.")),
        ("stock", None, Some("Lager.")),
    ] {
        let words = ScopeText { title: title.map(str::to_owned), description: description.map(str::to_owned) };
        texts.scopes.insert(scope.to_owned(), words);
    }
    let view = |scope| {
        let view = ScopeView::describe(scope, &texts, None);
        (view.title.unwrap_or_default(), view.description)
    };
    assert_eq!(view("email"), ("Post".to_owned(), String::new()));
    assert_eq!(view("phone"), (texts.scope_phone_title.to_string(), "Nur Festnetz.".to_owned()));
    assert_eq!(view("orders"), ("Bestellungen".to_owned(), "Alle.".to_owned()));
    assert_eq!(view("stock"), (String::new(), "Lager.".to_owned()));
    assert_eq!(view("other"), (String::new(), texts.scope_unknown_description.to_string()));
}

#[test]
fn errors_of_the_login_are_words_and_do_not_tell_whether_a_user_exists() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    let page = |error| LoginPage { error: Some(error), ..login(frame, harmless()) }.render();
    assert!(page(LoginError::Throttled { seconds: 90 }).contains("Try again in 2 minutes."));
    assert!(page(LoginError::WrongCredentials).contains(&*texts.login_wrong_credentials));
    assert!(page(LoginError::WrongCredentials).contains("aria-invalid=\"true\" aria-describedby=\"error\""));
    assert!(!page(LoginError::Throttled { seconds: 90 }).contains("aria-invalid"));
    assert!(page(LoginError::Incomplete).contains(&*texts.login_incomplete));
}

#[test]
fn the_error_page_names_code_description_and_request() {
    let (theme, texts) = (theme(), Texts::english());
    let frame = Frame::new(&theme, &texts);
    let full = ErrorPage { frame, code: "invalid_request", description: "d", hint: "h", request_id: "r" };
    let page = full.render();
    for part in
        ["id=\"error-code\">invalid_request<", "id=\"error-description\"", "id=\"error-hint\"", "id=\"request-id\">r<"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains(&*texts.error_request));
    let server = ErrorPage { code: "server_error", description: "", hint: "", request_id: "", ..full }.render();
    assert!(server.contains(&*texts.error_server) && !server.contains("error-hint") && !server.contains("request-id"));
}

#[test]
fn form_post_sends_itself_only_when_told_and_always_has_a_button() {
    let (theme, texts) = (theme(), Texts::german());
    let frame = Frame::new(&theme, &texts);
    let parameters = [("code".to_owned(), "a&b".to_owned()), ("state".to_owned(), String::new())];
    let page =
        FormPostPage { frame, action: "com.example.app:/cb", parameters: &parameters, submission: Submission::Button };
    let button = page.render();
    let automatic = FormPostPage { submission: Submission::Automatic, ..page }.render();
    assert!(automatic.contains(&format!("<script>{FORM_POST_SCRIPT}</script>")) && !button.contains("script>"));
    for html in [button, automatic] {
        assert!(html.contains("name=\"code\" value=\"a&#38;b\"") && html.contains("name=\"state\" value=\"\""));
        assert!(html.contains("action=\"com.example.app:/cb\"") && html.contains("<bdi>com.example.app:</bdi>"));
        assert!(html.contains("content=\"strict-origin\"") && html.contains("id=\"continue\""));
        assert!(
            !html.contains("\"submit\" name") && !html.contains("id=\"submit\"") && !html.contains("name=\"submit\"")
        );
    }
}

#[test]
fn destinations_show_what_cannot_be_made_up() {
    for (redirect_uri, shown) in [
        ("https://app.example.com/cb?x=https://bank.example", "app.example.com"),
        ("https://bank.example@evil.example:8443/cb", "evil.example:8443"),
        ("https://pаypal.example/", "xn--pypal-4ve.example"),
        ("http://127.0.0.1:53121/cb", "127.0.0.1:53121"),
        ("http://[::1]/cb", "[::1]"),
        ("com.example.app:/cb", "com.example.app:"),
        ("no address", ""),
    ] {
        assert_eq!(destination(redirect_uri), shown);
    }
}

#[test]
fn the_frame_carries_language_prefix_and_the_operators_look() {
    let theme = Theme {
        stylesheet_url: Some("https://cdn.example/acme.css".to_owned()),
        logo_url: Some("https://cdn.example/acme.svg".to_owned()),
        base_path: "/auth".to_owned(),
        ..theme()
    };
    let texts = Texts::for_locales(&["de-AT"], &std::collections::BTreeMap::new());
    let page = NoticePage::signed_out(Frame::new(&theme, &texts)).render();
    assert!(page.starts_with("<!doctype html>\n<html lang=\"de\" dir=\"ltr\">"), "{page}");
    let ours = page.find(&format!("href=\"/auth{}\"", assets::asset_path("style.css"))).unwrap();
    assert!(ours < page.find("href=\"https://cdn.example/acme.css\"").unwrap());
    assert!(page.contains("src=\"https://cdn.example/acme.svg\" alt=\"Acme\""));
    assert!(page.contains("Sie sind abgemeldet"));
}
