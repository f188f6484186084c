//! Addresses as they stand in a message: the one it goes to and the one it comes from. An address
//! that could be taken for two, or for a header, never gets further than here.

use data_encoding::BASE64;

/// The longest address (RFC 5321, path without brackets).
const MAX_ADDRESS: usize = 254;
/// As much of a display name as fits one encoded word (RFC 2047, 75 characters).
const MAX_NAME: usize = 30;

/// One mailbox, spelled so that no header can take it for more.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| {
        !c.is_control()
            && !c.is_whitespace()
            && !matches!(
                c,
                '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '\\' | '@'
            )
    };
    text.len() <= MAX_ADDRESS
        && !local.is_empty()
        && !domain.is_empty()
        && local.chars().all(plain)
        && domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// Who a message comes from, as the operator wrote it: `Proof <no-reply@proof.example>`, or the
/// address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub address: String,
}

impl Sender {
    /// What is not of one of the two forms is no sender.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.split_once('<') {
            None => ("", text),
            Some((name, rest)) => (name.trim().trim_matches('"'), rest.strip_suffix('>')?),
        };
        let fit = address.is_ascii()
            && is_address(address)
            && !name.contains(|c: char| c.is_control() || matches!(c, '"' | '\\' | '<' | '>'));
        fit.then(|| Self {
            name: crate::shown::name(name, MAX_NAME),
            address: address.to_owned(),
        })
    }

    /// As an API that speaks UTF-8 takes it: the name in quotes.
    pub fn mailbox(&self) -> String {
        if self.name.is_empty() {
            self.address.clone()
        } else {
            format!("\"{}\" <{}>", self.name, self.address)
        }
    }

    /// As a header in ASCII has it.
    pub fn header(&self) -> String {
        if self.name.is_ascii() {
            self.mailbox()
        } else {
            let word = BASE64.encode(self.name.as_bytes());
            format!("=?utf-8?B?{word}?= <{}>", self.address)
        }
    }

    /// The part after the `@`, which names messages.
    pub fn domain(&self) -> &str {
        self.address
            .split_once('@')
            .map_or(self.address.as_str(), |(_, domain)| domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let named = Sender::parse(" Proof <no-reply@proof.example> ").unwrap();
        assert_eq!(named.mailbox(), "\"Proof\" <no-reply@proof.example>");
        assert_eq!(named.domain(), "proof.example");
        let quoted = Sender::parse("\"Proof, Ltd\" <a@b.example>").unwrap();
        assert_eq!(quoted.header(), "\"Proof, Ltd\" <a@b.example>");
        assert_eq!(
            Sender::parse("a@b.example").unwrap().mailbox(),
            "a@b.example"
        );
        let accented = Sender::parse("Įrodymas <a@b.example>").unwrap();
        assert_eq!(accented.header(), "=?utf-8?B?xK5yb2R5bWFz?= <a@b.example>");
    }

    #[test]
    fn what_could_be_a_header_is_no_sender() {
        for wrong in [
            "",
            "Proof",
            "Proof <a@b",
            "Proof <a@b> x",
            "<a@b>, <c@d>",
            "Proof\r\nBcc: x@y <a@b>",
            "Pro\"of <a@b>",
            "a@b, c@d",
            "Proof <õ@b>",
        ] {
            assert_eq!(Sender::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_longest_name_is_one_encoded_word() {
        let sender = Sender::parse(&format!("{} <a@b>", "𐍈".repeat(60))).unwrap();
        let header = sender.header();
        assert!(header.is_ascii());
        assert!(header.split(' ').all(|word| word.len() <= 180));
    }

    proptest! {
        #[test]
        fn no_sender_carries_a_second_line(text in "[\\PC\r\n\"<>@,;]{0,60}") {
            if let Some(sender) = Sender::parse(&text) {
                prop_assert!(!sender.header().contains(['\r', '\n']));
                prop_assert!(sender.header().is_ascii());
                prop_assert_eq!(sender.address.matches('@').count(), 1);
            }
        }
    }
}
