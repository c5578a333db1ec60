//! Key sets, on the admin port: those that the provider signs with, and any others that are kept there.
//!
//! Keys are read and written with their private members, which [`models::JsonWebKey`] does not show in `Debug`.

use super::operations::operations;
use crate::models;

operations! {
    /// Has a key made, in a set that may be new. The answer has the new key only, private members included.
    POST "/admin/keys/{set}" for Administration;
    create_json_web_key_set(path set: &str, json create_json_web_key_set: models::CreateJsonWebKeySet)
        -> json(models::JsonWebKeySet),
    CreateJsonWebKeySetError {
        else models::ErrorOAuth2, "400 for an algorithm that is not supported, 409 for a name that is taken",
    };

    /// Deletes one key. What was signed with a provider's own key can no longer be verified.
    DELETE "/admin/keys/{set}/{kid}" for Administration;
    delete_json_web_key(path set: &str, path kid: &str) -> nothing(()),
    DeleteJsonWebKeyError { else models::ErrorOAuth2, "404 for an unknown key" };

    /// Deletes a set with all its keys.
    DELETE "/admin/keys/{set}" for Administration;
    delete_json_web_key_set(path set: &str) -> nothing(()),
    DeleteJsonWebKeySetError { else models::ErrorOAuth2, "404 for an unknown set" };

    /// Reads one key, as a set.
    GET "/admin/keys/{set}/{kid}" for Administration;
    get_json_web_key(path set: &str, path kid: &str) -> json(models::JsonWebKeySet),
    GetJsonWebKeyError { else models::ErrorOAuth2, "404 for an unknown key" };

    /// Reads a set, the newest key first.
    GET "/admin/keys/{set}" for Administration;
    get_json_web_key_set(path set: &str) -> json(models::JsonWebKeySet),
    GetJsonWebKeySetError { else models::ErrorOAuth2, "404 for an unknown set" };

    /// Puts a key of one's own in the place of another, or beside it; `kid` has to be that of the key.
    PUT "/admin/keys/{set}/{kid}" for Administration;
    set_json_web_key(path set: &str, path kid: &str, json_or_empty json_web_key: Option<models::JsonWebKey>)
        -> json(models::JsonWebKey),
    SetJsonWebKeyError {
        400 Status400(models::ErrorOAuth2) "a key that cannot be read, or has another name",
        else models::ErrorOAuth2, "the server cannot take it now",
    };

    /// Puts keys of one's own in the place of a whole set.
    PUT "/admin/keys/{set}" for Administration;
    set_json_web_key_set(path set: &str, json_or_empty json_web_key_set: Option<models::JsonWebKeySet>)
        -> json(models::JsonWebKeySet),
    SetJsonWebKeySetError {
        400 Status400(models::ErrorOAuth2) "a key that cannot be read",
        else models::ErrorOAuth2, "the server cannot take it now",
    };
}
