//! What listeners can be besides a port with http: unix sockets, further addresses, https, and behind proxies that pass
//! connections on. Over real sockets.

mod https;
mod proxy_protocol;
mod unix_sockets;
