//! What a token is good for, asked of the server that made it (RFC 7662), also with a signed answer (RFC 9701).

use std::fmt;

use serde_json::{Map, Value};

use super::{Form, TokenTypeHint, form};
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::http::Answer;
use crate::verification::{IdTokenFault, SignedToken, VerificationRules, seconds, text};
use crate::wire::{Lenient as _, Scope};

/// The media type of a signed answer (RFC 9701 §5).
const SIGNED: &str = "application/token-introspection+jwt";

/// What the server says about a token. Of one that is not active nothing is said but that.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct IntrospectionResponse {
    /// Whether the token counts now, for whoever asks. When it does not, everything below is empty.
    pub active: bool,
    /// What it may do (`scope`)
    pub scope: Scope,
    /// `client_id`: to whom it was issued
    pub client_id: Option<String>,
    /// `username`: the user's name, for people to read
    pub username: Option<String>,
    /// `token_type`: how it is used, such as `Bearer` or `DPoP`
    pub token_type: Option<String>,
    /// `exp`, Unix seconds
    pub expires_at: Option<i64>,
    /// `iat`, Unix seconds
    pub issued_at: Option<i64>,
    /// `nbf`, Unix seconds
    pub not_before: Option<i64>,
    /// `sub`: the user, or the client where it acts for itself
    pub subject: Option<String>,
    /// `aud`: for which APIs it is
    pub audience: Vec<String>,
    /// Who issued it (`iss`)
    pub issuer: Option<String>,
    /// Its own name (`jti`)
    pub id: Option<String>,
    /// `cnf`: the key or certificate that it is bound to (RFC 7800 §3); whoever presents it has to prove that they have it
    pub confirmation: Option<Map<String, Value>>,
    /// Every other member
    pub extra: Map<String, Value>,
}

impl IntrospectionResponse {
    /// Reads the members of an answer. What an API decides by must be of its type: an end that cannot be read is no token
    /// without one.
    fn read(mut members: Map<String, Value>) -> Result<Self, Error> {
        let active = members.remove("active").map(Option::<bool>::read);
        let Some(Ok(Some(active))) = active else { return Err(odd("active")) };
        if !active {
            return Ok(Self::default());
        }
        let mut scope = Scope::default();
        if let Some(value) = taken(&mut members, "scope") {
            scope = Scope::from_answer(&value).ok_or_else(|| odd("scope"))?;
        }
        Ok(Self {
            active,
            scope,
            client_id: read(&mut members, "client_id")?,
            username: read(&mut members, "username").unwrap_or_default(),
            token_type: read(&mut members, "token_type")?,
            expires_at: read(&mut members, "exp")?,
            issued_at: read(&mut members, "iat")?,
            not_before: read(&mut members, "nbf")?,
            subject: read(&mut members, "sub")?,
            audience: read(&mut members, "aud")?,
            issuer: read(&mut members, "iss")?,
            id: read(&mut members, "jti")?,
            confirmation: match taken(&mut members, "cnf") {
                None => None,
                Some(Value::Object(confirmation)) => Some(confirmation),
                Some(_) => return Err(odd("cnf")),
            },
            extra: members,
        })
    }
}

/// A member that is there; `null` is none.
fn taken(members: &mut Map<String, Value>, name: &str) -> Option<Value> {
    members.remove(name).filter(|value| !value.is_null())
}

fn read<T: crate::wire::Lenient>(members: &mut Map<String, Value>, name: &'static str) -> Result<T, Error> {
    taken(members, name).map_or_else(|| Ok(T::default()), |value| T::read(value).map_err(|_| odd(name)))
}

fn odd(name: &str) -> Error {
    Error::UnexpectedAnswer(format!("the introspection has no '{name}', or one of the wrong type"))
}

/// Names and claims stay out.
impl fmt::Debug for IntrospectionResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IntrospectionResponse")
            .field("active", &self.active)
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Asks what a token is good for, with the credentials of this client (RFC 7662 §2). For an API that was handed it.
    ///
    /// ```no_run
    /// # async fn run(presented: &str) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::Client;
    ///
    /// let api = Client::builder("https://login.example.com", "orders-api").client_secret("…").build()?;
    /// let told = api.introspect(presented, None).await?;
    /// let allowed = told.active && told.scope.contains("orders.read");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider has no such endpoint; [`Error::Api`] when it refuses the client. That a
    /// token does not count is no error.
    pub async fn introspect(&self, token: &str, hint: Option<TokenTypeHint>) -> Result<IntrospectionResponse, Error> {
        IntrospectionResponse::read(self.introspected(token, hint).await?)
    }

    /// The members of the answer, as they came.
    pub(crate) async fn introspected(
        &self,
        token: &str,
        hint: Option<TokenTypeHint>,
    ) -> Result<Map<String, Value>, Error> {
        let answer = self.ask_about(token, hint, "application/json").await?;
        // A server may be set up to sign always (RFC 9701 §6).
        if answer.media_type() == SIGNED {
            return self.signed_introspection(&answer).await;
        }
        answer.json("the introspection")
    }

    /// The same with a signed answer (RFC 9701): for whoever has to prove later what the server said. One that is not
    /// signed is refused.
    ///
    /// # Errors
    /// As [`Client::introspect`]; [`Error::Introspection`] for an answer that must not be believed.
    pub async fn introspect_signed(
        &self,
        token: &str,
        hint: Option<TokenTypeHint>,
    ) -> Result<IntrospectionResponse, Error> {
        let answer = self.ask_about(token, hint, SIGNED).await?;
        if answer.media_type() != SIGNED {
            return Err(Error::UnexpectedAnswer("the introspection is not signed".to_owned()));
        }
        IntrospectionResponse::read(self.signed_introspection(&answer).await?)
    }

    async fn ask_about(&self, token: &str, hint: Option<TokenTypeHint>, accept: &str) -> Result<Answer, Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.introspection_endpoint.as_deref(), "introspection_endpoint")?;
        let mut form: Form = form([("token", token.to_owned())]);
        form.extend(hint.map(|hint| ("token_type_hint".into(), hint.as_str().to_owned())));
        self.send_authenticated_for(url, form, accept).await?.success()
    }

    async fn signed_introspection(&self, answer: &Answer) -> Result<Map<String, Value>, Error> {
        let token = std::str::from_utf8(&answer.body).unwrap_or_default().trim();
        let signed = self.signed_for_client(token).await?;
        let signed = signed.map_err(|fault| Error::Introspection(IdTokenFault::Signature(fault)))?;
        let now = self.inner().clock.now();
        let members = check_signed(signed, (self.issuer(), self.registered_id()?), self.rules(), now);
        members.map_err(Error::Introspection)
    }
}

/// RFC 9701 §5 and §8.1: the type of the header tells it from every other token that the same keys sign, issuer and
/// audience say whose answer it is and to whom.
fn check_signed(
    token: SignedToken,
    (issuer, client_id): (&str, &str),
    rules: &VerificationRules,
    now: i64,
) -> Result<Map<String, Value>, IdTokenFault> {
    let SignedToken { mut claims, typ, .. } = token;
    let typ = typ.unwrap_or_default();
    if !matches!(&*typ.to_ascii_lowercase(), "token-introspection+jwt" | SIGNED) {
        return Err(IdTokenFault::Type(typ));
    }
    let found = text(&claims, "iss")?;
    if !rules.issuer.accepts(issuer, found, &claims) {
        return Err(IdTokenFault::Issuer(found.to_owned()));
    }
    let ours = |name: &Value| {
        name.as_str().is_some_and(|name| name == client_id || rules.audiences.iter().any(|audience| audience == name))
    };
    let is_ours = match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().any(ours),
        Some(name @ Value::String(_)) => ours(name),
        _ => return Err(IdTokenFault::Claim("aud")),
    };
    if !is_ours {
        return Err(IdTokenFault::Audience);
    }
    if seconds(&claims, "iat")? > now.saturating_add(rules.leeway_seconds) {
        return Err(IdTokenFault::NotYetValid);
    }
    match claims.remove("token_introspection") {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(IdTokenFault::Claim("token_introspection")),
    }
}
