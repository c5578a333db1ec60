//! `symbolon man`: the manual page of the program, or a page for each command.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::print_line;

/// Flags of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon man | man -l -

  A page for each command
    symbolon man --directory /usr/local/share/man/man1")]
pub(crate) struct ManArguments {
    /// Write a page for each command into this directory, which must exist
    #[arg(long, value_name = "PATH")]
    directory: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ManArguments) -> Result<(), Failure> {
    let command = Arguments::command();
    if let Some(directory) = &arguments.directory {
        return clap_mangen::generate_to(command, directory).map_err(|error| {
            Failure::message(format!("the pages cannot be written to {}: {error}", directory.display()))
        });
    }
    let mut page = Vec::new();
    let rendered = Man::new(command).render(&mut page);
    rendered.map_err(|error| Failure::message(format!("the page cannot be made: {error}")))?;
    print_line(String::from_utf8_lossy(&page).trim_end())
}
