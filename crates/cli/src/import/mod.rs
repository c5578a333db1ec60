//! `symbolon import hydra`: taking over what another server kept, straight from its database into the one that Symbolon is to
//! run on. No server needs to run for it; what is brought to a running one from files is in `verbs::import`.

pub(crate) mod hydra;
