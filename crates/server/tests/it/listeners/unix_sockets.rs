//! Unix sockets and further addresses.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use symbolon_server::config::Config;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use crate::support::get;
use crate::support::{Listener, ListeningServer, TestServer};

async fn ask(path: &Path) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(path).await?;
    stream.write_all(get("/health/alive").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn address(folder: &TempDir, name: &str) -> String {
    format!("unix:{}", folder.path().join(name).display())
}

#[tokio::test]
async fn a_listener_has_several_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let server = ListeningServer::with(|config| {
        config.symbolon.listen.public = vec![address(&folder, "public.sock"), "[::1]:0".to_owned()];
        config.symbolon.listen.admin = vec![address(&folder, "admin.sock")];
        config.serve.public_socket.mode = 0o700;
    })
    .await;
    server.alive(Listener::Public).await;
    let socket = folder.path().join("public.sock");
    assert!(ask(&socket).await.unwrap().starts_with("HTTP/1.1 200"));
    let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("public.sock"), mode("admin.sock")), (0o700, 0o755));
    let on_admin = ask(&folder.path().join("admin.sock")).await.unwrap();
    assert!(on_admin.starts_with("HTTP/1.1 200"), "{on_admin}");
    server.stop().await;
    assert!(!socket.exists(), "it goes with the server");
}

async fn binding(host: &str, change: impl FnOnce(&mut Config)) -> Result<symbolon_server::Listeners, String> {
    let mut config = None;
    TestServer::with(|base| {
        host.clone_into(&mut base.serve.public.host);
        (base.serve.admin.host, base.serve.admin.port) = ("127.0.0.1".to_owned(), 0);
        change(base);
        config = Some(base.clone());
    })
    .await;
    symbolon_server::bind(&config.unwrap()).await.map_err(|fault| fault.to_string())
}

#[tokio::test]
async fn a_path_is_taken_from_the_dead_and_not_from_the_living() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "it was left behind");
    let taken = binding(&address(&folder, "a.sock"), |_| {}).await.unwrap();
    assert_eq!(taken.public.addresses(), [address(&folder, "a.sock")]);
    let living = binding(&address(&folder, "a.sock"), |_| {}).await.err().unwrap();
    assert!(living.starts_with("serve.public.host: ") && living.ends_with("another program listens on it"), "{living}");
    assert!(path.exists());
    drop(taken);
    assert!(!path.exists());
    std::fs::write(&path, "precious").unwrap();
    let file = binding(&address(&folder, "a.sock"), |_| {}).await.err().unwrap();
    assert!(file.ends_with("there is a file that is no socket"), "{file}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[tokio::test]
async fn what_cannot_be_taken_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let long = "a".repeat(120);
    for (name, owner, says) in [
        ("nowhere/a.sock", None, "No such file"),
        (long.as_str(), None, "cannot be taken"),
        ("a.sock", Some("no-such-user-of-this-machine"), "has no user `no-such-user-of-this-machine`"),
    ] {
        let host = address(&folder, name);
        let change = |config: &mut Config| config.serve.public_socket.owner = owner.map(str::to_owned);
        let fault = binding(&host, change).await.err().unwrap();
        assert!(fault.contains(says), "{name}: {fault}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "{name}");
    }
}
