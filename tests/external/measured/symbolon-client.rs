//! A login in a terminal with `symbolon-client`.

use symbolon_client::{AuthorizationRequest, Callback, Client};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder("https://accounts.google.com", "app")
        .client_secret("secret")
        .redirect_uri("https://app.example/callback")
        .build()?;
    let (url, pending) = client.authorization_url(&AuthorizationRequest::new("openid email")).await?;
    println!("open {url}, and paste where the browser arrives:");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let tokens = client.redeem(&pending, &Callback::parse(line.trim())).await?;
    println!("{} is logged in", client.user_info(&tokens).await?.subject);
    Ok(())
}
