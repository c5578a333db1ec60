//! Everything that leaves the server sealed, by kind. Every kind has a key of its own, so an artefact of one kind can
//! never be read as another, and a changed bit fails before any query. The cryptography is `symbolon-jose`'s; what is
//! inside is the business of those who seal it.

use std::sync::atomic::{AtomicU64, Ordering};

use symbolon_jose::{Kind, Rng, Sealer, Secret};

/// `Kind`s in use. A byte is never given a second meaning.
pub mod kinds {
    use symbolon_jose::Kind;

    /// Authorization code.
    pub const CODE: Kind = Kind { byte: 1, label: "authorization_code" };
    /// Access token.
    pub const ACCESS: Kind = Kind { byte: 2, label: "access_token" };
    /// Refresh token.
    pub const REFRESH: Kind = Kind { byte: 4, label: "refresh_token" };
    /// Registration access token.
    pub const REGISTRATION: Kind = Kind { byte: 5, label: "registration_access_token" };
    /// Login challenge: a whole authorization request.
    pub const LOGIN_CHALLENGE: Kind = Kind { byte: 6, label: "login_challenge" };
    /// Login verifier.
    pub const LOGIN_VERIFIER: Kind = Kind { byte: 7, label: "login_verifier" };
    /// Consent challenge.
    pub const CONSENT_CHALLENGE: Kind = Kind { byte: 8, label: "consent_challenge" };
    /// Consent verifier.
    pub const CONSENT_VERIFIER: Kind = Kind { byte: 9, label: "consent_verifier" };
    /// Cookie that binds the login step of a flow to a browser.
    pub const LOGIN_COOKIE: Kind = Kind { byte: 10, label: "login_csrf_cookie" };
    /// Cookie that binds the consent step of a flow to a browser.
    pub const CONSENT_COOKIE: Kind = Kind { byte: 11, label: "consent_csrf_cookie" };
    /// Cookie that names a login session.
    pub const SESSION_COOKIE: Kind = Kind { byte: 12, label: "session_cookie" };
    /// Position in a list.
    pub const PAGE: Kind = Kind { byte: 13, label: "page_token" };
    /// Session claims at rest.
    pub const CLAIMS: Kind = Kind { byte: 14, label: "session_claims" };
    /// Private keys at rest.
    pub const SIGNING_KEY: Kind = Kind { byte: 15, label: "signing_key" };
    /// What the `jti` of a JWT access token says. A kind of its own: a `jti` is written into logs and replay caches, and
    /// must not be a token itself.
    pub const JWT_ID: Kind = Kind { byte: 16, label: "jwt_id" };
    /// Logout challenge.
    pub const LOGOUT_CHALLENGE: Kind = Kind { byte: 17, label: "logout_challenge" };
    /// Logout verifier.
    pub const LOGOUT_VERIFIER: Kind = Kind { byte: 18, label: "logout_verifier" };
    /// Nonce for the proof of possession of a credential request.
    pub const CREDENTIAL_NONCE: Kind = Kind { byte: 19, label: "credential_nonce" };

    /// Device code.
    pub const DEVICE_CODE: Kind = Kind { byte: 21, label: "device_code" };
    /// Device challenge: a browser that may enter user codes.
    pub const DEVICE_CHALLENGE: Kind = Kind { byte: 22, label: "device_challenge" };
    /// Device verifier: a user code was entered.
    pub const DEVICE_VERIFIER: Kind = Kind { byte: 23, label: "device_verifier" };
    /// Cookie that binds a device challenge to a browser.
    pub const DEVICE_COOKIE: Kind = Kind { byte: 24, label: "device_csrf_cookie" };

    /// Cookie that names the accounts that signed in in a browser.
    pub const KNOWN_BROWSER_COOKIE: Kind = Kind { byte: 25, label: "known_browser_cookie" };
    /// Nonce for a proof of possession.
    pub const DPOP_NONCE: Kind = Kind { byte: 31, label: "dpop_nonce" };
    /// Pushed authorization request.
    pub const PUSHED_REQUEST: Kind = Kind { byte: 32, label: "pushed_request" };
    /// `auth_req_id`: a request of the back channel.
    pub const AUTH_REQ_ID: Kind = Kind { byte: 37, label: "auth_req_id" };
    /// How a client of the back channel is told of an answer, at rest.
    pub const BACKCHANNEL_PING: Kind = Kind { byte: 38, label: "backchannel_ping" };
    /// A form of the home page.
    pub const HOME_FORM: Kind = Kind { byte: 39, label: "home_form" };
    /// Private keys that open what is encrypted for this server, at rest.
    pub const ENCRYPTION_KEY: Kind = Kind { byte: 40, label: "encryption_key" };
    /// A key of Ory Hydra's, by which what was brought from there is genuine, at rest.
    pub const HYDRA_KEY: Kind = Kind { byte: 41, label: "hydra_key" };
    /// Question of an operator about what arrives.
    pub const DIAGNOSIS: Kind = Kind { byte: 42, label: "diagnosis" };
    /// A key in a set of an administrator, at rest.
    pub const KEY_IN_SET: Kind = Kind { byte: 30, label: "key_in_set" };

    /// Secrets at rest of clients that make MACs with them.
    pub const CLIENT_SECRET: Kind = Kind { byte: 26, label: "sealed_client_secret" };

    /// Sealed under `secrets.system`.
    pub const SYSTEM: &[Kind] = &[
        CODE,
        ACCESS,
        REFRESH,
        REGISTRATION,
        LOGIN_CHALLENGE,
        LOGIN_VERIFIER,
        CONSENT_CHALLENGE,
        CONSENT_VERIFIER,
        CLAIMS,
        SIGNING_KEY,
        ENCRYPTION_KEY,
        KEY_IN_SET,
        JWT_ID,
        LOGOUT_CHALLENGE,
        LOGOUT_VERIFIER,
        CREDENTIAL_NONCE,
        DPOP_NONCE,
        PUSHED_REQUEST,
        AUTH_REQ_ID,
        BACKCHANNEL_PING,
        HOME_FORM,
        DEVICE_CODE,
        DEVICE_CHALLENGE,
        DEVICE_VERIFIER,
        CLIENT_SECRET,
        HYDRA_KEY,
        DIAGNOSIS,
    ];
    /// Sealed under `secrets.cookie`.
    pub const COOKIES: &[Kind] = &[LOGIN_COOKIE, CONSENT_COOKIE, SESSION_COOKIE, DEVICE_COOKIE, KNOWN_BROWSER_COOKIE];
    /// Sealed under `secrets.pagination`.
    pub const PAGES: &[Kind] = &[PAGE];
}

/// The three sealers of a server, each under its own secrets.
pub struct Seal {
    system: Sealer,
    cookies: Sealer,
    pages: Sealer,
    /// Only the newest system secret, where there are older ones.
    newest: Option<Sealer>,
    rng: Rng,
    /// What did not open, by the byte of its kind.
    unopened: [AtomicU64; KIND_BYTES],
}

/// Above every byte of a kind.
const KIND_BYTES: usize = 64;

impl Seal {
    /// Prepares all keys. The secrets of cookies and page tokens default to the system's.
    pub fn new(secrets: &crate::config::Secrets, rng: Rng) -> Option<Self> {
        let or_system = |own: &[Secret<String>]| if own.is_empty() { secrets.system.clone() } else { own.to_vec() };
        Some(Self {
            system: Sealer::new(&secrets.system, kinds::SYSTEM).ok()?,
            cookies: Sealer::new(&or_system(&secrets.cookie), kinds::COOKIES).ok()?,
            pages: Sealer::new(&or_system(&secrets.pagination), kinds::PAGES).ok()?,
            newest: match secrets.system.as_slice() {
                [newest, _, ..] => {
                    let kept = &[
                        kinds::SIGNING_KEY,
                        kinds::ENCRYPTION_KEY,
                        kinds::KEY_IN_SET,
                        kinds::CLIENT_SECRET,
                        kinds::HYDRA_KEY,
                    ];
                    Some(Sealer::new(std::slice::from_ref(newest), kept).ok()?)
                }
                _ => None,
            },
            rng,
            unopened: std::array::from_fn(|_| AtomicU64::new(0)),
        })
    }

    /// How often something was no artefact of its kind, by kind: made up, changed, or sealed under another secret.
    pub fn unopened(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let kinds = [kinds::SYSTEM, kinds::COOKIES, kinds::PAGES].into_iter().flatten();
        kinds.filter_map(|kind| {
            let count = self.unopened.get(usize::from(kind.byte))?.load(Ordering::Relaxed);
            Some((kind.label, count))
        })
    }

    fn counted<T>(&self, kind: Kind, opened: Option<T>) -> Option<T> {
        if opened.is_none()
            && let Some(count) = self.unopened.get(usize::from(kind.byte))
        {
            count.fetch_add(1, Ordering::Relaxed);
        }
        opened
    }

    fn sealer(&self, kind: Kind) -> &Sealer {
        match kind.byte {
            10..=12 | 24 | 25 => &self.cookies,
            13 => &self.pages,
            _ => &self.system,
        }
    }

    /// Whether there are secrets besides the newest.
    pub fn has_older_secrets(&self) -> bool {
        self.newest.is_some()
    }

    /// Whether bytes from the database were sealed under the newest system secret.
    pub fn is_newest(&self, kind: Kind, bytes: &[u8]) -> bool {
        self.newest.as_ref().is_none_or(|sealer| sealer.open_bytes(kind, bytes).is_some())
    }

    /// Seals to base64url text.
    pub fn seal(&self, kind: Kind, content: &[u8]) -> String {
        self.sealer(kind).seal(&self.rng, kind, content)
    }

    /// Opens text; anything that was not sealed as this kind is `None`.
    pub fn open(&self, kind: Kind, text: &str) -> Option<Vec<u8>> {
        self.counted(kind, self.sealer(kind).open(kind, text))
    }

    /// Seals bytes for the database.
    pub fn seal_bytes(&self, kind: Kind, content: &[u8]) -> Vec<u8> {
        self.sealer(kind).seal_bytes(&self.rng, kind, content)
    }

    /// Opens bytes from the database.
    pub fn open_bytes(&self, kind: Kind, bytes: &[u8]) -> Option<Vec<u8>> {
        self.counted(kind, self.sealer(kind).open_bytes(kind, bytes))
    }

    /// Seals an identifier: verifiers, the consent challenge, cookies.
    pub fn seal_id(&self, kind: Kind, id: &[u8; 16]) -> String {
        self.seal(kind, id)
    }

    /// The identifier behind a handle.
    pub fn open_id<T: From<[u8; 16]>>(&self, kind: Kind, text: &str) -> Option<T> {
        let id: [u8; 16] = self.open(kind, text)?.try_into().ok()?;
        Some(T::from(id))
    }
}

/// Prefixes of tokens; existing gateways and secret scanners look for them.
pub mod prefix {
    /// Access tokens and registration access tokens.
    pub const ACCESS: &str = "ory_at_";
    /// Refresh tokens.
    pub const REFRESH: &str = "ory_rt_";
    /// Authorization codes.
    pub const CODE: &str = "ory_ac_";
    /// Device codes.
    pub const DEVICE: &str = "ory_dc_";
}
