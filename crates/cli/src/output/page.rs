//! Which page of a list is wanted.

use clap::Args;

/// Flags of the commands that list.
#[derive(Debug, Args)]
pub(crate) struct PageFlags {
    /// How many to show at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    page_size: u32,
    /// Where to go on: what the page before showed as the next
    #[arg(long, value_name = "TOKEN")]
    page_token: Option<String>,
}

impl PageFlags {
    /// How many to ask for.
    pub(crate) fn size(&self) -> u32 {
        self.page_size
    }

    /// The token of the page; an empty one, as a script gets from the last page, is the first.
    pub(crate) fn token(&self) -> Option<&str> {
        self.page_token.as_deref().filter(|token| !token.is_empty())
    }
}
