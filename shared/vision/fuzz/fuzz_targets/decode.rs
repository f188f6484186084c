//! Whatever the bytes are, there is an answer, and a picture is no larger than the limits say.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::decode::{Limits, decode};

fuzz_target!(|bytes: &[u8]| {
    // Small, so that a fuzzer spends its time on forms and not on pixels.
    let limits = Limits {
        pixels: 250_000,
        kept_side: 500,
        ..Limits::default()
    };
    if let Ok(found) = decode(bytes, &limits) {
        assert!(found.picture.width().max(found.picture.height()) <= 500);
    }
});
