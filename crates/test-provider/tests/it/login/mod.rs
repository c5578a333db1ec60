//! Applications behind `LoginLayer`, over real HTTP, with Symbolon as their provider. [`App`] is the application and
//! [`Visitor`] somebody with a browser, who has a cookie jar for the application and one for the provider.
//! `flow` is logging in, `callback` what comes back from the provider, in the modes of `modes`; `cookies` and `lifetimes`
//! are about sessions, `refresh` and `refresh_faults` about their tokens; `logout`, `backchannel` and `frontchannel` end
//! them; `store` has two processes, `faulty_store` one that fails, and `settings` what is asked for seldom.

mod app;
mod backchannel;
mod callback;
mod cookies;
mod faulty_store;
mod flow;
mod frontchannel;
mod lifetimes;
mod logout;
mod modes;
mod parameters;
mod refresh;
mod refresh_faults;
mod settings;
mod store;
mod visitor;

use app::{App, SECRET, long};
use visitor::Visitor;
