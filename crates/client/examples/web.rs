//! A web application with a public page, a page for users who are logged in, and a logout.
//!
//!     symbolon quickstart --client redirect_uris=http://127.0.0.1:8080/auth/callback     # or any other provider
//!     cargo run --example web --features axum -- http://127.0.0.1:4444 my-app my-secret
//!
//! The provider has to know `http://127.0.0.1:8080/auth/callback` as redirect URI and `…/auth/logged-out` as the address
//! after logout.

use axum::{Router, response::Html, routing::get};
use symbolon_client::{AuthorizationRequest, Client, LoginLayer, Rng, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, id, secret, rest @ ..] = arguments.as_slice() else {
        return Err("web ISSUER ID SECRET [ADDRESS]".into());
    };
    let address = rest.first().map_or("127.0.0.1:8080", String::as_str);

    let client = Client::builder(issuer, id)
        .client_secret(secret)
        .redirect_uri(format!("http://{address}/auth/callback"))
        .build()?;
    // A secret that is kept elsewhere would let sessions outlast this process.
    let login = LoginLayer::builder(client, Rng::system().token(32))
        .request(AuthorizationRequest::new("openid email"))
        .public(["/"])
        .with_user_info()
        .build()?;
    let app = Router::new().route("/", get(home)).route("/account", get(account)).layer(login);

    axum::serve(tokio::net::TcpListener::bind(address).await?, app).await?;
    Ok(())
}

async fn home(session: Option<Session>) -> Html<&'static str> {
    Html(match session {
        Some(_) => "<h1>Welcome back</h1><p><a id=account href=/account>Your account</a>",
        None => "<h1>Welcome</h1><p><a id=account href=/account>Log in</a>",
    })
}

async fn account(session: Session) -> Html<String> {
    let name = session.claim("email").unwrap_or(session.subject());
    let name = name.replace('&', "&amp;").replace('<', "&lt;");
    let logout = "<form method=post action=/auth/logout><button id=logout>Log out</button></form>";
    Html(format!("<h1>Your account</h1><p>You are <b id=name>{name}</b>.</p>{logout}"))
}
