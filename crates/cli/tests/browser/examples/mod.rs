//! The example programs of the client crate, started as the first lines of each tell a newcomer to: against a quickstart,
//! as processes, with the commands that stand there. Only the ports are others. The programs with pages are used in a
//! browser, the others need none.

mod applications;
mod instructions;
mod programs;
mod terminal;
