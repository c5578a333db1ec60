//! The real binary, started as a person would start it: help, mistakes, the quickstart up to the ID token, restarts and
//! crashes. Nothing but loopback is used, and every test has ports and directories of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod browser;
mod commands;
mod config;
mod configuration;
mod crash;
mod database;
mod declared;
mod deployment;
mod descriptors;
mod doctor;
mod generated;
mod golden;
mod health;
mod help;
mod http;
mod keys;
mod listeners;
mod mcp;
mod oauth2_clients;
mod pages;
mod postgres;
mod process;
mod quickstart;
mod reload;
mod resource_metadata;
mod secrets;
mod seeing;
mod tokens;
