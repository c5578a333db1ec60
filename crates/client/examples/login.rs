//! A user logs in, and gets a credential. Start a server first, and make a client for this program:
//!
//! ```text
//! symbolon quickstart
//! symbolon create client -e http://127.0.0.1:4445 --id example --token-endpoint-auth-method none \
//!     --scope openid,email,userinfo_credential_draft_00 --redirect-uri http://127.0.0.1:8080/callback
//! cargo run -p symbolon-client --example login
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use symbolon_client::{Algorithm, AuthorizationRequest, Callback, Client, LogoutRequest, SigningKey};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let client =
        Client::builder("http://127.0.0.1:4444", "example").redirect_uri("http://127.0.0.1:8080/callback").build()?;
    let request = AuthorizationRequest::new("openid email userinfo_credential_draft_00");
    let (url, pending) = client.authorization_url(&request).await?;
    println!("Open {url}");

    let callback = Callback::parse(&query_of_the_next_request(&listener).await?);
    let tokens = client.redeem(&pending, &callback).await?;
    let user = client.user_info(&tokens).await?;
    println!("{} logged in, with the address {:?}", user.subject, user.standard.email);

    let key = SigningKey::generate(Algorithm::ES256, "example".to_owned())?;
    let credential = client.issue_credential(&tokens.access_token, &key).await?;
    println!("credential for {}: {}", credential.holder, credential.raw);

    if let Some(id_token) = &tokens.id_token {
        println!("To log out, open {}", client.end_session_url(&LogoutRequest::new().id_token(id_token)).await?);
    }
    Ok(())
}

/// As much of a web server as a callback needs.
async fn query_of_the_next_request(listener: &TcpListener) -> Result<String, Box<dyn Error>> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let mut line = String::new();
        BufReader::new(&mut stream).read_line(&mut line).await?;
        let query = line.split(' ').nth(1).and_then(|target| target.strip_prefix("/callback?")).map(str::to_owned);
        let text = if query.is_some() { "Back to the terminal." } else { "Not here." };
        let length = text.len();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}");
        stream.write_all(answer.as_bytes()).await?;
        if let Some(query) = query {
            return Ok(query);
        }
    }
}
