//! An API that takes access tokens: notes, which some may read and some may write.
//!
//! ```text
//! symbolon quickstart
//! cargo run -p symbolon-client --example api --features tower
//! curl -i http://127.0.0.1:8080/notes     # 401, with what is needed and where to ask for it
//!
//! symbolon create client -e http://127.0.0.1:4445 --id reader --secret reader-secret-of-the-example \
//!     --grant-type client_credentials --scope notes.read --audience http://127.0.0.1:8080/notes \
//!     --access-token-strategy rfc9068
//! TOKEN=$(curl -s -u reader:reader-secret-of-the-example http://127.0.0.1:4444/oauth2/token \
//!     -d grant_type=client_credentials -d scope=notes.read -d audience=http://127.0.0.1:8080/notes \
//!     | sed 's/.*"access_token":"\([^"]*\).*/\1/')
//! curl -i http://127.0.0.1:8080/notes -H "Authorization: Bearer $TOKEN"            # 200: it may read …
//! curl -i http://127.0.0.1:8080/notes -H "Authorization: Bearer $TOKEN" -X POST    # … but not write: 403
//! ```

use axum::{Extension, Router, routing::get};
use symbolon_client::{AccessTokenClaims, BearerLayer, Client, ResourceServer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let issuer = arguments.next().unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let resource = format!("http://{address}/notes");
    let api = ResourceServer::builder(Client::unregistered(&issuer).build()?, &resource).build()?;
    axum::serve(tokio::net::TcpListener::bind(&address).await?, router(&api)).await?;
    Ok(())
}

pub(crate) fn router(api: &ResourceServer) -> Router {
    let bearer = BearerLayer::new(api.clone());
    let reading = get(read).layer(bearer.require_scope("notes.read"));
    let writing = axum::routing::post(write).layer(bearer.require_scope("notes.write"));
    Router::new().route("/notes", reading.merge(writing)).route_service(&api.metadata_path(), api.metadata_endpoint())
}

async fn read(Extension(claims): Extension<AccessTokenClaims>) -> String {
    format!("the notes of {}\n", claims.subject.unwrap_or_default())
}

async fn write(Extension(claims): Extension<AccessTokenClaims>) -> String {
    format!("{} may write\n", claims.subject.unwrap_or_default())
}
