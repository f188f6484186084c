//! What the product means by assets, channels and identifiers: rules only. Nothing here reads
//! the clock, the network or a random source.

pub mod api_key;
pub mod asset;
pub mod channel_settings;
pub mod erasure;
pub mod error;
pub mod event;
pub mod id;
pub mod identifier;
pub mod inbound;
pub mod limits;
pub mod object;
pub mod outbound;
pub mod page;
pub mod patch;
pub mod project;
pub mod proof;
pub mod revocation;
pub mod session;
pub mod tenant;
pub mod timestamp;
pub mod verification;
pub mod verification_request;
pub mod webhook;
