//! `response_type` and `response_mode`: what the authorization endpoint answers and where it puts
//! the answer (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form
//! Post Response Mode, JWT Secured Authorization Response Mode). [`ResponseTypes`] is what one client
//! may ask for.

use std::fmt;

use crate::GrantType;

/// A set of `code`, `token` and `id_token`, or `none`, which stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResponseType {
    bits: u8,
}

const CODE: u8 = 1;
const ID_TOKEN: u8 = 2;
const TOKEN: u8 = 4;
const NONE: u8 = 8;
const WORDS: [(&str, u8); 4] = [("code", CODE), ("id_token", ID_TOKEN), ("token", TOKEN), ("none", NONE)];

impl ResponseType {
    /// The authorization code flow.
    pub const CODE: Self = Self { bits: CODE };

    /// Reads a space separated set in any order and case; `None` for an empty one, an unknown word,
    /// a word given twice, or `none` beside another (OAuth 2.0 Multiple Response Types §4).
    pub fn parse(text: &str) -> Option<Self> {
        let mut bits = 0;
        for word in text.split_ascii_whitespace() {
            let (_, bit) = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known))?;
            if bits & bit != 0 {
                return None;
            }
            bits |= bit;
        }
        (bits != 0 && (bits & NONE == 0 || bits == NONE)).then_some(Self { bits })
    }

    /// Every response type there is: those of one word, then those with more, `none` last.
    pub fn all() -> impl Iterator<Item = Self> {
        const ALL: [u8; 8] =
            [CODE, ID_TOKEN, TOKEN, CODE | ID_TOKEN, CODE | TOKEN, ID_TOKEN | TOKEN, CODE | ID_TOKEN | TOKEN, NONE];
        ALL.into_iter().map(|bits| Self { bits })
    }

    /// Exactly `code`.
    pub fn is_code_only(self) -> bool {
        self == Self::CODE
    }

    /// Whether a code is asked for.
    pub fn has_code(self) -> bool {
        self.bits & CODE != 0
    }

    /// Whether an access token is asked for from the authorization endpoint.
    pub fn has_token(self) -> bool {
        self.bits & TOKEN != 0
    }

    /// Whether an ID token is asked for from the authorization endpoint.
    pub fn has_id_token(self) -> bool {
        self.bits & ID_TOKEN != 0
    }

    /// Whether a token of some kind comes from the authorization endpoint.
    pub fn is_front_channel(self) -> bool {
        self.bits & (ID_TOKEN | TOKEN) != 0
    }

    /// The grant types that a client needs for it (OpenID Connect Dynamic Client Registration §2,
    /// RFC 7591 §2.1).
    pub fn grant_types(self) -> impl Iterator<Item = GrantType> {
        let code = self.has_code().then_some(GrantType::AuthorizationCode);
        code.into_iter().chain(self.is_front_channel().then_some(GrantType::Implicit))
    }

    /// Where the answer goes unless `response_mode` says otherwise: tokens must not stand in a
    /// query (OAuth 2.0 Multiple Response Types §3, §4, §5).
    pub fn default_mode(self) -> ResponseMode {
        if self.is_front_channel() { ResponseMode::FRAGMENT } else { ResponseMode::QUERY }
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (word, bit) in WORDS {
            if self.bits & bit != 0 {
                write!(formatter, "{separator}{word}")?;
                separator = " ";
            }
        }
        Ok(())
    }
}

/// The response types of one client: a set of sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResponseTypes {
    bits: u16,
}

impl ResponseTypes {
    /// What the entries of `response_types` allow, each a set in any order. An empty list is `code`
    /// (RFC 7591 §2); an entry that this server does not know allows nothing.
    pub fn registered(entries: &[String]) -> Self {
        if entries.is_empty() {
            return Self::from_iter([ResponseType::CODE]);
        }
        entries.iter().filter_map(|entry| ResponseType::parse(entry)).collect()
    }

    /// Whether the response type is in the set.
    pub fn contains(self, response_type: ResponseType) -> bool {
        self.bits & Self::bit(response_type) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The response types, in the order of [`ResponseType::all`].
    pub fn iter(self) -> impl Iterator<Item = ResponseType> {
        ResponseType::all().filter(move |response_type| self.contains(*response_type))
    }

    /// A response type is a number from 1 to 8.
    fn bit(response_type: ResponseType) -> u16 {
        1 << response_type.bits
    }
}

impl FromIterator<ResponseType> for ResponseTypes {
    fn from_iter<I: IntoIterator<Item = ResponseType>>(response_types: I) -> Self {
        Self { bits: response_types.into_iter().fold(0, |bits, response_type| bits | Self::bit(response_type)) }
    }
}

/// What takes the parameters of the authorization response to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseCarrier {
    /// The query of the redirect URI.
    Query,
    /// Its fragment.
    Fragment,
    /// The body of a form that the browser posts to it.
    FormPost,
}

/// In which form the parameters are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseEncoding {
    /// Each by itself.
    Plain,
    /// All of them as claims of one JWT, in the parameter `response` (JWT Secured Authorization
    /// Response Mode §2).
    Jwt,
}

/// How the authorization response travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResponseMode {
    /// What takes the parameters to the client.
    pub carrier: ResponseCarrier,
    /// In which form they are carried.
    pub encoding: ResponseEncoding,
}

impl ResponseMode {
    /// Parameters in the query.
    pub const QUERY: Self = Self { carrier: ResponseCarrier::Query, encoding: ResponseEncoding::Plain };
    /// Parameters in the fragment.
    pub const FRAGMENT: Self = Self { carrier: ResponseCarrier::Fragment, encoding: ResponseEncoding::Plain };
    /// Parameters in a form.
    pub const FORM_POST: Self = Self { carrier: ResponseCarrier::FormPost, encoding: ResponseEncoding::Plain };
    /// The word that stands for the JWT form of the mode which the response type implies (JWT Secured
    /// Authorization Response Mode §2.3.4).
    pub const SHORT_JWT: &'static str = "jwt";

    /// Every mode there is: the plain ones, then those with a JWT.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [Self::QUERY, Self::FRAGMENT, Self::FORM_POST];
        plain.into_iter().chain(plain.map(Self::as_jwt))
    }

    /// Reads the wire word of a request whose response type implies `implied`; `None` for an unknown
    /// one.
    pub fn parse(text: &str, implied: Self) -> Option<Self> {
        if text == Self::SHORT_JWT {
            return Some(implied.as_jwt());
        }
        Self::all().find(|mode| mode.as_str() == text)
    }

    /// The same place, for a JWT.
    #[must_use]
    pub fn as_jwt(self) -> Self {
        Self { encoding: ResponseEncoding::Jwt, ..self }
    }

    /// Whether a JWT carries the parameters.
    pub fn is_jwt(self) -> bool {
        self.encoding == ResponseEncoding::Jwt
    }

    /// The wire word.
    pub fn as_str(self) -> &'static str {
        match (self.carrier, self.encoding) {
            (ResponseCarrier::Query, ResponseEncoding::Plain) => "query",
            (ResponseCarrier::Fragment, ResponseEncoding::Plain) => "fragment",
            (ResponseCarrier::FormPost, ResponseEncoding::Plain) => "form_post",
            (ResponseCarrier::Query, ResponseEncoding::Jwt) => "query.jwt",
            (ResponseCarrier::Fragment, ResponseEncoding::Jwt) => "fragment.jwt",
            (ResponseCarrier::FormPost, ResponseEncoding::Jwt) => "form_post.jwt",
        }
    }
}

impl fmt::Display for ResponseMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_case_do_not_matter() {
        let hybrid = ResponseType::parse("TOKEN code  Id_Token").unwrap();
        assert_eq!(Some(hybrid), ResponseType::parse("code id_token token"));
        assert_eq!(hybrid.to_string(), "code id_token token");
        assert!(hybrid.has_code() && hybrid.has_token() && hybrid.has_id_token());
        assert!(!hybrid.is_code_only());
        assert_eq!(ResponseType::parse("code"), Some(ResponseType::CODE));
    }

    #[test]
    fn unknown_empty_and_repeated_are_refused() {
        for text in ["", " ", "none none", "none code", "code id_token none", "code code", "code foo", "code,token"] {
            assert_eq!(ResponseType::parse(text), None, "{text:?}");
        }
        for text in ["", "Query", "JWT", "form-post", ".jwt", "jwt.jwt", "query.jwt.jwt", "query.", "web_message"] {
            assert_eq!(ResponseMode::parse(text, ResponseMode::QUERY), None, "{text:?}");
        }
    }

    #[test]
    fn modes_read_back_and_the_short_one_follows_the_response_type() {
        for mode in ResponseMode::all() {
            assert_eq!(ResponseMode::parse(mode.as_str(), ResponseMode::QUERY), Some(mode));
            assert_eq!(mode.is_jwt(), mode.to_string().contains(".jwt"));
        }
        let short = |kind: &str| ResponseMode::parse("jwt", ResponseType::parse(kind).unwrap().default_mode()).unwrap();
        assert_eq!((short("code").as_str(), short("none").as_str()), ("query.jwt", "query.jwt"));
        for kind in ["token", "id_token", "code token", "code id_token token"] {
            assert_eq!(short(kind).as_str(), "fragment.jwt", "{kind}");
        }
    }

    #[test]
    fn a_set_of_sets_holds_what_was_registered_and_nothing_else() {
        let set =
            |entries: &[&str]| ResponseTypes::registered(&entries.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(set(&[]).iter().collect::<Vec<_>>(), [ResponseType::CODE]);
        let hybrid = set(&["token code", "code token", "magic"]);
        assert_eq!(hybrid.iter().map(|kind| kind.to_string()).collect::<Vec<_>>(), ["code token"]);
        assert!(!hybrid.contains(ResponseType::CODE) && !hybrid.is_empty());
        assert!(set(&["magic"]).is_empty(), "an unknown entry does not stand for the default");
        for kind in ResponseType::all() {
            let one = set(&[&kind.to_string()]);
            assert!(ResponseType::all().all(|other| one.contains(other) == (other == kind)), "{kind}");
        }
    }

    #[test]
    fn a_code_needs_its_grant_type_and_any_token_the_implicit_one() {
        let of = |text: &str| ResponseType::parse(text).unwrap().grant_types().collect::<Vec<_>>();
        let (code, implicit) = (GrantType::AuthorizationCode, GrantType::Implicit);
        assert_eq!((of("code"), of("none")), (vec![code], vec![]));
        for text in ["token", "id_token", "id_token token"] {
            assert_eq!(of(text), [implicit], "{text}");
        }
        for text in ["code token", "code id_token", "code id_token token"] {
            assert_eq!(of(text), [code, implicit], "{text}");
        }
    }

    #[test]
    fn only_what_has_no_token_goes_into_the_query() {
        for text in ["code", "none"] {
            assert_eq!(ResponseType::parse(text).unwrap().default_mode(), ResponseMode::QUERY);
        }
        for text in ["token", "id_token", "code token", "code id_token", "code id_token token"] {
            assert_eq!(ResponseType::parse(text).unwrap().default_mode(), ResponseMode::FRAGMENT);
        }
    }
}
