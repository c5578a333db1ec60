//! The rules for what an access token says (RFC 9068 §4), or what introspection says of it (RFC 7662 §2.2).

use serde_json::{Map, Value};
use symbolon_jose::numeric_date;

use super::{AccessTokenClaims, AccessTokenFault, Confirmation};
use crate::verification::VerificationRules;
use crate::verification::claims::present;
use crate::wire::{Scope, whole_seconds};

/// What a token is compared with.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) rules: &'a VerificationRules,
    /// The API's own names; one is enough.
    pub(crate) audiences: &'a [String],
    pub(crate) audience_rule: AudienceRule,
    pub(crate) form: TokenForm,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Whether a token must say for whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AudienceRule {
    Named,
    /// A token that names nobody is good for everybody; one that names others is not.
    MayBeMissing,
}

/// Where the claims come from, which decides what must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenForm {
    /// A signed token that keeps to RFC 9068.
    Rfc9068,
    /// A signed token as providers had them before.
    AnyJwt,
    /// The answer of the introspection endpoint.
    Introspection,
}

/// Applies the rules to claims whose origin was checked. `typ` is that of the header.
pub(crate) fn check(
    claims: Map<String, Value>,
    typ: Option<&str>,
    expected: &Expected<'_>,
) -> Result<AccessTokenClaims, AccessTokenFault> {
    check_kind(&claims, typ, expected.form)?;
    let issuer = check_issuer(&claims, expected)?;
    let audiences = check_audience(&claims, expected)?;
    let (expires_at, issued_at) = check_times(&claims, expected)?;
    let required = expected.form == TokenForm::Rfc9068;
    Ok(AccessTokenClaims {
        issuer,
        subject: optional_text(&claims, "sub", required)?,
        client_id: client_id(&claims, expected.form)?,
        scope: scope(&claims)?,
        audiences,
        expires_at,
        issued_at,
        // Only ever a reason to refuse when they are not there, so that odd ones may count as absent.
        authenticated_at: optional_seconds(&claims, "auth_time", expected.form).unwrap_or_default(),
        authentication_context: optional_text(&claims, "acr", false).unwrap_or_default(),
        confirmation: Confirmation::of(&claims)?,
        all: claims,
    })
}

/// That it is an access token: the keys of the provider sign ID tokens and logout tokens as well (RFC 8725 §3.11), and
/// introspection knows refresh tokens.
fn check_kind(claims: &Map<String, Value>, typ: Option<&str>, form: TokenForm) -> Result<(), AccessTokenFault> {
    let is = |name: &str, values: &[&str]| {
        let value = present(claims, name);
        value.map(|value| value.as_str().is_some_and(|text| values.iter().any(|one| text.eq_ignore_ascii_case(one))))
    };
    // The prefix may be left out (RFC 7515 §4.1.9).
    let typ = typ.unwrap_or_default().to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    match form {
        TokenForm::Rfc9068 | TokenForm::AnyJwt if typ == "at+jwt" => Ok(()),
        TokenForm::Rfc9068 => Err(AccessTokenFault::Type),
        TokenForm::AnyJwt if !matches!(typ, "" | "jwt") => Err(AccessTokenFault::Type),
        // Keycloak tells the kind in a claim; elsewhere these claims are those of ID tokens and of logout tokens.
        TokenForm::AnyJwt => {
            let marked = ["nonce", "at_hash", "c_hash", "events"].iter().any(|name| claims.contains_key(*name));
            let fits = is("typ", &["bearer", "dpop"]).unwrap_or(!marked);
            if fits { Ok(()) } else { Err(AccessTokenFault::OtherKind) }
        }
        // Hydra writes `token_use`, Keycloak `typ`; `token_type` is `Bearer` or `DPoP` (RFC 7662 §2.2, RFC 9449 §6.2), and
        // the kind of token at some servers.
        TokenForm::Introspection => {
            let wrong = is("token_use", &["access_token", "access"]) == Some(false)
                || is("typ", &["bearer", "dpop", "at+jwt", "jwt"]) == Some(false)
                || is("token_type", &["bearer", "dpop", "access_token"]) == Some(false);
            if wrong { Err(AccessTokenFault::OtherKind) } else { Ok(()) }
        }
    }
}

fn check_issuer(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<String, AccessTokenFault> {
    // The server that was asked is the issuer where it does not say so.
    if expected.form == TokenForm::Introspection && present(claims, "iss").is_none() {
        return Ok(expected.issuer.to_owned());
    }
    let found = text(claims, "iss")?;
    if expected.rules.issuer.accepts(expected.issuer, found, claims) {
        Ok(found.to_owned())
    } else {
        Err(AccessTokenFault::Issuer)
    }
}

/// `aud`, a text or a list of texts (RFC 7519 §4.1.3), has one of our names. Byte by byte: another spelling is another
/// API.
fn check_audience(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<Vec<String>, AccessTokenFault> {
    let list = match present(claims, "aud") {
        None if expected.audience_rule == AudienceRule::MayBeMissing => Vec::new(),
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => return Err(AccessTokenFault::Claim("aud")),
    };
    let is_everybodys = list.is_empty() && expected.audience_rule == AudienceRule::MayBeMissing;
    if is_everybodys || expected.audiences.iter().any(|own| list.contains(own)) {
        Ok(list)
    } else {
        Err(AccessTokenFault::Audience)
    }
}

fn check_times(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<(Option<i64>, Option<i64>), AccessTokenFault> {
    let seconds = |name| optional_seconds(claims, name, expected.form);
    let (expires_at, issued_at, not_before) = (seconds("exp")?, seconds("iat")?, seconds("nbf")?);
    if expires_at.is_none() && expected.form != TokenForm::Introspection {
        return Err(AccessTokenFault::Claim("exp"));
    }
    if issued_at.is_none() && expected.form == TokenForm::Rfc9068 {
        return Err(AccessTokenFault::Claim("iat"));
    }
    let (now, leeway) = (expected.now, expected.rules.leeway_seconds);
    if expires_at.is_some_and(|at| at.saturating_add(leeway) <= now) {
        return Err(AccessTokenFault::Expired);
    }
    if [issued_at, not_before].into_iter().flatten().any(|at| at > now.saturating_add(leeway)) {
        return Err(AccessTokenFault::NotYetValid);
    }
    Ok((expires_at, issued_at))
}

/// RFC 9068 §2.2; Entra, Keycloak and Auth0 write `azp`, older Entra tokens `appid`, Okta `cid`.
fn client_id(claims: &Map<String, Value>, form: TokenForm) -> Result<Option<String>, AccessTokenFault> {
    let standard = optional_text(claims, "client_id", form == TokenForm::Rfc9068)?;
    let other = || ["azp", "appid", "cid"].iter().find_map(|name| claims.get(*name).and_then(Value::as_str));
    Ok(standard.or_else(|| other().map(str::to_owned)))
}

/// `scope` as text or list; Okta and Entra call it `scp`.
fn scope(claims: &Map<String, Value>) -> Result<Scope, AccessTokenFault> {
    let Some(value) = present(claims, "scope").or_else(|| present(claims, "scp")) else { return Ok(Scope::default()) };
    Scope::from_answer(value).ok_or(AccessTokenFault::Claim("scope"))
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, AccessTokenFault> {
    let value = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.ok_or(AccessTokenFault::Claim(name))
}

/// An empty text is none, unless the claim is required.
fn optional_text(
    claims: &Map<String, Value>,
    name: &'static str,
    required: bool,
) -> Result<Option<String>, AccessTokenFault> {
    match present(claims, name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        None | Some(Value::String(_)) if !required => Ok(None),
        _ => Err(AccessTokenFault::Claim(name)),
    }
}

/// Signed tokens have numbers (RFC 7519 §2); answers of introspection are read as servers write them.
fn optional_seconds(
    claims: &Map<String, Value>,
    name: &'static str,
    form: TokenForm,
) -> Result<Option<i64>, AccessTokenFault> {
    let read = if form == TokenForm::Introspection { whole_seconds } else { numeric_date };
    present(claims, name).map(|value| read(value).ok_or(AccessTokenFault::Claim(name))).transpose()
}

#[cfg(test)]
mod tests;
