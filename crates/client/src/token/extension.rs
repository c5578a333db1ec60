//! Any other grant (RFC 6749 §4.5): what a provider has of its own, or what is newer than this crate.

use url::Url;

use super::parameters::{Parameters, common_setters};
use super::{TokenSet, form};
use crate::client::Client;
use crate::error::Error;

/// What is asked for by an extension grant.
///
/// ```
/// use symbolon_client::ExtensionGrantRequest;
///
/// let request = ExtensionGrantRequest::new("urn:ietf:params:oauth:grant-type:saml2-bearer").parameter("assertion", "…");
/// ```
#[derive(Debug, Clone)]
pub struct ExtensionGrantRequest {
    grant_type: String,
    parameters: Parameters,
}

impl ExtensionGrantRequest {
    /// By the grant of this name, which is an absolute URI (§4.5).
    pub fn new(grant_type: impl Into<String>) -> Self {
        Self { grant_type: grant_type.into(), parameters: Parameters::default() }
    }

    common_setters!();
}

impl Client {
    /// Obtains tokens by an extension grant (§4.5), with this client's authentication. An ID token in the answer is checked
    /// as always; what else of the answer must be checked is for the caller, who knows the grant.
    ///
    /// # Errors
    /// [`Error::Argument`] where the name is no absolute URI: `password`, for one, which hands the user's password to the
    /// application, must not be used (RFC 9700 §2.4). [`Error::Api`] with `unsupported_grant_type` and the other codes of
    /// §5.2.
    pub async fn extension_grant(&self, request: &ExtensionGrantRequest) -> Result<TokenSet, Error> {
        if Url::parse(&request.grant_type).is_err() {
            let reason = format!("the grant type '{}' of an extension is no absolute URI", request.grant_type);
            return Err(Error::Argument(reason));
        }
        let mut form = form([("grant_type", request.grant_type.clone())]);
        let scope = request.parameters.append_to(&mut form)?;
        self.granted(form, &scope).await
    }
}
