use maud::html;
use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
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
        channel,
        ask,
        until: at(600),
        error: None,
        can_change: true,
        test_code: None,
    })
}

fn sent(error: Option<&str>) -> Standing<'_> {
    Standing::Asked(Asked {
        channel: Channel::Email,
        ask: Ask::SentCode {
            recipient: "a***@example.com",
            delivery: Some(DeliveryStatus::Sent),
            attempts_left: Some(3),
            resend: Resend::Now,
        },
        until: at(600),
        error,
        can_change: true,
        test_code: None,
    })
}

fn card(kind: AssetType, standing: Standing<'_>) -> String {
    let asset = Asset {
        place: place(),
        kind,
        identifier: Some(EVIL),
        optional: true,
        standing,
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
            asked(Ask::SignIn { address: EVIL }, Channel::Github),
        ),
        (
            AssetType::TelegramBot,
            asked(Ask::BotToken, Channel::TelegramBotToken),
        ),
        (AssetType::Email, sent(Some(EVIL))),
        (
            AssetType::Email,
            Standing::Failed {
                too_late: false,
                again: None,
                organisation: EVIL,
            },
        ),
    ] {
        let card = card(kind, standing);
        assert!(!card.contains("<script"), "{card}");
    }
}

#[test]
fn the_forms_lead_to_their_asset_and_keep_the_language() {
    let card = card(AssetType::Email, sent(None));
    for step in ["submit", "resend", "change"] {
        let action =
            format!(r#"action="/verify/507f1f77bcf86cd799439011/assets/1/{step}?lang=lt""#);
        assert!(card.contains(&action), "{action} in {card}");
    }
    assert!(card.contains(r#"id="asset-1" data-part"#));
}

#[test]
fn tries_left_are_said_once() {
    let before = card(AssetType::Email, sent(None));
    assert!(before.contains("3 tries left") && !before.contains("aria-invalid"));
    let error = ApiError::new(ErrorCode::InvalidCode, "").attempts_remaining(2);
    let text = error_text(Words::preferred("en"), AssetType::Email, &error);
    let after = card(AssetType::Email, sent(Some(&text)));
    assert_eq!(after.matches("left").count(), 1, "{after}");
    assert!(after.contains("That code is not right. 2 tries left."));
}

#[test]
fn a_wrong_form_is_not_called_a_wrong_name() {
    let words = Words::preferred("en");
    let told = |error: ApiError| error_text(words, AssetType::Email, &error);
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
            error: None,
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
                wanted: Some(begin::Wanted::default()),
                error: None,
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
                    optional: false,
                    standing: Standing::Ready(begin),
                };
                let card = super::asset(words, &asset).into_string();
                for stem in [">kind-", ">channel-", ">your-", ">begin", ">wallet-"] {
                    assert!(!card.contains(stem), "{kind} {channel}: {card}");
                }
            }
            for code in [ErrorCode::InvalidIdentifier, ErrorCode::InternalError] {
                let text = error_text(words, kind, &ApiError::new(code, ""));
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
fn the_title_counts() {
    let words = Words::preferred("en");
    assert_eq!(title(words, 1), "Prove that this is yours");
    assert_eq!(
        plain(&title(words, 3)),
        "Prove that these 3 things are yours"
    );
    let body = whole(words, Some("/verify/1/events"), 1, 3, &html! {}).into_string();
    assert!(plain(&body).contains(r#"data-summary="1 of 3 proven""#));
}
