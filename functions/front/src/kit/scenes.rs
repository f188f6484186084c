//! Whole pages of a request, as a person meets them from beginning to end.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::DeliveryStatus;
use proof_pages::request::{
    AnyOf, Ask, Asset, End, Live, Necessity, Need, Opening, Publication, Purpose, Return, Standing,
    Trouble, assets, ending, opening, progress_of, whole,
};
use proof_pages::{Asker, Tone, Words};

use super::cards::{NOON, asked, begin, place, record, sent};

const ASKER: Asker<'static> = Asker {
    name: "Acme Exchange",
    logo: None,
};

/// The same with a logo of its own, wider than high.
const WITH_LOGO: Asker<'static> = Asker {
    name: ASKER.name,
    logo: Some(concat!(
        "data:image/png;base64,",
        "iVBORw0KGgoAAAANSUhEUgAAAJAAAAAoAQMAAAArEeHjAAAABlBMVEX///8af2SmCzWgAAAAAXRSTlMAQObYZgAA",
        "AI1JREFUeNqt0kEKxCAMBdA/uOjsPEKP0qPVo3kUj+DShfQPJaU0aQbLMMHVEySJH3hY75u8mC1FNkszu6WVtEQy",
        "2dfJjMizKgLJMqSJiVVT3LA0Qx2zpbYf3XzF1MdUEH6ipSBsf3rrWasy4zG23KlNHHTdl5DaqpDa/VeSfxz9tpcJ",
        "JzlOvpwUOlm91QepdMTLgonqzgAAAABJRU5ErkJggg==",
    )),
};

/// A page of the request, or one instead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    Open,
    Choice,
    Working,
    Trouble,
    Completed,
    ExpiredSome,
    Expired,
    Cancelled,
    Unknown,
    Unavailable,
}

impl Scene {
    pub(super) const ALL: [Self; 10] = [
        Self::Open,
        Self::Choice,
        Self::Working,
        Self::Trouble,
        Self::Completed,
        Self::ExpiredSome,
        Self::Expired,
        Self::Cancelled,
        Self::Unknown,
        Self::Unavailable,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Choice => "choice",
            Self::Working => "working",
            Self::Trouble => "trouble",
            Self::Completed => "completed",
            Self::ExpiredSome => "expired-some",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
            Self::Unavailable => "unavailable",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// The texts of a page that only says something.
    pub(super) const fn notice(self) -> Option<&'static str> {
        match self {
            Self::Unknown => Some("verify-unknown"),
            Self::Unavailable => Some("verify-unavailable"),
            _ => None,
        }
    }

    /// Who asks.
    pub(super) const fn asker(self) -> Asker<'static> {
        match self {
            Self::Trouble | Self::ExpiredSome => WITH_LOGO,
            _ => ASKER,
        }
    }

    /// Tone, title and body.
    pub(super) fn show(self, words: Words) -> (Tone, String, Markup) {
        let record = record();
        let publication = Publication {
            record: Some(&record),
            file: None,
            last: None,
            next: Some(NOON.plus_seconds(60)),
        };
        let email = "a***@example.com";
        let proven = |channel, fresh| Standing::Proven {
            channel,
            at: NOON,
            fresh,
        };
        let (first, second, third) = match self {
            Self::Working | Self::Trouble => (
                proven(Channel::Email, true),
                Standing::Asked(asked(Channel::Dns, Ask::Publish(publication))),
                Standing::Asked(asked(
                    Channel::Sms,
                    sent("+3706***9199", DeliveryStatus::Sent, 5),
                )),
            ),
            Self::Completed => (
                proven(Channel::Email, false),
                proven(Channel::Dns, false),
                proven(Channel::Sms, false),
            ),
            Self::ExpiredSome => (
                proven(Channel::Email, false),
                Standing::Left,
                Standing::Left,
            ),
            Self::Expired | Self::Cancelled => (Standing::Left, Standing::Left, Standing::Left),
            Self::Open | Self::Choice | Self::Unknown | Self::Unavailable => (
                Standing::Ready(begin(&[Channel::Email])),
                Standing::Ready(begin(&[Channel::Auto, Channel::Email])),
                Standing::Ready(begin(&[Channel::Whatsapp, Channel::Telegram, Channel::Sms])),
            ),
        };
        let card = |index, kind, identifier, standing| Asset {
            place: place(index),
            kind,
            identifier: Some(identifier),
            necessity: match self {
                Self::Choice if index == 0 => Necessity::Required,
                Self::Choice => Necessity::Unsaid,
                _ if index == 2 => Necessity::Optional,
                _ => Necessity::Unsaid,
            },
            standing,
            wrong: None,
        };
        let shown = |standing: &Standing<'_>, clear, masked| match standing {
            Standing::Proven { .. } => clear,
            _ => masked,
        };
        let (mail, phone) = (
            shown(&first, "ada@example.com", email),
            shown(&third, "+37069199199", "+3706***9199"),
        );
        let all = [
            card(0, AssetType::Email, mail, first),
            card(1, AssetType::Domain, "example.com", second),
            card(2, AssetType::Phone, phone, third),
        ];
        // The phone is optional, or two of the three are enough.
        let need = Need {
            count: 2,
            done: all.iter().filter(|one| one.is_proven()).count().min(2),
            any_of: (self == Self::Choice).then_some(AnyOf {
                all: 3,
                some_required: true,
            }),
        };
        if let Some((end, back)) = self.end() {
            let body = html! { (ending(words, end, ASKER.name, back)) (assets(words, &all)) };
            return (
                end.tone(),
                end.title(words),
                whole(words, None, need, None, &body),
            );
        }
        let body = html! {
            (opening(words, &asked_of(need)))
            (progress_of(words, need))
            (assets(words, &all))
        };
        let what = (self == Self::Trouble).then_some(Trouble::Unavailable);
        let live = Live {
            events: "/dev/kit",
            seen: 1,
        };
        (
            Tone::Asking,
            need.title(words),
            whole(words, Some(live), need, what, &body),
        )
    }

    const fn end(self) -> Option<(End, Option<Return<'static>>)> {
        let back = Return {
            address: "https://app.example.com/verified?status=completed",
            after: None,
        };
        match self {
            Self::Completed => Some((End::Completed, Some(back))),
            Self::ExpiredSome => Some((End::Expired { some: true }, Some(back))),
            Self::Expired => Some((End::Expired { some: false }, None)),
            Self::Cancelled => Some((End::Cancelled, None)),
            _ => None,
        }
    }
}

const fn asked_of(need: Need) -> Opening<'static> {
    Opening {
        organisation: ASKER.name,
        purpose: Some(Purpose {
            title: "Open a business account",
            description: Some(
                "We have to know that the company and its contacts are really yours.",
            ),
        }),
        need,
        names: false,
        accounts: false,
        expires_at: Timestamp::from_seconds(1_784_980_800),
        test: false,
    }
}
