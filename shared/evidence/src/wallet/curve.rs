//! The curve secp256k1 as Ethereum and Bitcoin use it: the key that made an ECDSA signature. All
//! that comes in here is public, so nothing has to take the same time. Of the two signatures that
//! anybody can make of one, only that with the low number s is taken.

use k256::elliptic_curve::bigint::{ArrayEncoding, CheckedAdd, U256};
use k256::elliptic_curve::ops::{Invert, LinearCombination, Reduce};
use k256::elliptic_curve::point::DecompressPoint;
use k256::elliptic_curve::scalar::IsHigh;
use k256::elliptic_curve::sec1::ToEncodedPoint;
use k256::elliptic_curve::subtle::Choice;
use k256::elliptic_curve::{Curve, PrimeField};
use k256::{AffinePoint, ProjectivePoint, PublicKey, Scalar, Secp256k1};

use super::SignatureError;

/// The numbers of a signature, within the order, the second one low.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compact {
    r: Scalar,
    s: Scalar,
}

impl Compact {
    /// 64 bytes: r and s.
    pub(super) fn parse(bytes: &[u8; 64]) -> Result<Self, SignatureError> {
        let number = |half: &[u8]| {
            let half = <[u8; 32]>::try_from(half).unwrap_or_default();
            Option::<Scalar>::from(Scalar::from_repr(half.into()))
                .filter(|number| !bool::from(number.is_zero()))
                .ok_or(SignatureError::OutOfRange)
        };
        let (r, s) = (number(&bytes[..32])?, number(&bytes[32..])?);
        if bool::from(s.is_high()) {
            return Err(SignatureError::HighS);
        }
        Ok(Self { r, s })
    }

    /// The key with which this would be a signature over the digest, if there is one: bit 0 of the
    /// number tells the parity of the point, bit 1 that its x is r plus the order.
    ///
    /// SEC 1, 4.1.6. The equation that gives the key is the one by which it would be verified, so
    /// it is not verified a second time.
    pub(super) fn recover(&self, digest: &[u8; 32], number: u8) -> Option<PublicKey> {
        let mut x = U256::from_be_byte_array(self.r.to_repr());
        if number & 2 != 0 {
            // A sum beyond the field's prime is refused by the decompression.
            x = Option::from(x.checked_add(&Secp256k1::ORDER))?;
        }
        let odd = Choice::from(number & 1);
        let point: AffinePoint = Option::from(AffinePoint::decompress(&x.to_be_byte_array(), odd))?;
        let z = <Scalar as Reduce<U256>>::reduce_bytes(digest.into());
        let inverse = Option::<Scalar>::from(self.r.invert_vartime())?;
        let key = ProjectivePoint::lincomb(
            &ProjectivePoint::GENERATOR,
            &-(z * inverse),
            &ProjectivePoint::from(point),
            &(self.s * inverse),
        );
        // Fails for the point at infinity only.
        PublicKey::from_affine(key.to_affine()).ok()
    }
}

/// 65 bytes, the first one 4.
pub(super) fn uncompressed(key: &PublicKey) -> [u8; 65] {
    let mut bytes = [0; 65];
    bytes.copy_from_slice(key.to_encoded_point(false).as_bytes());
    bytes
}

/// 33 bytes, the first one 2 or 3.
pub(super) fn compressed(key: &PublicKey) -> [u8; 33] {
    let mut bytes = [0; 33];
    bytes.copy_from_slice(key.to_encoded_point(true).as_bytes());
    bytes
}
