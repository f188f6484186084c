//! What the pages share that people meet: the frame, the parts, the texts in each language and a
//! tenant's look. It knows no platform: a page goes out as text, and the function makes the answer.
//! Nothing here may put in markup what is not escaped, or a style or script into a page.

mod frame;
mod words;

pub use frame::{Asker, Page, Tone, frame, mark, notice};
pub use words::Words;
