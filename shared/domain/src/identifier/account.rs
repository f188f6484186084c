//! Accounts at exchanges, by e-mail address or by the exchange's own account id.

use super::{IdentifierError, email};

const LONGEST_ID: usize = 128;

/// Ids are opaque, so they are kept as typed.
pub(super) fn parse(raw: &str) -> Result<String, IdentifierError> {
    if raw.contains('@') {
        return email::parse(raw);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let begins_well = raw
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if raw.len() > LONGEST_ID || !begins_well || !raw.bytes().all(allowed) {
        return Err(IdentifierError::AccountFormat);
    }
    Ok(raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_and_ids_pass() {
        let longest = "a".repeat(128);
        for (raw, account) in [
            ("User@EXAMPLE.com", "User@example.com"),
            (
                "9da7a204-544e-5fd1-9a12-61176c5d4cd8",
                "9da7a204-544e-5fd1-9a12-61176c5d4cd8",
            ),
            ("AA38-N84G-OZ5B-BRJI", "AA38-N84G-OZ5B-BRJI"),
            ("a.b_c", "a.b_c"),
            (&longest, &longest),
        ] {
            assert_eq!(parse(raw).as_deref(), Ok(account), "{raw}");
        }
    }

    #[test]
    fn anything_else_does_not() {
        let too_long = "a".repeat(129);
        for raw in [
            "", "-a", ".a", "_a", "a b", "a/b", "a:b", "ä", "１", "<b>", &too_long,
        ] {
            assert_eq!(parse(raw), Err(IdentifierError::AccountFormat), "{raw}");
        }
        assert_eq!(parse("a@"), Err(IdentifierError::EmailFormat));
    }
}
