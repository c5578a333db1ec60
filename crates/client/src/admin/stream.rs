//! Lists without their pages: items one after the other, the next page fetched when the last item of a page is taken.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::{AdminClient, Page};
use crate::error::Error;

type Fetch<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// The items of a list. A `Stream`, and usable without any crate for streams through [`Items::next`].
///
/// Ends after the first error: what comes after the failed page is not known.
pub struct Items<T> {
    admin: AdminClient,
    name: &'static str,
    page_size: u32,
    state: State<T>,
    ready: VecDeque<T>,
}

enum State<T> {
    /// Nothing is on its way; the token of the page to fetch, `None` for the first.
    Idle(Option<String>),
    /// The page of this token is on its way.
    Fetching(Option<String>, Fetch<T>),
    Ended,
}

impl<T: DeserializeOwned + Send + Unpin + 'static> Items<T> {
    pub(super) fn new(admin: AdminClient, name: &'static str, page_size: u32) -> Self {
        Self { admin, name, page_size, state: State::Idle(None), ready: VecDeque::new() }
    }

    /// The next item, `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn fetch(&self, page_token: Option<String>) -> Fetch<T> {
        let (admin, name, page_size) = (self.admin.clone(), self.name, self.page_size);
        Box::pin(async move { admin.list(name, page_size, page_token.as_deref()).await })
    }

    fn take_page(&mut self, asked: Option<&String>, page: Page<T>) -> Result<(), Error> {
        self.state = match page.next_page_token {
            // A server that names the same page again would keep the caller busy for ever.
            next @ Some(_) if next.as_ref() == asked => {
                self.state = State::Ended;
                return Err(Error::UnexpectedAnswer("the list's next page is the same page".to_owned()));
            }
            next @ Some(_) => State::Idle(next),
            None => State::Ended,
        };
        self.ready.extend(page.items);
        Ok(())
    }
}

impl<T: DeserializeOwned + Send + Unpin + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut this.state {
                State::Ended => return Poll::Ready(None),
                State::Idle(page_token) => {
                    let page_token = page_token.take();
                    this.state = State::Fetching(page_token.clone(), this.fetch(page_token));
                }
                State::Fetching(asked, fetch) => {
                    let Poll::Ready(outcome) = fetch.as_mut().poll(context) else { return Poll::Pending };
                    let asked = asked.take();
                    let taken = outcome.and_then(|page| this.take_page(asked.as_ref(), page));
                    if let Err(error) = taken {
                        this.state = State::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Items").field("name", &self.name).finish_non_exhaustive()
    }
}
