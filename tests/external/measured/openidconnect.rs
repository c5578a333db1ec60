//! A login in a terminal with `openidconnect`.

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    RedirectUrl, Scope, TokenResponse, reqwest,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).build()?;
    let issuer = IssuerUrl::new("https://accounts.google.com".to_owned())?;
    let metadata = CoreProviderMetadata::discover_async(issuer, &http).await?;
    let (id, secret) = (ClientId::new("app".to_owned()), ClientSecret::new("secret".to_owned()));
    let client = CoreClient::from_provider_metadata(metadata, id, Some(secret))
        .set_redirect_uri(RedirectUrl::new("https://app.example/callback".to_owned())?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    println!("open {url}, and paste the code (state {}):", state.secret());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let code = AuthorizationCode::new(line.trim().to_owned());
    let tokens = client.exchange_code(code)?.set_pkce_verifier(verifier).request_async(&http).await?;
    let claims = tokens.id_token().ok_or("no ID token")?.claims(&client.id_token_verifier(), &nonce)?;
    let subject = claims.subject().clone();
    let user: CoreUserInfoClaims =
        client.user_info(tokens.access_token().clone(), Some(subject))?.request_async(&http).await?;
    println!("{} is logged in", user.subject().as_str());
    Ok(())
}
