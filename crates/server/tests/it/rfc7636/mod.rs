//! RFC 7636, RFC 9700 §2.1.1: proof key for code exchange.

mod truth_table;
mod verifier;
