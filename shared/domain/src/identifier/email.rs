//! E-mail addresses: the plain form that every mail system agrees on.
//! The local part is kept as typed, because only its own mail server may call two spellings one
//! mailbox; the domain takes its lower-case ASCII form.

use super::{IdentifierError, hostname};

/// RFC 5321, 4.5.3.1.
const LOCAL_PART: usize = 64;
const ADDRESS: usize = 254;

pub(super) fn parse(raw: &str) -> Result<String, IdentifierError> {
    let (local, domain) = raw.split_once('@').ok_or(IdentifierError::EmailFormat)?;
    if local.is_empty() || domain.is_empty() || domain.contains('@') {
        return Err(IdentifierError::EmailFormat);
    }
    if !is_local_part(local) {
        return Err(IdentifierError::EmailLocalPart);
    }
    let address = format!("{local}@{}", hostname::normalise(domain)?);
    if address.len() > ADDRESS {
        return Err(IdentifierError::EmailTooLong);
    }
    Ok(address)
}

/// A dot-atom of RFC 5322. Quoted local parts are valid too, but their many spellings of one
/// mailbox and their spaces and `@` signs have no place in an identifier.
fn is_local_part(local: &str) -> bool {
    let is_atext =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= LOCAL_PART
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_their_local_part() {
        let longest = format!("{}@example.com", "a".repeat(64));
        for (raw, address) in [
            ("user@example.com", "user@example.com"),
            ("User.Name+tag@EXAMPLE.com", "User.Name+tag@example.com"),
            ("a@b.co", "a@b.co"),
            (
                "o'brien!#$%&*/=?^_`{|}~@example.com",
                "o'brien!#$%&*/=?^_`{|}~@example.com",
            ),
            ("user@bücher.de", "user@xn--bcher-kva.de"),
            ("user@mail.gov.uk", "user@mail.gov.uk"),
            ("user@co.uk", "user@co.uk"),
            (&longest, &longest),
        ] {
            assert_eq!(parse(raw).as_deref(), Ok(address), "{raw}");
        }
    }

    #[test]
    fn refusals_say_why() {
        use IdentifierError::{
            DomainFormat, DomainInvalid, DomainIpAddress, DomainMixedScripts, DomainSingleLabel,
            DomainSpecialUse, EmailFormat, EmailLocalPart, EmailTooLong,
        };
        let local_of_65 = format!("{}@example.com", "a".repeat(65));
        let address_of_255 = format!(
            "{}@{}.com",
            "a".repeat(64),
            ["b".repeat(61), "c".repeat(61), "d".repeat(62)].join(".")
        );
        assert_eq!(address_of_255.len(), 255);
        for (raw, error) in [
            ("user", EmailFormat),
            ("@", EmailFormat),
            ("@example.com", EmailFormat),
            ("user@", EmailFormat),
            ("user@@example.com", EmailFormat),
            ("a@b@example.com", EmailFormat),
            ("user＠example.com", EmailFormat),
            ("user@example.com,evil@example.net", EmailFormat),
            ("<user@example.com>", EmailLocalPart),
            ("User <user@example.com>", EmailLocalPart),
            ("user <user@example.com>", EmailLocalPart),
            (" user@example.com", EmailLocalPart),
            ("user @example.com", EmailLocalPart),
            ("\"user\"@example.com", EmailLocalPart),
            ("user(comment)@example.com", EmailLocalPart),
            (".user@example.com", EmailLocalPart),
            ("user.@example.com", EmailLocalPart),
            ("us..er@example.com", EmailLocalPart),
            ("us,er@example.com", EmailLocalPart),
            ("us:er@example.com", EmailLocalPart),
            ("us\\er@example.com", EmailLocalPart),
            ("üser@example.com", EmailLocalPart),
            ("аdmin@example.com", EmailLocalPart),
            (&local_of_65, EmailLocalPart),
            (&address_of_255, EmailTooLong),
            ("user@example.com ", DomainFormat),
            ("user@exa mple.com", DomainFormat),
            ("user@[127.0.0.1]", DomainFormat),
            ("user@[IPv6:::1]", DomainFormat),
            ("user@example.com:25", DomainFormat),
            ("user@example.com>", DomainInvalid),
            ("user@example.com.", DomainInvalid),
            ("user@127.0.0.1", DomainIpAddress),
            ("user@localhost", DomainSingleLabel),
            ("user@mail.internal", DomainSpecialUse),
            ("user@pаypal.com", DomainMixedScripts),
        ] {
            assert_eq!(parse(raw), Err(error), "{raw}");
        }
    }
}
