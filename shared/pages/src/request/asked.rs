//! A challenge that runs: what the person is to do, way by way.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{DeliveryStatus, VerificationView};

use super::asset::Asset;
use super::domain::{self, Publication};
use super::{channel_name, fields, wallet};
use crate::Words;
use crate::parts::{
    Entry, Field, Sign, Weight, code_line, field, link_or_scan, moment, note, sign,
};

/// A challenge.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub channel: Channel,
    pub ask: Ask<'a>,
    /// When the challenge ends.
    pub until: Timestamp,
    /// What was wrong with the last answer; it stands at the field.
    pub error: Option<&'a str>,
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
        resend: Resend,
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
    SignIn { address: &'a str },
    /// Sign a text with the wallet.
    Sign { message: &'a str },
    /// Show the bot's token.
    BotToken,
}

/// Whether the code can be sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resend {
    Now,
    /// Not before this.
    From(Timestamp),
    /// As often as it may be, it was.
    Never,
}

impl<'a> Asked<'a> {
    /// What a pending verification asks for. `recipient` is where a code went, as it may be shown.
    /// Nothing if nothing is asked any more.
    pub fn of(view: &'a VerificationView, recipient: &'a str, resend: Resend) -> Option<Self> {
        let challenge = view.challenge.as_ref()?;
        let code = challenge.code.as_deref();
        let ask = if let Some(message) = challenge.message.as_deref() {
            Ask::Sign { message }
        } else if let Some(address) = challenge.auth_url.as_deref() {
            Ask::SignIn { address }
        } else if challenge.dns_record.is_some() || challenge.http_file.is_some() {
            Ask::Publish(Publication {
                record: challenge.dns_record.as_ref(),
                file: challenge.http_file.as_ref(),
                last: view.last_check.as_ref(),
                next: view.next_check_at,
            })
        } else if view.kind == AssetType::TelegramBot {
            Ask::BotToken
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
                resend,
            }
        };
        Some(Self {
            channel: view.channel,
            ask,
            until: challenge.expires_at,
            error: None,
            can_change: true,
            test_code: code.filter(|_| view.test_mode == Some(true)),
        })
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
            Ask::SentCode { recipient, delivery, attempts_left, resend } => {
                (sent(words, asset, asked, recipient, *delivery, *attempts_left))
                (resending(words, asset, *resend))
            }
            Ask::ShownCode { code, link, from_elsewhere } => {
                (shown(words, asset, asked.channel, code, *link, *from_elsewhere))
            }
            Ask::Publish(publication) => (domain::publication(words, asset, publication, asked.error)),
            Ask::SignIn { address } => (sign_in(words, asset, asked, address)),
            Ask::Sign { message } => (wallet::signing(words, asset, asked.channel, message, asked.error)),
            Ask::BotToken => (token(words, asset, asked.error)),
        }
        @if asked.test_code.is_some() && !matches!(asked.ask, Ask::SentCode { .. }) {
            (test_answer(words, asset))
        }
        div.asset-foot {
            p.muted.small { (words.rich("asked-until", &[], &[("when", &until)])) }
            @if asked.can_change {
                form method="post" action=(asset.place.step("change")) {
                    button.button.quiet type="submit" { (sign(Sign::Undo)) (words.say("another-way")) }
                }
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
    let hint = match (asked.error, left.as_deref()) {
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
        form.stack method="post" action=(asset.place.step("submit")) {
            (field(&Field {
                id: &asset.place.id("code"),
                name: fields::CODE,
                entry: Entry::Code,
                label: &words.say("code"),
                hint: hint.as_deref(),
                value: "",
                error: asked.error,
            }))
            button.button.primary.wide type="submit" { (words.say("code-confirm")) }
        }
    }
}

fn resending(words: Words, asset: &Asset<'_>, resend: Resend) -> Markup {
    match resend {
        Resend::Now => html! {
            form.aside method="post" action=(asset.place.step("resend")) {
                span.muted.small { (words.say("nothing-came")) }
                button.button.quiet type="submit" { (sign(Sign::Again)) (words.say("send-again")) }
            }
        },
        Resend::From(at) => html! {
            p.muted.small { (words.rich("send-again-from", &[], &[("when", &moment(words, at))])) }
        },
        Resend::Never => html! { p.muted.small { (words.say("send-again-never")) } },
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
    let values = [("way", name.as_str())];
    html! {
        @if from_elsewhere {
            (note(Weight::Warn, Sign::Alert, &html! { (words.say("from-elsewhere")) }, None))
        }
        p { (words.with("send-this", &values)) }
        @if let Some(link) = link {
            (link_or_scan(words, link, &words.with("open-way", &values), &words.with("scan-way", &values)))
            p.muted.small { (words.say("send-by-hand")) }
        }
        (code_line(words, code, &words.say("code")))
        p.waiting { (sign(Sign::Clock)) span { (words.say("waiting-message")) " " a.look href="" { (words.say("look-again")) } } }
    }
}

fn sign_in(words: Words, asset: &Asset<'_>, asked: &Asked<'_>, address: &str) -> Markup {
    let name = channel_name(words, asset.kind, asked.channel);
    let values = [("provider", name.as_str())];
    html! {
        @if let Some(error) = asked.error {
            (note(Weight::Bad, Sign::Alert, &html! { (error) }, None))
        }
        p { (words.with("sign-in-there", &values)) }
        p { a.button.primary.wide href=(address) data-next { (words.with("sign-in-continue", &values)) (sign(Sign::Open)) } }
    }
}

fn token(words: Words, asset: &Asset<'_>, error: Option<&str>) -> Markup {
    html! {
        form.stack method="post" action=(asset.place.step("submit")) {
            (field(&Field {
                id: &asset.place.id("token"),
                name: fields::TOKEN,
                entry: Entry::Secret,
                label: &words.say("bot-token"),
                hint: Some(&words.say("bot-token-hint")),
                value: "",
                error,
            }))
            button.button.primary.wide type="submit" { (words.say("bot-token-check")) }
        }
    }
}

/// In test mode nobody sends, signs or publishes anything: the code answers.
fn test_answer(words: Words, asset: &Asset<'_>) -> Markup {
    html! {
        form.stack method="post" action=(asset.place.step("submit")) {
            (field(&Field {
                id: &asset.place.id("test-code"),
                name: fields::CODE,
                entry: Entry::Code,
                label: &words.say("test-answer"),
                hint: None,
                value: "",
                error: None,
            }))
            button.button.wide type="submit" { (words.say("code-confirm")) }
        }
    }
}
