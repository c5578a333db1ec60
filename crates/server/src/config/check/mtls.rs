//! `symbolon.mtls.*`: what is half configured protects nothing, so the server does not start with it.

use symbolon_types::ClientCertificates;

use crate::config::Config;
use crate::config::error::ConfigError;

/// Checks how the keys go together.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let mtls = &config.symbolon.mtls;
    check_listener(config)?;
    let header = &mtls.header;
    let missing = |key, remedy| Err(ConfigError::Missing { key, remedy });
    match (&header.name, &header.form) {
        (Some(_), None) => {
            return missing(
                "symbolon.mtls.header.format",
                "say how the proxy writes the certificate: see docs/mtls.md",
            );
        }
        (None, Some(_)) => {
            return missing("symbolon.mtls.header.name", "name the header that `symbolon.mtls.header.format` is about");
        }
        (None, None) if header.verdict_name.is_some() => {
            return missing("symbolon.mtls.header.name", "a verdict is about a certificate that is forwarded");
        }
        (Some(_), Some(_)) if config.symbolon.trusted_proxies.is_empty() => {
            let remedy = "name the proxies whose `symbolon.mtls.header.name` counts: anybody could send that header";
            return missing("symbolon.trusted_proxies", remedy);
        }
        _ => {}
    }
    let seen = mtls.sees() != ClientCertificates::Unseen;
    let unused = [("symbolon.mtls.url", mtls.url.is_some()), ("symbolon.mtls.ca_file", mtls.ca_file.is_some())];
    match unused.into_iter().find(|(_, set)| *set && !seen) {
        Some((key, _)) => Err(ConfigError::refused(
            key,
            "has no effect without `symbolon.mtls.listen` or `symbolon.mtls.header.name`".to_owned(),
        )),
        None => Ok(()),
    }
}

fn check_listener(config: &Config) -> Result<(), ConfigError> {
    let mtls = &config.symbolon.mtls;
    let files = [
        ("symbolon.mtls.certificate_file", mtls.certificate_file.is_some()),
        ("symbolon.mtls.key_file", mtls.key_file.is_some()),
    ];
    if mtls.listen.is_none() {
        return match files.into_iter().find(|(_, set)| *set) {
            Some((key, _)) => Err(ConfigError::refused(key, "has no effect without `symbolon.mtls.listen`".to_owned())),
            None => Ok(()),
        };
    }
    if let Some((key, _)) = files.into_iter().find(|(_, set)| !set) {
        return Err(ConfigError::Missing { key, remedy: "`symbolon.mtls.listen` speaks TLS, and needs both files" });
    }
    match &mtls.url {
        None => Err(ConfigError::Missing {
            key: "symbolon.mtls.url",
            remedy: "say under which https address clients reach `symbolon.mtls.listen`: discovery names it",
        }),
        Some(url) if !url.starts_with("https://") => {
            Err(ConfigError::refused("symbolon.mtls.url", "must be https".to_owned()))
        }
        Some(_) => Ok(()),
    }
}
