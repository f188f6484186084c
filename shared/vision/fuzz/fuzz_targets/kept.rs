//! Whatever is said to have been kept or written down, there is an answer; what is taken is written the
//! same way again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::decode::{Limits, decode_uri};
use vision::manifest::Manifest;
use vision::{Index, Template};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(template) = Template::parse(bytes) {
        assert_eq!(template.to_bytes(), bytes);
    }
    if let Ok(index) = Index::parse(bytes) {
        assert_eq!(index.to_bytes(), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let limits = Limits {
            pixels: 250_000,
            ..Limits::default()
        };
        let _ = (decode_uri(text, &limits), Manifest::parse(text));
    }
});
