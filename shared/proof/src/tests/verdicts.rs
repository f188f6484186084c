//! What a good token is worth: the order of reasons and the edges of time.

use proof_domain::id::Id;
use proof_domain::revocation::RevocationReason;
use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;

use super::*;
use crate::claims::LIFETIME;
use crate::revocation::Revocation;
use crate::validate::{Expected, RefusalReason, Verdict, judge, screen};

const PHONE: &str = "+37069199199";

fn expected(now: Timestamp) -> Expected<'static> {
    Expected {
        audience: "6503f1c2a4b8d90e7f1a2b3c",
        environment: Environment::Live,
        issuer: "https://proof.example",
        now,
    }
}

fn verdict_at(offset_from_exp: i64) -> Verdict {
    let claims = sample_claims();
    let now = claims.exp.plus_seconds(offset_from_exp);
    judge(&claims, &expected(now), Some(PHONE), Revocation::None)
}

fn revoked() -> Revocation {
    Revocation::Revoked {
        at: sample_claims().iat,
        reason: RevocationReason::Fraud,
    }
}

#[test]
fn a_proof_is_good_until_the_second_it_expires() {
    assert_eq!(verdict_at(-LIFETIME), Verdict::Valid);
    assert_eq!(verdict_at(-1), Verdict::Valid);
    assert_eq!(verdict_at(0), Verdict::Invalid(Refusal::Expired));
    assert_eq!(verdict_at(1), Verdict::Invalid(Refusal::Expired));
    assert_eq!(Refusal::Expired.message(), "jwt expired");
    // Milliseconds given for seconds do not make anything valid.
    let millis = Timestamp::from_seconds(sample_claims().iat.millis());
    let verdict = judge(&sample_claims(), &expected(millis), None, Revocation::None);
    assert_eq!(verdict, Verdict::Invalid(Refusal::Expired));
}

#[test]
fn a_proof_from_the_future_is_none() {
    let iat = sample_claims().iat;
    let at = |offset| screen(&sample_claims(), &expected(iat.plus_seconds(offset)));
    assert_eq!(at(0), Ok(()));
    assert_eq!(at(-60), Ok(()));
    assert_eq!(at(-61), Err(Refusal::Malformed));
    assert_eq!(at(-3600), Err(Refusal::Malformed));

    let mut later = sample_claims();
    later.nbf = Some(iat.plus_seconds(10));
    assert_eq!(
        screen(&later, &expected(iat.plus_seconds(9))),
        Err(Refusal::Malformed)
    );
    assert_eq!(screen(&later, &expected(iat.plus_seconds(10))), Ok(()));
}

#[test]
fn claims_that_were_never_read_are_checked_too() {
    let mut endless = sample_claims();
    endless.exp = endless.iat.plus_seconds(100 * LIFETIME);
    assert_eq!(
        screen(&endless, &expected(endless.iat)),
        Err(Refusal::Malformed)
    );
    let mut negative = sample_claims();
    negative.verified_at = Timestamp::from_seconds(-1);
    assert_eq!(
        screen(&negative, &expected(negative.iat)),
        Err(Refusal::Malformed)
    );
}

#[test]
fn reasons_come_in_their_order() {
    // Everything is wrong at once; then one thing after the other is put right.
    let claims = sample_claims();
    let mut expected = Expected {
        audience: "another organisation",
        environment: Environment::Test,
        issuer: "https://elsewhere.example",
        now: claims.exp,
    };
    let mut identifier = Some("+37069199198");
    let mut revocation = revoked();
    let verdict = |expected: &Expected<'_>, identifier, revocation| {
        judge(&claims, expected, identifier, revocation)
    };

    assert_eq!(
        verdict(&expected, identifier, revocation),
        Verdict::Invalid(Refusal::Malformed)
    );
    expected.issuer = "https://proof.example";
    let wrong_environment = Verdict::Invalid(Refusal::WrongEnvironment);
    assert_eq!(
        verdict(&expected, identifier, revocation),
        wrong_environment
    );
    expected.environment = Environment::Live;
    let wrong_audience = Verdict::Invalid(Refusal::WrongAudience);
    assert_eq!(verdict(&expected, identifier, revocation), wrong_audience);
    expected.audience = "6503f1c2a4b8d90e7f1a2b3c";
    assert_eq!(
        verdict(&expected, identifier, revocation),
        Verdict::Invalid(Refusal::Expired)
    );
    expected.now = claims.iat;
    assert_eq!(
        verdict(&expected, identifier, revocation),
        Verdict::Invalid(Refusal::Revoked)
    );
    revocation = Revocation::None;
    let mismatch = Verdict::Invalid(Refusal::IdentifierMismatch);
    assert_eq!(verdict(&expected, identifier, revocation), mismatch);
    identifier = Some(PHONE);
    assert_eq!(verdict(&expected, identifier, revocation), Verdict::Valid);
    assert_eq!(verdict(&expected, None, revocation), Verdict::Valid);
    assert_eq!(verdict(&expected, Some(""), revocation), mismatch);
}

#[test]
fn no_other_spelling_of_a_revoked_token_is_valid() {
    // Whatever opens, opens to the same `sub`, by which the revocation is found.
    let token = token();
    let withdrawn: Id = sample_claims().sub;
    for other in [
        token.clone(),
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
    ] {
        match opened(&other) {
            Ok(claims) => assert_eq!(claims.sub, withdrawn),
            Err(error) => assert_eq!(error, OpenError::Refused(Refusal::Malformed)),
        }
    }
    let expected = expected(sample_claims().iat);
    let verdict = judge(&opened(&token).unwrap(), &expected, None, revoked());
    assert_eq!(verdict, Verdict::Invalid(Refusal::Revoked));
}

#[test]
fn reasons_are_those_of_the_api() {
    for (refusal, reason) in [
        (Refusal::Malformed, "invalid_signature"),
        (Refusal::InvalidSignature, "invalid_signature"),
        (Refusal::UnknownKey, "unknown_key"),
        (Refusal::WrongEnvironment, "wrong_environment"),
        (Refusal::WrongAudience, "wrong_audience"),
        (Refusal::Expired, "expired"),
        (Refusal::Revoked, "revoked"),
        (Refusal::IdentifierMismatch, "identifier_mismatch"),
    ] {
        assert_eq!(serde_json::to_value(refusal.reason()).unwrap(), reason);
        let read: RefusalReason = serde_json::from_value(reason.into()).unwrap();
        assert_eq!(read, refusal.reason());
        assert_eq!(OpenError::from(refusal).to_string(), refusal.message());
    }
}
