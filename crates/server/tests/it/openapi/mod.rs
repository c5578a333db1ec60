//! The description of the interface: it is complete, and it is true. That answers look as described is checked wherever
//! a test gets one (`support::described`).

mod page;
mod routes;
mod what_hydra_has;
