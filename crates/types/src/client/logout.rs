//! Where a client is told of a logout, and where the browser may go after one (`OpenID` Connect
//! RP-Initiated, Front-Channel and Back-Channel Logout).

/// The addresses of a client that have to do with logout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutUris {
    /// Where the browser may be sent after a logout (RP-Initiated Logout §3.1).
    pub post_logout_redirect_uris: Vec<String>,
    /// The page that ends the client's session in the browser (Front-Channel Logout §2).
    pub front_channel: Option<LogoutChannel>,
    /// Where the server sends logout tokens (Back-Channel Logout §2.2).
    pub back_channel: Option<LogoutChannel>,
}

/// One way of telling a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutChannel {
    /// An http or https address without a fragment.
    pub uri: String,
    /// Whether the client needs to be told the session, `sid`.
    pub session_required: bool,
}

impl LogoutUris {
    /// Whether a client is told of a logout in any way.
    pub fn has_channel(&self) -> bool {
        self.front_channel.is_some() || self.back_channel.is_some()
    }
}

impl LogoutChannel {
    /// The channel that two members describe; an empty address is none.
    pub(super) fn registered(uri: &str, session_required: bool) -> Option<Self> {
        (!uri.is_empty()).then(|| Self { uri: uri.to_owned(), session_required })
    }
}
