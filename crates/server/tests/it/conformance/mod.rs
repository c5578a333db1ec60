//! What the OpenID Foundation's conformance suite does to a provider, one test for each of its modules and named after
//! it, so that a regression is seen without the suite. A test does through HTTP what the module does and asserts what it
//! requires, and that nothing happens for which it warns. Plans are files, and list their modules and response types; what
//! several plans do is in `modules`, what each module checks on its way is in `relying_party`.

mod back_channel_logout;
mod basic;
mod config;
mod dynamic;
mod fapi2;
mod fapi_ciba;
mod fapi_client;
mod front_channel_logout;
mod hybrid;
mod implicit;
mod modules;
mod relying_party;
mod rp_initiated_logout;
mod session_management;
mod third_party_init;

/// Makes a test of each module, which runs it with each of the response types.
macro_rules! tests_of {
    ($runs:expr => $($file:ident::{$($module:ident),+ $(,)?}),+ $(,)?) => {
        $($(
            #[tokio::test]
            async fn $module() {
                for run in $runs {
                    Box::pin(crate::conformance::modules::$file::$module(run)).await;
                }
            }
        )+)+
    };
}
use tests_of;
