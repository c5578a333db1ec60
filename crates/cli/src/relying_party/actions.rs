//! What the demonstration application does when a button is pressed. Each action takes what is known of the signed-in
//! user and gives what is known afterwards, with the news for the page; a refusal is news, too. Signing in and out are
//! addresses at the server to send the browser to.

use serde_json::{Map, Value};
use symbolon_client::{
    AdminClient, AuthorizationRequest, Callback, Client, Error, LogoutRequest, PendingAuthorization, Url,
};

use super::sessions::SignedIn;

/// What is asked for at every sign-in.
const SCOPE: &str = "openid offline_access profile email";

/// The userinfo answer, or why there is none.
pub(super) type Profile = Result<Map<String, Value>, String>;

/// What the last button did.
#[derive(Debug, Clone)]
pub(super) struct News {
    pub(super) kind: NewsKind,
    pub(super) headline: &'static str,
    pub(super) text: String,
    /// An answer to be shown member by member.
    pub(super) details: Map<String, Value>,
}

/// Whether the news is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewsKind {
    Good,
    Bad,
}

/// Starts a sign-in; `again` makes the server ask for the password even if it knows the browser.
pub(super) async fn authorization(client: &Client, again: bool) -> Result<(Url, PendingAuthorization), Error> {
    let request = AuthorizationRequest::new(SCOPE);
    client.authorization_url(&if again { request.prompt("login") } else { request }).await
}

/// Redeems the code and asks for the user's profile.
pub(super) async fn redeem(
    client: &Client,
    pending: &PendingAuthorization,
    callback: &Callback,
) -> Result<SignedIn, Error> {
    let tokens = client.redeem(pending, callback).await?;
    let profile = client.user_info(&tokens).await.map(|answer| answer.all).map_err(|error| error.to_string());
    Ok(SignedIn { tokens, profile, refreshes: 0, news: None })
}

/// Trades the refresh token for new tokens.
pub(super) async fn refresh(client: &Client, before: SignedIn) -> SignedIn {
    match client.refresh(&before.tokens).await {
        Ok(tokens) => {
            let profile = client.user_info(&tokens).await.map(|answer| answer.all).map_err(|error| error.to_string());
            let news = good(
                "Refreshed",
                "The server gave a new access token and a new refresh token. The old refresh token is used up: \
                 presenting it again would look like theft and end this sign-in.",
            );
            SignedIn { tokens, profile, refreshes: before.refreshes + 1, news: Some(news) }
        }
        Err(error) => SignedIn { news: Some(bad("Not refreshed", &error)), ..before },
    }
}

/// Asks the admin port what the access token is good for, as an API would that was handed the token.
pub(super) async fn introspect(admin: &AdminClient, before: SignedIn) -> SignedIn {
    let news = match admin.introspect(before.tokens.access_token.as_str(), None).await {
        Ok(answer) => {
            let text = if answer.active {
                "This is what an API learns that was handed the access token and asks the server about it. The question \
                 goes to the admin port, which only your own services should reach."
            } else {
                "The access token is not valid any more: it expired or was revoked. An API would refuse it."
            };
            let details = serde_json::to_value(&answer).ok().and_then(|value| value.as_object().cloned());
            News { details: details.unwrap_or_default(), ..good("Introspection", text) }
        }
        Err(error) => bad("No introspection", &error),
    };
    SignedIn { news: Some(news), ..before }
}

/// Revokes the sign-in: with the refresh token, everything that was issued with it dies.
pub(super) async fn revoke(client: &Client, before: SignedIn) -> SignedIn {
    let tokens = &before.tokens;
    let token = tokens.refresh_token.as_ref().map_or(tokens.access_token.as_str(), |token| token.as_str());
    let news = match client.revoke(token).await {
        Ok(()) => good(
            "Revoked",
            "All tokens of this sign-in are worthless now. Try Introspect or Refresh to see it, or start over. The ID \
             token still says who signed in, as it always will.",
        ),
        Err(error) => bad("Not revoked", &error),
    };
    SignedIn { news: Some(news), ..before }
}

/// Where the browser goes to sign out at the server, too, and with it at all other applications (RP-Initiated Logout §2).
/// The ID token says whose session ends.
pub(super) async fn end_session(client: &Client, before: &SignedIn, return_to: &str) -> Result<Url, Error> {
    let request = LogoutRequest::new().post_logout_redirect_uri(return_to);
    let request = before.tokens.id_token.iter().fold(request, LogoutRequest::id_token);
    client.end_session_url(&request).await
}

fn good(headline: &'static str, text: &str) -> News {
    News { kind: NewsKind::Good, headline, text: text.to_owned(), details: Map::new() }
}

fn bad(headline: &'static str, error: &Error) -> News {
    let text = match error.code() {
        Some("invalid_grant") => {
            format!("The refresh token is not valid any more, so the user has to sign in again ({error}).")
        }
        _ => format!("{error}."),
    };
    News { kind: NewsKind::Bad, headline, text, details: Map::new() }
}
