//! The pages of the channels on a developer's machine.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::verification::{ChallengeView, ProofView, Status};
use proof_pages::parts::{Sign, Weight, chip};
use proof_pages::request::{channel_name, kind_name};
use proof_pages::{Page, Tone, Words};

use super::{Offer, Offers, Scene};

pub(super) fn list(offers: &Offers) -> String {
    let body = html! {
        p.muted {
            "Try each one here: Proof asks a made-up person, and you play that person's part. "
            "No message leaves this machine."
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
                        div.row-text { strong { (phone(offer.channel)) } }
                        @if offer.live && offer.playable {
                            form method="post" action={ "/dev/try-session/" (offer.channel) } {
                                button.button type="submit" name="session" value=(offer.channel)
                                    aria-label={ "Try a session by " (phone(offer.channel)) } { "Try" }
                            }
                        }
                    }
                }
            }
        }
        p.muted { "Messages by e-mail also land in the " a href="/dev/inbox" { "inbox" } "." }
    };
    page("Channels", Tone::Asking, &body)
}

fn row(offer: &Offer) -> Markup {
    let name = offer.channel.as_str();
    html! {
        li.row {
            div.row-text {
                strong { (label(offer.kind, offer.channel)) }
                @if offer.live {
                    (chip(Weight::Good, Sign::Check, "Ready"))
                } @else {
                    (chip(Weight::Warn, Sign::Alert, "Not set up"))
                    p.muted { "Missing: " (offer.missing.join(", ")) }
                }
            }
            @if offer.live && offer.playable {
                form method="post" action={ "/dev/try/" (offer.kind) "/" (name) } {
                    button.button type="submit" aria-label={ "Try " (title(offer.kind)) ": " (label(offer.kind, offer.channel)) } name="pair" value={ (offer.kind) "/" (name) } { "Try" }
                }
            }
        }
    }
}

pub(super) fn scene(scene: &Scene) -> String {
    let verification = &scene.verification;
    let verified = verification.status == Status::Verified;
    let heading = format!(
        "{}: {}",
        title(verification.kind),
        label(verification.kind, verification.channel)
    );
    let body = html! {
        p { (status(verification.status)) }
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
    page(&heading, tone_of(verified), &body)
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
        Status::Pending => (Weight::Plain, Sign::Clock, "Waiting for the person"),
        Status::Verified => (Weight::Good, Sign::Check, "Verified"),
        Status::Failed => (Weight::Bad, Sign::Cross, "Failed"),
        Status::Expired => (Weight::Warn, Sign::Clock, "Expired"),
        Status::Revoked => (Weight::Bad, Sign::Undo, "Revoked"),
    };
    chip(tone, icon, word)
}

fn title(kind: AssetType) -> String {
    kind_name(words(), kind)
}

fn label(kind: AssetType, channel: Channel) -> String {
    channel_name(words(), kind, channel)
}

fn phone(channel: Channel) -> String {
    label(AssetType::Phone, channel)
}

/// Developers read English here.
fn words() -> Words {
    Words::preferred("en")
}

pub(super) const fn tone_of(verified: bool) -> Tone {
    if verified { Tone::Done } else { Tone::Asking }
}

/// A page for developers in the frame of all pages.
pub(super) fn page(title: &str, tone: Tone, body: &Markup) -> String {
    Page::new(words(), tone, title)
        .module("/static/copy.js")
        .render(body)
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
