//! Cross-origin requests of scripts in browsers (Fetch §3.2): which page may read which answer.
//!
//! Three things allow an origin, in this order. The operator's list (`serve.*.cors`) holds for every path of a listener.
//! A client's own list (`allowed_cors_origins`) holds for the answers to that client and no other, so that what a stranger
//! registers opens nothing of anybody else's. And what is meant for every application in a browser
//! (`symbolon.cors.public_endpoints`) answers every origin, without cookies. Who registers clients is a list of its own
//! (`symbolon.registration.allowed_origins`), which the operator's list does not widen.
//!
//! A preflight does not say which client will ask. Where the client decides, it passes for every origin, without cookies:
//! what it lets a page send needs a secret or a token, and the client decides whether the page sees the answer.

mod client;
mod preflight;
mod rules;

pub(super) use self::client::{named_client, of};

use axum::extract::Request;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ORIGIN, VARY,
};
use http::{HeaderValue, StatusCode};

use self::preflight::Preflight;
use self::rules::Rules;
use super::foreign::Foreign;
use crate::clients::ClientOfAnswer;
use crate::config::{Config, OriginPattern};
use crate::dpop;

/// Longest origin that is looked at, in bytes: a scheme, a host name (RFC 1035 §2.3.4) and a port fit.
const LONGEST_ORIGIN: usize = 512;
/// What scripts may read besides what every script may (Fetch §4.9): why a token was refused, and when to try again.
const EXPOSED: HeaderValue = HeaderValue::from_static("WWW-Authenticate, Location, Retry-After, X-Request-Id");

/// The rules of one listener.
pub struct CrossOrigin {
    rules: Rules,
    /// Whether the public endpoints answer every origin.
    public_endpoints: bool,
    /// Who may register clients; `None` where nobody registers.
    registrars: Option<Vec<OriginPattern>>,
    /// Whom a path of this listener concerns.
    reach: fn(&str) -> Reach,
}

/// Whom an answer concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Everybody: it says the same to all.
    Everybody,
    /// The client that asks, with a secret or with a token.
    Client,
    /// Those who may register clients.
    Registrars,
    /// Those that the operator lists, and nobody else.
    Listed,
}

/// Who asks, and for what.
pub(super) struct Asker {
    /// The page's origin; `None` where no page asks, or only pages of this server.
    origin: Option<HeaderValue>,
    reach: Reach,
    preflight: Option<Preflight>,
}

/// What the page of an origin may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Permission {
    /// Nothing across origins.
    Nothing,
    /// Read an answer that every page may read, without cookies.
    AsAnybody,
    /// Read an answer as this origin, without cookies.
    AsItself,
    /// Read an answer as this origin, and send cookies.
    WithCookies,
}

impl CrossOrigin {
    /// The rules of the public listener.
    pub fn of_public(config: &Config) -> Self {
        let registers = config.oidc.dynamic_client_registration.enabled;
        Self {
            rules: Rules::new(&config.serve.public_cors),
            public_endpoints: config.symbolon.cors.public_endpoints,
            registrars: registers.then(|| config.symbolon.registration.allowed_origins.clone()),
            reach: of_public_path,
        }
    }

    /// The rules of the admin listener: the operator's list, and nothing else.
    pub fn of_admin(config: &Config) -> Self {
        let rules = Rules::new(&config.serve.admin_cors);
        Self { rules, public_endpoints: false, registrars: None, reach: |_| Reach::Listed }
    }

    /// Who asks.
    pub(super) fn asker(&self, request: &Request) -> Asker {
        let origin = request.headers().get(ORIGIN).filter(|origin| origin.len() <= LONGEST_ORIGIN).cloned();
        let preflight = origin.as_ref().and_then(|_| Preflight::of(request));
        let reach = (self.reach)(request.uri().path().trim_end_matches('/'));
        Asker { origin, reach, preflight }
    }

    /// Whether this is a preflight that is answered before any endpoint (`serve.*.cors.options_passthrough`).
    pub(super) fn ends(&self, asker: &Asker) -> bool {
        asker.preflight.is_some()
            && if self.rules.enabled() { !self.rules.pass_on_preflights() } else { self.opens(asker.reach) }
    }

    /// The status of such an answer; both are right (Fetch §4.8), and which it is goes by the listener, as in Hydra.
    pub(super) fn preflight_status(&self) -> StatusCode {
        if self.rules.enabled() { StatusCode::NO_CONTENT } else { StatusCode::OK }
    }

    /// Whether something besides the operator's list may allow it.
    fn opens(&self, reach: Reach) -> bool {
        match reach {
            Reach::Everybody | Reach::Client => self.public_endpoints,
            Reach::Registrars => self.registrars.is_some(),
            Reach::Listed => false,
        }
    }

    /// Writes into an answer which page may read it.
    pub(super) fn mark(&self, asker: &Asker, answer: &mut Response) {
        let client = answer.extensions_mut().remove::<ClientOfAnswer>();
        if !self.rules.enabled() && !self.opens(asker.reach) {
            return;
        }
        // A cache must not give the answer for one origin to another (Fetch §3.2.5).
        answer.headers_mut().append(VARY, HeaderValue::from_static(vary(asker)));
        let Some(origin) = &asker.origin else { return };
        let text = origin.to_str().unwrap_or_default();
        let permission = match &asker.preflight {
            Some(preflight) => {
                let permission = self.permits_preflight(asker.reach, text, preflight);
                if permission != Permission::Nothing {
                    preflight.mark(self.rules.max_age(permission), answer.headers_mut());
                }
                permission
            }
            None => self.permits_reading(asker.reach, text, client.as_ref(), answer),
        };
        if self.rules.log_decisions() {
            let (origin, allowed) = (Foreign(text), permission != Permission::Nothing);
            tracing::info!(%origin, allowed, ?permission, preflight = asker.preflight.is_some(), "cross-origin request");
        }
        write(permission, origin, answer);
    }

    fn permits_preflight(&self, reach: Reach, origin: &str, preflight: &Preflight) -> Permission {
        let listed = self.rules.permits(origin);
        let as_configured = self.rules.permits_request(preflight);
        if listed != Permission::Nothing && as_configured {
            return listed;
        }
        // An origin of the operator's may do what anybody's may, too.
        let (passes, permission) = match reach {
            Reach::Everybody => (self.public_endpoints, Permission::AsAnybody),
            // The client is not known yet.
            Reach::Client => (self.public_endpoints || self.rules.enabled(), Permission::AsAnybody),
            Reach::Registrars => (self.may_register(origin), Permission::AsItself),
            Reach::Listed => (false, Permission::Nothing),
        };
        // What the operator's list lets requests have, they may have for a client's origins as well.
        let takes = preflight.asks_what_public_endpoints_take() || (reach == Reach::Client && as_configured);
        if passes && takes { permission } else { Permission::Nothing }
    }

    fn permits_reading(
        &self,
        reach: Reach,
        origin: &str,
        client: Option<&ClientOfAnswer>,
        answer: &mut Response,
    ) -> Permission {
        let listed = self.rules.permits(origin);
        let permission = match reach {
            _ if listed != Permission::Nothing => listed,
            Reach::Everybody if self.public_endpoints => Permission::AsAnybody,
            Reach::Client => match client {
                Some(client) => match self.permits_client(client, origin) {
                    // That its client is gone a page must be told, or it never registers anew. The answer is the same
                    // whether there is such a client or not, unless it names the pages that are its own.
                    Permission::Nothing
                        if self.public_endpoints
                            && answer.status() == StatusCode::UNAUTHORIZED
                            && !client.0.as_ref().is_some_and(|client| client.names_pages()) =>
                    {
                        Permission::AsAnybody
                    }
                    permission => permission,
                },
                // An error about a request that names nobody is nobody's secret.
                None if self.public_endpoints && answer.status().as_u16() >= 400 => Permission::AsAnybody,
                None => Permission::Nothing,
            },
            Reach::Registrars if self.may_register(origin) => Permission::AsItself,
            Reach::Everybody | Reach::Registrars | Reach::Listed => Permission::Nothing,
        };
        if permission != Permission::Nothing {
            let exposed = if self.rules.enabled() { self.rules.exposed() } else { EXPOSED };
            let exposed = with_nonce(answer, exposed);
            answer.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
        permission
    }

    /// What the client of an answer allows. A client that is not there has no origins, like one with a secret that lists
    /// none: who asks with a wrong secret does not learn which it is. A client that registered itself may be one of a page,
    /// whatever its method: most leave that member out.
    fn permits_client(&self, client: &ClientOfAnswer, origin: &str) -> Permission {
        let Some(client) = &client.0 else { return Permission::Nothing };
        let origins = &client.metadata().allowed_cors_origins;
        if client.allows_cors_origin(origin) {
            // Nobody vouches for what a stranger registered, so it never gets cookies.
            return if self.rules.allow_cookies() && !client.is_self_registered() {
                Permission::WithCookies
            } else if self.rules.enabled() || self.public_endpoints {
                Permission::AsItself
            } else {
                Permission::Nothing
            };
        }
        let of_a_page = client.is_public() || client.is_self_registered();
        let open = self.public_endpoints && of_a_page && origins.is_empty();
        if open { Permission::AsAnybody } else { Permission::Nothing }
    }

    fn may_register(&self, origin: &str) -> bool {
        self.registrars.iter().flatten().any(|allowed| allowed.matches(origin))
    }
}

fn of_public_path(path: &str) -> Reach {
    match path {
        "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" | "/.well-known/jwks.json" => {
            Reach::Everybody
        }
        "/oauth2/token" | "/oauth2/par" | "/oauth2/revoke" | "/userinfo" | "/credentials" => Reach::Client,
        path if path.starts_with("/.well-known/openid-configuration/")
            || path.starts_with("/.well-known/oauth-authorization-server/") =>
        {
            Reach::Everybody
        }
        path if path == "/oauth2/register" || path.starts_with("/oauth2/register/") => Reach::Registrars,
        _ => Reach::Listed,
    }
}

fn vary(asker: &Asker) -> &'static str {
    match asker.preflight {
        Some(_) => "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        None => "Origin",
    }
}

fn write(permission: Permission, origin: &HeaderValue, answer: &mut Response) {
    let allowed = match permission {
        Permission::Nothing => return,
        Permission::AsAnybody => HeaderValue::from_static("*"),
        Permission::AsItself | Permission::WithCookies => origin.clone(),
    };
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    if permission == Permission::WithCookies {
        answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// RFC 9449 §8.1: a page that is asked for a nonce must be able to read it.
fn with_nonce(answer: &Response, exposed: HeaderValue) -> HeaderValue {
    let asks = answer.headers().contains_key(&dpop::NONCE_HEADER);
    let joined = asks.then(|| format!("{}, DPoP-Nonce", exposed.to_str().unwrap_or_default()));
    joined.and_then(|joined| HeaderValue::try_from(joined.trim_start_matches(", ").to_owned()).ok()).unwrap_or(exposed)
}
