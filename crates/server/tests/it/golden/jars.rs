//! The browsers of a replay. A recording only says which cookies a request carried, so the browser is found by them:
//! a visit without cookies comes from a new browser, any other from the latest one that has them.

use crate::support::{Answer, CookieJar};

/// Cookies do not run out here: the recording decides what was sent.
const ALWAYS: i64 = i64::MIN;

/// The cookies of every browser so far, the latest last.
#[derive(Debug, Default)]
pub(super) struct Jars(Vec<CookieJar>);

/// Which browser sends a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which(usize);

impl Jars {
    /// The browser that holds cookies of these names, and what it sends. Names end in a placeholder where they carry a
    /// number of their own; that of our cookies may be another.
    pub(super) fn choose(&mut self, names: &[String], path: &str) -> (Which, Vec<(String, String)>) {
        if names.is_empty() {
            self.0.push(CookieJar::default());
            return (Which(self.0.len() - 1), Vec::new());
        }
        let wanted: Vec<&str> = names.iter().map(|name| kind(name)).collect();
        let held = |jar: &CookieJar| {
            let sent = jar.sent(path, ALWAYS);
            sent.into_iter().filter(|(name, _)| wanted.contains(&kind(name))).collect::<Vec<_>>()
        };
        // Who is signed in is what sets browsers apart; cookies of a flow may be gone with it.
        let likeness = |jar: &CookieJar| {
            let sent = held(jar);
            let has = |wanted: &str| sent.iter().any(|(name, _)| kind(name) == wanted);
            let is_signed_in = wanted.iter().any(|wanted| wanted.contains("session") && has(wanted));
            (is_signed_in, if is_signed_in { 0 } else { wanted.iter().filter(|wanted| has(wanted)).count() })
        };
        let Some(index) = (0..self.0.len()).max_by_key(|index| (likeness(&self.0[*index]), *index)) else {
            return self.choose(&[], path);
        };
        (Which(index), held(&self.0[index]))
    }

    /// Takes in the cookies of an answer.
    pub(super) fn store(&mut self, Which(index): Which, answer: &Answer) {
        self.0[index].store(&answer.cookies(), 0);
    }

    /// Adds a browser that was used outside of the recording.
    pub(super) fn add(&mut self, jar: CookieJar) {
        self.0.push(jar);
    }
}

/// `ory_hydra_login_csrf_dev` for that name with any number at its end.
fn kind(name: &str) -> &str {
    let name = name.strip_suffix("<murmur3>").unwrap_or(name);
    name.trim_end_matches(|character: char| character.is_ascii_digit()).trim_end_matches('_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::Cookie;

    fn answer_with(cookie: &str) -> CookieJar {
        let mut jar = CookieJar::default();
        jar.store(&[Cookie::parse(cookie)], 0);
        jar
    }

    #[test]
    fn the_latest_browser_with_the_cookies_is_chosen() {
        let mut jars = Jars::default();
        jars.add(answer_with("ory_hydra_login_csrf_dev_1=a; Path=/; Max-Age=2"));
        jars.add(answer_with("ory_hydra_login_csrf_dev_2=b; Path=/"));
        jars.add(answer_with("ory_hydra_session_dev=c; Path=/"));
        let wanted = ["ory_hydra_login_csrf_dev_<murmur3>".to_owned()];
        let (Which(index), sent) = jars.choose(&wanted, "/oauth2/auth");
        assert_eq!((index, sent), (1, vec![("ory_hydra_login_csrf_dev_2".to_owned(), "b".to_owned())]));
        let (Which(index), sent) = jars.choose(&[], "/oauth2/auth");
        assert_eq!((index, sent.len()), (3, 0));
    }
}
