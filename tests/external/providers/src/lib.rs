//! The client crate, run against providers that other people wrote, and against ours: see `tests/it`.
