//! What is generated from the command tree: completions for shells, and manual pages. Both are written by the program
//! itself, so that they are those of the version that is installed.

pub(crate) mod completions;
pub(crate) mod manual;
#[cfg(test)]
mod reference;
