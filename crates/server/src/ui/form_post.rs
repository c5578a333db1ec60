//! The page of the Form Post Response Mode: what `authorization::respond` decided, rendered. Its one script is allowed
//! by hash; without script there is a button.

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::policy::{PagePolicy, Submission, content_security_policy};
use super::view::{FormPostPage, Frame};
use crate::authorization::respond::FormPost;
use crate::context::Context;
use crate::exchange::{Answer, Request};

/// Renders the form in an answer that carries one; any other answer passes unchanged.
pub fn render_form_post(context: &Context, request: &Request, mut answer: Answer) -> Answer {
    let Some(form) = answer.extensions_mut().remove::<FormPost>() else { return answer };
    let texts = super::texts(context, request, &[]);
    let page = FormPostPage {
        frame: Frame::new(&context.theme, &texts),
        action: &form.action,
        parameters: &form.parameters,
        submission: Submission::Automatic,
    };
    *answer.body_mut() = Bytes::from(page.render());
    let policy = content_security_policy(&PagePolicy {
        form_targets: &[&form.action],
        stylesheet_url: context.config.symbolon.ui.stylesheet_url.as_deref(),
        submission: Submission::Automatic,
    });
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"));
    super::with_headers(answer, &policy)
}
