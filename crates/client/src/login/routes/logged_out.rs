//! `GET …/logged-out`: where the provider sends the browser after a logout. It has to be registered as a
//! `post_logout_redirect_uri`.

use http::StatusCode;

use crate::login::Login;
use crate::login::answer::{self, Answer, escape};
use crate::login::protection::is_reading;
use crate::login::visit::Visit;

pub(super) fn answer(login: &Login, visit: &Visit) -> Answer {
    if !is_reading(&visit.method) {
        return answer::method_not_allowed("GET, HEAD");
    }
    if let Some(path) = &login.after_logout {
        return answer::redirect(path);
    }
    let link = escape(&login.paths.login);
    answer::page(StatusCode::OK, "Logged out", &format!("<p><a href=\"{link}\">Log in again</a></p>"))
}
