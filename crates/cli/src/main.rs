//! The one binary `symbolon`: starts the server, tries it out, and talks to a running one.
//!
//! This crate owns the command line, the quickstart with its demonstration application, and what is printed where:
//! results on standard output, one line about a failure on standard error, exit code 1. Every rule of OAuth lives in
//! `symbolon-server`, every request to a server goes through `symbolon-client`. Commands and flags follow the habits of
//! Ory Hydra's command line where both have the command.

mod account;
mod arguments;
mod audit;
mod config;
mod configuration;
mod connection;
mod consent;
mod database;
mod declared;
mod doctor;
mod environment;
mod explain;
mod explain_profile;
mod failure;
mod generated;
mod header;
mod health;
mod import;
mod json_web_key;
mod keys;
mod local_http;
mod logging;
mod login_session;
mod mcp;
mod mcp_server;
mod oauth2_client;
mod openid;
mod output;
mod perform;
mod profile;
mod quickstart;
mod relying_party;
mod report;
mod resource;
mod revoke;
mod secret;
mod serve;
mod setting;
mod signals;
mod token;
mod verbs;
mod version;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command, EnablingCommand, KeysCommand, McpCommand, ResourceCommand};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers; everything else is a mistake, with exit code 1 as for all failures.
            let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Printing fails only when nobody reads any more.
            let _ = error.print();
            return if is_answer { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::message(format!("the runtime cannot be started: {error}")).report(),
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => Box::pin(serve::run(arguments)).await,
        Command::Config { what } => config::run(what).await,
        Command::Doctor(arguments) => Box::pin(doctor::run(arguments)).await,
        Command::Audit { what } => audit::run(&what),
        Command::Quickstart(arguments) => Box::pin(quickstart::run(arguments)).await,
        Command::Create { what } => Box::pin(verbs::create::run(what)).await,
        Command::Get { what } => verbs::get::run(what).await,
        Command::List { what } => verbs::list::run(what).await,
        Command::Update { what } => Box::pin(verbs::update::run(what)).await,
        Command::Delete { what } => verbs::delete::run(what).await,
        Command::Apply(arguments) => Box::pin(declared::apply::run(*arguments)).await,
        Command::Export(arguments) => declared::export::run(arguments).await,
        Command::Import { what } => Box::pin(verbs::import::run(what)).await,
        Command::Introspect { what } => verbs::introspect::run(what).await,
        Command::Revoke { what } => verbs::revoke::run(what).await,
        Command::Perform { what } => Box::pin(verbs::perform::run(what)).await,
        Command::Disable { what: EnablingCommand::Account(arguments) } => account::state::disable(arguments).await,
        Command::Enable { what: EnablingCommand::Account(arguments) } => account::state::enable(arguments).await,
        Command::Keys { what: KeysCommand::List(arguments) } => keys::list::run(arguments).await,
        Command::Keys { what: KeysCommand::Rotate(arguments) } => keys::rotate::run(arguments).await,
        Command::SignOut(arguments) => revoke::sign_out(arguments).await,
        Command::Mcp { what: McpCommand::Check(arguments) } => mcp::check::run(*arguments).await,
        Command::Resource { what: ResourceCommand::Metadata(arguments) } => resource::metadata::run(&arguments),
        Command::Register(arguments) => openid::register::run(*arguments).await,
        Command::Discover(arguments) => openid::discover::run(arguments).await,
        Command::UserInfo(arguments) => openid::user_info::run(arguments).await,
        Command::Credential(arguments) => openid::credential::run(arguments).await,
        Command::LogoutUrl(arguments) => openid::logout_url::run(arguments).await,
        Command::Health(arguments) => health::run(arguments).await,
        Command::Explain(arguments) => explain::run(&arguments),
        Command::ExplainProfile(arguments) => explain_profile::run(&arguments),
        Command::Migrate { what } => database::migrate::run(what).await,
        Command::Backup(arguments) => database::backup::run(arguments).await,
        Command::Restore(arguments) => database::restore::run(arguments).await,
        Command::Janitor(arguments) => database::janitor::run(&arguments),
        Command::Completions(arguments) => generated::completions::run(&arguments),
        Command::Man(arguments) => generated::manual::run(&arguments),
        Command::Version => version::run(),
    }
}
