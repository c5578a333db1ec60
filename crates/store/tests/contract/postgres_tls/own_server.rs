//! A `PostgreSQL` server with TLS and rules of its own, which is gone afterwards.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use tempfile::TempDir;

/// Rules for users: with TLS only, without only, and with a certificate.
const RULES: &str = "\
local   all all                    trust
hostssl all protected 127.0.0.1/32 scram-sha-256
hostnossl all open    127.0.0.1/32 scram-sha-256
hostssl all certified 127.0.0.1/32 cert
host    all symbolon  127.0.0.1/32 scram-sha-256
";

pub(crate) const PASSWORD: &str = "a-password-of-this-test";

/// A running server, and the certificates around it.
pub(crate) struct OwnServer {
    folder: TempDir,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    pub(crate) port: u16,
}

/// An authority of this test.
pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

pub(crate) fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, both PEM.
pub(crate) fn certificate(authority: &Authority, names: &[&str], year_of_end: i32) -> (String, String) {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, names[0]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(year_of_end, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

impl OwnServer {
    /// Starts one with this certificate and key; clients' certificates are vouched for by the authority.
    pub(crate) fn start(certificate: &(String, String), authority_of_clients: &str) -> Self {
        let folder = ["/tmp", "/var/tmp"].iter().find_map(|base| tempfile::tempdir_in(base).ok()).unwrap();
        let programs = programs().expect("the programs of the PostgreSQL that SYMBOLON_TEST_POSTGRES says there is");
        let mut server = Self { folder, programs, owner: owner(), port: 0 };
        server.give(server.folder.path());
        server.write("password", PASSWORD);
        server
            .run("initdb", &["--username=symbolon", "--pwfile", &server.path("password"), "--auth=trust", "--no-sync"]);
        server.write("data/pg_hba.conf", RULES);
        server.show_certificate(certificate);
        server.write("data/clients.crt", authority_of_clients);
        for _ in 0..5 {
            server.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let folder = server.folder.path().display();
            let options = format!(
                "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c ssl=on \
                 -c ssl_ca_file=clients.crt",
                server.port
            );
            let log = server.path("log");
            if server.run_status("pg_ctl", &["start", "--wait", "--silent", "--log", &log, "--options", &options]) {
                return server;
            }
        }
        panic!("{}", std::fs::read_to_string(server.path("log")).unwrap_or_default());
    }

    /// Replaces certificate and key; a running server takes them from the next connection on.
    pub(crate) fn show_certificate(&self, (certificate, key): &(String, String)) {
        self.write("data/server.crt", certificate);
        self.write("data/server.key", key);
        if self.port != 0 {
            self.run("pg_ctl", &["reload", "--silent"]);
            // The main process takes the signal in its own time.
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
    }

    /// A file of this test.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        self.write(name, text);
        self.path(name)
    }

    /// The DSN of a user over TCP.
    pub(crate) fn dsn(&self, user: &str, host: &str, query: &str) -> String {
        format!("postgres://{user}:{PASSWORD}@{host}:{}/postgres?{query}", self.port)
    }

    /// The DSN over the local socket, whose rule asks for nothing.
    pub(crate) fn local_dsn(&self, query: &str) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://symbolon@{folder}:{}/postgres?{query}", self.port)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        self.give(&path);
    }

    fn give(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        assert!(self.run_status(program, arguments), "{program} {arguments:?}");
    }

    fn run_status(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).args(["--pgdata", &self.path("data")]).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command.status().unwrap().success()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.run_status("pg_ctl", &["stop", "--mode=immediate", "--silent"]);
    }
}

/// The newest installation in Debian's place, or one of the path.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(["/usr/local/bin", "/usr/local/pgsql/bin", "/usr/bin"].map(PathBuf::from));
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

/// As whom the server runs: it refuses to run as root.
fn owner() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    if std::fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let of_name = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    };
    of_name("postgres").or_else(|| of_name("nobody"))
}
