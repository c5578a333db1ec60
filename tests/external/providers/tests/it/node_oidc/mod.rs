//! npm `oidc-provider` with everything switched on.

mod grants;
mod login;
mod protection;
mod registration;
mod tokens;

use serde_json::Value;

use crate::setting::{self, Registered};

fn issuer() -> String {
    setting::variable("OIDC_PROVIDER")
}

async fn register(over: Value) -> Registered {
    setting::register(&issuer(), over).await
}
