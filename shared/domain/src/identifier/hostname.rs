//! Domain names in their one ASCII form, for domains and for the right side of e-mail
//! addresses. It judges the name only and must never resolve it.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::{IdentifierError, text};

/// The name under UTS-46 with the STD3 rules, in lower case, as A-labels. Names that are IP
/// addresses, have a single label or are not meant for the public internet are refused.
pub(super) fn normalise(raw: &str) -> Result<String, IdentifierError> {
    // Seen before the IDNA rules only to give a better reason: they would refuse these too.
    if raw.contains(['/', ':', '@', '?', '#', '\\', '[', ']', '%', ' ']) {
        return Err(IdentifierError::DomainFormat);
    }
    let name = Uts46::new()
        .to_ascii(
            raw.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map_err(|_| IdentifierError::DomainInvalid)?;
    let last = name.rsplit('.').next().unwrap_or_default();
    if is_numeric(last) {
        return Err(IdentifierError::DomainIpAddress);
    }
    if last.len() == name.len() {
        return Err(IdentifierError::DomainSingleLabel);
    }
    if is_special_use(&name) {
        return Err(IdentifierError::DomainSpecialUse);
    }
    for label in name.split('.').filter(|label| label.starts_with("xn--")) {
        let label = unicode(label)?;
        if label.chars().any(text::is_invisible) {
            return Err(IdentifierError::InvisibleCharacter);
        }
        if text::mixes_scripts(&label) {
            return Err(IdentifierError::DomainMixedScripts);
        }
    }
    Ok(name.into_owned())
}

/// Browsers and resolvers read a name whose last label is a number, in decimal or with `0x`,
/// as an IPv4 address.
fn is_numeric(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x");
    label.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn unicode(label: &str) -> Result<Cow<'_, str>, IdentifierError> {
    let (text, valid) = Uts46::new().to_unicode(
        label.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
    );
    valid
        .map(|()| text)
        .map_err(|_| IdentifierError::DomainInvalid)
}

/// Top-level names that the registries of special-use names (RFC 6761 and its successors) or
/// old habit keep out of the public DNS, so that they mean something else in every network.
const SPECIAL_USE: &[&str] = &[
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "mail",
    "onion",
    "private",
    "test",
];

/// `name` is in ASCII and lower case.
pub(crate) fn is_special_use(name: &str) -> bool {
    SPECIAL_USE.contains(&name.rsplit('.').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_one_form() {
        for (raw, name) in [
            ("example.com", "example.com"),
            ("EXAMPLE.Com", "example.com"),
            ("a.b.c.example.com", "a.b.c.example.com"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("BÜCHER.DE", "xn--bcher-kva.de"),
            ("bu\u{308}cher.de", "xn--bcher-kva.de"),
            ("XN--BCHER-KVA.de", "xn--bcher-kva.de"),
            ("straße.de", "xn--strae-oqa.de"),
            ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
            ("例え。テスト.jp", "xn--r8jz45g.xn--zckzah.jp"),
            ("яндекс.рф", "xn--d1acpjx3f.xn--p1ai"),
            ("r3---sn.example.com", "r3---sn.example.com"),
            ("1und1.de", "1und1.de"),
            ("0x.com", "0x.com"),
        ] {
            assert_eq!(normalise(raw).as_deref(), Ok(name), "{raw}");
            assert_eq!(normalise(name).as_deref(), Ok(name), "{name}");
        }
    }

    #[test]
    fn refusals_say_why() {
        use IdentifierError::{
            DomainFormat, DomainInvalid, DomainIpAddress, DomainMixedScripts, DomainSingleLabel,
            DomainSpecialUse, InvisibleCharacter,
        };
        let label_of_64 = format!("{}.com", "a".repeat(64));
        let name_of_254 = format!("{}.com", vec!["a".repeat(49); 5].join(".") + "a");
        assert_eq!(name_of_254.len(), 254);
        for (raw, error) in [
            ("https://victim.com", DomainFormat),
            ("victim.com:8080", DomainFormat),
            ("victim.com/x", DomainFormat),
            ("victim.com#.evil.com", DomainFormat),
            ("victim.com?x", DomainFormat),
            ("a@victim.com", DomainFormat),
            ("victim\\.com", DomainFormat),
            ("victim .com", DomainFormat),
            ("victim%2ecom", DomainFormat),
            ("[::1]", DomainFormat),
            ("victim.com／x", DomainInvalid),
            ("victim.com℀x", DomainInvalid),
            ("victim_x.com", DomainInvalid),
            ("*.victim.com", DomainInvalid),
            ("-victim.com", DomainInvalid),
            ("victim-.com", DomainInvalid),
            ("victim..com", DomainInvalid),
            (".victim.com", DomainInvalid),
            ("victim.com.", DomainInvalid),
            ("victim.com。", DomainInvalid),
            ("xn--a.com", DomainInvalid),
            ("xn--.com", DomainInvalid),
            ("xn--example-.com", DomainInvalid),
            ("xn--BÜCHER.de", DomainInvalid),
            // What no registrar encodes: a full-width letter, a decomposed ü, an upper-case Ü.
            ("xn--mi7c.com", DomainInvalid),
            ("xn--bucher-xyd.com", DomainInvalid),
            ("xn--bcher-2pa.com", DomainInvalid),
            (&label_of_64, DomainInvalid),
            (&name_of_254, DomainInvalid),
            ("127.0.0.1", DomainIpAddress),
            ("１２７.０.０.１", DomainIpAddress),
            ("127.1", DomainIpAddress),
            ("2130706433", DomainIpAddress),
            ("0x7f.1", DomainIpAddress),
            ("1.0x7f", DomainIpAddress),
            ("a.0x", DomainIpAddress),
            ("victim.123", DomainIpAddress),
            ("victim", DomainSingleLabel),
            ("com", DomainSingleLabel),
            ("localhost", DomainSingleLabel),
            ("victim.localhost", DomainSpecialUse),
            ("printer.local", DomainSpecialUse),
            ("vault.internal", DomainSpecialUse),
            ("metadata.google.internal", DomainSpecialUse),
            ("a.invalid", DomainSpecialUse),
            ("a.onion", DomainSpecialUse),
            ("a.home.arpa", DomainSpecialUse),
            ("1.0.0.127.in-addr.arpa", DomainSpecialUse),
            ("a.test", DomainSpecialUse),
            ("a.EXAMPLE", DomainSpecialUse),
            ("localhost.localdomain", DomainSpecialUse),
            ("pаypal.com", DomainMixedScripts),
            ("xn--pypal-4ve.com", DomainMixedScripts),
            ("gοogle.com", DomainMixedScripts),
        ] {
            assert_eq!(normalise(raw), Err(error), "{raw}");
        }
        // ZERO WIDTH NON-JOINER in a place where Persian spelling allows it.
        assert_eq!(
            normalise("xn--mgba3gch31f060k.com"),
            Err(InvisibleCharacter)
        );
    }
}
