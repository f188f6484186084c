//! The pages of the channels on a developer's machine.

use maud::{DOCTYPE, Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::verification::{ChallengeView, ProofView, Status};

use super::{Offer, Offers, Scene};

pub(super) fn list(offers: &Offers) -> Markup {
    let body = html! {
        header.masthead {
            (mark(false))
            h1 { "Channels" }
            p.muted {
                "Try each one here: Proof asks a made-up person, and you play that person's part. "
                "No message leaves this machine."
            }
        }
        @for kind in AssetType::ALL {
            section {
                h2 { (title(*kind)) }
                ul.rows {
                    @for offer in offers.channels.iter().filter(|offer| offer.kind == *kind) {
                        (row(offer))
                    }
                }
            }
        }
        section {
            h2 { "A session begun on the phone" }
            p.muted { "Nobody types a number: the message that comes tells it." }
            ul.rows {
                @for offer in offers.channels.iter().filter(|offer| offer.sessions) {
                    li.row {
                        div.row-text { strong { (label(offer.channel)) } }
                        @if offer.live && offer.playable {
                            form method="post" action={ "/dev/try-session/" (offer.channel) } {
                                button.button type="submit" name="session" value=(offer.channel)
                                    aria-label={ "Try a session by " (label(offer.channel)) } { "Try" }
                            }
                        }
                    }
                }
            }
        }
        p.muted { "Messages by e-mail also land in the " a href="/dev/inbox" { "inbox" } "." }
    };
    page("Channels", &body)
}

fn row(offer: &Offer) -> Markup {
    let name = offer.channel.as_str();
    html! {
        li.row {
            div.row-text {
                strong { (label(offer.channel)) }
                @if offer.live {
                    span.chip.good { (sign("check")) "Ready" }
                } @else {
                    span.chip.warn { (sign("alert")) "Not set up" }
                    p.muted { "Missing: " (offer.missing.join(", ")) }
                }
            }
            @if offer.live && offer.playable {
                form method="post" action={ "/dev/try/" (offer.kind) "/" (name) } {
                    button.button type="submit" aria-label={ "Try " (title(offer.kind)) ": " (label(offer.channel)) } name="pair" value={ (offer.kind) "/" (name) } { "Try" }
                }
            }
        }
    }
}

pub(super) fn scene(scene: &Scene) -> Markup {
    let verification = &scene.verification;
    let verified = verification.status == Status::Verified;
    let heading = format!(
        "{}: {}",
        title(verification.kind),
        label(verification.channel)
    );
    let body = html! {
        header.masthead {
            (mark(verified))
            h1 { (heading) }
            p { (status(verification.status)) }
        }
        dl.pairs {
            div { dt { "Asset" } dd.mono { (verification.identifier) } }
            div { dt { "Verification" } dd.mono { (verification.id) } }
        }
        @if let Some(challenge) = &verification.challenge { (asked(challenge)) }
        @if let Some(check) = &verification.last_check {
            p.note { (check.message) }
        }
        @for said in &scene.said { p.note { (said) } }
        (buttons(
            &format!("/dev/channels/{}", verification.id),
            scene.part.as_deref(),
            scene.open.as_deref(),
        ))
        @if verification.status == Status::Pending {
            p.muted { "This page does not change by itself. " a href="" { "Look again" } }
        }
        (proof_card(verification.proof.as_ref()))
        p { a href="/dev/channels" { "All channels" } }
    };
    page(&heading, &body)
}

fn asked(challenge: &ChallengeView) -> Markup {
    html! {
        section.card {
            h2 { "What the person is asked" }
            @if challenge.dns_record.is_none() && challenge.http_file.is_none() {
                p { (challenge.instruction) }
            }
            @if let Some(code) = &challenge.code {
                p.code-line { code.code { (code) } button type="button" data-copy=(code) { "Copy" } }
            }
            @if let Some(link) = &challenge.deep_link { p.muted.mono { (link) } }
            @if let Some(message) = &challenge.message { pre.message-text { (message) } }
            @if let Some(record) = &challenge.dns_record {
                dl.pairs {
                    div { dt { "Record" } dd.mono { (record.kind) " " (record.name) } }
                    div { dt { "Value" } dd.mono { (record.value) } }
                }
            }
            @if let Some(file) = &challenge.http_file {
                dl.pairs {
                    div { dt { "File" } dd.mono { (file.url) } }
                    div { dt { "Content" } dd.mono { (file.content) } }
                }
            }
        }
    }
}

/// What can be done now.
pub(super) fn buttons(action: &str, part: Option<&str>, open: Option<&str>) -> Markup {
    html! {
        @if let Some(part) = part {
            form method="post" action=(action) {
                button.button.primary type="submit" { (part) }
            }
        }
        @if let Some(open) = open {
            p { a.button href=(open) { "Open the person's page" } }
        }
    }
}

pub(super) fn proof_card(proof: Option<&ProofView>) -> Markup {
    html! {
        @if let Some(proof) = proof {
            section.card {
                h2 { "The proof" }
                p.muted { "Good until " time datetime=(proof.expires_at) { (proof.expires_at) } }
                p.code-line {
                    code.mono.clipped { (proof.token) }
                    button type="button" data-copy=(proof.token) { "Copy" }
                }
            }
        }
    }
}

fn status(status: Status) -> Markup {
    let (tone, icon, word) = match status {
        Status::Pending => ("", "clock", "Waiting for the person"),
        Status::Verified => ("good", "check", "Verified"),
        Status::Failed => ("bad", "cross", "Failed"),
        Status::Expired => ("warn", "clock", "Expired"),
        Status::Revoked => ("bad", "undo", "Revoked"),
    };
    chip(tone, icon, word)
}

pub(super) fn chip(tone: &str, icon: &str, word: &str) -> Markup {
    html! { span.chip.(tone) { (sign(icon)) (word) } }
}

const fn title(kind: AssetType) -> &'static str {
    match kind {
        AssetType::Phone => "Phone number",
        AssetType::Email => "E-mail address",
        AssetType::Domain => "Domain",
        AssetType::Social => "Social account",
        AssetType::Wallet => "Wallet",
        AssetType::Account => "Exchange account",
        AssetType::TelegramBot => "Telegram bot",
    }
}

const fn label(channel: Channel) -> &'static str {
    match channel {
        Channel::Whatsapp => "WhatsApp",
        Channel::Telegram => "Telegram",
        Channel::Sms => "SMS",
        Channel::Email => "Message by e-mail",
        Channel::Dns => "DNS record",
        Channel::Http => "File on the web server",
        Channel::Auto => "Record or file, whichever comes first",
        Channel::Github => "GitHub",
        Channel::Google => "Google",
        Channel::Facebook => "Facebook",
        Channel::X => "X",
        Channel::Linkedin => "LinkedIn",
        Channel::Instagram => "Instagram",
        Channel::Youtube => "YouTube",
        Channel::Tiktok => "TikTok",
        Channel::Ethereum => "Ethereum",
        Channel::Solana => "Solana",
        Channel::Bitcoin => "Bitcoin",
        Channel::Coinbase => "Coinbase",
        Channel::Kraken => "Kraken",
        Channel::TelegramBotToken => "The bot's token",
    }
}

fn sign(name: &str) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" {
            use href={ "/static/icons.svg#" (name) } {}
        }
    }
}

pub(super) fn mark(draws: bool) -> Markup {
    html! {
        svg.mark.draws[draws].good[draws] viewBox="0 0 48 48" aria-hidden="true" {
            use href="/static/mark.svg#seal" {}
        }
    }
}

pub(super) fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Proof" }
                link rel="icon" href="/static/mark.svg" type="image/svg+xml";
                link rel="stylesheet" href="/static/proof.css";
                script type="module" src="/static/copy.js" {}
            }
            body { main.column { (body) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_channel_that_is_not_set_up_cannot_be_tried() {
        let offer = |live| Offer {
            kind: AssetType::Phone,
            channel: Channel::Whatsapp,
            live,
            missing: vec!["WHATSAPP_ACCESS_TOKEN".into()],
            playable: true,
            sessions: false,
        };
        assert!(row(&offer(true)).into_string().contains("<form"));
        let row = row(&offer(false)).into_string();
        assert!(row.contains("WHATSAPP_ACCESS_TOKEN") && !row.contains("<form"));
    }
}
