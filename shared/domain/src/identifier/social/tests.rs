//! The rules of each network, from both sides.

use super::*;
use IdentifierError::{SocialHandle, SocialProfileUrl};

#[test]
fn names_handles_and_addresses_give_one_form() {
    let fifty = "a".repeat(50);
    let hundred = "a".repeat(100);
    for (channel, raw, name) in [
        (Channel::Github, "octocat", "octocat"),
        (Channel::Github, "@Octo-Cat9", "octo-cat9"),
        (Channel::Github, "https://github.com/octocat", "octocat"),
        (
            Channel::Github,
            "HTTPS://www.GitHub.com/Octocat/",
            "octocat",
        ),
        (Channel::Github, "github.com/octocat", "octocat"),
        (Channel::Github, &hundred[..39], &hundred[..39]),
        (Channel::X, "@Jack", "jack"),
        (Channel::X, "_a_", "_a_"),
        (Channel::X, "https://x.com/jack", "jack"),
        (Channel::X, "http://twitter.com/Jack", "jack"),
        (Channel::Instagram, "Some.Name_1", "some.name_1"),
        (
            Channel::Instagram,
            "https://www.instagram.com/some.name/",
            "some.name",
        ),
        (Channel::Tiktok, "@some.name_", "some.name_"),
        (Channel::Tiktok, "https://www.tiktok.com/@Some", "some"),
        (Channel::Youtube, "@Some-Name.1", "some-name.1"),
        (
            Channel::Youtube,
            "https://www.youtube.com/@SomeName",
            "somename",
        ),
        (
            Channel::Youtube,
            "UC_x5XG1OV2P6uZZ5FSM9Ttw",
            "UC_x5XG1OV2P6uZZ5FSM9Ttw",
        ),
        (
            Channel::Youtube,
            "https://m.youtube.com/channel/UC_x5XG1OV2P6uZZ5FSM9Ttw",
            "UC_x5XG1OV2P6uZZ5FSM9Ttw",
        ),
        (
            Channel::Youtube,
            "@UC_x5XG1OV2P6uZZ5FSM9Ttw",
            "uc_x5xg1ov2p6uzz5fsm9ttw",
        ),
        (Channel::Linkedin, "Some-One-1a2b3c", "some-one-1a2b3c"),
        (
            Channel::Linkedin,
            "https://www.linkedin.com/in/some-one/",
            "some-one",
        ),
        (Channel::Linkedin, &hundred, &hundred),
        (Channel::Facebook, "John.Smith.55", "johnsmith55"),
        (
            Channel::Facebook,
            "https://www.facebook.com/john.smith",
            "johnsmith",
        ),
        (
            Channel::Facebook,
            "https://facebook.com/profile.php?id=100004",
            "100004",
        ),
        (Channel::Facebook, "100004123456789", "100004123456789"),
        (Channel::Facebook, &fifty, &fifty),
        (Channel::Google, "Some.One@GMAIL.com", "Some.One@gmail.com"),
        (
            Channel::Linkedin,
            "Some.One@Example.com",
            "Some.One@example.com",
        ),
        (Channel::Facebook, "one@example.com", "one@example.com"),
    ] {
        assert_eq!(parse(channel, raw).as_deref(), Ok(name), "{channel} {raw}");
        assert_eq!(
            parse(channel, name).as_deref(),
            Ok(name),
            "{channel} {name}"
        );
    }
}

#[test]
fn names_that_the_network_would_not_give_are_refused() {
    let long = "a".repeat(101);
    for (channel, raw, error) in [
        (Channel::Github, "-octocat", SocialHandle),
        (Channel::Github, "octocat-", SocialHandle),
        (Channel::Github, "octo--cat", SocialHandle),
        (Channel::Github, "octo_cat", SocialHandle),
        (Channel::Github, "octo cat", SocialHandle),
        (Channel::Github, "@@octocat", SocialHandle),
        (Channel::Github, "@", SocialHandle),
        (Channel::Github, "осtocat", SocialHandle),
        (Channel::Github, "ｏctocat", SocialHandle),
        (Channel::Github, &long[..40], SocialHandle),
        (Channel::X, "a-b", SocialHandle),
        (Channel::X, "a.b", SocialHandle),
        (Channel::X, &long[..16], SocialHandle),
        (Channel::Instagram, ".name", SocialHandle),
        (Channel::Instagram, "name.", SocialHandle),
        (Channel::Instagram, "na..me", SocialHandle),
        (Channel::Instagram, &long[..31], SocialHandle),
        (Channel::Tiktok, "a", SocialHandle),
        (Channel::Tiktok, "name.", SocialHandle),
        (Channel::Tiktok, &long[..25], SocialHandle),
        (Channel::Youtube, "ab", SocialHandle),
        (Channel::Youtube, "_abc", SocialHandle),
        (Channel::Youtube, "abc.", SocialHandle),
        (Channel::Youtube, &long[..31], SocialHandle),
        (Channel::Linkedin, "ab", SocialHandle),
        (Channel::Linkedin, "-abc", SocialHandle),
        (Channel::Linkedin, "a_b_c", SocialHandle),
        (Channel::Linkedin, &long, SocialHandle),
        (Channel::Facebook, "abcd", SocialHandle),
        (Channel::Facebook, "a.b.c.d", SocialHandle),
        (Channel::Facebook, "12.34.56", SocialHandle),
        (Channel::Facebook, "1234", SocialHandle),
        (Channel::Facebook, "000001", SocialHandle),
        (Channel::Facebook, "john_smith", SocialHandle),
        (Channel::Facebook, &long[..51], SocialHandle),
        (Channel::Google, "octocat", IdentifierError::EmailFormat),
        (Channel::Linkedin, "one@", IdentifierError::EmailFormat),
        (
            Channel::Facebook,
            "one@two@example.com",
            IdentifierError::EmailFormat,
        ),
        (Channel::Facebook, "one@example.com/x", SocialHandle),
        (Channel::Github, "one@example.com", SocialHandle),
    ] {
        assert_eq!(parse(channel, raw), Err(error), "{channel} {raw}");
    }
}

#[test]
fn addresses_of_anything_but_a_profile_are_refused() {
    for (channel, raw, error) in [
        (
            Channel::Github,
            "https://github.com/octocat/repo",
            SocialProfileUrl,
        ),
        (Channel::Github, "https://github.com/", SocialProfileUrl),
        (
            Channel::Github,
            "https://github.com/octocat?tab=stars",
            SocialProfileUrl,
        ),
        (
            Channel::Github,
            "https://github.com/octocat#x",
            SocialProfileUrl,
        ),
        (
            Channel::Github,
            "https://github.com/octo%63at",
            SocialProfileUrl,
        ),
        (
            Channel::Github,
            "https://github.com/../octocat",
            SocialProfileUrl,
        ),
        (
            Channel::Github,
            "https://github.com.evil.com/octocat",
            SocialHandle,
        ),
        (Channel::Github, "https://evil.com/octocat", SocialHandle),
        (Channel::Github, "https://x.com/octocat", SocialHandle),
        (
            Channel::Github,
            "https://user@github.com/octocat",
            SocialHandle,
        ),
        (
            Channel::Github,
            "https://github.com:8443/octocat",
            SocialHandle,
        ),
        (
            Channel::Github,
            "https:\\\\github.com\\octocat",
            SocialHandle,
        ),
        (
            Channel::Github,
            "javascript:github.com/octocat",
            SocialHandle,
        ),
        (Channel::X, "https://x.com/jack/status/20", SocialProfileUrl),
        (
            Channel::Tiktok,
            "https://www.tiktok.com/name",
            SocialProfileUrl,
        ),
        (
            Channel::Tiktok,
            "https://www.tiktok.com/@@name",
            SocialProfileUrl,
        ),
        (
            Channel::Youtube,
            "https://youtube.com/channel/UCshort",
            SocialProfileUrl,
        ),
        (
            Channel::Youtube,
            "https://youtube.com/c/name",
            SocialProfileUrl,
        ),
        (
            Channel::Youtube,
            "https://youtube.com/watch?v=1",
            SocialProfileUrl,
        ),
        (
            Channel::Linkedin,
            "https://www.linkedin.com/company/name",
            SocialProfileUrl,
        ),
        (
            Channel::Facebook,
            "https://facebook.com/profile.php?id=1&x=2",
            SocialProfileUrl,
        ),
        (
            Channel::Facebook,
            "https://facebook.com/groups/1",
            SocialProfileUrl,
        ),
    ] {
        assert_eq!(parse(channel, raw), Err(error), "{channel} {raw}");
    }
}
