//! kill -9 under load: what was answered holds after the restart.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::load::{Answered, Load};
use crate::login_application::server::Settings;

/// How many applications work at a time.
const WORKERS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost() {
    let place = tempfile::tempdir().unwrap();
    let settings = Settings::write(place.path(), "");
    let mut server = settings.start();
    let load = Arc::new(Load::begin(&settings).await);
    // Crash and come back twice: the second start works on what the first had to repair.
    for crash in 0..2 {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let load = Arc::clone(&load);
                let name = crash * WORKERS + worker;
                tokio::spawn(async move { load.work(name).await })
            })
            .collect();
        let begin = Instant::now();
        let is_enough = || load.answered.lock().unwrap().revoked.len() >= 2 * WORKERS;
        while begin.elapsed() < Duration::from_millis(1500) || !is_enough() && begin.elapsed() < Duration::from_secs(60)
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.kill();
        for worker in workers {
            worker.await.unwrap();
        }
        server = settings.start();
        let answered = std::mem::take(&mut *load.answered.lock().unwrap());
        verify(&load, &answered).await;
    }
    assert_eq!(server.terminate().0, Some(0));
}

async fn verify(load: &Load, answered: &Answered) {
    assert!(answered.current.len() >= WORKERS, "there was load: {}", answered.current.len());
    for tokens in &answered.revoked {
        assert!(!load.is_active(tokens, "access_token").await && !load.is_active(tokens, "refresh_token").await);
    }
    for tokens in &answered.current {
        assert!(load.is_active(tokens, "access_token").await, "{tokens}");
        let (status, next) = load.present(tokens["refresh_token"].as_str().unwrap()).await.unwrap();
        assert_eq!(status, 200, "a refresh token that was answered is good: {next}");
    }
    for (index, id) in answered.clients.iter().enumerate() {
        assert!(load.knows_client(id).await, "{id} ({index}) was created");
    }
    for id in &answered.deleted_clients {
        assert!(!load.knows_client(id).await, "{id} was deleted");
    }
    for refresh_token in &answered.used_refresh_tokens {
        let (status, error) = load.present(refresh_token).await.unwrap();
        assert_eq!((status, error["error"].as_str()), (400, Some("invalid_grant")), "it was used");
    }
    for code in &answered.used_codes {
        let (status, error) = load.redeem(code).await.unwrap();
        assert_eq!((status, error["error"].as_str()), (400, Some("invalid_grant")), "it was used");
    }
}
