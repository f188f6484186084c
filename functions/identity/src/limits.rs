//! What a picture may cost here: an isolate has 128 MB for the models, the picture that is decoded and
//! the bodies that wait.

use vision::decode::Limits;

/// A file of 8 MB in base64, and what is around it.
pub const MOST_BODY_BYTES: u32 = 10_700_000;

/// What decoding may hold. With it the module's memory stays below 90 MB, and 23 MB of bodies that wait
/// and the platform's own share fit beside it. A JPEG of more than 12 megapixels would not.
const DECODING_BYTES: u64 = 38_000_000;

/// Pictures are decoded one after the other.
pub fn limits() -> Limits {
    Limits {
        memory: DECODING_BYTES,
        ..Limits::default()
    }
}
