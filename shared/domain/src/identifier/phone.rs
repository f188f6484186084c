//! Phone numbers in international form, normalised to E.164.
//! No country is ever guessed: a number without its calling code is refused.

use super::{IdentifierError, numbering, text};

/// E.164 allows fifteen digits; the shortest plan (three for the calling code, four for the
/// subscriber) needs seven.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

pub(super) fn parse(raw: &str) -> Result<String, IdentifierError> {
    let compact: String = raw
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')'))
        .collect();
    let Some(digits) = compact.strip_prefix('+') else {
        return Err(IdentifierError::PhoneNotInternational);
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IdentifierError::PhoneCharacter);
    }
    if !DIGITS.contains(&digits.len()) {
        return Err(IdentifierError::PhoneLength);
    }
    let (plan, national) = numbering::Plan::of(digits).ok_or(IdentifierError::PhoneCallingCode)?;
    if plan.is_premium_rate(national) {
        return Err(IdentifierError::PhonePremiumRate);
    }
    if !plan.has(national) {
        return Err(IdentifierError::PhoneNotInPlan);
    }
    Ok(compact)
}

pub(super) fn mask(number: &str) -> String {
    text::mask_middle(number, 5, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_writing_becomes_e164() {
        for raw in [
            "+37069199199",
            "+370 691 99199",
            "+370-691-99-199",
            "+370.691.99199",
            "+(370) 691 99199",
            " +370 69199199 ",
        ] {
            assert_eq!(parse(raw).as_deref(), Ok("+37069199199"), "{raw}");
        }
        assert_eq!(parse("+1 (415) 555-2671").as_deref(), Ok("+14155552671"));
        assert_eq!(parse("+39 06 6982").as_deref(), Ok("+39066982"));
        assert_eq!(parse("+290 8123").as_deref(), Ok("+2908123"));
    }

    #[test]
    fn refusals_say_why() {
        use IdentifierError::{
            PhoneCallingCode, PhoneCharacter, PhoneLength, PhoneNotInPlan, PhoneNotInternational,
            PhonePremiumRate,
        };
        for (raw, error) in [
            ("37069199199", PhoneNotInternational),
            ("0037069199199", PhoneNotInternational),
            ("069199199", PhoneNotInternational),
            ("tel:+37069199199", PhoneNotInternational),
            ("＋37069199199", PhoneNotInternational),
            ("++37069199199", PhoneCharacter),
            ("+370+69199199", PhoneCharacter),
            ("+3706919919９", PhoneCharacter),
            ("+37069199١٩٩", PhoneCharacter),
            ("+1415555CALL", PhoneCharacter),
            ("+14155552671 ext. 5", PhoneCharacter),
            ("+14155552671x5", PhoneCharacter),
            ("+14155552671;ext=5", PhoneCharacter),
            ("+14155552671,5", PhoneCharacter),
            ("+370\u{a0}69199199", PhoneCharacter),
            ("+370/69199199", PhoneCharacter),
            ("+370_69199199", PhoneCharacter),
            ("+", PhoneLength),
            ("+ ()", PhoneLength),
            ("+370691", PhoneLength),
            ("+1234567890123456", PhoneLength),
            ("+99969199199", PhoneCallingCode),
            ("+21069199199", PhoneCallingCode),
            ("+00037069199199", PhoneCallingCode),
            ("+3706919919", PhoneNotInPlan),
            ("+370691991990", PhoneNotInPlan),
            ("+11155552671", PhoneNotInPlan),
            ("+44 (0) 20 7183 8750", PhoneNotInPlan),
            ("+3709002 1234", PhonePremiumRate),
            ("+37090012345", PhonePremiumRate),
            ("+19002345678", PhonePremiumRate),
            ("+449098791234", PhonePremiumRate),
            ("+979123456789", PhonePremiumRate),
        ] {
            assert_eq!(parse(raw), Err(error), "{raw}");
        }
    }
}
