//! How a `PostgreSQL` server is reached: what its URL says, and the ways of connecting that follow from `sslmode`.
//!
//! The modes are those of libpq. `allow` and `prefer` are what they are there: no protection against anybody who can
//! change what is sent, as they go on without TLS where TLS fails. From `require` on nothing is sent without TLS.

use std::borrow::Cow;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, NoTls};

use crate::error::{OpenError, StoreError};
use crate::postgres_error::{Failure, FailureKind};
use crate::postgres_tls::{Tls, TlsSettings};

/// How long connecting to one server may take, where the URL does not say: TLS and the password with it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A server, and how to connect to it.
pub(crate) struct Target {
    first: Way,
    /// What is tried when the first way fails for a reason that has to do with TLS.
    second: Option<Way>,
    tls: Tls,
    timeout: Duration,
}

/// One way of connecting.
struct Way {
    config: Config,
    protected: bool,
}

/// The values of `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }
}

impl Target {
    /// Reads a URL. Files of certificates are read too, so that a wrong name is known before anybody connects; they are
    /// read again for every connection.
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mode, settings, kept) = split(query)?;
        let separator = if kept.is_empty() { "" } else { "?" };
        let mut config: Config = format!("{address}{separator}{}", kept.join("&")).parse().map_err(invalid)?;
        complete(&mut config);
        let timeout = config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        let servers = config.get_hosts().len().max(config.get_hostaddrs().len()).max(1);
        // A local socket is not encrypted, whatever the mode, as in libpq.
        let local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let mode = if local { Mode::Disable } else { mode };
        let direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        if direct && matches!(mode, Mode::Allow | Mode::Prefer) {
            return Err(OpenError::Dsn("sslnegotiation=direct needs sslmode=require or a stricter one".to_owned()));
        }
        let tls = Tls::new(mode, settings, direct)?;
        let (first, second) = match mode {
            Mode::Disable => (SslMode::Disable, None),
            Mode::Allow => (SslMode::Disable, Some(SslMode::Require)),
            Mode::Prefer => (SslMode::Prefer, Some(SslMode::Disable)),
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => (SslMode::Require, None),
        };
        let way = |ssl_mode: SslMode| {
            let mut config = config.clone();
            config.ssl_mode(ssl_mode);
            Way { config, protected: ssl_mode != SslMode::Disable }
        };
        let timeout = timeout * u32::try_from(servers).unwrap_or(u32::MAX);
        Ok(Self { first: way(first), second: second.map(way), tls, timeout })
    }

    /// Connects. What the server sends until it closes the connection is handled by a task of its own.
    pub(crate) async fn connect(&self) -> Result<Client, Failure> {
        let failure = match self.go(&self.first).await {
            Err(failure) if failure.kind == FailureKind::Lost || failure.refuses_this_protection => failure,
            other => return other,
        };
        let Some(second) = &self.second else { return Err(failure) };
        self.go(second).await.map_err(|last| {
            let detail = format!("{}; and the other way: {}", failure.error.detail(), last.error.detail());
            Failure { error: StoreError::Unavailable(detail), ..last }
        })
    }

    async fn go(&self, way: &Way) -> Result<Client, Failure> {
        let connecting = async {
            // Its end shows at the next request; there is nothing else to do about it.
            if way.protected {
                let (client, connection) = way.config.connect(self.tls.connector()?).await?;
                tokio::spawn(async move { drop(connection.await) });
                Ok(client)
            } else {
                let (client, connection) = way.config.connect(NoTls).await?;
                tokio::spawn(async move { drop(connection.await) });
                Ok(client)
            }
        };
        tokio::time::timeout(self.timeout, connecting).await.unwrap_or_else(|_| {
            let detail = format!("the server did not finish connecting within {} s", self.timeout.as_secs());
            Err(Failure::lost(detail))
        })
    }
}

/// The query of a URL, taken apart: the mode, what else is about TLS, and what the driver reads itself. What other
/// programs' connection pools read is passed over.
fn split(query: &str) -> Result<(Mode, TlsSettings, Vec<&str>), OpenError> {
    let (mut mode, mut settings, mut kept) = (None, TlsSettings::default(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let value = || {
            let value = percent_decode_str(text).decode_utf8().ok().filter(|value| !value.is_empty());
            value.map(Cow::into_owned).ok_or_else(|| OpenError::Dsn(format!("{name} has no value")))
        };
        let fresh = match name {
            _ if name.starts_with("max_") => true,
            "sslmode" => mode.replace(parse_mode(&value()?)?).is_none(),
            "sslrootcert" => settings.roots.replace(value()?).is_none(),
            "sslcert" => settings.certificate.replace(value()?).is_none(),
            "sslkey" => settings.key.replace(value()?).is_none(),
            "sslsni" => settings.names_server.replace(parse_switch(&value()?)?).is_none(),
            "sslpassword" => {
                let reason = "sslpassword is not supported: keep the file of sslkey unencrypted, readable by this user \
                              only";
                return Err(OpenError::Dsn(reason.to_owned()));
            }
            _ => {
                kept.push(pair);
                true
            }
        };
        if !fresh {
            return Err(OpenError::Dsn(format!("{name} is there twice")));
        }
    }
    // What libpq and Hydra do without it.
    Ok((mode.unwrap_or(Mode::Prefer), settings, kept))
}

fn parse_mode(text: &str) -> Result<Mode, OpenError> {
    Mode::parse(text).ok_or_else(|| {
        let reason = "sslmode is none of disable, allow, prefer, require, verify-ca, verify-full";
        OpenError::Dsn(reason.to_owned())
    })
}

fn parse_switch(text: &str) -> Result<bool, OpenError> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(OpenError::Dsn("sslsni is neither 0 nor 1".to_owned())),
    }
}

/// Fills in what the URL leaves open.
fn complete(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("symbolon");
    }
    config.keepalives_idle(Duration::from_secs(60)).tcp_user_timeout(Duration::from_secs(20));
    // The certificate of a server that is known by its address alone is for that address.
    if config.get_hosts().is_empty() {
        for address in config.get_hostaddrs().to_vec() {
            config.host(address.to_string());
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn invalid(error: tokio_postgres::Error) -> OpenError {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    OpenError::Dsn(format!("{error}{cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(query: &str) -> String {
        let error =
            Target::parse(&format!("postgres://u:hunter2@h/d?{query}")).err().unwrap_or_else(|| panic!("{query}"));
        let message = error.to_string();
        assert!(message.starts_with("dsn: ") && !message.contains("hunter2"), "{message}");
        message
    }

    #[test]
    fn settings_of_connection_pools_are_passed_over() {
        let url = "postgres://u:p%40ss@h:1234/d?sslmode=disable&max_conns=20&max_idle_conns=4&connect_timeout=9";
        let config = Target::parse(url).unwrap().first.config;
        assert_eq!((config.get_user(), config.get_dbname()), (Some("u"), Some("d")));
        assert_eq!(config.get_password(), Some(b"p@ss".as_slice()));
        assert_eq!(config.get_connect_timeout().unwrap().as_secs(), 9);
    }

    #[test]
    fn each_mode_has_its_ways() {
        let with_roots = "&sslrootcert=system";
        for (query, first, second) in [
            ("sslmode=disable", SslMode::Disable, None),
            ("sslmode=allow", SslMode::Disable, Some(SslMode::Require)),
            ("", SslMode::Prefer, Some(SslMode::Disable)),
            ("sslmode=prefer", SslMode::Prefer, Some(SslMode::Disable)),
            ("sslmode=require", SslMode::Require, None),
            ("sslmode=verify-full", SslMode::Require, None),
            (&format!("sslmode=verify-full{with_roots}"), SslMode::Require, None),
        ] {
            let target = Target::parse(&format!("postgres://u@h/d?{query}")).unwrap();
            assert_eq!(target.first.config.get_ssl_mode(), first, "{query}");
            assert_eq!(target.second.map(|way| way.config.get_ssl_mode()), second, "{query}");
        }
    }

    #[test]
    fn a_local_socket_has_no_tls() {
        for mode in ["disable", "allow", "prefer", "require", "verify-full"] {
            let target = Target::parse(&format!("postgres://u@%2Frun%2Fpostgresql/d?sslmode={mode}")).unwrap();
            assert_eq!(target.first.config.get_ssl_mode(), SslMode::Disable, "{mode}");
            assert!(target.second.is_none(), "{mode}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        let file = "%2Fno%2Fsuch%2Ffile";
        for (query, says) in [
            ("wonder=1", "wonder"),
            ("sslmode=", "sslmode has no value"),
            ("sslmode", "sslmode has no value"),
            ("sslmode=verify_full", "verify-full"),
            ("sslmode=Require", "verify-full"),
            ("sslmode=require&sslmode=disable", "sslmode is there twice"),
            ("sslmode=require&sslrootcert=", "sslrootcert has no value"),
            ("sslmode=require&sslrootcert=a&sslrootcert=a", "sslrootcert is there twice"),
            ("sslmode=verify-full&sslsni=yes", "sslsni"),
            ("sslmode=verify-ca", "sslrootcert"),
            ("sslmode=verify-ca&sslrootcert=system", "verify-full"),
            ("sslmode=require&sslrootcert=system", "verify-full"),
            (&format!("sslmode=verify-full&sslrootcert={file}"), "sslrootcert: /no/such/file"),
            (&format!("sslmode=require&sslrootcert={file}"), "sslrootcert: /no/such/file"),
            (&format!("sslrootcert={file}"), "sslrootcert has no effect"),
            (&format!("sslmode=prefer&sslrootcert={file}"), "sslrootcert has no effect"),
            (&format!("sslmode=allow&sslrootcert={file}"), "sslrootcert has no effect"),
            (&format!("sslmode=disable&sslrootcert={file}"), "sslrootcert has no effect"),
            (&format!("sslmode=disable&sslcert={file}&sslkey={file}"), "sslcert has no effect"),
            (&format!("sslmode=require&sslcert={file}"), "sslkey"),
            (&format!("sslmode=require&sslkey={file}"), "sslcert"),
            (&format!("sslmode=require&sslcert={file}&sslkey={file}"), "sslcert: /no/such/file"),
            ("sslmode=require&sslpassword=hunter2", "sslpassword"),
            ("sslmode=require&sslcrl=a", "sslcrl"),
            ("sslmode=prefer&sslnegotiation=direct", "sslnegotiation"),
        ] {
            let message = refusal(query);
            assert!(message.contains(says), "{query}: {message}");
        }
    }
}
