//! What to change where a request is refused, and what the refusal rests on. The first row that fits counts: the rows of a
//! check and those with words of the reason or description come before those of an `error` alone.

use serde_json::Value;

/// A row of the table.
pub(super) struct Remedy {
    /// Which lines it is about.
    when: When,
    /// What the refusal rests on; empty where the line says it, or where it is a rule of this server.
    pub(super) section: &'static str,
    /// What to change.
    pub(super) change: &'static str,
}

enum When {
    /// The check of the authorization request that failed.
    Check(&'static str),
    /// These words are in the reason or the description.
    Words(&'static str, &'static str),
    /// The `error`, of a request whose path begins so.
    At(&'static str, &'static str),
    /// The `error`.
    Error(&'static str),
    /// The status.
    Status(u64),
    Always,
}

/// The row for a line with a refusal.
pub(super) fn of(line: &Value) -> &'static Remedy {
    TABLE.iter().find(|remedy| remedy.when.fits(line)).unwrap_or(&ANY)
}

impl When {
    fn fits(&self, line: &Value) -> bool {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let has = |words: &str| ["reason", "description"].iter().any(|name| text(name).contains(words));
        match self {
            Self::Check(check) => text("check") == *check,
            Self::Words(error, words) => text("error") == *error && has(words),
            Self::At(error, path) => text("error") == *error && text("path").starts_with(path),
            Self::Error(error) => text("error") == *error,
            Self::Status(status) => line["status"] == *status,
            Self::Always => true,
        }
    }
}

const fn check(name: &'static str, change: &'static str) -> Remedy {
    Remedy { when: When::Check(name), section: "", change }
}

const fn words(error: &'static str, words: &'static str, section: &'static str, change: &'static str) -> Remedy {
    Remedy { when: When::Words(error, words), section, change }
}

const fn error(error: &'static str, section: &'static str, change: &'static str) -> Remedy {
    Remedy { when: When::Error(error), section, change }
}

const fn at(error: &'static str, path: &'static str, section: &'static str, change: &'static str) -> Remedy {
    Remedy { when: When::At(error, path), section, change }
}

const ANY: Remedy = Remedy {
    when: When::Always,
    section: "",
    change: "See the description: it names the parameter, the member or the setting at fault.",
};

const TABLE: &[Remedy] = &[
    check("scope", "Ask only for scopes that the client is registered for, or add the scope to the client (`scope`)."),
    check(
        "audience",
        "Name only audiences and resources that the client may ask for, or add them to the client (`audience`, `allowed_resources`) or to `symbolon.resources`.",
    ),
    check(
        "response_type",
        "Register the response type and the grant types that belong to it at the client, or ask for one that it has.",
    ),
    check(
        "response_mode",
        "Leave `response_mode` out, or choose one that discovery advertises; tokens do not go into the query.",
    ),
    check("state", "Send a random `state` of 8 characters or more, a new one for each request."),
    check("transport", "Register a redirect URI with https; http is for loopback addresses alone."),
    check("subject_type", "Give the client a `sector_identifier_uri`, or redirect URIs of one host."),
    check("nonce", "Send a random `nonce` of 8 characters or more."),
    check("code_challenge", "Send `code_challenge` with `code_challenge_method=S256`."),
    check("prompt", "Send `none` alone, and only values that discovery advertises (`prompt_values_supported`)."),
    check("id_token_hint", "Send an ID token that this server issued, for this client."),
    words(
        "invalid_client",
        "wrong secret",
        "RFC 6749 §2.3.1",
        "The secret is not the client's: compare what the client sends with what it was given, or give it a new one (`POST /admin/clients/ID/secrets/rotate`). In the Authorization header id and secret are form-encoded before base64.",
    ),
    words(
        "invalid_client",
        "unknown client",
        "RFC 6749 §2.3.1",
        "There is no client with this id at this server: compare the id, and that the client talks to this server and not to another environment.",
    ),
    words(
        "invalid_client",
        "registered for the method",
        "OpenID Connect Core §9",
        "The client authenticates in another way than it is registered for: change `token_endpoint_auth_method` of the client, or the client.",
    ),
    words(
        "invalid_client",
        "was used before",
        "RFC 7523 §3",
        "Make a new assertion, with a new `jti`, for each request.",
    ),
    words(
        "invalid_request",
        "redirect_uri",
        "RFC 6749 §3.1.2.3",
        "Send a `redirect_uri` that is registered at the client, character by character, or register it.",
    ),
    words(
        "invalid_grant",
        "authorization code was used",
        "RFC 6749 §4.1.2",
        "A code counts once. Do not send the token request again, and look for a second copy of the client that redeems the same code; what the first one got was revoked.",
    ),
    words(
        "invalid_grant",
        "refresh token was used",
        "RFC 9700 §4.14.2",
        "A refresh token counts once: keep the newest one that was received. If several instances share one, let one of them refresh, or set `oauth2.grant.refresh_token.rotation_mode`. If nobody can explain it, the token was stolen; the grant has ended, and the person signs in again.",
    ),
    words(
        "invalid_grant",
        "code_verifier",
        "RFC 7636 §4.6",
        "Send the `code_verifier` of which the `code_challenge` of this very flow was made.",
    ),
    words(
        "invalid_grant",
        "redirect_uri",
        "RFC 6749 §4.1.3",
        "Repeat the `redirect_uri` of the authorization request exactly.",
    ),
    words(
        "invalid_grant",
        "another client",
        "RFC 6749 §5.2",
        "Redeem the code or token with the client that it was issued to.",
    ),
    words(
        "invalid_dpop_proof",
        "nonce",
        "RFC 9449 §8",
        "Send the proof again with the nonce of the header `DPoP-Nonce`.",
    ),
    at(
        "invalid_client",
        "/oauth2/auth",
        "RFC 6749 §4.1.2.1",
        "Send the `client_id` of a client that is registered here.",
    ),
    error(
        "invalid_client",
        "RFC 6749 §5.2",
        "The client did not prove who it is. The audit log has the reason, with the event client_authentication_failed of this request.",
    ),
    error(
        "invalid_grant",
        "RFC 6749 §5.2",
        "The code or token is unknown, has expired, was revoked or belongs to another client: start the flow again, and look at the lifetimes in `ttl`.",
    ),
    error(
        "invalid_scope",
        "RFC 6749 §3.3",
        "Ask only for scopes that the client is registered for and that were granted.",
    ),
    error("invalid_target", "RFC 8707 §2", "Name only resources that are configured and that the client may ask for."),
    error(
        "unauthorized_client",
        "RFC 6749 §5.2",
        "Add the grant type or response type to the client (`grant_types`, `response_types`).",
    ),
    error(
        "unsupported_grant_type",
        "RFC 6749 §5.2",
        "Send a grant type that discovery advertises (`grant_types_supported`), or switch it on here.",
    ),
    error(
        "unsupported_response_type",
        "RFC 6749 §4.1.2.1",
        "Send a response type that discovery advertises (`response_types_supported`).",
    ),
    error(
        "login_required",
        "OpenID Connect Core §3.1.2.6",
        "With `prompt=none` nobody may be asked: send the person through a flow without it.",
    ),
    error(
        "consent_required",
        "OpenID Connect Core §3.1.2.6",
        "With `prompt=none` nobody may be asked: send the person through a flow without it, and let consents be remembered.",
    ),
    error(
        "access_denied",
        "RFC 6749 §4.1.2.1",
        "The person or the login or consent page said no; nothing is wrong with the request.",
    ),
    error(
        "authorization_pending",
        "RFC 8628 §3.5",
        "Nothing is wrong: the person has not answered yet. Ask again after the interval.",
    ),
    error(
        "slow_down",
        "RFC 8628 §3.5",
        "Ask less often: wait the interval between two requests, and five seconds more after each of these answers.",
    ),
    error("expired_token", "RFC 8628 §3.5", "The person took too long: start again."),
    error(
        "invalid_token",
        "RFC 6750 §3.1",
        "The access token has expired, was revoked or is not for this: get a new one.",
    ),
    error("insufficient_scope", "RFC 6750 §3.1", "Ask for a token with the scope that the answer names."),
    error(
        "insufficient_user_authentication",
        "RFC 9470 §3",
        "Send the person through a login with the `acr_values` or `max_age` that the answer names.",
    ),
    error(
        "use_dpop_nonce",
        "RFC 9449 §8",
        "Nothing is wrong: send the request again with the nonce of the header `DPoP-Nonce`.",
    ),
    error(
        "invalid_dpop_proof",
        "RFC 9449 §4.3",
        "Make a new proof for each request: its method, its address, its time, the hash of its token, and the key that the token is bound to.",
    ),
    error(
        "invalid_request_object",
        "RFC 9101 §6",
        "Sign the request object with a key that is registered at the client, with the right `aud`, `iss` and times.",
    ),
    error(
        "invalid_authorization_details",
        "RFC 9396 §5",
        "Send only types and members that are configured and that the client may ask for.",
    ),
    error(
        "temporarily_unavailable",
        "RFC 6749 §4.1.2.1",
        "The server is busy or its database cannot be reached: the reason says which. Clients wait the seconds of `Retry-After`.",
    ),
    error(
        "server_error",
        "RFC 6749 §4.1.2.1",
        "A fault here, not of the client: the reason says what; see the log of the program under the same request id.",
    ),
    error(
        "unsupported_response_mode",
        "OAuth 2.0 Multiple Response Type Encoding Practices §2.1",
        "Leave `response_mode` out, or choose one that discovery advertises; tokens do not go into the query.",
    ),
    error(
        "invalid_state",
        "RFC 6749 §10.12",
        "Send a random `state` of 8 characters or more, a new one for each request.",
    ),
    error(
        "insufficient_entropy",
        "RFC 6749 §10.10",
        "Send a longer random value: 8 characters or more for `state` and `nonce`.",
    ),
    error(
        "misconfiguration",
        "",
        "A setting of this server is missing or wrong: the description or the reason names it. `symbolon config check` tells what else is.",
    ),
    error(
        "request_unauthorized",
        "RFC 6750 §3.1",
        "Send valid credentials: the access token as `Authorization: Bearer …`, or at the admin port the token of `symbolon.admin.token`.",
    ),
    error(
        "request_forbidden",
        "RFC 6750 §3.1",
        "The credentials are good, but not for this: see the description, and use a token or client that may do it.",
    ),
    error(
        "not_found",
        "RFC 9110 §15.5.5",
        "There is nothing of this id: compare it, and that the request goes to the right server.",
    ),
    error(
        "token_signature_mismatch",
        "RFC 7515 §5.2",
        "Present the token to the server that issued it, unchanged, and under one of the secrets and keys that it still has.",
    ),
    error("scope_not_granted", "RFC 6750 §3.1", "Ask for a token with the scope that the request needs."),
    error(
        "token_claim",
        "RFC 7519 §4.1",
        "Get a new token: one of the claims, as audience, issuer or times, is not right for this request.",
    ),
    error(
        "token_inactive",
        "RFC 7662 §2.2",
        "The token has expired, was revoked or does not count yet: get a new one, and compare the clocks.",
    ),
    error(
        "interaction_required",
        "OpenID Connect Core §3.1.2.6",
        "With `prompt=none` nobody may be asked: send the person through a flow without it.",
    ),
    error(
        "account_selection_required",
        "OpenID Connect Core §3.1.2.6",
        "With `prompt=none` nobody may be asked: send the person through a flow without it.",
    ),
    error(
        "invalid_request_uri",
        "OpenID Connect Core §3.1.2.6",
        "A pushed request counts once and for a short time: push it again. Another address must be registered at the client (`request_uris`) and reachable from here.",
    ),
    error(
        "request_not_supported",
        "OpenID Connect Core §3.1.2.6",
        "Send the parameters by themselves, without `request`.",
    ),
    error(
        "request_uri_not_supported",
        "OpenID Connect Core §3.1.2.6",
        "Push the request (RFC 9126), or send the parameters by themselves.",
    ),
    error(
        "registration_not_supported",
        "OpenID Connect Core §3.1.2.6",
        "Register the client before, and leave `registration` out.",
    ),
    error("jti_known", "RFC 7523 §3", "Make a new assertion, with a new `jti`, for each request."),
    error(
        "unknown_user_id",
        "OpenID Connect CIBA §13",
        "Send a hint that names a person here, of the kind that `symbolon.ciba.login_hint` allows.",
    ),
    error(
        "invalid_binding_message",
        "OpenID Connect CIBA §13",
        "Send a short message of plain characters that a small display can show.",
    ),
    error(
        "invalid_client_metadata",
        "RFC 7591 §3.2.2",
        "See the description: it names the member of the client metadata and what it may be.",
    ),
    error(
        "invalid_redirect_uri",
        "RFC 7591 §3.2.2",
        "Register whole addresses without a fragment: https, http of a loopback address, or a scheme of the application's own.",
    ),
    error("invalid_software_statement", "RFC 7591 §3.2.2", "Leave `software_statement` out."),
    error("unapproved_software_statement", "RFC 7591 §3.2.2", "Leave `software_statement` out."),
    error("missing_required_parameter", "", "Send the member that the description names."),
    error(
        "missing_proof",
        "OpenID Connect UserInfo Verifiable Credentials, draft 00",
        "Send a `proof`, signed by the key that the credential is for, with the nonce of this answer.",
    ),
    error("unsupported_token_type", "RFC 7009 §2.2.1", "Send an access token or a refresh token of this server."),
    error(
        "unmet_authentication_requirements",
        "OpenID Connect Core Error Code unmet_authentication_requirements 1.0",
        "Ask for an `acr` that the login page can give, or send the person through a login that gives it.",
    ),
    error("invalid_request", "RFC 6749 §5.2", "See the description: it names the parameter at fault."),
    Remedy {
        when: When::Status(404),
        section: "RFC 9110 §15.5.5",
        change: "There is nothing at this path or of this id: compare them.",
    },
    Remedy {
        when: When::Status(409),
        section: "RFC 9110 §15.5.10",
        change: "It exists already, or was changed by another request at the same moment: read it again, then decide.",
    },
    Remedy {
        when: When::Status(429),
        section: "RFC 6585 §4",
        change: "Too many requests of one sender: wait the seconds of `Retry-After`. If all users come through one proxy, name it in `symbolon.trusted_proxies`.",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_closest_row_counts() {
        for (line, section, words) in [
            (
                json!({ "error": "invalid_client", "reason": "wrong secret" }),
                "RFC 6749 §2.3.1",
                "compare what the client sends",
            ),
            (json!({ "error": "invalid_client", "reason": "x" }), "RFC 6749 §5.2", "did not prove"),
            (json!({ "error": "invalid_client", "path": "/oauth2/auth" }), "RFC 6749 §4.1.2.1", "registered here"),
            (json!({ "error": "invalid_scope", "check": "scope" }), "", "add the scope to the client"),
            (
                json!({ "error": "Unable to locate the resource", "status": 404 }),
                "RFC 9110 §15.5.5",
                "nothing at this path",
            ),
            (json!({ "error": "something_else", "status": 400 }), "", "See the description"),
        ] {
            let remedy = of(&line);
            assert_eq!(remedy.section, section, "{line}");
            assert!(remedy.change.contains(words), "{line}: {}", remedy.change);
        }
    }
}
