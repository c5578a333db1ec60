//! Applications behind `LoginLayer`, over real HTTP, with Symbolon as their provider. [`App`] is the application and
//! [`Visitor`] somebody with a browser, who has a cookie jar for the application and one for the provider.
//! `flow` is logging in.

mod app;
mod flow;
mod visitor;

use app::App;
use visitor::Visitor;
