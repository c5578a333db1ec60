//! OAuth 2.0 clients: create, read, list, replace, patch, delete, set their lifespans, and rotate their secrets.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use symbolon_store::{ClientFilter, ClientRecord};
use symbolon_types::Client;
use symbolon_types::client::{Lifespans, Registrant};

use super::page::Page;
use super::{answer, path_segment};
use crate::audit::{ClientOrigin, Event};
use crate::clients::change::{self, ClientPatch, PatchFault, RotationFault};
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::trail;

const LIST: &str = "clients";

/// `POST /admin/clients`.
pub async fn create(context: &Context, request: Request) -> Answer {
    answer(insert(context, &request).await)
}

/// `GET /admin/clients/{id}`.
pub async fn get(context: &Context, request: Request) -> Answer {
    answer(read(context, &request).await)
}

/// `GET /admin/clients`.
pub async fn list(context: &Context, request: Request) -> Answer {
    answer(enumerate(context, &request).await)
}

/// `PUT /admin/clients/{id}`.
pub async fn replace(context: &Context, request: Request) -> Answer {
    answer(update(context, &request).await)
}

/// `PATCH /admin/clients/{id}`.
pub async fn patch(context: &Context, request: Request) -> Answer {
    answer(modify(context, &request).await)
}

/// `PUT /admin/clients/{id}/lifespans`.
pub async fn replace_lifespans(context: &Context, request: Request) -> Answer {
    answer(set_lifespans(context, &request).await)
}

/// `DELETE /admin/clients/{id}`.
pub async fn delete(context: &Context, request: Request) -> Answer {
    answer(remove(context, &request).await)
}

/// `POST /admin/clients/{id}/secrets/rotate`. A body is ignored, as in Hydra: secrets are generated.
pub async fn rotate_secret(context: &Context, request: Request) -> Answer {
    answer(rotate(context, &request).await)
}

/// `DELETE /admin/clients/{id}/secrets/rotate`.
pub async fn drop_rotated_secrets(context: &Context, request: Request) -> Answer {
    answer(drop_rotated(context, &request).await)
}

async fn insert(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let client: Client = request.json()?;
    let created = change::create(context, client, Registrant::Administrator).await?;
    let mut answer = exchange::json(StatusCode::CREATED, &created);
    let id = change::path_segment(created.client_id.as_str());
    if let Ok(location) = HeaderValue::from_str(&format!("/admin/clients/{id}")) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

async fn find(context: &Context, request: &Request) -> Result<ClientRecord, ApiError> {
    let id = path_segment(request, "/admin/clients/")?;
    let record = context.store.client(&id.into()).await?.ok_or_else(ApiError::absent)?;
    Ok((*record).clone())
}

async fn read(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let record = find(context, request).await?;
    Ok(exchange::json(StatusCode::OK, &change::shown(&record)?))
}

async fn update(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let client: Client = request.json()?;
    let record = find(context, request).await?;
    let (changed, shown) = change::replace(context, &record, client, Registrant::Administrator).await?;
    change::save(context, &changed, record.revision).await?;
    Ok(exchange::json(StatusCode::OK, &shown))
}

/// A patch is a replacement by what it makes of the client, with the same checks.
async fn modify(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let patch = ClientPatch::parse(&request.body)?;
    let record = find(context, request).await?;
    let client = patch.apply(&record)?;
    let (changed, shown) = change::replace(context, &record, client, Registrant::Administrator).await?;
    change::save(context, &changed, record.revision).await?;
    Ok(exchange::json(StatusCode::OK, &shown))
}

async fn set_lifespans(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let lifespans: Lifespans = request.json()?;
    let record = find(context, request).await?;
    let shown = change::replace_lifespans(context, &record, lifespans).await?;
    Ok(exchange::json(StatusCode::OK, &shown))
}

impl From<PatchFault> for ApiError {
    fn from(fault: PatchFault) -> Self {
        match fault {
            PatchFault::Refused(description) => Self::malformed(description),
            PatchFault::ControlCharacter(error) => error.into(),
            PatchFault::Record(fault) => Self::server(fault.to_string()),
        }
    }
}

async fn rotate(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let record = find(context, request).await?;
    let shown = change::rotate_secret(context, &record).await?;
    Ok(exchange::json(StatusCode::OK, &shown))
}

async fn drop_rotated(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let record = find(context, request).await?;
    let shown = change::drop_rotated_secrets(context, &record).await?;
    Ok(exchange::json(StatusCode::OK, &shown))
}

impl From<RotationFault> for ApiError {
    fn from(fault: RotationFault) -> Self {
        match fault {
            RotationFault::NoSecret(method) => Self::malformed(format!(
                "The client is configured to use the '{}' authentication method, which does not support client secret \
                 rotation.",
                method.as_str()
            )),
            RotationFault::Change(fault) => fault.into(),
        }
    }
}

async fn remove(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let record = find(context, request).await?;
    if !context.store.delete_client(&record.id, context.clock.now()).await? {
        return Err(ApiError::absent());
    }
    trail::tell(&Event::ClientDeleted { client_id: record.id.as_str(), by: ClientOrigin::Administrator });
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

async fn enumerate(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let page = Page::read(context, request, LIST)?;
    let filter =
        ClientFilter { client_name: request.query_parameter("client_name"), owner: request.query_parameter("owner") };
    // A page of large clients is shorter than asked for, so that it does not fill the memory.
    let found = context.store.list_clients(&filter, page.after.as_deref(), page.size).await?;
    let shown = found.clients.iter().map(change::shown).collect::<Result<Vec<_>, _>>()?;
    let mut answer = exchange::json(StatusCode::OK, &shown);
    let next = found.clients.last().filter(|_| found.more).map(|last| (LIST, last.id.as_str()));
    page.link(context, request, &mut answer, next);
    Ok(answer)
}
