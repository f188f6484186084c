//! The number that a message came from, in the form in which identifiers are kept. It must come
//! from the provider, never from what a person wrote.

use std::fmt;

/// A number in international form with `+`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(String);

impl Number {
    /// E.164 with its `+`, as carriers and bots give it. Names and short numbers in place of a
    /// sender are no numbers.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_digits(text.strip_prefix('+')?)
    }

    /// Digits without a `+`.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let good = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        good.then(|| Self(format!("+{digits}")))
    }

    /// A WhatsApp id: the digits of the number, but for two countries that changed their numbers
    /// after people had registered. Brazil put a 9 before mobile numbers (old ones began with 6
    /// to 9, landlines never did), Mexico dropped the 1 after its country code; ids keep the old
    /// form, people write the new one.
    pub fn from_whatsapp(id: &str) -> Option<Self> {
        let digits = id.strip_prefix('+').unwrap_or(id);
        let bytes = digits.as_bytes();
        if digits.len() == 12 && digits.starts_with("55") && matches!(bytes[4], b'6'..=b'9') {
            let (area, local) = digits.split_at(4);
            return Self::from_digits(&format!("{area}9{local}"));
        }
        if let Some(national) = digits.strip_prefix("521").filter(|rest| rest.len() == 10) {
            return Self::from_digits(&format!("52{national}"));
        }
        Self::from_digits(digits)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whatsapp(id: &str) -> Option<String> {
        Number::from_whatsapp(id).map(|number| number.0)
    }

    #[test]
    fn a_number_gets_its_plus() {
        assert_eq!(
            Number::from_digits("37069199199").unwrap().as_str(),
            "+37069199199"
        );
        assert_eq!(
            Number::parse("+37069199199").unwrap().as_str(),
            "+37069199199"
        );
        for odd in ["37069199199", "+", "+123456", "+1234567890123456", "ACME"] {
            assert_eq!(Number::parse(odd), None, "{odd}");
        }
        for odd in [
            "",
            "069199199",
            "3706919919a",
            "٣٧٠٦٩١٩٩١٩٩",
            "+37069199199",
            "12345",
        ] {
            assert_eq!(Number::from_digits(odd), None, "{odd}");
        }
    }

    #[test]
    fn old_ids_of_brazil_and_mexico_become_the_numbers_of_today() {
        assert_eq!(whatsapp("551187654321").as_deref(), Some("+5511987654321"));
        assert_eq!(whatsapp("5511987654321").as_deref(), Some("+5511987654321"));
        assert_eq!(whatsapp("551123456789").as_deref(), Some("+551123456789"));
        assert_eq!(whatsapp("5215512345678").as_deref(), Some("+525512345678"));
        assert_eq!(whatsapp("525512345678").as_deref(), Some("+525512345678"));
        assert_eq!(whatsapp("+37069199199").as_deref(), Some("+37069199199"));
        assert_eq!(whatsapp("37069199199").as_deref(), Some("+37069199199"));
        assert_eq!(whatsapp("US.13491208655302741918"), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_a_number_or_nothing(text in "\\PC{0,20}") {
            for number in [Number::parse(&text), Number::from_whatsapp(&text)].into_iter().flatten() {
                prop_assert!(number.0.starts_with('+'));
                prop_assert!(number.0[1..].bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(Number::parse(number.as_str()), Some(number.clone()));
            }
        }
    }
}
