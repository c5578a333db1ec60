//! How many connections each listener may hold, from the number of files that the process may open. The admin listener
//! has descriptors of its own, and some are left for the database, calls to other servers and files.

use crate::config::Connections;

/// Connections of the public listener where nothing is configured and descriptors suffice.
const PUBLIC: usize = 16_384;
/// The same of the admin listener.
const ADMIN: usize = 1_024;
/// What a listener has in any case.
const LEAST: usize = 16;

/// Most connections of each listener.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// For browsers and clients.
    pub(super) public: usize,
    /// For administrators.
    pub(super) admin: usize,
}

impl Places {
    /// Raises the limit of open files as far as the system lets this process, and divides it. Where it does not suffice,
    /// the log says which limit would.
    pub(super) fn take(config: &Connections) -> Self {
        let limit = match rlimit::increase_nofile_limit(u64::MAX) {
            Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
            Err(fault) => {
                tracing::warn!(%fault, "the limit of open files could not be raised");
                rlimit::Resource::NOFILE.get_soft().map_or(1_024, |soft| usize::try_from(soft).unwrap_or(usize::MAX))
            }
        };
        let places = Self::within(limit, config);
        let wanted = Self::wanted(config);
        if places != wanted {
            let needed = (wanted.public + wanted.admin + spare(usize::MAX)).max(wanted.admin.saturating_mul(8));
            tracing::warn!(
                limit,
                needed,
                public = places.public,
                admin = places.admin,
                "this process may open so few files that its listeners take fewer connections than they should: raise \
                 the hard limit (LimitNOFILE of systemd, ulimits of a container), or set symbolon.connections.public and \
                 symbolon.connections.admin to what is enough"
            );
        }
        places
    }

    fn wanted(config: &Connections) -> Self {
        Self { public: config.public.unwrap_or(PUBLIC), admin: config.admin.unwrap_or(ADMIN) }
    }

    fn within(limit: usize, config: &Connections) -> Self {
        let wanted = Self::wanted(config);
        let admin = wanted.admin.min((limit / 8).max(LEAST));
        let rest = limit.saturating_sub(spare(limit) + admin);
        Self { public: wanted.public.min(rest.max(LEAST)), admin }
    }
}

/// Descriptors that are not for connections of visitors.
fn spare(limit: usize) -> usize {
    (limit / 8).clamp(32, 512)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(limit: usize, public: Option<usize>, admin: Option<usize>) -> (usize, usize) {
        let overrides = crate::config::Overrides {
            settings: vec![("dev".to_owned(), "true".to_owned())],
            development_secret: Some(symbolon_jose::Secret::new("a-secret-for-this-test".to_owned())),
        };
        let mut config = crate::config::load(&[], std::iter::empty(), &overrides).unwrap().symbolon.connections;
        (config.public, config.admin) = (public, admin);
        let places = Places::within(limit, &config);
        (places.public, places.admin)
    }

    #[test]
    fn both_listeners_and_the_database_have_descriptors() {
        assert_eq!(within(1_048_576, None, None), (16_384, 1_024));
        assert_eq!(within(usize::MAX, None, None), (16_384, 1_024));
        assert_eq!(within(17_920, None, None), (16_384, 1_024));
        assert_eq!(within(17_919, None, None), (16_383, 1_024));
        assert_eq!(within(1_024, None, None), (768, 128));
        assert_eq!(within(256, None, None), (192, 32));
    }

    #[test]
    fn what_is_configured_holds_as_far_as_descriptors_reach() {
        assert_eq!(within(1_048_576, Some(60_000), Some(2_000)), (60_000, 2_000));
        assert_eq!(within(1_024, Some(60_000), Some(2_000)), (768, 128));
        assert_eq!(within(1_024, Some(100), Some(20)), (100, 20));
        assert_eq!(within(10, None, None), (16, 16));
    }
}
