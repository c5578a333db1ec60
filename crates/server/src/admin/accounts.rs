//! Accounts of the built-in login page: create, read, list, change, delete, and another password. Not part of Hydra's
//! interface.

use http::StatusCode;
use http::header::LOCATION;
use serde_json::Value;

use super::named_members::NamedMembers;
use super::page::Page;
use super::{answer, path_segment};
use crate::accounts::change::{self, Members};
use crate::accounts::profile::shown;
use crate::accounts::username::Username;
use crate::clients::change::path_segment as escaped;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};

const LIST: &str = "accounts";
const PATH: &str = "/admin/accounts/";

/// `POST /admin/accounts`.
pub async fn create(context: &Context, request: Request) -> Answer {
    answer(insert(context, &request).await)
}

/// `GET /admin/accounts`, all or the one of `?username=…`.
pub async fn list(context: &Context, request: Request) -> Answer {
    answer(enumerate(context, &request).await)
}

/// `GET /admin/accounts/{id}`.
pub async fn get(context: &Context, request: Request) -> Answer {
    answer(read(context, &request).await)
}

/// `PATCH /admin/accounts/{id}` (JSON Merge Patch, RFC 7396).
pub async fn update(context: &Context, request: Request) -> Answer {
    answer(patch(context, &request).await)
}

/// `PUT /admin/accounts/{id}/password`.
pub async fn set_password(context: &Context, request: Request) -> Answer {
    answer(replace_password(context, &request).await)
}

/// `DELETE /admin/accounts/{id}`.
pub async fn delete(context: &Context, request: Request) -> Answer {
    answer(remove(context, &request).await)
}

fn members(request: &Request) -> Result<Members, ApiError> {
    request.json::<NamedMembers>().map(NamedMembers::into_inner)
}

fn password(members: &mut Members) -> Result<String, ApiError> {
    match members.remove("password") {
        Some(Value::String(password)) => Ok(password),
        _ => Err(ApiError::malformed("Member 'password' is missing or not text.")),
    }
}

async fn insert(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let mut members = members(request)?;
    let password = password(&mut members)?;
    let (id, created) = change::create(context, members, &password).await?;
    let mut answer = exchange::json(StatusCode::CREATED, &created);
    if let Ok(location) = format!("{PATH}{}", escaped(&id)).parse() {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

async fn read(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let account = change::find(context, &path_segment(request, PATH)?).await?;
    Ok(exchange::json(StatusCode::OK, &shown(&account)?))
}

async fn patch(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let members = members(request)?;
    if members.contains_key("password") {
        return Err(ApiError::malformed("A password is changed with PUT /admin/accounts/{id}/password."));
    }
    let account = change::update(context, &path_segment(request, PATH)?, &members).await?;
    Ok(exchange::json(StatusCode::OK, &account))
}

async fn replace_password(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let mut members = members(request)?;
    let password = password(&mut members)?;
    if let Some(name) = members.keys().next() {
        return Err(ApiError::malformed(format!("Member '{name}' must be left out: there is no such member.")));
    }
    change::set_password(context, &path_segment(request, PATH)?, &password).await?;
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

async fn remove(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    change::delete(context, &path_segment(request, PATH)?).await?;
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

async fn enumerate(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    if let Some(username) = request.query_parameter("username") {
        return named(context, &username).await;
    }
    let page = Page::read(context, request, LIST)?;
    let mut found = context.store.list_accounts(page.after.as_deref(), page.size + 1).await?;
    let more = found.len() > page.size as usize;
    found.truncate(page.size as usize);
    let accounts = found.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    let mut answer = exchange::json(StatusCode::OK, &accounts);
    let next = found.last().filter(|_| more).map(|last| (LIST, last.username.as_str()));
    page.link(context, request, &mut answer, next);
    Ok(answer)
}

/// The account of a username, in whatever way it is typed, as a list of one or none.
async fn named(context: &Context, username: &str) -> Result<Answer, ApiError> {
    let found = match Username::parse(username) {
        Some(name) => context.store.account_by_username(&name.canonical).await?,
        None => None,
    };
    let accounts = found.iter().map(|(account, _)| shown(account)).collect::<Result<Vec<_>, _>>()?;
    Ok(exchange::json(StatusCode::OK, &accounts))
}
