//! Accounts at networks and exchanges, shown by signing in there (OAuth 2.0, OpenID Connect). What
//! an adapter may say is who signed in; tokens are read for that and dropped, and nothing here
//! stores, prints or returns one that it was not given.
//!
//! The way of one attempt: [`Attempt`] makes its secrets, [`Client::authorization_url`] sends the
//! person away with them, [`Client::exchange`] turns the code that comes back into a [`Grant`], and
//! [`Client::identity_request`] or the ID token ([`IdToken`]) says who it was. [`Identity::names`]
//! compares that with what was asked for.

mod attempt;
mod client;
mod id_token;
mod identity;
mod keys;
mod provider;
mod providers;
mod refusal;

#[cfg(test)]
mod tests;

pub use attempt::{Attempt, RANDOM_BYTES, same_secret, secret_digest, verification_of};
pub use client::{Client, Grant};
pub use id_token::{IdClaims, IdToken, IdTokenFault};
pub use identity::{Identity, must_be_provable};
pub use keys::{RsaKey, SigningKeySet};
pub use provider::{Provider, provider_of};
pub use refusal::{OAuthError, Turned, turned_back};
