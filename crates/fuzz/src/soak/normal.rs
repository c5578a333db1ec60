//! Clients that behave: a token, its introspection, its revocation, discovery, keys, and the begin of a login. Nothing that
//! they do may fail, whatever others do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::server::{Target, member};
use super::wire::{Answer, Connection, Request};
use super::{Fault, Latencies};

const LOGIN: &str = "/oauth2/auth?client_id=good&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid\
    &state=abcdefghijkl&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
/// Between two rounds of one client, so that the good ones alone do not fill the machine.
const PAUSE: Duration = Duration::from_millis(20);

/// `clients` of them for so long.
pub(super) async fn run(target: &Arc<Target>, clients: usize, duration: Duration) -> Result<Latencies, Fault> {
    let until = Instant::now() + duration;
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let target = target.clone();
        tasks.spawn(async move { rounds(&target, until).await });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done??);
    }
    Ok(Latencies::of(all))
}

async fn rounds(target: &Target, until: Instant) -> Result<Vec<Duration>, Fault> {
    let mut public = Connection::open(target.public).await?;
    let mut admin = Connection::open(target.admin).await?;
    let mut durations = Vec::new();
    while Instant::now() < until {
        let form = "grant_type=client_credentials&scope=api";
        let request = Request::form("/oauth2/token", form).headers(&target.authorization);
        let token = timed(&mut public, &request, 200, &mut durations).await?;
        let token = member(&token.body, "access_token").ok_or("no access_token")?;
        let token = format!("token={}", token.as_str().unwrap_or_default());
        let seen = timed(&mut admin, &Request::form("/admin/oauth2/introspect", &token), 200, &mut durations).await?;
        if member(&seen.body, "active") != Some(true.into()) {
            return Err("a token that was just issued is not active".into());
        }
        let revocation = Request::form("/oauth2/revoke", &token).headers(&target.authorization);
        timed(&mut public, &revocation, 200, &mut durations).await?;
        for (path, status) in
            [("/.well-known/openid-configuration", 200), ("/.well-known/jwks.json", 200), (LOGIN, 302)]
        {
            timed(&mut public, &Request::get(path), status, &mut durations).await?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(durations)
}

async fn timed(
    connection: &mut Connection,
    request: &Request<'_>,
    status: u16,
    durations: &mut Vec<Duration>,
) -> Result<Answer, Fault> {
    let begun = Instant::now();
    let answer = connection.send(request).await.map_err(|fault| format!("{}: {fault}", request.path))?;
    if answer.status != status {
        let text = String::from_utf8_lossy(&answer.body);
        return Err(format!("{} {}: {} {text}", request.method, request.path, answer.status).into());
    }
    durations.push(begun.elapsed());
    Ok(answer)
}
