//! Keys, signatures and their checking in Rust, for tests, tools and offline validators. Never
//! compiled into a Worker: the arithmetic here leaks timing (RUSTSEC-2023-0071), is slow in wasm,
//! and a Worker's private key stays inside `WebCrypto`.

use std::fmt;
use std::future::{Future, ready};

use rsa::pkcs1::{DecodeRsaPrivateKey as _, DecodeRsaPublicKey as _};
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
    LineEnding,
};
use rsa::rand_core::OsRng;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::encoding;
use crate::jwk::{
    Algorithm, KeyError, KeySet, KeyType, KeyUse, PrivateJwk, PublicJwk, SecretNumber, number,
};
use crate::kid::Kid;
use crate::signer::{KeyLookupError, SignError, Signer, Verifier};

const NEW_KEY_BITS: usize = 2048;

/// A new key from the operating system's random source.
pub fn generate_private_jwk(kid: Kid) -> Result<PrivateJwk, KeyError> {
    let key = RsaPrivateKey::new(&mut OsRng, NEW_KEY_BITS).map_err(|_| KeyError::Generation)?;
    private_jwk(kid, &key)
}

/// Reads a private key in PKCS #8 or PKCS #1.
pub fn private_jwk_from_pem(kid: Kid, pem: &str) -> Result<PrivateJwk, KeyError> {
    let key = RsaPrivateKey::from_pkcs8_pem(pem)
        .or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem))
        .map_err(|_| KeyError::Pem)?;
    private_jwk(kid, &key)
}

/// Writes a private key in PKCS #8.
pub fn private_jwk_to_pem(jwk: &PrivateJwk) -> Result<Zeroizing<String>, KeyError> {
    private_key(jwk)?
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|_| KeyError::Pem)
}

/// Reads a public key in SPKI or PKCS #1.
pub fn public_jwk_from_pem(kid: Kid, pem: &str) -> Result<PublicJwk, KeyError> {
    let key = RsaPublicKey::from_public_key_pem(pem)
        .or_else(|_| RsaPublicKey::from_pkcs1_pem(pem))
        .map_err(|_| KeyError::Pem)?;
    let jwk = public_jwk(kid, &key);
    jwk.check()?;
    Ok(jwk)
}

/// Writes a public key in SPKI, as other people's JWT libraries take it.
pub fn public_jwk_to_pem(jwk: &PublicJwk) -> Result<String, KeyError> {
    public_key(jwk)?
        .to_public_key_pem(LineEnding::LF)
        .map_err(|_| KeyError::Pem)
}

fn public_jwk(kid: Kid, key: &RsaPublicKey) -> PublicJwk {
    PublicJwk {
        kty: KeyType::Rsa,
        n: encoding::encode(&key.n().to_bytes_be()),
        e: encoding::encode(&key.e().to_bytes_be()),
        alg: Algorithm::Rs256,
        key_use: KeyUse::Signature,
        kid,
    }
}

fn private_jwk(kid: Kid, key: &RsaPrivateKey) -> Result<PrivateJwk, KeyError> {
    let secret = |value: &BigUint| {
        let octets = Zeroizing::new(value.to_bytes_be());
        SecretNumber::new(Zeroizing::new(encoding::encode(&octets)))
    };
    let (Some(dp), Some(dq), Some(qi), [p, q]) =
        (key.dp(), key.dq(), key.crt_coefficient(), key.primes())
    else {
        return Err(KeyError::Inconsistent);
    };
    let jwk = PrivateJwk {
        public: public_jwk(kid, &key.to_public_key()),
        d: secret(key.d()),
        p: secret(p),
        q: secret(q),
        dp: secret(dp),
        dq: secret(dq),
        qi: secret(&qi),
    };
    jwk.check()?;
    Ok(jwk)
}

fn public_key(jwk: &PublicJwk) -> Result<RsaPublicKey, KeyError> {
    jwk.check()?;
    let n = BigUint::from_bytes_be(&jwk.modulus()?);
    let e = BigUint::from_bytes_be(&jwk.exponent()?);
    RsaPublicKey::new(n, e).map_err(|_| KeyError::Inconsistent)
}

/// Also checks that the numbers belong together: one wrong `dp` or `qi` gives signatures from which
/// the key can be computed.
fn private_key(jwk: &PrivateJwk) -> Result<RsaPrivateKey, KeyError> {
    jwk.check()?;
    let read = |secret: &SecretNumber| {
        number(secret.expose()).map(|octets| BigUint::from_bytes_be(&Zeroizing::new(octets)))
    };
    let key = RsaPrivateKey::from_components(
        BigUint::from_bytes_be(&jwk.public.modulus()?),
        BigUint::from_bytes_be(&jwk.public.exponent()?),
        read(&jwk.d)?,
        vec![read(&jwk.p)?, read(&jwk.q)?],
    )
    .map_err(|_| KeyError::Inconsistent)?;
    let (dp, dq, qi) = (read(&jwk.dp)?, read(&jwk.dq)?, read(&jwk.qi)?);
    if key.dp() == Some(&dp) && key.dq() == Some(&dq) && key.crt_coefficient() == Some(qi) {
        Ok(key)
    } else {
        Err(KeyError::Inconsistent)
    }
}

/// Signs in this process.
#[derive(Clone)]
pub struct NativeSigner {
    kid: Kid,
    key: RsaPrivateKey,
}

impl NativeSigner {
    pub fn new(jwk: &PrivateJwk) -> Result<Self, KeyError> {
        Ok(Self {
            kid: jwk.kid().clone(),
            key: private_key(jwk)?,
        })
    }

    fn sign_now(&self, input: &[u8]) -> Result<Vec<u8>, SignError> {
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        self.key
            .sign_with_rng(&mut OsRng, scheme, &Sha256::digest(input))
            .map_err(|error| SignError(error.to_string()))
    }
}

impl Signer for NativeSigner {
    fn kid(&self) -> &Kid {
        &self.kid
    }

    fn sign(&self, input: &[u8]) -> impl Future<Output = Result<Vec<u8>, SignError>> {
        ready(self.sign_now(input))
    }
}

impl fmt::Debug for NativeSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeSigner")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Verifies in this process.
#[derive(Clone, Debug)]
pub struct NativeVerifier(Vec<(Kid, RsaPublicKey)>);

impl NativeVerifier {
    pub fn new(keys: &KeySet) -> Result<Self, KeyError> {
        keys.iter()
            .map(|jwk| Ok((jwk.kid.clone(), public_key(jwk)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn verify_now(
        &self,
        kid: &str,
        input: &[u8],
        signature: &[u8],
    ) -> Result<bool, KeyLookupError> {
        let (_, key) = self
            .0
            .iter()
            .find(|(name, _)| name.as_str() == kid)
            .ok_or(KeyLookupError::UnknownKey)?;
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        Ok(key
            .verify(scheme, &Sha256::digest(input), signature)
            .is_ok())
    }
}

impl Verifier for NativeVerifier {
    fn verify(
        &self,
        kid: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> impl Future<Output = Result<bool, KeyLookupError>> {
        ready(self.verify_now(kid, signing_input, signature))
    }
}
