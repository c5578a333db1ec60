//! What happens beside requests and across restarts: purging, and that everything issued before still counts after.

mod nodes;
mod purge;
mod restart;
mod secrets;
