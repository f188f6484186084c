//! Beginning with an asset: naming it, where the tenant did not, and choosing the way.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};

use super::asset::Asset;
use super::names::{channel_hint, channel_sign, named_by, names_address};
use super::{channel_name, fields};
use crate::Words;
use crate::parts::{Choice, Entry, Field, choices, field, sign};

/// What the person can begin.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    /// The ways that there are, the preferred one first.
    pub channels: &'a [Channel],
    pub chosen: Option<Channel>,
    /// What the person typed so far, where the asset is for them to name.
    pub wanted: Option<&'a str>,
}

/// The form; `key` is what its button says.
pub(super) fn form(words: Words, asset: &Asset<'_>, begin: &Begin<'_>, key: &str) -> Markup {
    let chosen = begin.chosen.or(begin.channels.first().copied());
    html! {
        form.stack method="post" action=(asset.place.step("start")) {
            @if let Some(typed) = begin.wanted { (name_it(words, asset, typed, begin.channels)) }
            @match begin.channels {
                [] => {}
                [only] => {
                    input type="hidden" name=(fields::CHANNEL) value=(only.as_str());
                    p.way { (sign(channel_sign(*only))) span { (channel_hint(words, asset.kind, *only)) } }
                }
                several => (choose(words, asset, several, chosen)),
            }
            button.button.primary.wide type="submit" data-next[begin.wanted.is_none()] {
                (words.say(key)) span.visually-hidden { ": " (super::kind_name(words, asset.kind)) }
            }
        }
    }
}

fn choose(
    words: Words,
    asset: &Asset<'_>,
    channels: &[Channel],
    chosen: Option<Channel>,
) -> Markup {
    let texts: Vec<(String, String)> = channels
        .iter()
        .map(|channel| {
            (
                channel_name(words, asset.kind, *channel),
                channel_hint(words, asset.kind, *channel),
            )
        })
        .collect();
    let offered: Vec<Choice<'_>> = channels
        .iter()
        .zip(&texts)
        .map(|(channel, (name, hint))| Choice {
            value: channel.as_str(),
            icon: channel_sign(*channel),
            name,
            hint,
            chosen: chosen == Some(*channel),
        })
        .collect();
    let id = asset.place.id("way");
    choices(&id, fields::CHANNEL, &words.say("choose-way"), &offered)
}

/// The field for the asset. A wallet can fill it in.
fn name_it(words: Words, asset: &Asset<'_>, typed: &str, channels: &[Channel]) -> Markup {
    let entry = match asset.kind {
        AssetType::Phone => Entry::Phone,
        AssetType::Email => Entry::Email,
        AssetType::Domain => Entry::Domain,
        _ if names_address(asset.kind, channels) => Entry::Email,
        _ => Entry::Name,
    };
    let what = named_by(asset.kind, channels);
    html! {
        (field(&Field {
            id: &asset.place.id("identifier"),
            name: fields::IDENTIFIER,
            entry,
            label: &words.say(&format!("your-{what}")),
            hint: Some(&words.say(&format!("your-{what}-hint"))),
            value: typed,
            error: asset.wrong_at(fields::IDENTIFIER),
        }))
        @if asset.kind == AssetType::Wallet {
            // The stylesheet shows the one of the chain that is chosen.
            @for channel in channels { (super::wallet::address_from(words, *channel)) }
        }
    }
}
