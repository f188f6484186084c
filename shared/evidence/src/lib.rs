//! What makes a proof true: a code that comes back, a record that was published, a file that is
//! there. Judgement only: bytes, answers and random bytes come in as arguments, and nothing here
//! fetches, reads a clock, draws a random number or remembers.

pub mod channels;
pub mod code;
pub mod dns;
pub mod domain_check;
pub mod email;
pub mod exchange;
pub mod inbound;
pub mod oauth;
pub mod qr;
pub mod settings;
mod shown;
pub mod sms;
pub mod telegram;
pub mod telegram_bot;
pub mod telegram_gateway;
pub mod wallet;
pub mod whatsapp;
