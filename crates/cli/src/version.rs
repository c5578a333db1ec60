//! `symbolon version`: which build this is.

use crate::failure::Failure;
use crate::output::print_line;

pub(crate) fn run() -> Result<(), Failure> {
    // A release build may be told its commit; a build from a checkout does not ask git, so that it stays reproducible.
    let commit = option_env!("SYMBOLON_COMMIT").unwrap_or("unknown");
    print_line(&format!("Version:  {}\nCommit:   {commit}", env!("CARGO_PKG_VERSION")))
}
