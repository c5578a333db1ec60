//! A page with a heading and a few sentences, for what needs no form.

use askama::Template;

use super::{Frame, rendered};
use crate::ui::phrase::Phrase;

/// Says one thing. Ids: `notice`, `notice-title`.
#[derive(Clone, Template)]
#[template(path = "notice.html")]
pub struct NoticePage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// Heading of the page, as plain text.
    pub title: String,
    /// The sentences, a paragraph each. What stands between backticks is shown as code.
    pub paragraphs: Vec<String>,
    /// Something was completed; the page shows a tick.
    pub done: bool,
}

impl<'a> NoticePage<'a> {
    /// After logout, when there is no address to go to.
    pub fn signed_out(frame: Frame<'a>) -> Self {
        Self::done(frame, &frame.texts.signed_out_heading, &frame.texts.signed_out_text)
    }

    /// The person chose to stay.
    pub fn still_signed_in(frame: Frame<'a>) -> Self {
        Self::done(frame, &frame.texts.still_signed_in_heading, &frame.texts.still_signed_in_text)
    }

    /// A device was connected (RFC 8628 §3.3).
    pub fn device_done(frame: Frame<'a>) -> Self {
        Self::done(frame, &frame.texts.device_done_heading, &frame.texts.device_done_text)
    }

    /// A device was not connected.
    pub fn device_denied(frame: Frame<'a>) -> Self {
        let texts = frame.texts;
        Self { done: false, ..Self::done(frame, &texts.device_denied_heading, &texts.device_denied_text) }
    }

    /// A step was repeated that works only once.
    pub fn already_done(frame: Frame<'a>) -> Self {
        Self { done: false, ..Self::done(frame, &frame.texts.already_done_heading, &frame.texts.already_done_text) }
    }

    /// A page of the operator's own is expected here, and `key` of the configuration does not name it.
    pub fn not_configured(frame: Frame<'a>, key: &str) -> Self {
        let sentence = frame.texts.not_configured_text.replace("{key}", &key.replace('`', ""));
        Self { done: false, ..Self::done(frame, &frame.texts.not_configured_heading, &sentence) }
    }

    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn done(frame: Frame<'a>, title: &str, sentence: &str) -> Self {
        Self { frame, title: title.to_owned(), paragraphs: vec![sentence.to_owned()], done: true }
    }

    fn sentences(&self) -> impl Iterator<Item = Phrase<'_>> {
        self.paragraphs.iter().map(|paragraph| Phrase::plain(paragraph))
    }
}
