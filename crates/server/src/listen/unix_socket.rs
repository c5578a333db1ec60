//! A unix socket: taken with its permissions before anybody can connect, in the place of one that a server left behind
//! that is gone, never in the place of a living one's, and removed at the end.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{UnixListener, UnixStream};

use super::entrance::BACKLOG;
use crate::config::SocketFile;

/// A unix socket that is listened on.
#[derive(Debug)]
pub(super) struct UnixSocket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and number of the file, so that nobody else's is removed.
    file: (u64, u64),
}

impl UnixSocket {
    /// Takes the path. The error is a reason, to follow the path.
    pub(super) fn take(path: &Path, file: &SocketFile) -> Result<Self, String> {
        let said = |fault: io::Error| fault.to_string();
        let owner = file.owner.as_deref().map(|name| id_of("/etc/passwd", name, "user")).transpose()?;
        let group = file.group.as_deref().map(|name| id_of("/etc/group", name, "group")).transpose()?;
        make_room(path)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None).map_err(said)?;
        socket.bind(&SockAddr::unix(path).map_err(said)?).map_err(said)?;
        // From here on the file is ours: if something fails, it goes.
        let prepared = Self::prepare(&socket, path, (owner, group), file.mode).map_err(said);
        let taken = prepared.and_then(|number| Ok((UnixListener::from_std(socket.into()).map_err(said)?, number)));
        match taken {
            Ok((listener, file)) => Ok(Self { listener, path: path.to_owned(), file }),
            Err(reason) => {
                let _ = fs::remove_file(path);
                Err(reason)
            }
        }
    }

    /// Nobody can connect before `listen`, so that the permissions hold from the first connection on.
    fn prepare(
        socket: &Socket,
        path: &Path,
        (owner, group): (Option<u32>, Option<u32>),
        mode: u32,
    ) -> io::Result<(u64, u64)> {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        if owner.is_some() || group.is_some() {
            chown(path, owner, group)?;
        }
        socket.set_nonblocking(true)?;
        socket.listen(i32::try_from(BACKLOG).unwrap_or(i32::MAX))?;
        number_of(path)
    }

    /// The address as it is configured.
    pub(super) fn address(&self) -> String {
        format!("unix:{}", self.path.display())
    }

    pub(super) fn poll_accept(&self, task: &mut Context<'_>) -> Poll<io::Result<UnixStream>> {
        self.listener.poll_accept(task).map_ok(|(stream, _)| stream)
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        if number_of(&self.path).is_ok_and(|number| number == self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn number_of(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Removes a socket on which nobody listens any more; whatever else is there stays.
fn make_room(path: &Path) -> Result<(), String> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(fault) => return Err(fault.to_string()),
    };
    if !found.file_type().is_socket() {
        return Err("there is a file that is no socket".to_owned());
    }
    match BlockingStream::connect(path) {
        Ok(_) => Err("another program listens on it".to_owned()),
        Err(fault) if fault.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|fault| format!("a socket that nobody listens on cannot be removed: {fault}"))
        }
        Err(fault) => Err(format!("there is a socket, and whether somebody listens on it cannot be seen: {fault}")),
    }
}

/// The number of a user or group, which may be named by it.
fn id_of(list: &str, name: &str, kind: &str) -> Result<u32, String> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let lines = fs::read_to_string(list).map_err(|fault| format!("{list} cannot be read: {fault}"))?;
    let of_line = |line: &str| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
    };
    lines.lines().find_map(of_line).ok_or_else(|| format!("{list} has no {kind} `{name}`; its number works as well"))
}
