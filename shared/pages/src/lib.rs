//! What the pages share that people meet: the frame, the parts, the texts in each language and a
//! tenant's look. It knows no platform: a page goes out as text, and the function makes the answer.
//! Nothing here may put in markup what is not escaped, or a style or script into a page.

mod branding;
mod frame;
pub mod parts;
pub mod request;
mod words;

pub use branding::{Colour, branding_css};
pub use frame::{Asker, Page, Tone, frame, mark, notice};
pub use words::Words;
