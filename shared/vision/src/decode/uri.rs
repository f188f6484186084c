//! `data:` URIs (RFC 2397) that carry a picture. Strict: one spelling of base64 (RFC 4648, section 4,
//! with padding and without spare bits), and the length is bounded before anything is decoded.

use super::{DecodeError, Limits};
use data_encoding::BASE64;

/// No media type with its parameters is longer.
const LONGEST_HEAD: usize = 200;

/// The media type, if there is one, and the bytes.
pub(super) fn parse<'a>(
    text: &'a str,
    limits: &Limits,
) -> Result<(Option<&'a str>, Vec<u8>), DecodeError> {
    if text.is_empty() {
        return Err(DecodeError::Empty);
    }
    let head = text.as_bytes().iter().take(LONGEST_HEAD);
    let comma = head.clone().position(|byte| *byte == b',');
    let (head, data) = comma
        .and_then(|comma| Some((text.get(..comma)?, text.get(comma + 1..)?)))
        .ok_or(DecodeError::NotDataUri)?;
    let head = strip_start(head, "data:").ok_or(DecodeError::NotDataUri)?;
    let (head, encoding) = head.rsplit_once(';').ok_or(DecodeError::NotDataUri)?;
    if !encoding.eq_ignore_ascii_case("base64") {
        return Err(DecodeError::NotDataUri);
    }
    let media_type = head.split(';').next().filter(|name| !name.is_empty());
    if data.is_empty() {
        return Err(DecodeError::Empty);
    }
    if data.len() > limits.bytes.div_ceil(3).saturating_mul(4) {
        return Err(DecodeError::TooManyBytes {
            limit: limits.bytes,
        });
    }
    let bytes = BASE64.decode(data.as_bytes());
    Ok((media_type, bytes.map_err(|_| DecodeError::NotBase64)?))
}

fn strip_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}
