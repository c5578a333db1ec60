//! `symbolon completions`: what a shell reads to complete commands and flags.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::print_line;

/// Flags of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon completions bash > /etc/bash_completion.d/symbolon
  symbolon completions zsh > ~/.zfunc/_symbolon
  symbolon completions fish > ~/.config/fish/completions/symbolon.fish")]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "symbolon", &mut script);
    print_line(String::from_utf8_lossy(&script).trim_end())
}
