//! A browser that comes back in a flow, with a login verifier or a consent verifier. Both are handles to the flow row that
//! the login page's accept created, and each is bound to the browser by a cookie. The request is the one that was
//! validated at the first visit, not what the address bar says now. Devices' flows (RFC 8628 §3.3) go the same way.

use symbolon_types::{ErrorCode, FlowId};

use super::Endpoint;
use crate::challenge::flow::{self, FlowState};
use crate::context::Context;
use crate::error::OAuthError;
use crate::request::{Asker, EffectiveRequest, Parameters, Refusal, ValidatedRequest, validate};
use crate::seal::kinds;

/// What a browser brings when it comes back.
pub(crate) struct ReturnVisit<'a> {
    /// The parameters in the address bar.
    pub(crate) parameters: &'a Parameters,
    /// The verifier.
    pub(crate) verifier: &'a str,
    /// Where it came.
    pub(crate) endpoint: Endpoint,
}

/// Which of the two verifiers a visit shows.
pub(super) struct Step {
    name: &'static str,
    pub(super) kind: symbolon_jose::Kind,
}

pub(super) const LOGIN: Step = Step { name: "login", kind: kinds::LOGIN_VERIFIER };
pub(super) const CONSENT: Step = Step { name: "consent", kind: kinds::CONSENT_VERIFIER };

impl Step {
    pub(super) fn used(&self) -> OAuthError {
        OAuthError::new(
            ErrorCode::AccessDenied,
            format!("The {} verifier was used before, was not granted, or is not valid.", self.name),
        )
    }

    fn expired(&self) -> OAuthError {
        OAuthError::new(ErrorCode::RequestUnauthorized, format!("The {} request has expired. Start again.", self.name))
    }
}

/// The flow behind a verifier. Where there is none, the request in the address bar says whom to tell, if it is valid; a
/// device's has nobody to tell.
pub(super) async fn find(
    context: &Context,
    returned: &ReturnVisit<'_>,
    step: &Step,
) -> Result<(FlowId, FlowState), Refusal> {
    let error = match context.seal.open_id::<FlowId>(step.kind, returned.verifier) {
        Some(id) if flow::expired(context, id.unix_seconds()) => step.expired(),
        Some(id) => match flow::load(context, id).await.map_err(Refusal::Page)? {
            Some(state) => return Ok((id, state)),
            None => step.used(),
        },
        None => step.used(),
    };
    match returned.endpoint {
        Endpoint::Authorization => {
            let ValidatedRequest { request, .. } =
                validate(context, Asker::Browser, returned.parameters.clone()).await?;
            Err(request.refusal(error))
        }
        Endpoint::DeviceVerification => Err(Refusal::Page(error)),
    }
}

/// The address bar must still name the flow's client, if it names one.
pub(super) fn same_client(parameters: &Parameters, request: &EffectiveRequest) -> Result<(), Refusal> {
    let named = parameters.get("client_id");
    if named.is_none_or(|client_id| client_id == request.client_id().as_str()) {
        return Ok(());
    }
    Err(Refusal::Page(OAuthError::new(ErrorCode::InvalidClient, "The 'client_id' is not the one of this login.")))
}
