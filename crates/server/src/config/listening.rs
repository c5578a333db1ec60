//! `serve.*.socket.*`, `symbolon.listen.*` and `symbolon.proxy_protocol.*`: unix sockets, further addresses, and proxies
//! that pass connections on.

use super::Network;
use super::keys::Form::{self, Any};
use super::keys::Kind::{Integer, List, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::{Added, Compatible};
use super::section::section;

section! {
    /// The file of a unix socket. Its keys lie below `serve.public.socket.` or `serve.admin.socket.`.
    #[derive(Debug, Clone)]
    pub struct SocketFile {
        /// Owner of unix sockets, as a name of `/etc/passwd` or a number.
        owner: Option<String> = "owner", Text(Any), Unset, Compatible;
        /// Group of unix sockets, as a name of `/etc/group` or a number.
        group: Option<String> = "group", Text(Any), Unset, Compatible;
        /// Permissions of unix sockets, as a decimal number; 493 is 0755, with which only the owner can connect.
        mode: u32 = "mode", Integer { least: 0, most: 511 }, Value("493"), Compatible;
    }
}

section! {
    /// Addresses besides `serve.public.host` and `serve.admin.host`.
    #[derive(Debug, Clone)]
    pub struct FurtherAddresses {
        /// Further addresses of the public listener, as `[::1]:4444` or `unix:/run/symbolon/public.sock`.
        public: Vec<String> = "symbolon.listen.public", List(Form::Address), Value(""), Added;
        /// Further addresses of the admin listener, as `[::1]:4445` or `unix:/run/symbolon/admin.sock`.
        admin: Vec<String> = "symbolon.listen.admin", List(Form::Address), Value(""), Added;
    }
}

section! {
    /// Proxies that pass connections on and say with the PROXY protocol whose they are.
    #[derive(Debug, Clone)]
    pub struct ProxyProtocol {
        /// Networks whose connections to the public listener, and to that of `symbolon.mtls`, begin with a PROXY header.
        public: Vec<Network> = "symbolon.proxy_protocol.public", List(Form::Network), Value(""), Added;
        /// Networks whose connections to the admin listener begin with a PROXY header.
        admin: Vec<Network> = "symbolon.proxy_protocol.admin", List(Form::Network), Value(""), Added;
    }
}

/// The path of `unix:/path`, if that is what the address is.
pub fn unix_path(address: &str) -> Option<&str> {
    address.strip_prefix("unix:")
}

/// Whether an address is a unix socket with a name in the file system. Names without one, which begin with `@` in other
/// programs, have no owner and no permissions.
pub(super) fn is_unix_socket(address: &str) -> bool {
    unix_path(address).is_some_and(|path| {
        !path.is_empty() && !path.starts_with('@') && !path.ends_with('/') && !path.contains(char::is_control)
    })
}
