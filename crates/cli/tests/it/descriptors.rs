//! A process that may open few files: the operator is told, and both listeners answer all the same.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{Running, free_ports};

#[test]
fn both_listeners_answer_with_few_descriptors_and_many_silent_connections() {
    let [public, admin] = free_ports();
    let mut command = Command::new("/bin/sh");
    let serve = format!(
        "ulimit -n 160 && exec {} serve --dev --dsn memory --public-port {public} --admin-port {admin} \
         --set symbolon.trusted_proxies=127.0.0.1",
        env!("CARGO_BIN_EXE_symbolon")
    );
    command.args(["-c", &serve]).env_clear().stdin(Stdio::null());
    let mut server = Running::spawn(command);
    let warning = server.wait_for("this process may open so few files");
    assert!(warning.contains("limit=160") && warning.contains("needed=17920"), "{warning}");
    server.wait_for_port(public);
    server.wait_for_port(admin);
    for flooded in [public, admin] {
        let _silent: Vec<_> =
            (0..300).map(|_| TcpStream::connect(("127.0.0.1", flooded)).expect("it takes connections")).collect();
        for port in [public, admin] {
            let begun = Instant::now();
            assert!(is_alive(port), "{port} while {flooded} is flooded");
            assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        }
    }
}

fn is_alive(port: u16) -> bool {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"GET /health/alive HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).is_ok() && status == *b"HTTP/1.1 200"
}
