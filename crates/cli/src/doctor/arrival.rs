//! What stands between browsers and the server: whose address arrives, whether strangers can choose it, and whether cookies
//! go both ways. The server itself tells what arrived, since it knows the question by the system secrets.

use std::net::{IpAddr, SocketAddr};

use symbolon_client::{ProbeAnswer, Url};
use symbolon_server::diagnosis::{self, Echo};

use super::Examination;
use crate::report::{Finding, Findings, Party, shown};

/// The step about addresses.
pub(super) const PROXY: &str = "proxy";
/// The step about cookies.
pub(super) const COOKIES: &str = "cookies";
/// An address that nobody has (RFC 5737 §3).
const NOBODY: &str = "192.0.2.1";

pub(super) async fn examine(examination: &mut Examination) {
    let Some(question) = question(examination) else { return };
    let plain = ask(examination, &question, &[]).await;
    let Some((answer, echo)) = plain else {
        let detail = "the server does not take a question that is sealed with `secrets.system`".to_owned();
        let remedy = "It runs with other system secrets than this configuration has, or something in front does not pass on \
                      every path.";
        examination.report.fail(PROXY, Finding::new(Party::Configuration, detail, remedy));
        examination.report.skip(COOKIES, "the server does not tell what arrives");
        return;
    };
    let forged = ask(examination, &question, &[("x-forwarded-for", NOBODY)]).await;
    let mut findings = Findings::default();
    look_at_addresses(&mut findings, &echo, forged.as_ref().map(|(_, echo)| echo));
    examination.report.conclude(
        PROXY,
        &format!("users are known by their addresses, you by {}", echo.address),
        findings,
    );
    look_at_cookies(examination, &question, &answer, &echo).await;
}

fn question(examination: &Examination) -> Option<Url> {
    let mut url = examination.endpoint(diagnosis::PATH.trim_start_matches('/'))?;
    url.query_pairs_mut().append_pair("question", &diagnosis::question(&examination.config, examination.clock.now())?);
    Some(url)
}

async fn ask(examination: &Examination, url: &Url, headers: &[(&str, &str)]) -> Option<(ProbeAnswer, Echo)> {
    let request = examination.caller.get(url).header("accept", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer = request.send().await.ok()?;
    let echo = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200)?;
    Some((answer, echo))
}

fn look_at_addresses(findings: &mut Findings, plain: &Echo, forged: Option<&Echo>) {
    findings.fail_if(forged.is_some_and(|echo| echo.address == NOBODY), || {
        let detail =
            format!("whoever sends `X-Forwarded-For: {NOBODY}` counts as {NOBODY}: strangers choose their address");
        let remedy = "Let the proxy put the address of the connection there, and name nothing but proxies in \
                      `symbolon.trusted_proxies`.";
        Finding::new(Party::Network, detail, remedy)
    });
    let named = plain.forwarded_for.as_deref().unwrap_or_default();
    let seen = plain.address.parse::<IpAddr>().ok();
    let is_believed = seen.is_some() && named.split(',').any(|hop| address_of(hop) == seen);
    findings.fail_if(!named.is_empty() && !is_believed, || {
        let detail = format!("the proxy says {}, and the server counts all of its users as {}", shown(named), plain.address);
        let remedy = "Name the network of the proxy in `symbolon.trusted_proxies`; until then, the wrong passwords of one \
                      person hold up all others.";
        Finding::new(Party::Configuration, detail, remedy)
    });
    let is_dropped = named.is_empty() && forged.is_some_and(|echo| echo.forwarded_for.is_none());
    findings.warn_if(is_dropped, || {
        let detail = format!(
            "a proxy takes `X-Forwarded-For` away and says nothing instead: all of its users are {}",
            plain.address
        );
        Finding::new(Party::Network, detail, "Let it put the address of the connection there.")
    });
}

async fn look_at_cookies(examination: &mut Examination, question: &Url, answer: &ProbeAnswer, echo: &Echo) {
    let mut findings = Findings::default();
    let host = examination.public.host_str().unwrap_or_default().to_owned();
    let domain = examination.config.serve.cookies.domain.as_deref().unwrap_or_default().trim_start_matches('.');
    findings.fail_if(!domain.is_empty() && host != domain && !host.ends_with(&format!(".{domain}")), || {
        let detail = format!("`serve.cookies.domain` is {domain}, and browsers take no such cookie from {host}");
        Finding::new(Party::Configuration, detail, "Name a domain above the host of the issuer, or none.")
    });
    let lines = answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let lines: Vec<_> = lines.collect();
    let arrived = lines.iter().find(|line| name_of(line) == name_of(&echo.set_cookie)).copied();
    match arrived {
        None => findings.fail_if(true, || {
            let detail = "the cookies of the server do not reach browsers: `Set-Cookie` is taken away".to_owned();
            Finding::new(Party::Network, detail, "Let the proxy pass on `Set-Cookie`, and cache nothing.")
        }),
        Some(arrived) => {
            findings.fail_if(arrived != echo.set_cookie, || {
                let detail = format!(
                    "something changes cookies: {} arrives as {}",
                    attributes(&echo.set_cookie),
                    attributes(arrived)
                );
                Finding::new(
                    Party::Network,
                    detail,
                    "Let the proxy pass on `Set-Cookie` as it is: names, paths and flags.",
                )
            });
            let pair = arrived.split(';').next().unwrap_or_default().to_owned();
            let back = ask(examination, question, &[("cookie", pair.as_str())]).await;
            let came_back = back.is_some_and(|(_, echo)| echo.cookie_came_back);
            findings.fail_if(!came_back, || {
                let detail = "the cookies of browsers do not reach the server".to_owned();
                Finding::new(Party::Network, detail, "Let the proxy pass on the header `Cookie`.")
            });
        }
    }
    let is_plain = examination.public.scheme() == "http" && echo.set_cookie.contains("; Secure");
    findings.warn_if(is_plain, || {
        let detail = "cookies are for https alone (`serve.cookies.secure`), and the issuer is one of http".to_owned();
        Finding::new(Party::Configuration, detail, "Browsers make an exception for localhost and for nothing else.")
    });
    examination.report.conclude(COOKIES, "they go both ways, as they are", findings);
}

/// The address of a hop; some proxies add the port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let named = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    named.ok().map(|address| address.to_canonical())
}

fn name_of(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}

/// A `Set-Cookie` without its value.
fn attributes(line: &str) -> String {
    let rest = line.split_once(';').map_or("", |(_, rest)| rest);
    shown(&format!("{};{rest}", name_of(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether anything is said of a server that sees this address while the proxy says that.
    fn is_told(address: &str, forwarded_for: &str) -> bool {
        let mut findings = Findings::default();
        let echo = Echo {
            address: address.to_owned(),
            forwarded_for: Some(forwarded_for.to_owned()),
            set_cookie: String::new(),
            cookie_came_back: false,
        };
        look_at_addresses(&mut findings, &echo, None);
        findings.has_failure()
    }

    #[test]
    fn a_proxy_is_believed_where_one_of_its_addresses_is_the_one_that_is_seen() {
        for named in ["110.0.0.5", "110.0.0.5:4711", "192.0.2.9, 110.0.0.5", "::ffff:110.0.0.5"] {
            assert!(!is_told("110.0.0.5", named), "{named}");
        }
        assert!(!is_told("2001:db8::1", "2001:DB8:0::1"));
        assert!(is_told("10.0.0.5", "110.0.0.5"), "part of another one");
        assert!(is_told("10.0.0.5", "unknown"));
    }
}
