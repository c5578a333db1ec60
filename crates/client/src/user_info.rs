//! The userinfo endpoint (`OpenID` Connect Core 1.0 §5.3): claims about the user of an access token.
//!
//! The answer counts only if it is about the user of the ID token (§5.3.2): the endpoint is not told for whom one asks.
//! Plain JSON is believed because of the connection; a signed answer (`application/jwt`) because of its signature, issuer
//! and audience. Either may be encrypted for the client.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_jose::strict_json;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::dpop::Scheme;
use crate::encryption::{EncryptedContent, EncryptionFault};
use crate::error::Error;
use crate::http::json_fault;
use crate::token::TokenSet;
use crate::verification::{IdTokenFault, SignedToken, VerificationRules, check_audience, present, seconds, text};
use crate::wire::AccessToken;

/// The answer of the userinfo endpoint. `Debug` shows no claim.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UserInfo {
    /// `sub`: the user, the same as in the ID token
    pub subject: String,
    /// The claims that the standard names (§5.1), as far as they are there and have their type
    pub standard: StandardClaims,
    /// All claims, including `sub`
    pub all: Map<String, Value>,
}

/// The standard claims about a user (`OpenID` Connect Core 1.0 §5.1), without `sub`. Dates and times as the standard has
/// them; a claim of the wrong type is absent here and still in [`UserInfo::all`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StandardClaims {
    /// Full name for display
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Given names
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Family name or names, with spaces between
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Middle names
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Casual name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The name the user likes to be called by; not unique, not an identifier
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// URL of the profile page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// URL of a picture
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// URL of the user's web page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// E-mail address; not unique, not an identifier
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the provider made sure that the address is the user's
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// `female`, `male` or another word
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, the year `0000` when it is left out, or only `YYYY`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Time zone, as `Europe/Paris`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Language, as `en-US`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Telephone number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Whether the provider made sure that the number is the user's
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
    /// Postal address
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// When the information last changed, Unix seconds
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

/// A postal address (`OpenID` Connect Core 1.0 §5.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Address {
    /// The whole address for display, lines separated by line feeds
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street, house number and the like
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// City, town or village
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State, province or region
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country, as it is written on a letter
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl fmt::Debug for UserInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UserInfo").finish_non_exhaustive()
    }
}

impl UserInfo {
    /// The claims as a type of the caller's, for claims of one's own.
    ///
    /// ```
    /// # fn run(user: &symbolon_client::UserInfo) -> Result<(), symbolon_client::Error> {
    /// use std::collections::HashMap;
    ///
    /// let claims: HashMap<String, serde_json::Value> = user.claims()?;
    /// println!("{:?}", claims.get("department"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::UnexpectedAnswer`] when the claims do not fit the type.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_value(Value::Object(self.all.clone()))
            .map_err(|error| Error::UnexpectedAnswer(format!("the claims do not fit: {}", json_fault(&error))))
    }

    fn from_claims(all: Map<String, Value>, expected_subject: Option<&str>) -> Result<Self, Error> {
        let subject = all.get("sub").and_then(Value::as_str).filter(|subject| !subject.is_empty());
        let Some(subject) = subject.map(str::to_owned) else {
            return Err(Error::UnexpectedAnswer("userinfo has no 'sub'".to_owned()));
        };
        if expected_subject.is_some_and(|expected| expected != subject) {
            return Err(Error::SubjectMismatch);
        }
        Ok(Self { subject, standard: StandardClaims::read(&all), all })
    }
}

impl StandardClaims {
    fn read(all: &Map<String, Value>) -> Self {
        let text = |name| all.get(name).and_then(Value::as_str).map(str::to_owned);
        // Some providers write truth values as text.
        let truth = |name| all.get(name).and_then(|value| value.as_bool().or_else(|| value.as_str()?.parse().ok()));
        Self {
            name: text("name"),
            given_name: text("given_name"),
            family_name: text("family_name"),
            middle_name: text("middle_name"),
            nickname: text("nickname"),
            preferred_username: text("preferred_username"),
            profile: text("profile"),
            picture: text("picture"),
            website: text("website"),
            email: text("email"),
            email_verified: truth("email_verified"),
            gender: text("gender"),
            birthdate: text("birthdate"),
            zoneinfo: text("zoneinfo"),
            locale: text("locale"),
            phone_number: text("phone_number"),
            phone_number_verified: truth("phone_number_verified"),
            address: all.get("address").and_then(|value| Address::deserialize(value).ok()),
            updated_at: seconds(all, "updated_at").ok(),
        }
    }
}

impl Client {
    /// Asks for the claims that the access token of `tokens` opens, and compares `sub` with the ID token.
    ///
    /// # Errors
    /// [`Error::Api`] with status 401 for a token that expired or was revoked, [`Error::SubjectMismatch`] for an answer
    /// about somebody else, [`Error::UserInfo`] for a signed answer that must not be believed.
    pub async fn user_info(&self, tokens: &TokenSet) -> Result<UserInfo, Error> {
        let expected = tokens.id_token.as_ref().map(|id_token| id_token.claims.subject.as_str());
        self.user_info_with(&tokens.access_token, self.scheme_of(tokens)?, expected).await
    }

    /// Asks for the claims that an access token opens. Whoever knows the user passes `expected_subject`, and must not
    /// take anybody's claims otherwise for those of the logged-in user.
    ///
    /// # Errors
    /// As [`Client::user_info`].
    pub async fn user_info_for(
        &self,
        access_token: &AccessToken,
        expected_subject: Option<&str>,
    ) -> Result<UserInfo, Error> {
        self.user_info_with(access_token, self.usual_scheme(), expected_subject).await
    }

    async fn user_info_with(
        &self,
        access_token: &AccessToken,
        scheme: Scheme,
        expected_subject: Option<&str>,
    ) -> Result<UserInfo, Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.userinfo_endpoint.as_deref(), "userinfo_endpoint")?;
        let request = self.inner().http.get(self.for_certificate(url, &metadata)?);
        let answer = self.send_with_token(request, access_token, scheme).await?.success()?;
        let media_type = answer.media_type();
        let claims = if media_type == "application/jwt" {
            self.signed_user_info(&answer.body).await?
        } else if is_json(&media_type) {
            if self.rules().encrypted.contains(&EncryptedContent::UserInfo) {
                return Err(Error::UserInfo(IdTokenFault::Encryption(EncryptionFault::NotEncrypted)));
            }
            answer.json("userinfo")?
        } else {
            let reason = format!("userinfo has the content type '{media_type}' and not application/json");
            return Err(Error::UnexpectedAnswer(reason));
        };
        UserInfo::from_claims(claims, expected_subject)
    }

    pub(crate) async fn signed_user_info(&self, body: &[u8]) -> Result<Map<String, Value>, Error> {
        let token = std::str::from_utf8(body).unwrap_or_default().trim();
        let opened = self.opened(token, EncryptedContent::UserInfo);
        let opened = opened.map_err(|fault| Error::UserInfo(IdTokenFault::Encryption(fault)))?;
        // §5.3.2: encrypted without a signature it is plain JSON, which is believed because of the connection.
        if let Cow::Owned(inside) = &opened
            && inside.trim_start().starts_with('{')
        {
            let claims = strict_json::object(inside.as_bytes());
            return claims.ok_or_else(|| Error::UnexpectedAnswer("the encrypted userinfo is not JSON".to_owned()));
        }
        let signed = self.signed_for_client(&opened).await?;
        let signed = signed.map_err(|fault| Error::UserInfo(IdTokenFault::Signature(fault)))?;
        let now = self.inner().clock.now();
        check_signed(signed, (self.issuer(), self.client_id()), self.rules(), now).map_err(Error::UserInfo)
    }
}

/// JSON, under the names that are used for it in the world (Facebook: `text/javascript`).
fn is_json(media_type: &str) -> bool {
    matches!(media_type, "application/json" | "text/json" | "text/javascript" | "application/javascript")
        || media_type.ends_with("+json")
}

/// What only ID tokens have: an ID token is signed by the same keys, names the same client and user, and must not pass for
/// userinfo (RFC 8725 §3.11).
const OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// §5.3.2: issuer and audience should be there and are then compared; so is the time, where one is given.
fn check_signed(
    answer: SignedToken,
    (issuer, client_id): (&str, &str),
    rules: &VerificationRules,
    now: i64,
) -> Result<Map<String, Value>, IdTokenFault> {
    let SignedToken { claims, typ, .. } = answer;
    let plain = |typ: &String| matches!(&*typ.to_ascii_lowercase(), "jwt" | "application/jwt" | "userinfo+jwt");
    if let Some(typ) = typ.filter(|typ| !plain(typ) && !rules.any_type) {
        return Err(IdTokenFault::Type(typ));
    }
    if present(&claims, "iss").is_some() {
        let found = text(&claims, "iss")?;
        if !rules.issuer.accepts(issuer, found, &claims) {
            return Err(IdTokenFault::Issuer(found.to_owned()));
        }
    }
    // Whoever was only handed a token cannot know for whom it was made.
    if present(&claims, "aud").is_some() && !client_id.is_empty() {
        check_audience(&claims, client_id, rules)?;
    }
    // A logout token or another event is signed by the same keys, too.
    if claims.contains_key("events") {
        return Err(IdTokenFault::Type("secevent+jwt".to_owned()));
    }
    let of_a_login = claims.contains_key("exp") && claims.contains_key("auth_time");
    if of_a_login || OF_ID_TOKENS.iter().any(|name| claims.contains_key(*name)) {
        return Err(IdTokenFault::Type("the type of an ID token".to_owned()));
    }
    if present(&claims, "exp").is_some() && seconds(&claims, "exp")?.saturating_add(rules.leeway_seconds) <= now {
        return Err(IdTokenFault::Expired);
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(claims: &Value) -> UserInfo {
        UserInfo::from_claims(claims.as_object().unwrap().clone(), None).unwrap()
    }

    #[test]
    fn standard_claims_are_typed_and_others_kept() {
        let user = read(&json!({
            "sub": "alice", "email": "a@b.c", "email_verified": "true", "updated_at": 1.7e9, "name": 7,
            "address": {"country": "France", "planet": "Earth"}, "department": "sales",
        }));
        assert_eq!(user.standard.email.as_deref(), Some("a@b.c"));
        assert_eq!((user.standard.email_verified, user.standard.updated_at), (Some(true), Some(1_700_000_000)));
        assert_eq!(user.standard.name, None, "a number is no name");
        assert_eq!(user.standard.address.as_ref().unwrap().country.as_deref(), Some("France"));
        assert_eq!(user.all["department"], "sales");
    }

    #[test]
    fn an_answer_about_nobody_is_none() {
        for claims in [json!({}), json!({"sub": ""}), json!({"sub": null}), json!({"sub": 7})] {
            let read = UserInfo::from_claims(claims.as_object().unwrap().clone(), None);
            assert!(matches!(read, Err(Error::UnexpectedAnswer(_))), "{claims}");
        }
    }

    #[test]
    fn custom_claims_have_the_callers_type() {
        #[derive(Deserialize)]
        struct Claims {
            department: String,
        }
        let user = read(&json!({"sub": "alice", "department": "sales"}));
        assert_eq!(user.claims::<Claims>().unwrap().department, "sales");
        assert!(matches!(read(&json!({"sub": "a"})).claims::<Claims>(), Err(Error::UnexpectedAnswer(_))));
    }
}
