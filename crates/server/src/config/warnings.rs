//! What an operator should know of a configuration with which the server starts all the same: settings without effect,
//! and settings that are right on their own and risky together.

use std::borrow::Cow;
use std::path::PathBuf;

use super::keys::{self, Standing};
use super::{CimdMode, Config, ListenerTls, OriginPattern, RegistrationRights, RotationMode, TracingProvider};

/// One warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The key to look at.
    pub key: String,
    /// What is the matter, and what to do.
    pub message: Cow<'static, str>,
}

impl Config {
    /// All warnings, for the log at start.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.meaningless();
        let mut warn =
            |key: &str, message| warnings.push(Warning { key: key.to_owned(), message: Cow::Borrowed(message) });
        if has_pool_options(&self.dsn) {
            warn(
                "dsn",
                "what the database's address says of a connection pool (`max_conns` and the like) has no effect",
            );
        }
        let refresh = &self.oauth2.refresh;
        if refresh.mode == RotationMode::UntilSuccessorUsed && refresh.rotation_grace_period_seconds > 0 {
            warn(
                "oauth2.grant.refresh_token.rotation_grace_period",
                "this configuration key has no effect with the rotation mode `until_successor_used`",
            );
        }
        if refresh.mode != RotationMode::Grace && refresh.rotation_grace_reuse_count > 0 {
            warn(
                "oauth2.grant.refresh_token.rotation_grace_reuse_count",
                "this configuration key has no effect with any rotation mode but `grace`",
            );
        }
        if !self.dev && !self.oauth2.pkce.enforced && !self.oauth2.pkce.enforced_for_public_clients {
            warn(
                "oauth2.pkce.enforced_for_public_clients",
                "public clients may leave PKCE out, and then whoever gets hold of a code can redeem it: set it to true \
                 if all of them send a code_challenge (RFC 9700, section 2.1.1)",
            );
        }
        if self.admin_is_exposed() {
            warn(
                "serve.admin.host",
                "the admin listener takes requests from other machines without a token: set symbolon.admin.token, or \
                 let it listen on 127.0.0.1",
            );
        }
        if self.oidc.dynamic_client_registration.enabled
            && self.symbolon.registration.policy == RegistrationRights::Open
        {
            warn(
                "symbolon.registration.policy",
                "with `open` a client chooses its own scope, audience, grant types and lifetimes: use `restricted` where \
                 strangers can reach the registration endpoint",
            );
        }
        for (key, cors) in
            [("serve.public.cors", &self.serve.public_cors), ("serve.admin.cors", &self.serve.admin_cors)]
        {
            let anybody = cors.allowed_origins.iter().any(OriginPattern::is_anybody);
            if cors.enabled && cors.allow_credentials && anybody {
                warn(
                    &format!("{key}.allow_credentials"),
                    "this configuration key has no effect for origins that a lone `*` stands for, which never get \
                     credentials: name the origins that need them",
                );
            }
        }
        self.mcp_warnings(&mut warn);
        if self.hides_behind_an_unknown_proxy() {
            warn(
                "symbolon.trusted_proxies",
                "the issuer is https and this server speaks http, so there is a proxy in front: name its network, or \
                 all users count as one address, and the wrong passwords of one slow the login of all",
            );
        }
        warnings.extend(self.readable_secrets().into_iter().chain(self.idle_hosts()));
        warnings.extend(self.idle_tls().into_iter().chain(self.no_traces()));
        warnings
    }

    /// Secrets in files that are open to all.
    fn readable_secrets(&self) -> Vec<Warning> {
        let of_file = |(key, file): &(String, PathBuf)| {
            let file = file.display();
            let message = format!("every user of this machine can read this secret in the file {file}: chmod o-r");
            Warning { key: key.clone(), message: Cow::Owned(message) }
        };
        self.open_files.iter().map(of_file).collect()
    }

    /// Settings of https at listeners that speak none.
    fn idle_tls(&self) -> Vec<Warning> {
        let serve = &self.serve;
        let (public, admin) = (&serve.public_tls, &serve.admin_tls);
        // What both share is not idle if one of them uses it.
        let is_own = |tls: &ListenerTls| tls.is_own(&serve.tls);
        let shared = !public.enabled && !admin.enabled && serve.tls.is_filled();
        let idle = [
            ("serve.tls.enabled", shared),
            ("serve.public.tls.enabled", !public.enabled && is_own(public)),
            ("serve.admin.tls.enabled", !admin.enabled && is_own(admin)),
        ];
        let message = "certificate, key and `allow_termination_from` of a listener have no effect while this is false";
        let idle = idle.into_iter().filter(|(_, is_idle)| *is_idle);
        idle.map(|(key, _)| Warning { key: key.to_owned(), message: Cow::Borrowed(message) }).collect()
    }

    /// Lists of hosts of documents without effect.
    fn idle_hosts(&self) -> Option<Warning> {
        let cimd = &self.symbolon.cimd;
        let (key, message) = match cimd.mode {
            CimdMode::Listed if cimd.allow.is_empty() => {
                ("symbolon.cimd.allow", "with the mode `listed` no document counts as long as this list is empty")
            }
            CimdMode::Off if !(cimd.allow.is_empty() && cimd.deny.is_empty()) => {
                ("symbolon.cimd.mode", "lists of hosts have no effect while this is `off`")
            }
            CimdMode::Off | CimdMode::Listed | CimdMode::Any => return None,
        };
        Some(Warning { key: key.to_owned(), message: Cow::Borrowed(message) })
    }

    /// Traces that are wanted in a protocol that is not spoken here.
    fn no_traces(&self) -> Option<Warning> {
        self.tracing.provider.filter(|provider| *provider != TracingProvider::Otel)?;
        let message = "no traces are sent: Jaeger and Zipkin take OTLP, so set this to `otel` and name their address for it \
                       in tracing.providers.otlp.server_url";
        Some(Warning { key: "tracing.provider".to_owned(), message: Cow::Borrowed(message) })
    }

    /// Keys of Hydra's that were set and mean nothing here.
    fn meaningless(&self) -> Vec<Warning> {
        let of_key = |key: &String| {
            let reason = match keys::find(key).map(|key| key.standing) {
                Some(Standing::Inert(reason)) => reason,
                _ => "there is no such key in the server",
            };
            let message = Cow::from(format!("this configuration key means nothing here: {reason}"));
            Warning { key: key.clone(), message }
        };
        self.ignored.iter().map(of_key).collect()
    }

    /// Whether requests come from a proxy that the server cannot tell from a user. The limits for one address are those
    /// of the built-in pages and of registration.
    fn hides_behind_an_unknown_proxy(&self) -> bool {
        let counts_addresses = self.symbolon.ui.enabled || self.oidc.dynamic_client_registration.enabled;
        let by_itself = self.serve.public_tls.enabled && self.serve.public_tls.names_certificate();
        let unnamed = self.symbolon.trusted_proxies.is_empty() && self.symbolon.proxy_protocol.public.is_empty();
        self.urls.issuer.starts_with("https://") && unnamed && counts_addresses && !by_itself
    }
}

/// Whether the address has options that Hydra's connection pool reads.
fn has_pool_options(dsn: &str) -> bool {
    let query = dsn.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|option| option.starts_with("max_"))
}
