//! A challenge that runs: what the person is to do, way by way.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::id::Id;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{CheckView, DeliveryStatus, VerificationView};

use super::asset::Asset;
use super::domain::{self, Publication};
use super::{account, channel_name, fields, wallet};
use crate::Words;
use crate::parts::{
    Entry, Field, Sign, Weight, code_line, field, link_or_scan, moment, note, sign,
};

/// A challenge.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Its verification. Forms name it, so that one left open answers no later challenge.
    pub verification: Id,
    pub channel: Channel,
    pub ask: Ask<'a>,
    /// When the challenge ends.
    pub until: Timestamp,
    /// The person may go back and choose another way or another asset.
    pub can_change: bool,
    /// Test mode: what may be answered, as nothing was sent.
    pub test_code: Option<&'a str>,
}

/// What the person is to do.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'a> {
    /// Type the code that was sent to them.
    SentCode {
        /// Where it went, as it may be shown.
        recipient: &'a str,
        delivery: Option<DeliveryStatus>,
        attempts_left: Option<u8>,
    },
    /// Send the code that is shown, from the phone that is to be proven.
    ShownCode {
        code: &'a str,
        link: Option<&'a str>,
        /// It came, but from another number or account.
        from_elsewhere: bool,
    },
    /// Publish a record or a file.
    Publish(Publication<'a>),
    /// Sign in at the provider.
    SignIn {
        address: &'a str,
        /// What the last try came to.
        last: Option<&'a CheckView>,
    },
    /// Sign a text with the wallet.
    Sign { message: &'a str },
    /// Show the bot's token.
    BotToken {
        /// What Telegram said of the last one.
        last: Option<&'a CheckView>,
    },
}

impl<'a> Asked<'a> {
    /// What a pending verification asks for. `recipient` is where a code went, as it may be shown.
    /// Nothing if nothing is asked any more.
    pub fn of(view: &'a VerificationView, recipient: &'a str) -> Option<Self> {
        let challenge = view.challenge.as_ref()?;
        let code = challenge.code.as_deref();
        let ask = if let Some(message) = challenge.message.as_deref() {
            Ask::Sign { message }
        } else if let Some(address) = challenge.auth_url.as_deref() {
            Ask::SignIn {
                address,
                last: view.last_check.as_ref(),
            }
        } else if challenge.dns_record.is_some() || challenge.http_file.is_some() {
            Ask::Publish(Publication {
                record: challenge.dns_record.as_ref(),
                file: challenge.http_file.as_ref(),
                last: view.last_check.as_ref(),
                next: view.next_check_at,
            })
        } else if view.kind == AssetType::TelegramBot {
            Ask::BotToken {
                last: view.last_check.as_ref(),
            }
        } else if let (None, Some(code)) = (view.delivery_status, code) {
            Ask::ShownCode {
                code,
                link: challenge.deep_link.as_deref(),
                from_elsewhere: view.last_check.is_some(),
            }
        } else {
            Ask::SentCode {
                recipient,
                delivery: view.delivery_status,
                attempts_left: challenge.attempts_remaining,
            }
        };
        Some(Self {
            verification: view.id,
            channel: view.channel,
            ask,
            until: challenge.expires_at,
            can_change: true,
            test_code: code.filter(|_| view.test_mode == Some(true)),
        })
    }

    /// Whether the person fills in this field.
    pub(super) fn has_field(&self, field: &str) -> bool {
        let own = match self.ask {
            Ask::SentCode { .. } => Some(fields::CODE),
            Ask::Sign { .. } => Some(fields::SIGNATURE),
            Ask::BotToken { .. } => Some(fields::TOKEN),
            Ask::ShownCode { .. } | Ask::Publish(_) | Ask::SignIn { .. } => None,
        };
        own == Some(field) || (field == fields::CODE && self.test_code.is_some())
    }

    /// A form about this challenge and no other.
    pub(super) fn form(&self, asset: &Asset<'_>, class: &str, step: &str, body: &Markup) -> Markup {
        html! {
            form class=[(!class.is_empty()).then_some(class)] method="post" action=(asset.place.step(step)) {
                input type="hidden" name=(fields::VERIFICATION) value=(self.verification);
                (body)
            }
        }
    }
}

pub(super) fn body(words: Words, asset: &Asset<'_>, asked: &Asked<'_>) -> Markup {
    let until = moment(words, asked.until);
    html! {
        @if let Some(code) = asked.test_code {
            (note(
                Weight::Warn,
                Sign::Info,
                &html! { (words.say("test-code")) " " code dir="ltr" { (code) } },
                None,
            ))
        }
        @match &asked.ask {
            Ask::SentCode { recipient, delivery, attempts_left } => {
                (sent(words, asset, asked, recipient, *delivery, *attempts_left))
                (asked.form(asset, "aside", "resend", &html! {
                    span.muted.small { (words.say("nothing-came")) }
                    button.button.quiet type="submit" { (sign(Sign::Again)) (words.say("send-again")) }
                }))
            }
            Ask::ShownCode { code, link, from_elsewhere } => {
                (shown(words, asset, asked.channel, code, *link, *from_elsewhere))
            }
            Ask::Publish(publication) => (domain::publication(words, asset, asked, publication)),
            Ask::SignIn { address, last } => (account::sign_in(words, asset, asked, address, *last)),
            Ask::Sign { message } => (wallet::signing(words, asset, asked, message)),
            Ask::BotToken { last } => (account::token(words, asset, asked, *last)),
        }
        @if asked.test_code.is_some() && !matches!(asked.ask, Ask::SentCode { .. }) {
            (test_answer(words, asset, asked))
        }
        div.asset-foot {
            p.muted.small { (words.rich("asked-until", &[], &[("when", &until)])) }
            @if asked.can_change {
                (asked.form(asset, "", "change", &html! {
                    button.button.quiet type="submit" { (sign(Sign::Undo)) (words.say("another-way")) }
                }))
            }
        }
    }
}

fn sent(
    words: Words,
    asset: &Asset<'_>,
    asked: &Asked<'_>,
    recipient: &str,
    delivery: Option<DeliveryStatus>,
    attempts_left: Option<u8>,
) -> Markup {
    let left = attempts_left.map(|left| left.to_string());
    let to = html! { strong.mono { bdi { (recipient) } } };
    let key = match (asset.kind, asked.channel) {
        (_, Channel::Email) => "sent-email",
        (_, Channel::Sms) => "sent-sms",
        _ => "sent-other",
    };
    let way = html! { (channel_name(words, asset.kind, asked.channel)) };
    let wrong = asset.wrong_at(fields::CODE);
    let hint = match (wrong, left.as_deref()) {
        (None, Some(left)) if left != "5" => Some(words.with("tries-left", &[("left", left)])),
        _ => None,
    };
    html! {
        @match delivery {
            Some(DeliveryStatus::Failed | DeliveryStatus::Bounced) => {
                (note(Weight::Bad, Sign::Alert, &words.rich("sent-came-back", &[], &[("recipient", &to)]), None))
            }
            Some(DeliveryStatus::Complained) => {
                (note(Weight::Warn, Sign::Alert, &html! { (words.say("sent-complained")) }, None))
            }
            Some(DeliveryStatus::Queued) => {
                p { (words.rich("sent-queued", &[], &[("recipient", &to)])) }
            }
            _ => { p { (words.rich(key, &[], &[("recipient", &to), ("way", &way)])) } }
        }
        (asked.form(asset, "stack", "submit", &html! {
            (field(&Field {
                id: &asset.place.id("code"),
                name: fields::CODE,
                entry: Entry::Code,
                label: &words.say("code"),
                hint: hint.as_deref(),
                value: "",
                error: wrong,
            }))
            button.button.primary.wide type="submit" { (words.say("code-confirm")) }
        }))
    }
}

fn shown(
    words: Words,
    asset: &Asset<'_>,
    channel: Channel,
    code: &str,
    link: Option<&str>,
    from_elsewhere: bool,
) -> Markup {
    let name = channel_name(words, asset.kind, channel);
    // A text message is no proper name that could stand in another sentence.
    let say = |key: &str| match channel {
        Channel::Sms => words.say(&format!("{key}-sms")),
        _ => words.with(key, &[("way", name.as_str())]),
    };
    html! {
        @if from_elsewhere {
            (note(Weight::Warn, Sign::Alert, &html! { (words.say("from-elsewhere")) }, None))
        }
        p { (say("send-this")) }
        @if let Some(link) = link {
            (link_or_scan(words, link, &say("open-way"), &say("scan-way")))
            p.muted.small { (words.say("send-by-hand")) }
        }
        (code_line(words, code, &words.say("code")))
        p.waiting { (sign(Sign::Clock)) span {
            (words.say("waiting-message")) " "
            a.without-script href="" { (words.say("look-again")) }
            span.with-script { (words.say("goes-on")) }
        } }
    }
}

/// In test mode nobody sends, signs or publishes anything: the code answers.
fn test_answer(words: Words, asset: &Asset<'_>, asked: &Asked<'_>) -> Markup {
    let body = html! {
        (field(&Field {
            id: &asset.place.id("test-code"),
            name: fields::CODE,
            entry: Entry::Code,
            label: &words.say("test-answer"),
            hint: None,
            value: "",
            error: asset.wrong_at(fields::CODE),
        }))
        button.button.wide type="submit" { (words.say("code-confirm")) }
    };
    asked.form(asset, "stack", "submit", &body)
}
