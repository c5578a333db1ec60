//! A program on the user's computer logs its user in with the browser (RFC 8252).
//!
//! ```text
//! symbolon quickstart
//! symbolon create client -e http://127.0.0.1:4445 --id desktop --token-endpoint-auth-method none \
//!     --scope openid,email --redirect-uri http://127.0.0.1:8080/callback
//! cargo run -p symbolon-client --example login
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use symbolon_client::{AuthorizationRequest, Callback, Client, LogoutRequest};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let issuer = arguments.next().unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let listener = TcpListener::bind(arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned())).await?;
    let redirect_uri = format!("http://{}/callback", listener.local_addr()?);
    let client = Client::builder(&issuer, "desktop").redirect_uri(redirect_uri).build()?;

    let (url, pending) = client.authorization_url(&AuthorizationRequest::new("openid email")).await?;
    println!("Open {url}");
    let tokens = client.redeem(&pending, &callback(&listener).await?).await?;
    let user = client.user_info(&tokens).await?;
    println!("{} is logged in, with the address {}", user.subject, user.standard.email.unwrap_or_default());
    if let Some(id_token) = &tokens.id_token {
        println!("To log out, open {}", client.end_session_url(&LogoutRequest::new().id_token(id_token)).await?);
    }
    Ok(())
}

/// As much of a web server as a callback needs.
async fn callback(listener: &TcpListener) -> std::io::Result<Callback> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let mut line = String::new();
        BufReader::new(&mut stream).read_line(&mut line).await?;
        let query = line.split(' ').nth(1).and_then(|target| target.strip_prefix("/callback?"));
        let (status, text) = query.map_or(("404 Not Found", "Not here."), |_| ("200 OK", "Back to the terminal."));
        stream.write_all(format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n{text}").as_bytes()).await?;
        if let Some(query) = query {
            return Ok(Callback::parse(query));
        }
    }
}
