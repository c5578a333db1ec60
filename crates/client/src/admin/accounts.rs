//! Accounts of the built-in login page (`/admin/accounts`): create, read, list, change, disable, delete, and another
//! password.

use std::fmt;

use serde::ser::{Error as _, SerializeMap as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{AdminClient, Items, Page};
use crate::error::Error;
use crate::user_info::StandardClaims;

/// An account to be created.
#[derive(Clone, Default, Serialize)]
pub struct NewAccount {
    /// The subject of the account in tokens, where another system has given one; a random one otherwise
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the user types to log in
    pub username: String,
    /// The password in clear; the server keeps only its hash
    pub password: String,
    /// What clients may learn about the user, as far as the scope of their tokens asks for it
    #[serde(flatten)]
    pub claims: StandardClaims,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewAccount").field("username", &self.username).finish_non_exhaustive()
    }
}

/// An account as the server shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The subject of the account in tokens
    pub id: String,
    /// What the user types to log in
    pub username: String,
    /// Whether the user cannot log in
    #[serde(default)]
    pub disabled: bool,
    /// When it was created, RFC 3339
    #[serde(default)]
    pub created_at: String,
    /// When username or claims changed last, RFC 3339; in `claims` this one is absent
    #[serde(default)]
    pub updated_at: String,
    /// What clients may learn about the user
    #[serde(flatten)]
    pub claims: StandardClaims,
}

/// What is to change in an account. Whatever is not named stays.
///
/// ```
/// use symbolon_client::AccountChange;
///
/// let mut change = AccountChange::default();
/// change.claims.email = Some("alice@example.com".into());
/// change.claims.email_verified = Some(true);
/// change.removed = vec!["nickname".into(), "address.region".into()];
/// let sent = serde_json::to_string(&change).unwrap();
/// assert_eq!(
///     sent,
///     r#"{"address":{"region":null},"email":"alice@example.com","email_verified":true,"nickname":null}"#
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Another username
    pub username: Option<String>,
    /// `true` keeps the user from logging in and signs them out everywhere, `false` lets them log in again
    pub disabled: Option<bool>,
    /// Claims to set; those that are `None` stay as they are
    pub claims: StandardClaims,
    /// Names of claims to remove, a member of the address as `address.region`
    pub removed: Vec<String>,
}

impl AccountChange {
    /// The members of the JSON Merge Patch (RFC 7396).
    fn members(&self) -> Result<Map<String, Value>, serde_json::Error> {
        let Value::Object(mut members) = serde_json::to_value(&self.claims)? else { return Ok(Map::new()) };
        members.extend(self.username.clone().map(|username| ("username".to_owned(), username.into())));
        members.extend(self.disabled.map(|disabled| ("disabled".to_owned(), disabled.into())));
        for name in &self.removed {
            match name.split_once('.') {
                None => {
                    members.insert(name.clone(), Value::Null);
                }
                Some((object, member)) => {
                    let object = members.entry(object).or_insert_with(|| Map::new().into());
                    if let Some(object) = object.as_object_mut() {
                        object.insert(member.to_owned(), Value::Null);
                    }
                }
            }
        }
        Ok(members)
    }
}

impl Serialize for AccountChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.members().map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(Some(members.len()))?;
        for (name, value) in &members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl AdminClient {
    /// Creates an account. [`Error::Api`] with status 409 when the username or the id is taken, 400 when the password is
    /// too weak or a claim is not what it has to be.
    pub async fn create_account(&self, account: &NewAccount) -> Result<Account, Error> {
        let request = self.http().post(self.url(&["accounts"])?).json(account);
        self.send(request).await?.json("the created account")
    }

    /// Reads an account. [`Error::Api`] with status 404 when there is none of that id.
    pub async fn get_account(&self, id: &str) -> Result<Account, Error> {
        let request = self.http().get(self.url(&["accounts", id])?);
        self.send(request).await?.json("the account")
    }

    /// The account that logs in with this username, in whatever case or width it is typed.
    pub async fn find_account(&self, username: &str) -> Result<Option<Account>, Error> {
        let mut url = self.url(&["accounts"])?;
        url.query_pairs_mut().append_pair("username", username);
        let found: Vec<Account> = self.send(self.http().get(url)).await?.json("the accounts")?;
        // A server that does not know the parameter answers with all accounts.
        match found.len() {
            0 | 1 => Ok(found.into_iter().next()),
            _ => Err(Error::UnexpectedAnswer("the server cannot look for a username".to_owned())),
        }
    }

    /// Changes an account, and answers what it is then. [`Error::Api`] with status 404 when there is none of that id, 409
    /// when the username is taken, 400 when a claim is not what it has to be.
    pub async fn update_account(&self, id: &str, change: &AccountChange) -> Result<Account, Error> {
        let request = self.http().patch(self.url(&["accounts", id])?).json(change);
        self.send(request).await?.json("the changed account")
    }

    /// Keeps a user from logging in, and signs them out everywhere at once.
    pub async fn disable_account(&self, id: &str) -> Result<Account, Error> {
        self.update_account(id, &AccountChange { disabled: Some(true), ..AccountChange::default() }).await
    }

    /// Lets a user log in again. What they had before stays ended.
    pub async fn enable_account(&self, id: &str) -> Result<Account, Error> {
        self.update_account(id, &AccountChange { disabled: Some(false), ..AccountChange::default() }).await
    }

    /// Gives an account another password, and signs the user out everywhere. [`Error::Api`] with status 404 when there is
    /// no such account, 400 when the password is too weak.
    pub async fn set_account_password(&self, id: &str, password: &str) -> Result<(), Error> {
        let body = serde_json::json!({ "password": password });
        let request = self.http().put(self.url(&["accounts", id, "password"])?).json(&body);
        self.send(request).await.map(|_| ())
    }

    /// Deletes an account and everything that its user has: sessions, tokens, consents.
    pub async fn delete_account(&self, id: &str) -> Result<(), Error> {
        let request = self.http().delete(self.url(&["accounts", id])?);
        self.send(request).await.map(|_| ())
    }

    /// Reads up to `page_size` accounts, from the start or from the token of the page before.
    pub async fn list_accounts(&self, page_size: u32, page_token: Option<&str>) -> Result<Page<Account>, Error> {
        self.list("accounts", page_size, page_token).await
    }

    /// All accounts, fetched `page_size` at a time as they are asked for.
    ///
    /// ```no_run
    /// # async fn run(admin: symbolon_client::AdminClient) -> Result<(), symbolon_client::Error> {
    /// let mut accounts = admin.accounts(100);
    /// while let Some(found) = accounts.next().await {
    ///     println!("{}", found?.username);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn accounts(&self, page_size: u32) -> Items<Account> {
        Items::new(self.clone(), "accounts", page_size)
    }
}
