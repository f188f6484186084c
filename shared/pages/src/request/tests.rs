use maud::html;
use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{CheckMethod, CheckView, DeliveryStatus, DnsRecord, HttpFile};

use super::*;
use crate::Words;
use crate::words::plain;

const EVIL: &str = "\"><script>alert(1)</script>";

fn place() -> Place<'static> {
    Place {
        base: "/verify/507f1f77bcf86cd799439011",
        index: 1,
        query: "?lang=lt",
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn asked(ask: Ask<'_>, channel: Channel) -> Standing<'_> {
    Standing::Asked(Asked {
        verification: Id::from_bytes([7; 12]),
        channel,
        ask,
        until: at(600),
        can_change: true,
        test_code: None,
    })
}

fn sent() -> Standing<'static> {
    let ask = Ask::SentCode {
        recipient: "a***@example.com",
        delivery: Some(DeliveryStatus::Sent),
        attempts_left: Some(3),
    };
    asked(ask, Channel::Email)
}

fn card(kind: AssetType, standing: Standing<'_>) -> String {
    refused(kind, standing, None, None)
}

/// The card after a form was refused, for what was typed into this field or for another reason.
fn refused(
    kind: AssetType,
    standing: Standing<'_>,
    field: Option<&str>,
    text: Option<&str>,
) -> String {
    let asset = Asset {
        place: place(),
        kind,
        identifier: Some(EVIL),
        necessity: Necessity::Optional,
        standing,
        wrong: text.map(|text| Wrong { field, text }),
    };
    plain(&super::asset(Words::preferred("en"), &asset).into_string())
}

#[test]
fn no_identifier_becomes_markup() {
    let record = DnsRecord {
        kind: "TXT".into(),
        name: EVIL.into(),
        value: EVIL.into(),
    };
    let file = HttpFile {
        path: EVIL.into(),
        url: EVIL.into(),
        content: EVIL.into(),
    };
    let last = CheckView {
        method: CheckMethod::Dns,
        result: "wrong_value".into(),
        message: EVIL.into(),
        retryable: true,
        observed: vec![EVIL.into()],
        via: Vec::new(),
        resolvers: Vec::new(),
        dnssec: None,
        checked_at: at(0),
    };
    let publish = Ask::Publish(Publication {
        record: Some(&record),
        file: Some(&file),
        last: Some(&last),
        next: Some(at(30)),
    });
    let shown = Ask::ShownCode {
        code: EVIL,
        link: Some(EVIL),
        from_elsewhere: true,
    };
    for (kind, standing) in [
        (AssetType::Domain, asked(publish, Channel::Auto)),
        (AssetType::Phone, asked(shown, Channel::Whatsapp)),
        (
            AssetType::Wallet,
            asked(Ask::Sign { message: EVIL }, Channel::Ethereum),
        ),
        (
            AssetType::Social,
            asked(
                Ask::SignIn {
                    address: EVIL,
                    last: Some(&last),
                },
                Channel::Github,
            ),
        ),
        (
            AssetType::TelegramBot,
            asked(
                Ask::BotToken { last: Some(&last) },
                Channel::TelegramBotToken,
            ),
        ),
        (AssetType::Email, sent()),
        (
            AssetType::Email,
            Standing::Failed {
                too_late: false,
                again: None,
                organisation: EVIL,
            },
        ),
    ] {
        for field in [None, Some(fields::CODE), Some(fields::TOKEN)] {
            let card = refused(kind, standing, field, Some(EVIL));
            assert!(!card.contains("<script"), "{card}");
        }
    }
}

#[test]
fn the_forms_lead_to_their_asset_and_keep_the_language() {
    let card = card(AssetType::Email, sent());
    for step in ["submit", "resend", "change"] {
        let action =
            format!(r#"action="/verify/507f1f77bcf86cd799439011/assets/1/{step}?lang=lt""#);
        assert!(card.contains(&action), "{action} in {card}");
    }
    assert!(card.contains(r#"id="asset-1" data-part"#));
    let named = r#"name="verification" value="070707070707070707070707""#;
    assert_eq!(
        card.matches(named).count(),
        3,
        "each says for which challenge"
    );
}

/// Errors that are not about the answer must not be said of it.
#[test]
fn what_is_wrong_is_said_once_and_in_its_place() {
    let begin = Begin {
        channels: &[Channel::Email],
        chosen: None,
        wanted: Some(""),
    };
    let publish = Ask::Publish(Publication {
        record: None,
        file: None,
        last: None,
        next: None,
    });
    for (kind, standing, field, at_field) in [
        (AssetType::Email, sent(), Some(fields::CODE), true),
        (AssetType::Email, sent(), None, false),
        (
            AssetType::Email,
            Standing::Ready(begin),
            Some(fields::IDENTIFIER),
            true,
        ),
        (AssetType::Email, Standing::Ready(begin), None, false),
        (
            AssetType::Domain,
            asked(publish, Channel::Dns),
            Some(fields::CODE),
            false,
        ),
        (AssetType::Email, Standing::Left, Some(fields::CODE), false),
    ] {
        let card = refused(kind, standing, field, Some("It went wrong."));
        assert_eq!(card.matches("It went wrong.").count(), 1, "{card}");
        assert_eq!(card.contains("aria-invalid"), at_field, "{card}");
        assert_eq!(card.contains("data-wrong"), !at_field, "{card}");
    }
}

#[test]
fn what_the_last_try_came_to_is_said() {
    let last = |result: &str| CheckView {
        method: CheckMethod::SignIn,
        result: result.into(),
        message: String::new(),
        retryable: true,
        observed: Vec::new(),
        via: Vec::new(),
        resolvers: Vec::new(),
        dnssec: None,
        checked_at: at(0),
    };
    let (away, other) = (last("provider_unavailable"), last("invalid_identifier"));
    let sign_in = Ask::SignIn {
        address: "/connect/1",
        last: Some(&other),
    };
    let card_of = |kind, ask, channel| card(kind, asked(ask, channel));
    let account = card_of(AssetType::Social, sign_in, Channel::Github);
    assert!(account.contains("another account"), "{account}");
    let token = Ask::BotToken { last: Some(&away) };
    let bot = card_of(AssetType::TelegramBot, token, Channel::TelegramBotToken);
    assert!(bot.contains("Telegram did not answer"), "{bot}");
}

#[test]
fn tries_left_are_said_once() {
    let before = card(AssetType::Email, sent());
    assert!(before.contains("3 tries left") && !before.contains("aria-invalid"));
    let error = ApiError::new(ErrorCode::InvalidCode, "").attempts_remaining(2);
    let text = error_text(Words::preferred("en"), AssetType::Email, &[], &error);
    let after = refused(AssetType::Email, sent(), Some(fields::CODE), Some(&text));
    assert_eq!(after.matches("left").count(), 1, "{after}");
    assert!(after.contains("That code is not right. 2 tries left."));
}

#[test]
fn a_wrong_form_is_not_called_a_wrong_name() {
    let words = Words::preferred("en");
    let told = |error: ApiError| error_text(words, AssetType::Email, &[], &error);
    let name = words.say("wrong-email");
    assert_eq!(told(ApiError::field("identifier", "is missing")), name);
    assert_eq!(told(ApiError::new(ErrorCode::InvalidIdentifier, "")), name);
    assert_eq!(
        told(ApiError::field("code", "is missing")),
        words.say("wrong-again")
    );
    assert_eq!(
        told(ApiError::field("channel", "is none")),
        words.say("wrong-channel")
    );
}

#[test]
fn what_can_be_chosen_is_offered_and_what_cannot_is_not() {
    let begin = |channels| {
        Standing::Ready(Begin {
            channels,
            chosen: None,
            wanted: None,
        })
    };
    let several = card(AssetType::Phone, begin(&[Channel::Telegram, Channel::Sms]));
    assert_eq!(several.matches("type=\"radio\"").count(), 2);
    assert_eq!(several.matches(" checked").count(), 1);
    assert!(
        !several.contains("identifier\""),
        "a fixed number is not asked for"
    );
    let one = card(AssetType::Phone, begin(&[Channel::Sms]));
    assert!(one.contains(r#"<input type="hidden" name="channel" value="sms">"#));
}

#[test]
fn a_wallet_signs_the_text_as_it_is_and_for_the_address_asked() {
    let standing = asked(
        Ask::Sign {
            message: "line 1\nline 2",
        },
        Channel::Ethereum,
    );
    let card = card(AssetType::Wallet, standing);
    assert!(card.contains("data-message=\"line 1\nline 2\""));
    assert!(
        card.contains(r#"data-wallet="ethereum""#) && card.contains(r#"data-fills="signature""#)
    );
    assert!(card.contains("Sign with {wallet}"));
}

#[test]
fn every_kind_every_channel_and_every_error_has_its_words() {
    for words in Words::all() {
        let all = AssetType::ALL.iter();
        for (kind, channel) in
            all.flat_map(|kind| kind.channels().iter().map(move |one| (*kind, *one)))
        {
            let begin = Begin {
                channels: &[channel],
                chosen: None,
                wanted: Some(""),
            };
            let several = Begin {
                channels: &[channel, channel],
                ..begin
            };
            for begin in [begin, several] {
                let asset = Asset {
                    place: place(),
                    kind,
                    identifier: None,
                    necessity: Necessity::Required,
                    standing: Standing::Ready(begin),
                    wrong: None,
                };
                let card = super::asset(words, &asset).into_string();
                for stem in [">kind-", ">channel-", ">your-", ">begin", ">wallet-"] {
                    assert!(!card.contains(stem), "{kind} {channel}: {card}");
                }
            }
            for code in [ErrorCode::InvalidIdentifier, ErrorCode::InternalError] {
                let text = error_text(words, kind, &[channel], &ApiError::new(code, ""));
                assert!(text.contains(' '), "{kind}: {text}");
            }
        }
        for one in Trouble::ALL {
            assert!(!trouble(words, one).into_string().contains(">trouble-"));
        }
    }
}

#[test]
fn every_end_has_its_words() {
    for words in Words::all() {
        for end in [
            End::Completed,
            End::Expired { some: true },
            End::Expired { some: false },
            End::Cancelled,
        ] {
            assert!(!end.title(words).starts_with("end-"));
            let text = ending(words, end, "Acme", None).into_string();
            assert!(!text.contains(">end-") && text.contains("<bdi>Acme</bdi>"));
        }
    }
}

#[test]
fn the_way_back_is_a_link_first_and_leads_by_itself_second() {
    let back = Return {
        address: "https://app.example/?a=1&b=2",
        after: Some(5),
    };
    let text = ending(Words::preferred("en"), End::Completed, EVIL, Some(back)).into_string();
    assert!(text.contains(r#"href="https://app.example/?a=1&amp;b=2""#));
    assert!(text.contains(r#"data-return-after="5""#) && !text.contains("<script"));
}

#[test]
fn the_title_and_the_sentence_count_what_is_needed() {
    let words = Words::preferred("en");
    let need = |count, any_of| Need {
        count,
        done: 1,
        any_of,
    };
    let any = |all| {
        Some(AnyOf {
            all,
            some_required: false,
        })
    };
    for (need, title, summary) in [
        (need(1, None), "Prove that this is yours", "Proven"),
        (
            need(3, None),
            "Prove that these 3 things are yours",
            "1 of 3 proven",
        ),
        (
            need(2, any(3)),
            "Prove that 2 of these 3 things are yours",
            "1 of 2 proven",
        ),
        (
            need(1, any(2)),
            "Prove that one of these 2 things is yours",
            "Proven",
        ),
    ] {
        assert_eq!(plain(&need.title(words)), title);
        let live = Live {
            events: "/verify/1/events",
            seen: 4,
        };
        let body = whole(words, Some(live), need, None, &html! {}).into_string();
        assert!(plain(&body).contains(&format!(r#"data-summary="{summary}""#)));
        assert!(body.contains(r#"data-seen="4""#));
    }
}

#[test]
fn what_is_enough_is_said_where_there_is_a_choice() {
    let text = |some_required| {
        let need = Need {
            count: 2,
            done: 0,
            any_of: Some(AnyOf {
                all: 3,
                some_required,
            }),
        };
        plain(&need.rule(Words::preferred("en")).unwrap())
    };
    assert!(
        text(false).contains("Any 2 of these 3 are enough.") && !text(false).contains("marked")
    );
    assert!(text(true).contains("marked as required"));
}

#[test]
fn what_they_will_see_is_said_of_what_is_asked_for() {
    let text = |names, accounts| {
        let need = Need {
            count: 1,
            done: 0,
            any_of: None,
        };
        let asked = Opening {
            organisation: EVIL,
            purpose: None,
            need,
            names,
            accounts,
            expires_at: at(600),
            test: false,
        };
        opening(Words::preferred("en"), &asked).into_string()
    };
    let (named, account) = ("even before it is proven", "Of an account");
    let all = text(true, true);
    assert!(all.contains(named) && all.contains(account) && !all.contains("<script"));
    let least = text(false, false);
    assert!(!least.contains(named) && !least.contains(account));
}

/// "Text message" is no name that fits into every sentence.
#[test]
fn a_text_message_has_sentences_of_its_own() {
    let shown = Ask::ShownCode {
        code: "X7K2M9",
        link: Some("sms:+12025550100"),
        from_elsewhere: false,
    };
    let sms = card(AssetType::Phone, asked(shown, Channel::Sms));
    assert!(!sms.contains("Text message") && sms.contains("Write the text message"));
    let whatsapp = card(AssetType::Phone, asked(shown, Channel::Whatsapp));
    assert!(whatsapp.contains("Open WhatsApp"));
}
