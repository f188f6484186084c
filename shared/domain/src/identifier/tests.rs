//! What holds for identifiers of every kind.

use proptest::prelude::*;

use super::*;

fn pairs() -> impl Iterator<Item = (AssetType, Channel)> {
    AssetType::ALL
        .iter()
        .flat_map(|kind| kind.channels().iter().map(|channel| (*kind, *channel)))
}

/// One accepted spelling for each pair of the matrix.
fn sample(kind: AssetType, channel: Channel) -> &'static str {
    match (kind, channel) {
        (AssetType::Phone, _) => "+370 691 99199",
        (AssetType::Email, _) | (_, Channel::Google | Channel::Coinbase) => "User@Example.com",
        (AssetType::Domain, _) => "Shop.Example.com",
        (_, Channel::Ethereum) => "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        (_, Channel::Solana) => "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
        (_, Channel::Bitcoin) => "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        (_, Channel::Kraken) => "AA38-N84G-OZ5B-BRJI",
        (AssetType::TelegramBot, _) => "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0",
        _ => "@SomeName",
    }
}

#[test]
fn every_pair_of_the_matrix_has_a_parser_and_no_other_pair_has() {
    for kind in AssetType::ALL {
        for channel in Channel::ALL {
            let parsed = parse(*kind, *channel, sample(*kind, *channel));
            if kind.allows(*channel) {
                let identifier = parsed.unwrap();
                assert_eq!((identifier.kind(), identifier.channel()), (*kind, *channel));
            } else {
                assert_eq!(
                    parsed,
                    Err(IdentifierError::ChannelNotForType),
                    "{kind} {channel}"
                );
            }
        }
    }
}

#[test]
fn length_is_looked_at_before_anything_else() {
    for (kind, channel) in pairs() {
        assert_eq!(parse(kind, channel, ""), Err(IdentifierError::Empty));
        for text in ["1", "a", "\u{202e}", "(", "@", "."] {
            let long = text.repeat(MAX_RAW_LENGTH + 1);
            assert_eq!(parse(kind, channel, &long), Err(IdentifierError::TooLong));
            let longest = text.repeat(MAX_RAW_LENGTH / text.len());
            assert_ne!(
                parse(kind, channel, &longest),
                Err(IdentifierError::TooLong)
            );
            assert!(parse(kind, channel, &longest).is_err());
        }
    }
}

#[test]
fn invisible_characters_are_refused_wherever_they_stand() {
    let tricks = [
        '\0',
        '\t',
        '\n',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{1160}',
        '\u{17b4}',
        '\u{180e}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2069}',
        '\u{206f}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0061}',
        '\u{e0100}',
    ];
    for (kind, channel) in pairs() {
        let good = sample(kind, channel);
        for trick in tricks {
            for at in [0, 2, good.len() / 2, good.len()] {
                let mut raw = good.to_owned();
                raw.insert(at, trick);
                assert_eq!(
                    parse(kind, channel, &raw),
                    Err(IdentifierError::InvisibleCharacter),
                    "{kind} {channel} {trick:?} at {at}"
                );
            }
        }
    }
}

/// Letters and digits that look like those of the samples, spaces that are not the space, and
/// text that would change under Unicode normalisation. Only names under UTS-46 may fold any of
/// them, and then to plain ASCII.
#[test]
fn look_alikes_never_pass_as_the_original() {
    let tricks = [
        'а',
        'е',
        'о',
        'р',
        'ѕ',
        'і',
        'ο',
        'α',
        'Ａ',
        'ａ',
        '１',
        '١',
        '１',
        '𝟏',
        '²',
        '①',
        'ı',
        'İ',
        'ſ',
        'ﬀ',
        'ℓ',
        'ª',
        '\u{301}',
        '\u{a0}',
        '\u{2003}',
        '\u{3000}',
        '\u{2024}',
        '\u{ff0e}',
        '\u{ff20}',
        '\u{ff0b}',
        '\u{2010}',
        '\u{2011}',
        '\u{2212}',
        '\u{1f600}',
        '\u{fffd}',
    ];
    for (kind, channel) in pairs() {
        let good = sample(kind, channel);
        let original = parse(kind, channel, good).unwrap();
        for trick in tricks {
            for at in [0, 1, 3, good.len() - 1, good.len()] {
                let mut raw = good.to_owned();
                raw.insert(at, trick);
                if let Ok(other) = parse(kind, channel, &raw) {
                    let has_name = kind == AssetType::Domain || good.contains('@');
                    assert!(has_name, "{kind} {channel} {raw:?}");
                    assert!(other.as_str().is_ascii());
                    assert_ne!(other, original, "{kind} {channel} {raw:?}");
                }
            }
        }
    }
}

#[test]
fn masks_are_those_of_the_api_reference() {
    for (kind, channel, raw, masked) in [
        (
            AssetType::Phone,
            Channel::Sms,
            "+37069199199",
            "+3706***9199",
        ),
        (
            AssetType::Email,
            Channel::Email,
            "user@example.com",
            "us***@example.com",
        ),
        (
            AssetType::Domain,
            Channel::Dns,
            "example.com",
            "example.com",
        ),
        (AssetType::Social, Channel::Github, "octocat", "oc***"),
        (
            AssetType::Social,
            Channel::Google,
            "user@gmail.com",
            "us***@gmail.com",
        ),
        (
            AssetType::Wallet,
            Channel::Ethereum,
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aAe***eAed",
        ),
        (
            AssetType::Account,
            Channel::Kraken,
            "AA38-N84G-OZ5B-BRJI",
            "AA***",
        ),
        (
            AssetType::TelegramBot,
            Channel::TelegramBotToken,
            "123456789",
            "12***",
        ),
    ] {
        let identifier = parse(kind, channel, raw).unwrap();
        assert_eq!(identifier.mask(), masked);
        assert_eq!(mask(kind, identifier.as_str()), masked);
        let debug = format!("{identifier:?}");
        assert!(debug.contains(masked), "{debug}");
        assert!(kind == AssetType::Domain || !debug.contains(raw), "{debug}");
        assert_eq!(identifier.to_string(), identifier.as_str());
        assert_eq!(
            serde_json::to_value(&identifier).unwrap(),
            identifier.as_str()
        );
    }
}

#[test]
fn a_bot_secret_is_nowhere_in_what_comes_out() {
    let raw = sample(AssetType::TelegramBot, Channel::TelegramBotToken);
    let bot = parse(AssetType::TelegramBot, Channel::TelegramBotToken, raw).unwrap();
    for text in [format!("{bot} {bot:?}"), bot.mask(), bot.into_string()] {
        assert!(!text.contains("AAHd") && !text.contains(':'), "{text}");
    }
}

fn any_pair() -> impl Strategy<Value = (AssetType, Channel)> {
    proptest::sample::select(pairs().collect::<Vec<_>>())
}

/// Texts near the borders of what the parsers accept.
fn likely_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        r"\+[0-9 ().-]{1,20}",
        r"@?[A-Za-z0-9._-]{1,45}",
        r"[A-Za-z0-9.+_-]{1,20}@[a-zA-Z0-9é.-]{1,20}\.[a-zé]{2,6}",
        r"([a-zA-Z0-9äяα一-]{1,12}\.){1,4}[a-z]{2,6}",
        r"xn--[a-z0-9-]{1,20}\.[a-z]{2,3}",
        r"0x[0-9a-fA-F]{40}",
        r"[1-9A-HJ-NP-Za-km-z]{25,44}",
        r"bc1[qp][02-9ac-hj-np-z]{38,58}",
        r"[0-9]{5,13}(:[A-Za-z0-9_-]{34,36})?",
        r"https://(www\.)?(github|x|youtube|facebook|tiktok)\.com/@?[A-Za-z0-9._-]{1,20}/?",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_ascii_and_stable((kind, channel) in any_pair(), raw in likely_text()) {
        match parse(kind, channel, &raw) {
            Ok(identifier) => {
                prop_assert!(identifier.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(parse(kind, channel, identifier.as_str()), Ok(identifier));
            }
            Err(error) => {
                prop_assert!(!error.reason().is_empty());
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn masks_never_panic_and_never_show_a_long_text(raw in any::<String>()) {
        for kind in AssetType::ALL {
            let masked = mask(*kind, &raw);
            prop_assert!(*kind == AssetType::Domain || masked.contains("***"));
        }
    }
}
