//! The paths that a [`LoginLayer`](crate::LoginLayer) answers itself, an endpoint in a file each. All lie under one prefix,
//! that of the redirect URI unless another is set; every other path is the application's.

mod backchannel_logout;
mod callback;
mod frontchannel_logout;
mod logged_out;
mod logout;
mod start;

use std::sync::Arc;

use super::Login;
use super::answer::Answer;
use super::visit::Visit;

/// An endpoint of this layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Login,
    Callback,
    Logout,
    LoggedOut,
    BackchannelLogout,
    FrontchannelLogout,
}

impl Route {
    pub(super) fn takes_form(self) -> bool {
        matches!(self, Self::Callback | Self::BackchannelLogout)
    }
}

/// Where the endpoints are.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    pub(super) login: String,
    pub(super) callback: String,
    pub(super) logout: String,
    pub(super) logged_out: String,
    pub(super) backchannel_logout: String,
    pub(super) frontchannel_logout: String,
}

impl Paths {
    /// Beside the callback, or below `prefix`.
    pub(super) fn new(callback: &str, prefix: Option<&str>) -> Self {
        let beside = callback.rsplit_once('/').map_or("", |(folder, _)| folder);
        let prefix = prefix.unwrap_or(beside).trim_end_matches('/');
        Self {
            login: format!("{prefix}/login"),
            callback: callback.to_owned(),
            logout: format!("{prefix}/logout"),
            logged_out: format!("{prefix}/logged-out"),
            backchannel_logout: format!("{prefix}/backchannel-logout"),
            frontchannel_logout: format!("{prefix}/frontchannel-logout"),
        }
    }

    pub(super) fn route(&self, path: &str) -> Option<Route> {
        let routes = [
            (&self.login, Route::Login),
            (&self.callback, Route::Callback),
            (&self.logout, Route::Logout),
            (&self.logged_out, Route::LoggedOut),
            (&self.backchannel_logout, Route::BackchannelLogout),
            (&self.frontchannel_logout, Route::FrontchannelLogout),
        ];
        routes.into_iter().find(|(own, _)| *own == path).map(|(_, route)| route)
    }

    /// The path that starts a login which comes back to `path`.
    pub(super) fn login_for(&self, path: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", path).finish();
        format!("{}?{query}", self.login)
    }
}

/// Answers a request to one of the paths. `form` is the body of a POST.
pub(super) async fn answer(login: &Arc<Login>, visit: &Visit, route: Route, form: Option<String>) -> Answer {
    match route {
        Route::Login => start::answer(login, visit).await,
        Route::Callback => callback::answer(login, visit, form).await,
        Route::Logout => logout::answer(login, visit).await,
        Route::LoggedOut => logged_out::answer(login, visit),
        Route::BackchannelLogout => backchannel_logout::answer(login, visit, form).await,
        Route::FrontchannelLogout => frontchannel_logout::answer(login, visit).await,
    }
}

/// The value of a parameter that is there exactly once.
pub(super) fn only(pairs: &str, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(pairs.as_bytes()).filter(|(own, _)| own == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_beside_the_callback() {
        let paths = Paths::new("/auth/callback", None);
        assert_eq!((paths.login.as_str(), paths.logged_out.as_str()), ("/auth/login", "/auth/logged-out"));
        assert_eq!(Paths::new("/callback", None).logout, "/logout");
        let apart = Paths::new("/oidc/return", Some("/auth"));
        assert_eq!(apart.route("/oidc/return"), Some(Route::Callback));
        assert_eq!(apart.route("/auth/backchannel-logout"), Some(Route::BackchannelLogout));
        assert_eq!(apart.route("/auth/login/"), None);
        assert_eq!(apart.login_for("/a?b=c&d"), "/auth/login?return_to=%2Fa%3Fb%3Dc%26d");
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_none() {
        assert_eq!(only("a=1&b=2", "a").as_deref(), Some("1"));
        assert_eq!((only("a=1&a=1", "a"), only("b=1", "a")), (None, None));
    }
}
