//! Tags for the parameter names of authorization requests. The order of the table is part of the
//! format: add at the end only.

/// The segment has no `=` and follows as it is.
pub(super) const WHOLE_SEGMENT: u8 = 0;

/// The name is not in the table and follows as an atom.
pub(super) const OTHER_NAME: u8 = 0xff;

const NAMES: [&str; 39] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "display",
    "ui_locales",
    "claims_locales",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "claims",
    "registration",
    "request",
    "request_uri",
    "audience",
    "resource",
    "authorization_details",
    "dpop_jkt",
    "identity_schema",
    "user_code",
    "device_verifier",
    "login_verifier",
    "consent_verifier",
    "access_type",
    "include_granted_scopes",
    "organization",
    "domain_hint",
    "kc_idp_hint",
    "connection",
    "iss",
    "code",
    "vtr",
];

/// The tag of a name that is in the table.
pub(super) fn tag(name: &str) -> Option<u8> {
    let index = NAMES.iter().position(|known| *known == name)?;
    u8::try_from(index + 1).ok()
}

/// The name of a tag.
pub(super) fn name(tag: u8) -> Option<&'static str> {
    NAMES.get(usize::from(tag).checked_sub(1)?).copied()
}
