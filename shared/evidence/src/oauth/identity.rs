//! Who signed in, and whether that is whom the tenant asked for. A name may change hands; what a
//! proof rests on is the provider's own id of the account.

use std::fmt;

use proof_domain::asset::{AssetType, Channel};
use proof_domain::identifier;
use serde::{Deserialize, Serialize};

use super::refusal::OAuthError;
use crate::exchange::ProviderError;

/// Longer ids and names than any provider has.
const MAX_TEXT: usize = 255;

/// An account, as its provider describes it. Nothing else of a profile is kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's id of the account: never changes, never given to another account.
    pub subject: String,
    /// The name by which others know the account, where the provider tells one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// An address that the provider says is the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Identity {
    /// An identity without an id is none; nor is one that could not be shown as text.
    pub(super) fn checked(self) -> Result<Self, OAuthError> {
        let is_text = |text: &str| {
            text.len() <= MAX_TEXT && !text.is_empty() && !text.contains(char::is_control)
        };
        let whole = is_text(&self.subject)
            && self.username.as_deref().is_none_or(is_text)
            && self.email.as_deref().is_none_or(is_text);
        if whole {
            Ok(self)
        } else {
            Err(ProviderError::Unreadable.into())
        }
    }

    /// Whether this is the account that `identifier`, in its normalised form, names on `channel`.
    pub fn names(&self, channel: Channel, identifier: &str) -> bool {
        let email = || {
            self.email
                .as_deref()
                .is_some_and(|email| is_email(email, channel, identifier))
        };
        let username = || {
            self.username
                .as_deref()
                .and_then(|name| normalised(channel, name))
                .is_some_and(|name| name == identifier)
        };
        match channel {
            Channel::Github | Channel::X | Channel::Instagram | Channel::Tiktok => username(),
            // Behind its `@` no handle can be read as the id of a channel.
            Channel::Youtube => {
                let has_handle = self
                    .username
                    .as_deref()
                    .is_some_and(|name| name.starts_with('@'));
                self.subject == identifier || (has_handle && username())
            }
            Channel::Google | Channel::Linkedin => email(),
            Channel::Facebook | Channel::Coinbase => self.subject == identifier || email(),
            Channel::Kraken => plain(&self.subject) == plain(identifier) || email(),
            _ => false,
        }
    }

    /// What the person is told about the account that was used.
    pub fn shown(&self) -> &str {
        self.username
            .as_deref()
            .or(self.email.as_deref())
            .unwrap_or(&self.subject)
    }
}

/// Whether the provider will ever tell that an account is the one of this identifier. LinkedIn and
/// Facebook keep profile names to themselves: who types one in would wait for nothing.
pub fn must_be_provable(channel: Channel, identifier: &str) -> Result<(), &'static str> {
    let is_email = identifier.contains('@');
    let is_number = identifier.bytes().all(|byte| byte.is_ascii_digit());
    match channel {
        Channel::Linkedin if !is_email => Err(
            "LinkedIn does not tell profile names; give the e-mail address of the LinkedIn account",
        ),
        Channel::Facebook if !is_email && !is_number => Err(
            "Facebook does not tell user names; give the e-mail address of the Facebook account",
        ),
        _ => Ok(()),
    }
}

fn kind_of(channel: Channel) -> AssetType {
    match channel {
        Channel::Coinbase | Channel::Kraken => AssetType::Account,
        _ => AssetType::Social,
    }
}

/// The one form of what the provider says, by the rules for what callers type.
fn normalised(channel: Channel, text: &str) -> Option<String> {
    identifier::parse(kind_of(channel), channel, text)
        .ok()
        .map(identifier::Identifier::into_string)
}

/// None of these providers has two accounts whose addresses differ in case alone.
fn is_email(email: &str, channel: Channel, identifier: &str) -> bool {
    identifier.contains('@')
        && normalised(channel, email).is_some_and(|email| email.eq_ignore_ascii_case(identifier))
}

/// Kraken's account ids are written in groups, with spaces, hyphens or nothing between.
fn plain(id: &str) -> String {
    id.chars()
        .filter(|character| !matches!(character, ' ' | '-'))
        .map(|character| character.to_ascii_uppercase())
        .collect()
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(subject: &str, username: Option<&str>, email: Option<&str>) -> Identity {
        Identity {
            subject: subject.to_owned(),
            username: username.map(str::to_owned),
            email: email.map(str::to_owned),
        }
    }

    #[test]
    fn the_same_account_in_other_clothes() {
        let channel_id = "UC_x5XG1OV2P6uZZ5FSM9Ttw";
        for (channel, identity, identifier) in [
            (Channel::Github, of("1", Some("Octo-Cat"), None), "octo-cat"),
            (Channel::X, of("1", Some("Jack"), None), "jack"),
            (
                Channel::Instagram,
                of("1", Some("some.name"), None),
                "some.name",
            ),
            (
                Channel::Tiktok,
                of("1", Some("Some.Name"), None),
                "some.name",
            ),
            (
                Channel::Youtube,
                of(channel_id, Some("@SomeName"), None),
                "somename",
            ),
            (Channel::Youtube, of(channel_id, None, None), channel_id),
            (
                Channel::Google,
                of("1", None, Some("Some.One@GMAIL.com")),
                "some.one@gmail.com",
            ),
            (
                Channel::Linkedin,
                of("1", None, Some("one@example.com")),
                "One@example.com",
            ),
            (Channel::Facebook, of("100004", None, None), "100004"),
            (
                Channel::Facebook,
                of("1", None, Some("one@example.com")),
                "one@example.com",
            ),
            (
                Channel::Coinbase,
                of("9da7a204-544e", None, None),
                "9da7a204-544e",
            ),
            (
                Channel::Coinbase,
                of("1", None, Some("one@example.com")),
                "one@example.com",
            ),
            (
                Channel::Kraken,
                of("AA38 N84G OZ5B BRJI", None, None),
                "AA38-N84G-OZ5B-BRJI",
            ),
            (
                Channel::Kraken,
                of("1", None, Some("one@example.com")),
                "one@example.com",
            ),
        ] {
            assert!(
                identity.names(channel, identifier),
                "{channel} {identifier}"
            );
        }
    }

    #[test]
    fn another_account_is_another_account() {
        let channel_id = "UC_x5XG1OV2P6uZZ5FSM9Ttw";
        for (channel, identity, identifier) in [
            (
                Channel::Github,
                of("octocat", Some("evil"), Some("octocat@example.com")),
                "octocat",
            ),
            (Channel::Github, of("octocat", None, None), "octocat"),
            (Channel::X, of("jack", Some("jack_"), None), "jack"),
            // The ids of two channels may differ in case alone.
            (
                Channel::Youtube,
                of("UC_x5XG1OV2P6uZZ5FSM9ttw", None, None),
                channel_id,
            ),
            (
                Channel::Youtube,
                of("UCother", Some(channel_id), None),
                "somename",
            ),
            (
                Channel::Google,
                of("one@example.com", None, None),
                "one@example.com",
            ),
            (
                Channel::Google,
                of("1", Some("one@example.com"), None),
                "one@example.com",
            ),
            (
                Channel::Google,
                of("1", None, Some("someone@gmail.com")),
                "some.one@gmail.com",
            ),
            (
                Channel::Linkedin,
                of("some-one", Some("some-one"), None),
                "some-one",
            ),
            (
                Channel::Facebook,
                of("1", Some("johnsmith"), None),
                "johnsmith",
            ),
            (Channel::Facebook, of("100005", None, None), "100004"),
            (Channel::Coinbase, of("9DA7A204", None, None), "9da7a204"),
            (
                Channel::Kraken,
                of("AA38N84GOZ5BBRJX", None, None),
                "AA38-N84G-OZ5B-BRJI",
            ),
            (Channel::Sms, of("+37069199199", None, None), "+37069199199"),
        ] {
            assert!(
                !identity.names(channel, identifier),
                "{channel} {identifier}"
            );
        }
    }

    /// A user name at YouTube must not be able to pose as another channel's id.
    #[test]
    fn a_name_is_no_id() {
        let id = "UC_x5XG1OV2P6uZZ5FSM9Ttw";
        assert!(!of("UCx", Some("@UC_x5XG1OV2P6uZZ5FSM9Ttw"), None).names(Channel::Youtube, id));
        assert!(!of("UCx", Some("UC_x5XG1OV2P6uZZ5FSM9Ttw"), None).names(Channel::Youtube, id));
    }

    #[test]
    fn identities_without_an_id_or_with_odd_text_are_none() {
        let long = "a".repeat(256);
        for odd in [
            of("", Some("a"), None),
            of("1\n2", None, None),
            of(&long, None, None),
            of("1", Some(""), None),
            of("1", None, Some("a\0@example.com")),
        ] {
            assert_eq!(odd.checked(), Err(ProviderError::Unreadable.into()));
        }
        assert!(
            of("1", Some("Ünï"), Some("a@example.com"))
                .checked()
                .is_ok()
        );
    }

    #[test]
    fn what_nobody_will_confirm_is_said_beforehand() {
        assert!(must_be_provable(Channel::Linkedin, "some-one").is_err());
        assert!(must_be_provable(Channel::Facebook, "johnsmith").is_err());
        assert!(must_be_provable(Channel::Linkedin, "one@example.com").is_ok());
        assert!(must_be_provable(Channel::Facebook, "one@example.com").is_ok());
        assert!(must_be_provable(Channel::Facebook, "100004").is_ok());
        assert!(must_be_provable(Channel::Github, "octocat").is_ok());
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        let identity = of("1", Some("octocat"), Some("one@example.com"));
        assert_eq!(format!("{identity:?}"), "Identity(…)");
    }

    proptest! {
        #[test]
        fn comparing_never_breaks(text in ".{0,40}", identifier in ".{0,40}") {
            for channel in Channel::ALL {
                let _ = of(&text, Some(&text), Some(&text)).names(*channel, &identifier);
            }
        }
    }
}
