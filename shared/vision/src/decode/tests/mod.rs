//! Files of every kind, whole and damaged, against what they show.

mod facts;
mod forms;
mod hostile;
mod samples;
mod uris;

use super::*;

/// What is in the middle of each quarter.
fn quarters(picture: &Picture) -> [[u8; 3]; 4] {
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| picture.pixel(x * width / 4, y * height / 4))
}

/// Encoders that lose something stay near.
fn is_near(found: [[u8; 3]; 4], wanted: [[u8; 3]; 4], within: u8) -> bool {
    let mut pairs = found.as_flattened().iter().zip(wanted.as_flattened());
    pairs.all(|(found, wanted)| found.abs_diff(*wanted) <= within)
}

fn decoded(file: &[u8]) -> Decoded {
    decode(file, &Limits::default()).unwrap()
}

fn refused(file: &[u8]) -> DecodeError {
    decode(file, &Limits::default()).unwrap_err()
}
