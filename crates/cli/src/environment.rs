//! The one place of this crate that reads environment variables; clap reads those that its flags name.

use std::path::PathBuf;

/// All environment variables that are text, for the configuration of the server.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    // `std::env::vars` would panic on a variable that is not Unicode and none of our business.
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Where a user's programs keep their settings: `$XDG_CONFIG_HOME`, else `~/.config`. `None` without a home.
#[expect(clippy::disallowed_methods, reason = "this is the crate's one place that reads the environment")]
pub(crate) fn config_home() -> Option<PathBuf> {
    let configured = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    configured.or_else(|| Some(std::env::home_dir()?.join(".config")))
}

/// Where a user's programs keep their data: `$XDG_DATA_HOME`, else `~/.local/share`. `None` without a home.
#[expect(clippy::disallowed_methods, reason = "this is the crate's one place that reads the environment")]
pub(crate) fn data_home() -> Option<PathBuf> {
    let configured = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    configured.or_else(|| Some(std::env::home_dir()?.join(".local/share")))
}
