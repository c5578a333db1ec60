//! A browser: cookies, and navigation on the public listener. It follows no redirect by itself, so that a test sees
//! each step; [`Browser::follow`] goes on while the way leads within the server.

use super::{Answer, Call, Cookie, CookieJar, Pairs, TestServer};

/// One browser with its cookies. A clone is another browser that starts with the same ones.
#[derive(Clone)]
pub(crate) struct Browser {
    server: TestServer,
    jar: CookieJar,
}

impl Browser {
    pub(crate) fn new(server: &TestServer) -> Self {
        Self { server: server.clone(), jar: CookieJar::default() }
    }

    /// One that has a cookie already.
    pub(crate) fn with_cookie(server: &TestServer, name: &str, value: &str) -> Self {
        let mut browser = Self::new(server);
        browser.jar.store(&[Cookie::parse(&format!("{name}={value}; Path=/"))], server.clock.now());
        browser
    }

    /// Navigates to an address of the server, or to a path.
    pub(crate) async fn get(&mut self, url: &str) -> Answer {
        self.navigate(Call::get(self.target(url))).await
    }

    /// Submits a form.
    pub(crate) async fn post(&mut self, url: &str, form: &Pairs) -> Answer {
        self.navigate(Call::post(self.target(url)).form_of(form)).await
    }

    /// Navigates, and follows redirects while they lead to the server. Ends at a page, or at the redirect elsewhere.
    pub(crate) async fn follow(&mut self, url: &str) -> Answer {
        let mut answer = self.get(url).await;
        for _ in 0..10 {
            let leads_on = (300..400).contains(&answer.status);
            match answer.header("location").filter(|_| leads_on).and_then(|to| self.server.public_target(to)) {
                Some(target) => answer = self.get(&target).await,
                None => return answer,
            }
        }
        panic!("redirects without end, last to {}", answer.location());
    }

    /// Its cookies.
    pub(crate) fn jar(&self) -> &CookieJar {
        &self.jar
    }

    /// The names of the cookies that would be sent to a path now.
    pub(crate) fn cookie_names(&self, path: &str) -> Vec<String> {
        self.jar.sent(path, self.server.clock.now()).into_iter().map(|(name, _)| name).collect()
    }

    async fn navigate(&mut self, call: Call) -> Answer {
        let path = call.target.split('?').next().unwrap_or_default();
        let cookies = self.jar.sent(path, self.server.clock.now());
        let answer = self.server.public(call.navigating().cookies(&cookies)).await;
        self.jar.store(&answer.cookies(), self.server.clock.now());
        answer
    }

    #[track_caller]
    fn target(&self, url: &str) -> String {
        self.server.public_target(url).unwrap_or_else(|| panic!("{url} is not an address of the server"))
    }
}
