//! `id_token_hint` (OpenID Connect Core §3.1.2.1), see [`Hint`].

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::keys;
use crate::request::Hint;

pub(super) async fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(token) = request.parameters.get("id_token_hint") else { return Ok(()) };
    let claims = keys::verify_id_token(request.context, token).await.map_err(|fault| {
        OAuthError::invalid_request("Parameter 'id_token_hint' is not an ID token of this issuer.").because(fault)
    })?;
    draft.id_token_hint = Some(Hint::new(claims));
    Ok(())
}
