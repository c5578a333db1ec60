//! kill -9 under load: what was answered is there after the restart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use symbolon_client::Url;

use crate::browser::request;
use crate::configuration::write_good;
use crate::process::{Running, free_ports, text};

/// What the server has answered, and so must know after a crash.
#[derive(Default)]
struct Answered {
    created: Mutex<Vec<String>>,
    deleted: Mutex<Vec<String>>,
    accounts: Mutex<Vec<String>>,
    revoked: Mutex<Vec<String>>,
}

struct Load {
    admin: String,
    public: String,
    stop: AtomicBool,
    answered: Answered,
}

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

impl Load {
    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.admin)).unwrap()
    }

    /// One thread's work until the server is gone: create two clients, delete one, and revoke a token of the other.
    fn run(&self, thread: usize) {
        for round in 0.. {
            if self.stop.load(Ordering::SeqCst) || self.round(&format!("{thread}-{round}")).is_none() {
                return;
            }
        }
    }

    fn round(&self, name: &str) -> Option<()> {
        for id in [format!("kept-{name}"), format!("gone-{name}")] {
            let body = format!(
                r#"{{"client_id":"{id}","client_secret":"secret-1","grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post"}}"#
            );
            let answer = request("POST", &self.url("/admin/clients"), &JSON, &body)?;
            assert_eq!(answer.status, 201, "{}", answer.body);
            if id.starts_with("kept") {
                self.answered.created.lock().unwrap().push(id);
            }
        }
        let gone = format!("gone-{name}");
        let answer = request("DELETE", &self.url(&format!("/admin/clients/{gone}")), &[], "")?;
        assert_eq!(answer.status, 204, "{}", answer.body);
        self.answered.deleted.lock().unwrap().push(gone);
        let token = self.token(name)?;
        let body = format!("token={token}&client_id=kept-{name}&client_secret=secret-1");
        let answer = request("POST", &Url::parse(&format!("{}/oauth2/revoke", self.public)).unwrap(), &FORM, &body)?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.answered.revoked.lock().unwrap().push(token);
        Some(())
    }

    fn token(&self, name: &str) -> Option<String> {
        let url = Url::parse(&format!("{}/oauth2/token", self.public)).unwrap();
        let body = format!("grant_type=client_credentials&client_id=kept-{name}&client_secret=secret-1");
        let answer = request("POST", &url, &FORM, &body)?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let tokens: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        Some(tokens["access_token"].as_str().unwrap().to_owned())
    }

    /// Accounts cost a slow hash each, so one thread is enough.
    fn accounts(&self) {
        for round in 0.. {
            let name = format!("user-{round}");
            let body = format!(r#"{{"username":"{name}","password":"correct horse battery"}}"#);
            match request("POST", &self.url("/admin/accounts"), &JSON, &body) {
                Some(answer) => assert_eq!(answer.status, 201, "{}", answer.body),
                None => return,
            }
            self.answered.accounts.lock().unwrap().push(name);
        }
    }

    fn verify(&self) {
        let status = |method: &str, path: &str, body: &str| {
            let answer = request(method, &self.url(path), &JSON, body).unwrap();
            answer.status
        };
        let created = self.answered.created.lock().unwrap();
        for id in created.iter() {
            assert_eq!(status("GET", &format!("/admin/clients/{id}"), ""), 200, "{id} was created");
        }
        for id in self.answered.deleted.lock().unwrap().iter() {
            assert_eq!(status("GET", &format!("/admin/clients/{id}"), ""), 404, "{id} was deleted");
        }
        for name in self.answered.accounts.lock().unwrap().iter() {
            let body = format!(r#"{{"username":"{name}","password":"correct horse battery"}}"#);
            assert_eq!(status("POST", "/admin/accounts", &body), 409, "{name} was created");
        }
        for token in self.answered.revoked.lock().unwrap().iter() {
            let url = self.url("/admin/oauth2/introspect");
            let answer = request("POST", &url, &FORM, &format!("token={token}")).unwrap();
            assert_eq!(answer.body.trim(), r#"{"active":false}"#, "{token} was revoked");
        }
        assert!(created.len() > 5, "there was load: {}", created.len());
    }
}

#[test]
fn nothing_answered_is_lost() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_good(place.path(), public, admin);
    let load = Arc::new(Load {
        admin: format!("http://127.0.0.1:{admin}"),
        public: format!("http://127.0.0.1:{public}"),
        stop: AtomicBool::new(false),
        answered: Answered::default(),
    });
    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(admin);
    server.wait_for_port(public);

    let mut threads: Vec<_> = (0..8)
        .map(|thread| {
            let load = Arc::clone(&load);
            std::thread::spawn(move || load.run(thread))
        })
        .collect();
    let accounts = Arc::clone(&load);
    threads.push(std::thread::spawn(move || accounts.accounts()));
    let deadline = Instant::now() + Duration::from_secs(60);
    while load.answered.revoked.lock().unwrap().len() < 100 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    server.kill();
    load.stop.store(true, Ordering::SeqCst);
    for thread in threads {
        thread.join().unwrap();
    }

    let mut server = Running::start(&["serve", "-c", text(&file)]);
    server.wait_for_port(admin);
    load.verify();
    assert_eq!(server.terminate().0, Some(0));
}
