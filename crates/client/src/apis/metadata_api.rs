//! The version of the server, on the admin port.

use super::operations::operations;
use crate::models;

operations! {
    /// Which version runs there. On the public port there is no such thing.
    GET "/version" for Administration;
    get_version() -> json(models::GetVersion200Response),
    GetVersionError {};
}
