//! Every state that an asset's card can be in.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{CheckMethod, CheckView, DeliveryStatus, DnsRecord, HttpFile};
use proof_pages::Words;
use proof_pages::request::{
    Ask, Asked, Asset, Begin, Necessity, Place, Publication, Standing, Wrong, asset, error_text,
    fields,
};

pub(super) const NOON: Timestamp = Timestamp::from_seconds(1_784_894_400);
const TEXT: &str = "proof.example wants you to sign in with your Ethereum account:\n\
    0x52908400098527886E0F7030069857D2E4169EE7\n\n\
    Acme Exchange asks you to prove that this wallet is yours. It costs nothing.\n\n\
    URI: https://proof.example\nVersion: 1\nChain ID: 1\nNonce: k9dq2m4x7w1p\n\
    Issued At: 2026-07-24T12:00:00Z";
const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
const LINK: &str = "https://wa.me/12025550100?text=Proof%20code%20X7K2M9";

pub(super) fn place(index: usize) -> Place<'static> {
    Place {
        base: "/dev/kit",
        index,
        query: "",
    }
}

pub(super) fn record() -> DnsRecord {
    DnsRecord {
        kind: "TXT".into(),
        name: "_proof.example.com".into(),
        value: "proof-verify=3ac41e0a2b7c4d5e6f708192a3b4c5d6".into(),
    }
}

pub(super) fn file() -> HttpFile {
    HttpFile {
        path: "/.well-known/proof-verify.txt".into(),
        url: "https://example.com/.well-known/proof-verify.txt".into(),
        content: "proof-verify=3ac41e0a2b7c4d5e6f708192a3b4c5d6".into(),
    }
}

fn check(result: &str, observed: &[&str]) -> CheckView {
    CheckView {
        method: CheckMethod::Dns,
        result: result.into(),
        message: String::new(),
        retryable: true,
        observed: observed.iter().map(|text| (*text).to_owned()).collect(),
        via: Vec::new(),
        resolvers: Vec::new(),
        dnssec: None,
        checked_at: NOON,
    }
}

pub(super) const fn asked(channel: Channel, ask: Ask<'_>) -> Asked<'_> {
    Asked {
        verification: Id::from_bytes([7; 12]),
        channel,
        ask,
        until: NOON.plus_seconds(600),
        can_change: true,
        test_code: None,
    }
}

pub(super) const fn sent(recipient: &str, delivery: DeliveryStatus, left: u8) -> Ask<'_> {
    Ask::SentCode {
        recipient,
        delivery: Some(delivery),
        attempts_left: Some(left),
    }
}

pub(super) const fn begin(channels: &[Channel]) -> Begin<'_> {
    Begin {
        channels,
        chosen: None,
        wanted: None,
    }
}

/// Its name, what the card shows, and what was wrong with a form of it.
type State<'a> = (
    &'a str,
    AssetType,
    Option<&'a str>,
    Standing<'a>,
    Option<Wrong<'a>>,
);

/// One card of each state.
#[expect(clippy::too_many_lines, reason = "a list of states, not a procedure")]
pub(super) fn all(words: Words) -> Markup {
    let wrong = |kind: AssetType, code, left: Option<u8>| {
        let mut error = ApiError::new(code, "");
        error.attempts_remaining = left;
        error_text(words, kind, kind.channels(), &error)
    };
    let bad_code = wrong(AssetType::Email, ErrorCode::InvalidCode, Some(3));
    let last_code = wrong(AssetType::Email, ErrorCode::InvalidCode, Some(1));
    let bad_phone = wrong(AssetType::Phone, ErrorCode::InvalidIdentifier, None);
    let bad_signature = wrong(AssetType::Wallet, ErrorCode::InvalidSignature, Some(4));
    let bad_address = error_text(
        words,
        AssetType::Social,
        &[Channel::Google],
        &ApiError::new(ErrorCode::InvalidIdentifier, ""),
    );
    let too_soon = error_text(
        words,
        AssetType::Phone,
        &[],
        &ApiError::rate_limited("", 30),
    );
    let (record, file) = (record(), file());
    let (missing, other) = (
        check("record_not_found", &[]),
        check("wrong_value", &["proof-verify=0000000000000000"]),
    );
    let publish = |record, file, last| {
        Ask::Publish(Publication {
            record,
            file,
            last,
            next: Some(NOON.plus_seconds(120)),
        })
    };
    let shown = |from_elsewhere| Ask::ShownCode {
        code: "X7K2M9",
        link: Some(LINK),
        from_elsewhere,
    };
    let mail = "a***@example.com";
    let at = |field, text| Some(Wrong { field, text });
    let (asked_other, asked_away) = (
        check("invalid_identifier", &[]),
        check("provider_unavailable", &[]),
    );
    let states: Vec<State<'_>> = vec![
        (
            "Ready, one way",
            AssetType::Email,
            Some(mail),
            Standing::Ready(begin(&[Channel::Email])),
            None,
        ),
        (
            "Ready, several ways",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Ready(begin(&[Channel::Whatsapp, Channel::Telegram, Channel::Sms])),
            None,
        ),
        (
            "Ready, the person names it",
            AssetType::Phone,
            None,
            Standing::Ready(Begin {
                wanted: Some("12345"),
                ..begin(&[Channel::Sms])
            }),
            at(Some(fields::IDENTIFIER), &bad_phone),
        ),
        (
            "Ready, named by its address",
            AssetType::Social,
            None,
            Standing::Ready(Begin {
                wanted: Some("ada"),
                ..begin(&[Channel::Google])
            }),
            at(Some(fields::IDENTIFIER), &bad_address),
        ),
        (
            "Ready, named in one of many ways",
            AssetType::Social,
            None,
            Standing::Ready(Begin {
                wanted: Some(""),
                ..begin(&[Channel::Github, Channel::Google, Channel::Facebook])
            }),
            None,
        ),
        (
            "A wallet, the person names it",
            AssetType::Wallet,
            None,
            Standing::Ready(Begin {
                wanted: Some(""),
                ..begin(&[Channel::Ethereum, Channel::Solana, Channel::Bitcoin])
            }),
            None,
        ),
        (
            "A code was sent",
            AssetType::Email,
            Some(mail),
            Standing::Asked(asked(Channel::Email, sent(mail, DeliveryStatus::Sent, 5))),
            None,
        ),
        (
            "A wrong code",
            AssetType::Email,
            Some(mail),
            Standing::Asked(asked(
                Channel::Email,
                sent(mail, DeliveryStatus::Delivered, 3),
            )),
            at(Some(fields::CODE), &bad_code),
        ),
        (
            "The last try",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Asked(asked(
                Channel::Sms,
                sent("+3706***9199", DeliveryStatus::Delivered, 1),
            )),
            at(Some(fields::CODE), &last_code),
        ),
        (
            "No code again yet",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Asked(asked(
                Channel::Sms,
                sent("+3706***9199", DeliveryStatus::Delivered, 5),
            )),
            at(None, &too_soon),
        ),
        (
            "The message came back",
            AssetType::Email,
            Some(mail),
            Standing::Asked(asked(
                Channel::Email,
                sent(mail, DeliveryStatus::Bounced, 5),
            )),
            None,
        ),
        (
            "A test",
            AssetType::Email,
            Some("test@example.com"),
            Standing::Asked(Asked {
                test_code: Some("482913"),
                ..asked(
                    Channel::Email,
                    sent("test@example.com", DeliveryStatus::Skipped, 5),
                )
            }),
            None,
        ),
        (
            "A message to us",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Asked(asked(Channel::Whatsapp, shown(false))),
            None,
        ),
        (
            "It came from elsewhere",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Asked(asked(Channel::Telegram, shown(true))),
            None,
        ),
        (
            "A record, not there yet",
            AssetType::Domain,
            Some("example.com"),
            Standing::Asked(asked(
                Channel::Dns,
                publish(Some(&record), None, Some(&missing)),
            )),
            None,
        ),
        (
            "A record or a file, another value",
            AssetType::Domain,
            Some("example.com"),
            Standing::Asked(asked(
                Channel::Auto,
                publish(Some(&record), Some(&file), Some(&other)),
            )),
            None,
        ),
        (
            "A file",
            AssetType::Domain,
            Some("example.com"),
            Standing::Asked(asked(Channel::Http, publish(None, Some(&file), None))),
            None,
        ),
        (
            "Signing in",
            AssetType::Social,
            Some("octocat"),
            Standing::Asked(asked(
                Channel::Github,
                Ask::SignIn {
                    address: "/dev/kit",
                    last: None,
                },
            )),
            None,
        ),
        (
            "Signed in with another account",
            AssetType::Social,
            Some("octocat"),
            Standing::Asked(asked(
                Channel::Github,
                Ask::SignIn {
                    address: "/dev/kit",
                    last: Some(&asked_other),
                },
            )),
            None,
        ),
        (
            "A text message to us",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Asked(asked(Channel::Sms, shown(false))),
            None,
        ),
        (
            "A wallet signs",
            AssetType::Wallet,
            Some(WALLET),
            Standing::Asked(asked(Channel::Ethereum, Ask::Sign { message: TEXT })),
            None,
        ),
        (
            "A wrong signature",
            AssetType::Wallet,
            Some("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            Standing::Asked(asked(Channel::Bitcoin, Ask::Sign { message: TEXT })),
            at(Some(fields::SIGNATURE), &bad_signature),
        ),
        (
            "A bot",
            AssetType::TelegramBot,
            Some("@example_bot"),
            Standing::Asked(asked(
                Channel::TelegramBotToken,
                Ask::BotToken {
                    last: Some(&asked_away),
                },
            )),
            None,
        ),
        (
            "Just proven",
            AssetType::Email,
            Some("ada@example.com"),
            Standing::Proven {
                channel: Channel::Email,
                at: NOON,
                fresh: true,
            },
            None,
        ),
        (
            "Proven before",
            AssetType::Domain,
            Some("example.com"),
            Standing::Proven {
                channel: Channel::Dns,
                at: NOON,
                fresh: false,
            },
            None,
        ),
        (
            "Too late",
            AssetType::Email,
            Some(mail),
            Standing::Failed {
                too_late: true,
                again: Some(begin(&[Channel::Email])),
                organisation: "Acme Exchange",
            },
            None,
        ),
        (
            "Too many tries",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Failed {
                too_late: false,
                again: Some(begin(&[Channel::Sms, Channel::Whatsapp])),
                organisation: "Acme Exchange",
            },
            None,
        ),
        (
            "Too many tries, and no more",
            AssetType::Phone,
            Some("+3706***9199"),
            Standing::Failed {
                too_late: false,
                again: None,
                organisation: "Acme Exchange",
            },
            None,
        ),
        (
            "Withdrawn",
            AssetType::Account,
            Some("ada@example.com"),
            Standing::Withdrawn {
                again: Some(begin(&[Channel::Coinbase])),
            },
            None,
        ),
        (
            "Left open",
            AssetType::Email,
            Some(mail),
            Standing::Left,
            None,
        ),
    ];
    html! {
        @for (index, (name, kind, identifier, standing, wrong)) in states.into_iter().enumerate() {
            section.stack {
                h3.muted { (name) }
                ol.assets {
                    (asset(words, &Asset {
                        place: place(index),
                        kind,
                        identifier,
                        necessity: [Necessity::Unsaid, Necessity::Optional, Necessity::Required][index % 3],
                        standing,
                        wrong,
                    }))
                }
            }
        }
    }
}
