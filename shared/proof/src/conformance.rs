//! What every pair of signer and verifier must do, whatever they are made of. It answers with the
//! first thing that does not hold, instead of panicking, so that it can run inside a Worker too.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::id::Id;
use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;

use crate::claims::{IdentifierCommitment, ProofClaims, expiry};
use crate::encoding;
use crate::issue::issue;
use crate::jwk::{KeyError, KeySet};
use crate::signer::{KeyLookupError, Signer, Verifier};
use crate::validate::{OpenError, Refusal, open};

/// The key of RFC 7515, appendix A.2, under a name of ours.
const PUBLISHED_JWKS: &str = concat!(
    r#"{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","kid":"proof-holdings-2015-05","e":"AQAB","n":""#,
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4",
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re",
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX",
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    r#""}]}"#,
);
const PUBLISHED_KID: &str = "proof-holdings-2015-05";
const PUBLISHED_INPUT: &str = concat!(
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv",
    "bS9pc19yb290Ijp0cnVlfQ",
);
const PUBLISHED_SIGNATURE: &str = concat!(
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5",
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb",
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO",
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
);

/// Names that no key has. None of them may lead anywhere else but to [`KeyLookupError::UnknownKey`].
const FOREIGN_KIDS: [&str; 7] = [
    "",
    "proof-holdings-1999-01",
    "../../dev/null",
    "k' UNION SELECT 'x'--",
    "https://keys.example/jwks.json",
    "__proto__",
    "constructor",
];

type Outcome = Result<(), String>;

fn holds(what: &str, condition: bool) -> Outcome {
    if condition {
        Ok(())
    } else {
        Err(format!("does not hold: {what}"))
    }
}

/// Everything that can be asked of a pair whose verifier knows the signer's key.
pub async fn signer_and_verifier<S: Signer, V: Verifier>(signer: &S, verifier: &V) -> Outcome {
    signatures(signer, verifier).await?;
    forgeries(signer, verifier).await?;
    foreign_keys(signer, verifier).await?;
    tokens(signer, verifier).await
}

async fn sign<S: Signer>(signer: &S, input: &[u8]) -> Result<Vec<u8>, String> {
    signer.sign(input).await.map_err(|error| error.to_string())
}

async fn signatures<S: Signer, V: Verifier>(signer: &S, verifier: &V) -> Outcome {
    let kid = signer.kid().as_str();
    for input in [&b""[..], b"a", b"header.claims", &[0xff; 3000]] {
        let signature = sign(signer, input).await?;
        holds(
            "a signature is as long as a modulus",
            (256..=512).contains(&signature.len()),
        )?;
        holds(
            "RS256 signs alike each time",
            signature == sign(signer, input).await?,
        )?;
        let genuine = verifier.verify(kid, input, &signature).await;
        holds("a signature verifies", genuine == Ok(true))?;
    }
    Ok(())
}

async fn forgeries<S: Signer, V: Verifier>(signer: &S, verifier: &V) -> Outcome {
    let kid = signer.kid().as_str();
    let signature = sign(signer, b"header.claims").await?;
    for input in [
        &b""[..],
        b"header.claimz",
        b"header.claims ",
        b"Header.claims",
        b"header.claim",
    ] {
        let genuine = verifier.verify(kid, input, &signature).await;
        holds(
            "a signature is good for its own input only",
            genuine == Ok(false),
        )?;
    }
    let (mut flipped_first, mut flipped_last) = (signature.clone(), signature.clone());
    flip(flipped_first.first_mut());
    flip(flipped_last.last_mut());
    let shortened = signature.iter().copied().skip(1).collect();
    let truncated = signature
        .iter()
        .copied()
        .take(signature.len() - 1)
        .collect();
    let padded_before = [&[0], &signature[..]].concat();
    let padded_after = [&signature[..], &[0]].concat();
    for forged in [
        Vec::new(),
        vec![0],
        vec![0; signature.len()],
        vec![0xff; signature.len()],
        [vec![0; signature.len() - 1], vec![1]].concat(),
        flipped_first,
        flipped_last,
        shortened,
        truncated,
        padded_before,
        padded_after,
        signature.repeat(2),
    ] {
        let genuine = verifier.verify(kid, b"header.claims", &forged).await;
        holds("nothing but the signature verifies", genuine == Ok(false))?;
    }
    Ok(())
}

fn flip(octet: Option<&mut u8>) {
    if let Some(octet) = octet {
        *octet ^= 1;
    }
}

async fn foreign_keys<S: Signer, V: Verifier>(signer: &S, verifier: &V) -> Outcome {
    let kid = signer.kid().as_str();
    let signature = sign(signer, b"header.claims").await?;
    let written_otherwise = [
        kid.to_uppercase(),
        format!("{kid} "),
        format!("{kid}.2"),
        format!("{kid}\0"),
    ];
    let names = FOREIGN_KIDS
        .into_iter()
        .map(str::to_owned)
        .chain(written_otherwise);
    for name in names.chain(["k".repeat(100_000)]) {
        let genuine = verifier.verify(&name, b"header.claims", &signature).await;
        holds(
            "only published names lead to keys",
            genuine == Err(KeyLookupError::UnknownKey),
        )?;
    }
    Ok(())
}

async fn tokens<S: Signer, V: Verifier>(signer: &S, verifier: &V) -> Outcome {
    let claims = sample_claims();
    let token = issue(signer, &claims)
        .await
        .map_err(|error| error.to_string())?;
    holds(
        "an issued token opens",
        open(verifier, &token).await.as_ref() == Ok(&claims),
    )?;
    let other = ProofClaims {
        aud: "another organisation".to_owned(),
        ..claims.clone()
    };
    let other = issue(signer, &other)
        .await
        .map_err(|error| error.to_string())?;
    let swapped = match (token.rsplit_once('.'), other.rsplit_once('.')) {
        (Some((input, _)), Some((_, signature))) => format!("{input}.{signature}"),
        _ => return Err("a token has three parts".to_owned()),
    };
    let opened = open(verifier, &swapped).await;
    let refused = Err(OpenError::Refused(Refusal::InvalidSignature));
    holds(
        "a token opens with its own signature only",
        opened == refused,
    )
}

/// Claims of no one in particular.
pub fn sample_claims() -> ProofClaims {
    let now = Timestamp::from_seconds(1_795_000_000);
    let commitment = IdentifierCommitment::new([7; 16], "+37069199199");
    ProofClaims {
        iss: "https://proof.example".to_owned(),
        aud: "6503f1c2a4b8d90e7f1a2b3c".to_owned(),
        sub: Id::from_bytes([0x50; 12]),
        jti: Id::from_bytes([0x51; 12]),
        iat: now,
        exp: expiry(now, None),
        env: Environment::Live,
        asset_type: AssetType::Phone,
        channel: Channel::Whatsapp,
        verified_at: now,
        identifier_salt: commitment.salt,
        identifier_hash: commitment.hash,
        account_hash: None,
        own_channel: false,
        request_id: None,
        nbf: None,
    }
}

/// The published key that [`published_vector`] expects its verifier to have.
pub fn published_keys() -> Result<KeySet, KeyError> {
    KeySet::from_json(PUBLISHED_JWKS)
}

/// Whether a verifier made from [`published_keys`] agrees with RFC 7515, appendix A.2.
pub async fn published_vector<V: Verifier>(verifier: &V) -> Outcome {
    let signature = encoding::decode(PUBLISHED_SIGNATURE.as_bytes()).unwrap_or_default();
    let input = PUBLISHED_INPUT.as_bytes();
    let genuine = verifier.verify(PUBLISHED_KID, input, &signature).await;
    holds("the signature of RFC 7515 verifies", genuine == Ok(true))?;
    let genuine = verifier
        .verify(PUBLISHED_KID, &input[1..], &signature)
        .await;
    holds(
        "the signature of RFC 7515 is good for its own input only",
        genuine == Ok(false),
    )
}
