//! The browsers in which an account signed in before. Each has a cookie that says so, sealed, and attempts to log in there
//! are counted apart: whoever guesses a password elsewhere does not make its owner wait. Whoever steals such a cookie gets
//! a count of its own and nothing else, so that it outlives a logout, a new password and a disabled account.

use symbolon_jose::digest;
use symbolon_types::{BrowserId, Subject};

use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::exchange::{Answer, Request};
use crate::identifiers;
use crate::seal::kinds;

/// Accounts that one browser is known to; the one that signed in longest ago makes room.
const ACCOUNTS: usize = 5;
/// How long an account knows a browser after a login there, in seconds: a year.
const KNOWN_FOR: i64 = 365 * 24 * 3600;
/// At which age a login gives the browser a new id, so that it stays known while it is used, in seconds.
const RENEWED_AFTER: i64 = KNOWN_FOR / 2;

/// An account and the id by which it knows the browser. The id carries the instant at which it was made.
#[derive(Clone, Copy)]
struct Entry {
    account: [u8; 16],
    browser: BrowserId,
}

impl Entry {
    fn age(&self, context: &Context) -> i64 {
        context.clock.now().saturating_sub(self.browser.unix_seconds())
    }
}

/// The id by which an account knows the browser of a request, if somebody signed in to it there.
pub fn of(context: &Context, request: &Request, subject: &Subject) -> Option<BrowserId> {
    let account = account(subject);
    entries(context, request).into_iter().find(|entry| entry.account == account).map(|entry| entry.browser)
}

/// Makes the browser known to an account that signed in.
pub fn remember(context: &Context, request: &Request, answer: &mut Answer, subject: &Subject) {
    let account = account(subject);
    let (same, mut others): (Vec<Entry>, Vec<Entry>) =
        entries(context, request).into_iter().partition(|entry| entry.account == account);
    let kept = same.first().filter(|entry| entry.age(context) < RENEWED_AFTER);
    let entry = kept.copied().unwrap_or_else(|| Entry { account, browser: identifiers::now(context) });
    others.insert(0, entry);
    let bytes: Vec<u8> =
        others.iter().take(ACCOUNTS).flat_map(|entry| [entry.account, *entry.browser.as_bytes()]).flatten().collect();
    let cookie = NewCookie {
        name: cookies::known_browser_name(&context.config),
        value: context.seal.seal(kinds::KNOWN_BROWSER_COOKIE, &bytes),
        path: "/".to_owned(),
        lifetime: Lifetime::Seconds(KNOWN_FOR),
    };
    cookies::set(context, answer, cookie);
}

/// The accounts that know the browser, the latest login first.
fn entries(context: &Context, request: &Request) -> Vec<Entry> {
    let name = cookies::known_browser_name(&context.config);
    let bytes = cookies::content(context, request, kinds::KNOWN_BROWSER_COOKIE, &name).unwrap_or_default();
    let (pairs, _) = bytes.as_chunks::<32>();
    let entry = |pair: &[u8; 32]| {
        let (account, browser) = pair.split_first_chunk::<16>()?;
        Some(Entry { account: *account, browser: BrowserId::from(<[u8; 16]>::try_from(browser).ok()?) })
    };
    pairs.iter().filter_map(entry).filter(|entry| entry.age(context) < KNOWN_FOR).take(ACCOUNTS).collect()
}

/// A subject has any length, and a cookie has not.
fn account(subject: &Subject) -> [u8; 16] {
    digest::sha256(subject.as_str().as_bytes()).first_chunk().copied().unwrap_or_default()
}
