//! The parts that pages are made of. Each takes typed values and escapes what others chose; none
//! knows what a page is for.

mod field;
mod reading;
mod status;
mod time;

pub use field::{Choice, Entry, Field, choices, field};
pub use reading::{code_line, copy_button, dns_record, file, link_or_scan, qr, text_to_sign};
pub use status::{Sign, Weight, chip, note, progress, sign};
pub use time::moment;
