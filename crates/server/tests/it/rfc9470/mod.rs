//! RFC 9470, step-up: tokens say how and when somebody was authenticated, and a client can ask for more.

mod device;
mod requests;
mod tokens;
