//! From the description of operations to their functions and errors.
//!
//! Each module of an API has a table of the form
//!
//! ```text
//! /// What it does.
//! POST "/admin/clients" for Administration;
//! create_o_auth2_client(json o_auth2_client: models::OAuth2Client) -> json(models::OAuth2Client),
//! CreateOAuth2ClientError {
//!     400 Status400(models::ErrorOAuth2) "a member that cannot be accepted",
//!     else models::ErrorOAuth2, "409 for an id that is taken",
//! };
//! ```
//!
//! The word before an argument says where it goes (a method of [`Call`](super::call::Call)), the one before the result how
//! the answer is read (a method of [`Reply`](super::reply::Reply)), and `for` whose credentials are sent
//! ([`Credentials`](super::call::Credentials)). Out of that come the function and the enumeration of its refusals, with
//! the variant that belongs to each status. Where the braces are missing, the enumeration is that of another operation.

/// Makes the functions and errors of a table.
macro_rules! operations {
    ($(
        $(#[$documentation:meta])*
        $method:ident $path:literal for $credentials:ident;
        $name:ident($($place:ident $argument:ident: $kind:ty),* $(,)?) -> $read:ident($result:ty),
        $error:ident $({ $($refusals:tt)* })?;
    )+) => {
        $(
            #[doc = concat!("`", stringify!($method), " ", $path, "`.")]
            #[doc = ""]
            $(#[$documentation])*
            #[allow(clippy::too_many_arguments, reason = "the parameters are those of the generated crate")]
            pub async fn $name(
                configuration: &crate::apis::configuration::Configuration,
                $($argument: $kind),*
            ) -> Result<$result, crate::apis::Error<$error>> {
                #[allow(unused_mut, reason = "an operation without arguments changes nothing")]
                let mut call = crate::apis::call::Call::new(
                    reqwest::Method::$method,
                    $path,
                    crate::apis::call::Credentials::$credentials,
                );
                $(call.$place(stringify!($argument), $argument);)*
                call.send(configuration, crate::apis::reply::Reply::$read).await
            }

            $(crate::apis::operations::refusals! { $error, stringify!($name), { $($refusals)* } })?
        )+
    };
}

/// Makes the typed errors of an operation. The serde form is that of the generated crate; which variant an answer is, its
/// status decides.
macro_rules! refusals {
    ($error:ident, $operation:expr, {
        $($status:literal $variant:ident($kind:ty) $meaning:literal,)*
        $(else $other:ty, $other_meaning:literal $(,)?)?
    }) => {
        #[doc = concat!("Refusals of [`", $operation, "`].")]
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        #[serde(untagged)]
        pub enum $error {
            $(
                #[doc = concat!("Status ", $status, ": ", $meaning, ".")]
                $variant($kind),
            )*
            $(
                #[doc = concat!("Any other status: ", $other_meaning, ".")]
                DefaultResponse($other),
            )?
            /// A body of another form.
            UnknownValue(serde_json::Value),
        }

        impl crate::apis::Refusal for $error {
            fn from_answer(status: u16, body: serde_json::Value) -> Self {
                $(
                    if let (true, Some(refusal)) = (status == $status, <$kind as crate::apis::entity::Form>::read(status, &body)) {
                        return Self::$variant(refusal);
                    }
                )*
                $(
                    if let Some(refusal) = <$other as crate::apis::entity::Form>::read(status, &body) {
                        return Self::DefaultResponse(refusal);
                    }
                )?
                let _ = status;
                Self::UnknownValue(body)
            }

            fn code(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(refusal) => <$kind as crate::apis::entity::Form>::code(refusal),)*
                    $(Self::DefaultResponse(refusal) => <$other as crate::apis::entity::Form>::code(refusal),)?
                    Self::UnknownValue(body) => crate::apis::entity::Form::code(body),
                }
            }

            fn description(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(refusal) => <$kind as crate::apis::entity::Form>::description(refusal),)*
                    $(Self::DefaultResponse(refusal) => <$other as crate::apis::entity::Form>::description(refusal),)?
                    Self::UnknownValue(body) => crate::apis::entity::Form::description(body),
                }
            }
        }
    };
}

pub(super) use {operations, refusals};
