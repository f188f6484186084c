//! What the owner of a domain is asked to publish, and where.

use std::fmt;

use data_encoding::HEXLOWER;

/// Where the file is looked for, on the domain itself.
pub const FILE_PATH: &str = "/.well-known/proof-verify.txt";

/// How many random bytes a token is made of: 128 bits, where 112 are asked for by the baseline
/// requirements for certificates (3.2.2.4.7).
pub const TOKEN_RANDOM_BYTES: usize = 16;

const RECORD_PREFIX: &str = "_proof.";
const VALUE_PREFIX: &str = "proof-verify=";

/// 16 bytes in hexadecimal.
const TOKEN_LENGTH: usize = 2 * TOKEN_RANDOM_BYTES;

/// A DNS name has 253 characters at most, and the record's name is longer than the domain's.
const MAX_DOMAIN: usize = 253 - RECORD_PREFIX.len();

/// The text is not a token as this module makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a domain challenge token")]
pub struct InvalidToken;

/// Why a domain cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDomain {
    #[error("The domain is too long for a name that begins with _proof in front of it.")]
    TooLong,
    #[error("This is not a domain name in its lower-case ASCII form.")]
    NotADomain,
}

/// The random part: lower-case hexadecimal, which survives every web form.
#[derive(Clone, PartialEq, Eq)]
pub struct ChallengeToken(String);

impl ChallengeToken {
    pub fn from_random(random: &[u8; TOKEN_RANDOM_BYTES]) -> Self {
        Self(HEXLOWER.encode(random))
    }

    /// A token read back from where it was kept.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        let hexadecimal = text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hexadecimal && text.len() == TOKEN_LENGTH {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidToken)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ChallengeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeToken(…)")
    }
}

/// One domain with its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainChallenge {
    domain: String,
    token: ChallengeToken,
}

impl DomainChallenge {
    /// The domain must already be in its normal form. It is looked at once more, because a name
    /// of another form (an address, a port, a path) would be looked up somewhere else.
    pub fn new(domain: &str, token: ChallengeToken) -> Result<Self, InvalidDomain> {
        if domain.len() > MAX_DOMAIN {
            return Err(InvalidDomain::TooLong);
        }
        if !is_host_name(domain) {
            return Err(InvalidDomain::NotADomain);
        }
        Ok(Self {
            domain: domain.to_owned(),
            token,
        })
    }

    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub fn token(&self) -> &ChallengeToken {
        &self.token
    }

    /// The name of the TXT record.
    pub fn record_name(&self) -> String {
        format!("{RECORD_PREFIX}{}", self.domain)
    }

    /// The value of the TXT record, and the content of the file.
    pub fn value(&self) -> String {
        format!("{VALUE_PREFIX}{}", self.token.0)
    }

    /// The address of the file, to be shown to the person.
    pub fn file_url(&self) -> String {
        format!("https://{}{FILE_PATH}", self.domain)
    }

    /// Whether the value is of this product, although perhaps another one.
    pub(super) fn is_ours(value: &[u8]) -> bool {
        value.starts_with(VALUE_PREFIX.as_bytes())
    }
}

/// At least two labels of letters, digits and inner hyphens; the last one not a number, because
/// URLs take a name that ends in a number for an IPv4 address.
fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, last)) = text.rsplit_once('.') else {
        return false;
    };
    text.split('.').all(label) && !last.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token() -> ChallengeToken {
        ChallengeToken::from_random(&[0xa5; 16])
    }

    #[test]
    fn the_owner_is_asked_for_what_the_reference_says() {
        let challenge = DomainChallenge::new("example.com", token()).unwrap();
        assert_eq!(challenge.record_name(), "_proof.example.com");
        assert_eq!(
            challenge.value(),
            format!("proof-verify={}", token().as_str())
        );
        assert_eq!(
            challenge.file_url(),
            "https://example.com/.well-known/proof-verify.txt"
        );
    }

    #[test]
    fn a_token_is_128_bits_of_plain_letters() {
        assert_eq!(token().as_str(), "a5".repeat(16));
        assert_eq!(token().as_str().len(), TOKEN_LENGTH);
        assert_ne!(ChallengeToken::from_random(&[1; 16]), token());
        for wrong in [
            "",
            "abc123",
            &"A".repeat(32),
            &"a".repeat(31),
            &"a".repeat(33),
            &"g".repeat(32),
        ] {
            assert_eq!(ChallengeToken::parse(wrong), Err(InvalidToken), "{wrong}");
        }
    }

    #[test]
    fn only_domain_names_in_normal_form_are_checked() {
        for right in [
            "example.com",
            "a.b",
            "xn--bcher-kva.example",
            "a-b.c1",
            "1.example",
            "007.uk",
        ] {
            assert!(DomainChallenge::new(right, token()).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "com",
            "localhost",
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "1.2.3.0x4",
            "Example.com",
            "example.com.",
            ".example.com",
            "a..b",
            "-a.com",
            "a-.com",
            "a_b.com",
            "_proof.example.com",
            "victim.com:8080",
            "victim.com/x",
            "victim.com#.evil.com",
            "a@victim.com",
            "victim.com\\x",
            "bücher.example",
            "a b.com",
            "a%2e.com",
            "[::1]",
            "*.example.com",
            "example.com\n",
        ] {
            let refused = DomainChallenge::new(wrong, token());
            assert_eq!(refused, Err(InvalidDomain::NotADomain), "{wrong}");
        }
    }

    #[test]
    fn the_record_name_must_fit_into_the_dns() {
        let longest = format!("{}{}", "a".repeat(50), ".bbbbbbb".repeat(24) + ".com");
        assert_eq!(longest.len(), MAX_DOMAIN);
        let challenge = DomainChallenge::new(&longest, token()).unwrap();
        assert!(crate::dns::query(&challenge.record_name(), crate::dns::RecordType::Txt).is_ok());
        let longer = format!("c{longest}");
        assert_eq!(
            DomainChallenge::new(&longer, token()),
            Err(InvalidDomain::TooLong)
        );
    }

    #[test]
    fn the_token_is_not_printed() {
        let challenge = DomainChallenge::new("example.com", token()).unwrap();
        assert!(!format!("{challenge:?}").contains(token().as_str()));
    }

    proptest! {
        #[test]
        fn every_token_is_read_back(random: [u8; 16]) {
            let token = ChallengeToken::from_random(&random);
            prop_assert_eq!(ChallengeToken::parse(token.as_str()), Ok(token));
        }

        #[test]
        fn no_text_makes_it_panic(domain in "\\PC{0,300}") {
            let _ = DomainChallenge::new(&domain, token());
            let _ = ChallengeToken::parse(&domain);
        }
    }
}
