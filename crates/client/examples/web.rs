//! A web application with a page for everybody, one for users who are logged in, and a logout.
//!
//! ```text
//! symbolon quickstart
//! symbolon create client -e http://127.0.0.1:4445 --id web --secret web-secret-of-the-example \
//!     --scope openid,profile --redirect-uri http://127.0.0.1:8080/auth/callback \
//!     --post-logout-callback http://127.0.0.1:8080/auth/logged-out
//! cargo run -p symbolon-client --example web --features axum -- http://127.0.0.1:4444 web web-secret-of-the-example
//! ```
//!
//! Then open `http://127.0.0.1:8080/`. Any other provider will do, too, if it knows these two addresses.

use axum::{Router, response::Html, routing::get};
use symbolon_client::{AuthorizationRequest, Client, LoginLayer, Rng, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, id, secret, rest @ ..] = arguments.as_slice() else { return Err("ISSUER ID SECRET [ADDRESS]".into()) };
    let address = rest.first().map_or("127.0.0.1:8080", String::as_str);
    let client = Client::builder(issuer, id).client_secret(secret);
    let client = client.redirect_uri(format!("http://{address}/auth/callback")).build()?;
    // Sessions outlast this process, and are those of other processes, too, if the secret comes from where all find it.
    let login = LoginLayer::builder(client, Rng::system().token(32)).public(["/"]).after_logout("/");
    let login = login.request(AuthorizationRequest::new("openid profile")).with_user_info().build()?;
    let app = Router::new().route("/", get(home)).route("/account", get(account)).layer(login);
    axum::serve(tokio::net::TcpListener::bind(address).await?, app).await?;
    Ok(())
}

async fn home(session: Option<Session>) -> Html<String> {
    let link = if session.is_some() { "Your account" } else { "Log in" };
    page(&format!("<h1>Welcome</h1><p>Everybody may read this.<p><a id=account href=/account>{link}</a>"))
}

async fn account(session: Session) -> Html<String> {
    let name = session.claim("name").unwrap_or(session.subject()).replace('&', "&amp;").replace('<', "&lt;");
    let logout = "<form method=post action=/auth/logout><button id=logout>Log out</button></form>";
    page(&format!("<h1>Your account</h1><p>You are <b id=name>{name}</b>.<p><a href=/>Home</a>{logout}"))
}

fn page(body: &str) -> Html<String> {
    let style = "html{color-scheme:light dark;background:Canvas}body{font:1.1rem/1.6 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit}";
    let head = "<meta charset=utf-8><meta name=viewport content='width=device-width'><link rel=icon href=data:,>";
    Html(format!("<!doctype html><html lang=en>{head}<title>Example</title><style>{style}</style>{body}"))
}
