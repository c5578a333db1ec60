//! Changing the provider's signing keys.

use http::Method;
use serde_json::json;

use crate::TestProvider;
use crate::signing_keys::{OF_ACCESS_TOKENS, OF_ID_TOKENS};

impl TestProvider {
    /// New keys sign from now on. The old ones are still published, so what they signed still counts.
    pub async fn rotate_keys(&self) {
        let now = json!({ "immediately": true });
        self.in_process.admin(Method::POST, "/admin/signing-keys/rotate", Some(&now)).await;
    }

    /// All keys are withdrawn, as after a theft: others take their places, and what the old ones signed counts no more.
    pub async fn withdraw_keys(&self) {
        for set in [OF_ID_TOKENS, OF_ACCESS_TOKENS] {
            self.in_process.admin(Method::DELETE, &format!("/admin/keys/{set}"), None).await;
        }
    }
}
