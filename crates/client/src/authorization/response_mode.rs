//! How the answer of the authorization endpoint travels back.

use serde::{Deserialize, Serialize};

/// How the answer of the authorization endpoint travels back (OAuth 2.0 Multiple Response Type Encoding Practices §2.1,
/// OAuth 2.0 Form Post Response Mode, JARM §2.3).
///
/// With one of the signed modes the answer is a JWT that the provider signed, and a callback without it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ResponseMode {
    /// In the query, as without a mode.
    #[serde(rename = "query")]
    Query,
    /// In the fragment, which no server sees: for pages without a server of their own.
    #[serde(rename = "fragment")]
    Fragment,
    /// In the body of a form that the browser posts. The session's cookie must come along with a POST from another site
    /// (`SameSite=None`).
    #[serde(rename = "form_post")]
    FormPost,
    /// Signed, where answers to this type of request travel: for codes the query.
    #[serde(rename = "jwt")]
    Jwt,
    /// Signed, in the query.
    #[serde(rename = "query.jwt")]
    QueryJwt,
    /// Signed, in the fragment.
    #[serde(rename = "fragment.jwt")]
    FragmentJwt,
    /// Signed, in the body of a form.
    #[serde(rename = "form_post.jwt")]
    FormPostJwt,
}

impl ResponseMode {
    /// The value of `response_mode`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
            Self::Jwt => "jwt",
            Self::QueryJwt => "query.jwt",
            Self::FragmentJwt => "fragment.jwt",
            Self::FormPostJwt => "form_post.jwt",
        }
    }

    /// The mode of a value of `response_mode`.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let all = [
            Self::Query,
            Self::Fragment,
            Self::FormPost,
            Self::Jwt,
            Self::QueryJwt,
            Self::FragmentJwt,
            Self::FormPostJwt,
        ];
        all.into_iter().find(|mode| mode.as_str() == value)
    }

    /// Whether the answer comes in a form that the browser posts from the provider's site.
    pub const fn is_posted(self) -> bool {
        matches!(self, Self::FormPost | Self::FormPostJwt)
    }

    /// Whether the answer is seen by scripts of a page only, and by no server.
    pub const fn is_fragment(self) -> bool {
        matches!(self, Self::Fragment | Self::FragmentJwt)
    }

    /// Whether the provider signs the answer (JARM).
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Jwt | Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt)
    }
}
