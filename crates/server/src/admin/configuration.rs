//! The configuration at the management API: reading it again.

use http::StatusCode;
use serde::Serialize;

use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::reload::{self, Problem, ReloadFault};

#[derive(Serialize)]
struct ProblemsAnswer {
    error: &'static str,
    error_description: String,
    problems: Vec<Problem>,
}

/// `POST /admin/config/reload`: reads the configuration again, and tells which keys are in force and which wait.
pub async fn reload(context: &Context, request: Request) -> Answer {
    if !request.body.is_empty() {
        return ApiError::malformed("This request has no body: the configuration comes from where the server has it.")
            .answer();
    }
    match reload::reload(context).await {
        Ok(reloaded) => exchange::json(StatusCode::OK, &reloaded),
        Err(ReloadFault::NoSources) => ApiError::new(
            StatusCode::CONFLICT,
            "Nothing to read again",
            "This server was not started with 'symbolon serve', and has its configuration from the program around it.",
        )
        .answer(),
        Err(ReloadFault::Problems(problems)) => {
            let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
            let error_description = format!("Nothing changed. {}.", messages.join("; "));
            let error = "The configuration has problems";
            exchange::json(StatusCode::BAD_REQUEST, &ProblemsAnswer { error, error_description, problems })
        }
    }
}
