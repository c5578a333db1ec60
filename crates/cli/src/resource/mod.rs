//! `symbolon resource`: what the configuration of an authorization server means for the servers of its resources. It owns
//! one command, [`metadata`], which reads files and calls nobody.

pub(crate) mod metadata;
