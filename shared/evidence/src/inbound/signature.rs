//! Comparing signatures. The time that a comparison takes must not depend on where the two differ.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac as _};
use proof_domain::timestamp::Timestamp;
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Whether two secrets, or two signatures, are the same.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// Whether this is HMAC-SHA-256 over the parts, in lower-case hexadecimal.
pub(crate) fn hex_hmac_sha256_is(signature: &str, key: &[u8], parts: &[&[u8]]) -> bool {
    let Ok(claimed) = HEXLOWER.decode(signature.as_bytes()) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return false;
    };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(&claimed).is_ok()
}

/// HMAC-SHA-1, which one provider still uses. As a MAC it holds: no collision helps against it.
pub(crate) fn sha1_hmac(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha1>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mac| mac.chain_update(text).finalize().into_bytes().to_vec(),
    )
}

/// Whether a time in seconds is not far from now, in either direction.
pub(crate) fn is_fresh(seconds: &str, now: Timestamp, window: i64) -> bool {
    seconds
        .parse::<i64>()
        .is_ok_and(|then| now.seconds().saturating_sub(then).saturating_abs() <= window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_vectors() {
        // RFC 4231, case 2, and RFC 2202, case 2.
        let (key, text) = (b"Jefe", "what do ya want for nothing?");
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(hex_hmac_sha256_is(right, key, &[text.as_bytes()]));
        assert!(hex_hmac_sha256_is(
            right,
            key,
            &[b"what do ya ", b"want for nothing?"]
        ));
        assert_eq!(
            HEXLOWER.encode(&sha1_hmac(key, text)),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
    }

    #[test]
    fn nothing_else_is_taken() {
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let text: &[&[u8]] = &[b"what do ya want for nothing?"];
        for odd in [
            String::new(),
            right[..62].to_owned(),
            right.to_uppercase(),
            format!("{right}00"),
            format!("{right} "),
            right.replace('5', "6"),
            "zz".repeat(32),
        ] {
            assert!(!hex_hmac_sha256_is(&odd, b"Jefe", text), "{odd}");
        }
        assert!(!hex_hmac_sha256_is(right, b"jefe", text));
        assert!(same(b"ab", b"ab") && !same(b"ab", b"abc") && !same(b"ab", b"ac"));
    }
}
