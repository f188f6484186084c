//! E-mail as a channel: the message with its code and link, the providers that carry it, and what
//! they report about it later. Nothing here is sent; requests are data, and SMTP is a conversation
//! that somebody else carries. Nothing that a tenant may choose can become a header or markup here.

mod address;
pub mod cloudflare;
mod failure;
pub mod link;
mod message;
pub mod mime;
pub mod postmark;
mod provider;
pub mod resend;
pub mod smtp;
pub mod svix;
pub mod words;

pub use address::{Sender, is_address};
pub use failure::{RecipientRefusal, SendError};
pub use link::{LinkDigest, LinkToken};
pub use message::{EmailError, EmailMessage, MessageContents};
pub use provider::{AfterFailure, EmailProvider, EmailProviders};
