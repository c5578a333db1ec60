//! Whether what a client wants encrypted can be encrypted so (`OpenID` Connect Dynamic Client Registration §2). Whether
//! there is a key for it is for those who can read keys.

use super::list;
use crate::client::{Client, EncryptedContent, MetadataFault};

/// With what a server encrypts and decrypts.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfferedEncryption<'a> {
    /// How keys reach clients.
    pub responses: &'a [&'a str],
    /// How keys reach the server; empty where it takes nothing encrypted.
    pub request_objects: &'a [&'a str],
    /// How content is encrypted.
    pub contents: &'a [&'a str],
}

pub(super) fn check(client: &Client, offered: &OfferedEncryption<'_>) -> Result<(), MetadataFault> {
    for content in EncryptedContent::RESPONSES.into_iter().chain([EncryptedContent::RequestObject]) {
        let members = client.encryption(content);
        if members.are_empty() {
            continue;
        }
        if members.alg.1.is_empty() {
            let hint = format!("The '{}' says nothing without '{}'.", members.enc.0, members.alg.0);
            return Err(MetadataFault::metadata(hint));
        }
        let algorithms =
            if content == EncryptedContent::RequestObject { offered.request_objects } else { offered.responses };
        for ((name, value), known) in
            [(members.alg, algorithms), ((members.enc.0, members.content_encryption()), offered.contents)]
        {
            check_name(name, value, known)?;
        }
    }
    Ok(())
}

fn check_name(member: &str, value: &str, offered: &[&str]) -> Result<(), MetadataFault> {
    if offered.contains(&value) {
        return Ok(());
    }
    Err(MetadataFault::metadata(if offered.is_empty() {
        format!("The '{member}' cannot be registered, as this server has no key for encryption.")
    } else {
        format!("The '{member}' '{value}' is not supported, use one of {}.", list(offered.iter().copied()))
    }))
}
