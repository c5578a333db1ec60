//! Code written for the crate `ory-client` also compiles against `symbolon-client`: [`operations`](generated::operations),
//! `signatures` and `fields` are files that are included twice with another `sdk` each time. Here the operations are run
//! against a server beside it, and what both see is compared: equal where the generated crate works, better where it does
//! not. [`beyond`] calls what only ours has.

mod beyond;
mod generated;
mod ours;
mod server;

use std::process::ExitCode;

use server::Server;

/// What the generated crate sees of each operation, then what ours does.
const EXPECTED: [(&str, &str, &str); 14] = [
    ("discover", "issuer", "issuer"),
    ("create", "id and secret", "id and secret"),
    ("create with a bad redirect URI", "Status400 invalid_redirect_uri", "Status400 invalid_redirect_uri"),
    ("get", "no secret", "no secret"),
    ("set", "renamed, new token", "renamed, new token"),
    ("set what create answered", "accepted", "accepted"),
    ("get with the former token", "401 DefaultResponse invalid_token", "401 DefaultResponse invalid_token"),
    ("delete", "done", "done"),
    // The generated type has a mandatory member that servers never send.
    ("delete again", "401 UnknownValue", "401 DefaultResponse invalid_token"),
    ("userinfo with the token as oauth_access_token", "alice alice@example.com", "alice alice@example.com"),
    // The generated crate reads the other field, and says nothing.
    ("userinfo with the token as bearer_access_token", "401", "alice alice@example.com"),
    // The generated crate sends no token at all, and takes a refusal for the nonce.
    ("credential without a proof", "401 Status400 no nonce", "400 Status400 nonce"),
    ("credential with a wrong proof", "401", "400"),
    ("logout", "done", "done"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let server = Server::from_environment();
    let token = server.access_token().await;
    let generated = generated::operations::run(server.url(), &token).await;
    let ours = ours::operations::run(server.url(), &token).await;
    let mut differences = 0;
    let seen = generated.iter().zip(&ours);
    for ((operation, expected_generated, expected_ours), (generated, ours)) in EXPECTED.iter().zip(seen) {
        for (name, expected, seen) in
            [("ory-client", expected_generated, generated), ("symbolon-client", expected_ours, ours)]
        {
            if (*operation, expected.to_string()) != (seen.0, seen.1.clone()) {
                differences += 1;
                eprintln!("{operation} with {name}: expected '{expected}', and {} gave '{}'", seen.0, seen.1);
            }
        }
    }
    if generated.len() != EXPECTED.len() || ours.len() != EXPECTED.len() {
        differences += 1;
        eprintln!("{} and {} operations instead of {}", generated.len(), ours.len(), EXPECTED.len());
    }
    if differences > 0 {
        return ExitCode::FAILURE;
    }
    beyond::run(server.url(), server.admin_url()).await;
    println!("{} steps, each with ory-client and with symbolon-client", EXPECTED.len());
    ExitCode::SUCCESS
}
