//! Whether the settings go together, and what is made of them.

use std::time::Duration;

use symbolon_jose::Sealer;
use url::Url;

use super::LoginLayerBuilder;
use crate::authorization::ResponseMode;
use crate::error::Error;
use crate::login::cookies::{CookieNames, is_name};
use crate::login::layer::LoginLayer;
use crate::login::protection::{PublicPaths, is_pattern};
use crate::login::refreshes::Refreshes;
use crate::login::return_to::local_path;
use crate::login::routes::{Paths, Route};
use crate::login::{KINDS, Lifetimes, Login};

/// The shortest secret, in bytes: what 192 random bits are in base64.
const SHORTEST_SECRET: usize = 32;

impl LoginLayerBuilder {
    /// Makes the layer. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] when a secret is shorter than 32 bytes, the client has no redirect URI, the scope lacks
    /// `openid`, the request has a fixed `state` or wants its answer in the fragment, a lifetime is less than a second, or
    /// a name or path is none, or one of this layer's own.
    pub fn build(self) -> Result<LoginLayer, Error> {
        let redirect_uri = self.client.redirect_uri()?;
        let redirect_uri = Url::parse(redirect_uri).ok().filter(|uri| matches!(uri.scheme(), "http" | "https"));
        let redirect_uri = redirect_uri.ok_or_else(|| wrong("the redirect URI must be one of http or https"))?;
        self.check()?;
        let secure = redirect_uri.scheme() == "https";
        let is_posted = self.request.mode().is_some_and(ResponseMode::is_posted);
        if is_posted && !secure && !is_loopback(&redirect_uri) {
            return Err(wrong("'form_post' needs https: browsers send the cookie of the login only there"));
        }
        let paths = Paths::new(redirect_uri.path(), self.path_prefix.as_deref());
        self.check_paths(&paths)?;
        let mut public = PublicPaths::default();
        self.public.iter().for_each(|pattern| public.add(pattern));
        let sealer = Sealer::new(&self.secrets, &KINDS).map_err(|fault| Error::Configuration(fault.to_string()))?;
        let lifetimes = Lifetimes {
            absolute_seconds: whole_seconds(self.absolute_lifetime),
            idle_seconds: whole_seconds(self.idle_lifetime),
        };
        Ok(LoginLayer::new_from(Login {
            client: self.client,
            sealer,
            names: CookieNames { name: self.cookie_name, secure },
            paths,
            own: redirect_uri,
            request: self.request,
            home: self.after_login,
            after_logout: self.after_logout,
            lifetimes,
            pending_seconds: whole_seconds(self.login_lifetime),
            public,
            switches: self.switches,
            store: self.store,
            revocations: self.revocations,
            refreshes: Refreshes::default(),
            error_page: self.error_page,
        }))
    }

    fn check(&self) -> Result<(), Error> {
        if self.secrets.iter().any(|secret| secret.expose().len() < SHORTEST_SECRET) {
            return Err(wrong("a secret for cookies needs 32 bytes, such as `openssl rand -base64 32` gives"));
        }
        if !is_name(&self.cookie_name) {
            return Err(Error::Configuration(format!("'{}' cannot be the name of a cookie", self.cookie_name)));
        }
        if !self.request.scope().split_ascii_whitespace().any(|value| value == "openid") {
            return Err(wrong("a login needs the scope 'openid'"));
        }
        if self.request.has_state() {
            return Err(wrong("each login has a 'state' of its own"));
        }
        if self.request.mode().is_some_and(ResponseMode::is_fragment) {
            return Err(wrong("an answer in the fragment never reaches this application"));
        }
        if let Some(pattern) = self.public.iter().find(|pattern| !is_pattern(pattern)) {
            return Err(Error::Configuration(format!("'{pattern}' is no path: write '/about', '/assets/*' or '/*'")));
        }
        if [self.absolute_lifetime, self.idle_lifetime, self.login_lifetime].iter().any(|span| span.as_secs() == 0) {
            return Err(wrong("a lifetime must be a second or more"));
        }
        let paths = [Some(&self.after_login), self.after_logout.as_ref(), self.path_prefix.as_ref()];
        if let Some(path) = paths.into_iter().flatten().find(|path| local_path(path).as_ref() != Some(path)) {
            return Err(Error::Configuration(format!("'{path}' is no path of this application, as '/home' is")));
        }
        Ok(())
    }

    /// Paths of this layer that lead to another of them would lead nowhere.
    fn check_paths(&self, paths: &Paths) -> Result<(), Error> {
        if paths.route(&paths.callback) != Some(Route::Callback) {
            let reason = format!("'{}' is a path of this layer besides: set another 'path_prefix'", paths.callback);
            return Err(Error::Configuration(reason));
        }
        if self.path_prefix.as_ref().is_some_and(|prefix| prefix.contains(['?', '#'])) {
            return Err(wrong("a prefix of paths has no query"));
        }
        let route = |path: &String| paths.route(path.split(['?', '#']).next().unwrap_or_default());
        let after_logout = self.after_logout.as_ref().and_then(route).filter(|route| *route != Route::Login);
        if route(&self.after_login).or(after_logout).is_some() {
            return Err(wrong("a login and a logout have to lead to a path of the application"));
        }
        Ok(())
    }
}

fn wrong(reason: &str) -> Error {
    Error::Configuration(reason.to_owned())
}

/// Browsers trust their own machine as they trust https.
fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn whole_seconds(lifetime: Duration) -> i64 {
    i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::AuthorizationRequest;
    use crate::client::Client;

    fn builder(redirect_uri: &str) -> LoginLayerBuilder {
        let client = Client::builder("https://as.example", "app").redirect_uri(redirect_uri).build().unwrap();
        LoginLayer::builder(client, "0123456789abcdef0123456789abcdef")
    }

    fn good() -> LoginLayerBuilder {
        builder("https://app.example/auth/callback")
    }

    #[test]
    fn impossible_settings_are_refused_with_their_reason() {
        assert!(good().build().is_ok());
        let form_post = || AuthorizationRequest::new("openid").parameter("response_mode", "form_post");
        for (builder, reason) in [
            (good().former_secret("short"), "32 bytes"),
            (good().cookie_name("a b"), "name of a cookie"),
            (good().request(AuthorizationRequest::new("email")), "'openid'"),
            (good().public(["about"]), "'about' is no path"),
            (good().after_login("https://evil.example/"), "no path of this application"),
            (good().after_logout("//evil.example"), "no path of this application"),
            (good().path_prefix("auth"), "no path of this application"),
            (good().path_prefix("/auth?x=y"), "no query"),
            (good().after_login("/auth/login?return_to=/"), "path of the application"),
            (good().after_logout("/auth/logged-out"), "path of the application"),
            (good().idle_lifetime(Duration::ZERO), "a second or more"),
            (good().login_lifetime(Duration::from_millis(999)), "a second or more"),
            (builder("https://app.example/login"), "'/login' is a path of this layer besides"),
            (builder("com.example:/callback"), "http or https"),
            (builder("http://app.example/auth/callback").request(form_post()), "needs https"),
        ] {
            let error = builder.build().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(good().after_logout("/auth/login").build().is_ok(), "whoever leaves is asked to log in again");
        assert!(builder("https://app.example/login").path_prefix("/auth").build().is_ok());
        let client = Client::builder("https://as.example", "app").build().unwrap();
        assert!(LoginLayer::new(client, "0123456789abcdef0123456789abcdef").is_err(), "without a redirect URI");
        assert!(good().request(form_post()).build().is_ok());
        assert!(builder("http://127.0.0.1:8080/auth/callback").request(form_post()).build().is_ok());
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?} {:?}", good(), good().build().unwrap());
        assert!(!text.contains("0123456789abcdef"), "{text}");
    }
}
