//! `symbolon.mcp.enabled`: a table of keys below what is set, and MCP servers as resources.

use symbolon_types::SecurityProfile;

use super::{development_flags, load_with};
use crate::config::mcp::PRESET;
use crate::config::values::Values;
use crate::config::{Config, Place, RotationMode, SupportedScopes, UnknownScopes, keys};

const SERVERS: &str = r#""resources": [{"identifier": "https://mcp.example/mcp", "scopes": ["notes.read"]}]"#;

fn production(text: &str) -> Config {
    let flags = crate::config::Overrides::default().set("secrets.system", super::SECRET);
    let whole =
        format!(r#"{{"dsn": "sqlite:///x.db", "urls": {{"self": {{"issuer": "https://op.example"}}}}, {text}}}"#);
    load_with(&whole, &[], &flags).unwrap_or_else(|error| panic!("{error}"))
}

fn warned(config: &Config) -> Vec<String> {
    config.warnings().into_iter().map(|warning| warning.key).collect()
}

#[test]
fn the_switch_sets_every_key_of_its_table_to_something_else_than_its_default() {
    let mut values = Values::default();
    let place = Place::Flag;
    crate::config::load::read_document(&mut values, r#"{"symbolon": {"mcp": {"enabled": true}}}"#, place);
    crate::config::mcp::lay_below(&mut values);
    for (path, text) in PRESET {
        let key = keys::find(path).unwrap_or_else(|| panic!("{path} is no key"));
        let wanted = key.kind.read_text(text);
        assert!(key.kind.accepts(&wanted), "{path}");
        assert_ne!(Values::default().get(path), Some(wanted.clone()), "{path} has this value by itself");
        assert_eq!(values.get(path), Some(wanted), "{path}");
    }
}

#[test]
fn what_is_set_by_name_stays() {
    let config = production(
        r#""symbolon": {"mcp": {"enabled": true}, "scopes": {"unknown": "refuse"},
            "registration": {"security_profile": "none", "limit_per_minute": 3, "scopes": ["openid"]}},
            "oidc": {"dynamic_client_registration": {"enabled": false}}"#,
    );
    let registration = &config.symbolon.registration;
    assert_eq!(config.symbolon.scopes.unknown, UnknownScopes::Refuse);
    assert_eq!((registration.security_profile, registration.limit_per_minute), (SecurityProfile::None, 3));
    assert!(!config.oidc.dynamic_client_registration.enabled);
    assert_eq!(registration.scopes.to_string(), "openid");
    // The rest follows the switch.
    assert_eq!(config.symbolon.scopes.supported, SupportedScopes::OfResources);
    assert_eq!(config.oauth2.refresh.mode, RotationMode::UntilSuccessorUsed);
    assert_eq!(registration.limit_per_day, 200);
}

#[test]
fn without_the_switch_nothing_of_it_holds() {
    let config = production(r#""log": {"level": "warn"}"#);
    assert!(!config.oidc.dynamic_client_registration.enabled && config.symbolon.resources.is_empty());
    assert_eq!(config.symbolon.registration.security_profile, SecurityProfile::None);
    let refused = load_with(&format!(r#"{{"symbolon": {{"mcp": {{{SERVERS}}}}}}}"#), &[], &development_flags());
    assert!(refused.unwrap_err().to_string().contains("symbolon.mcp.enabled"));
}

#[test]
fn a_grace_period_is_a_wish_for_its_own_mode() {
    let config = production(
        r#""symbolon": {"mcp": {"enabled": true}}, "oauth2": {"grant": {"refresh_token": {"rotation_grace_period": "1m"}}}"#,
    );
    assert_eq!(config.oauth2.refresh.mode, RotationMode::Grace);
}

#[test]
fn in_development_nothing_counts_addresses() {
    let config = load_with(r#"{"symbolon": {"mcp": {"enabled": true}}}"#, &[], &development_flags()).unwrap();
    let registration = &config.symbolon.registration;
    assert_eq!((registration.limit_per_minute, registration.limit_per_day), (0, 0));
}

#[test]
fn servers_are_resources_for_everybody_and_their_scopes_may_be_registered() {
    let config = production(&format!(
        r#""symbolon": {{"mcp": {{"enabled": true, {SERVERS}}}, "resources": [{{"identifier": "https://api.example",
            "scopes": ["pay"]}}]}}"#
    ));
    let server = config.symbolon.resources.of_audience("https://mcp.example/mcp").unwrap();
    assert!(server.self_service && server.advertise);
    let other = config.symbolon.resources.of_audience("https://api.example").unwrap();
    assert!(!other.self_service && !other.advertise);
    assert!(config.symbolon.registration.scopes.contains("notes.read"));
    assert!(!config.symbolon.registration.scopes.contains("pay"));
    assert_eq!(config.symbolon.resources.with_scope("pay").count(), 1);
    assert!(config.is_for_mcp_server(&["https://mcp.example/mcp".to_owned()]));
    assert!(!config.is_for_mcp_server(&["https://api.example".to_owned()]));
}

#[test]
fn a_client_may_register_all_scopes_there_are() {
    let scopes: Vec<String> = (0..50).map(|number| format!("\"s{number}\"")).collect();
    let resources = format!(r#"[{{"identifier": "https://a.example", "scopes": [{}]}}]"#, scopes.join(","));
    let config = production(&format!(r#""symbolon": {{"mcp": {{"enabled": true, "resources": {resources}}}}}"#));
    assert_eq!(config.symbolon.registration.scopes.len(), 57);
    assert_eq!(config.symbolon.limits.self_registered_list_entries, 57);
    let few = production(&format!(r#""symbolon": {{"mcp": {{"enabled": true, {SERVERS}}}}}"#));
    assert_eq!(few.symbolon.limits.self_registered_list_entries, 20);
}

#[test]
fn one_resource_is_the_default_and_of_two_none() {
    let one = production(&format!(r#""symbolon": {{"mcp": {{"enabled": true, {SERVERS}}}}}"#));
    assert!(one.only_mcp_resource().is_some());
    let two = production(&format!(
        r#""symbolon": {{"mcp": {{"enabled": true, {SERVERS}}}, "resources": [{{"identifier": "https://b.example"}}]}}"#
    ));
    assert!(two.only_mcp_resource().is_none());
}

#[test]
fn a_server_that_is_a_resource_already_is_named() {
    let text = format!(
        r#"{{"symbolon": {{"mcp": {{"enabled": true, {SERVERS}}}, "resources": [{{"identifier": "https://a.example",
            "aliases": ["https://MCP.example/mcp"]}}]}}}}"#
    );
    let fault = load_with(&text, &[], &development_flags()).unwrap_err().to_string();
    assert!(fault.contains("symbolon.mcp.resources") && fault.contains("https://mcp.example/mcp"), "{fault}");
}

#[test]
fn what_stands_in_the_way_of_clients_is_warned_of() {
    let fine = production(r#""symbolon": {"mcp": {"enabled": true}}"#);
    assert!(!warned(&fine).iter().any(|key| key.starts_with("urls.") || key.contains("strict_sdk")));
    let plain = r#"{"mcp": {"enabled": true, "resources": [{"identifier": "http://mcp.example"}]},
        "compatibility": {"strict_sdk_discovery": true}, "security_profile": "fapi2"}"#;
    let config = production(&format!(r#""symbolon": {plain}"#));
    for key in ["symbolon.mcp.resources", "symbolon.compatibility.strict_sdk_discovery", "symbolon.security_profile"] {
        assert!(warned(&config).iter().any(|warned| warned == key), "{key}");
    }
}
