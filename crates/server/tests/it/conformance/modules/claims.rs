//! Claims that scopes and the `claims` parameter ask for (OpenID Connect Core §5.4, §5.5).

use serde_json::{Map, Value, json};

use crate::conformance::relying_party::{CLAIMS, Login, RelyingParty, Run};

/// The claims of these scopes.
fn of(scopes: &[&str]) -> Map<String, Value> {
    CLAIMS.iter().filter(|(scope, _)| scopes.contains(scope)).flat_map(|(_, claims)| claims()).collect()
}

/// Fails unless userinfo tells all the claims and no ID token does, or the ID token where there is nothing else.
fn assert_told(run: Run, login: &Login, expected: &Map<String, Value>) {
    let told = if run.gives_access_token() { login.userinfo.as_object().unwrap() } else { &login.id_token };
    for (name, value) in expected {
        assert_eq!(told.get(name), Some(value), "{name}");
    }
    let other = if run.gives_access_token() { login.id_token.clone() } else { Map::new() };
    assert!(expected.keys().all(|name| !other.contains_key(name)), "{other:?}");
}

async fn scoped(run: Run, scopes: &[&str]) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let login = party.log_in_with(&[("scope", &format!("openid {}", scopes.join(" ")))]).await;
    assert_told(run, &login, &of(scopes));
    party.unregister().await;
}

pub(crate) async fn scope_profile(run: Run) {
    scoped(run, &["profile"]).await;
}

pub(crate) async fn scope_email(run: Run) {
    scoped(run, &["email"]).await;
}

pub(crate) async fn scope_address(run: Run) {
    scoped(run, &["address"]).await;
}

pub(crate) async fn scope_phone(run: Run) {
    scoped(run, &["phone"]).await;
}

pub(crate) async fn scope_all(run: Run) {
    scoped(run, &["profile", "email", "address", "phone"]).await;
}

pub(crate) async fn alternate_happy_flow(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let mut request = crate::fixtures::set(&party.request(), "scope", "email openid");
    request.reverse();
    let login = party.complete(&request).await;
    assert_told(run, &login, &of(&["email"]));
    party.unregister().await;
}

pub(crate) async fn claims_essential(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let place = if run.gives_access_token() { "userinfo" } else { "id_token" };
    let asked = json!({ place: { "name": { "essential": true } } }).to_string();
    let login = party.log_in_with(&[("claims", &asked)]).await;
    let name = of(&["profile"]).into_iter().filter(|(name, _)| name == "name").collect();
    assert_told(run, &login, &name);
    party.unregister().await;
}
