//! Accounts of the built-in login page: create and list. Not part of Hydra's interface.

use http::StatusCode;
use http::header::LOCATION;
use serde::Deserialize;

use super::page::Page;
use crate::accounts::{self, NewAccount, Shown};
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};

const LIST: &str = "accounts";

#[derive(Deserialize)]
struct Body {
    username: String,
    password: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// `POST /admin/accounts`.
pub async fn create(context: &Context, request: Request) -> Answer {
    insert(context, &request).await.unwrap_or_else(|error| error.answer())
}

/// `GET /admin/accounts`.
pub async fn list(context: &Context, request: Request) -> Answer {
    enumerate(context, &request).await.unwrap_or_else(|error| error.answer())
}

async fn insert(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let body: Body = request.json()?;
    let account = NewAccount { username: body.username, password: body.password, email: body.email, name: body.name };
    let created = accounts::create(context, account).await?;
    let location = format!("/admin/accounts/{}", created.id);
    let mut answer = exchange::json(StatusCode::CREATED, &created);
    if let Ok(value) = location.parse() {
        answer.headers_mut().insert(LOCATION, value);
    }
    Ok(answer)
}

async fn enumerate(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let page = Page::read(context, request, LIST)?;
    let mut found = context.store.list_accounts(page.after.as_deref(), page.size + 1).await?;
    let more = found.len() > page.size as usize;
    found.truncate(page.size as usize);
    let shown: Vec<Shown> = found.iter().map(Shown::of).collect();
    let mut answer = exchange::json(StatusCode::OK, &shown);
    let next = found.last().filter(|_| more).map(|last| (LIST, last.username.as_str()));
    page.link(context, request, &mut answer, next);
    Ok(answer)
}
