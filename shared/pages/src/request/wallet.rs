//! Places for the wallets that live in a browser. `wallets.js` finds them and puts a button each
//! here; without it, or without a wallet, the person pastes instead.

use maud::{Markup, html};
use proof_domain::asset::Channel;

use super::asked::Asked;
use super::asset::Asset;
use super::fields;
use crate::Words;
use crate::parts::{Entry, Field, field, text_to_sign};

/// Fills in the address.
pub(super) fn address_from(words: Words, channel: Channel) -> Markup {
    place(words, channel, fields::IDENTIFIER, "wallet-address", None)
}

/// Signs, or lets the person paste what was signed elsewhere.
pub(super) fn signing(words: Words, asset: &Asset<'_>, asked: &Asked<'_>, message: &str) -> Markup {
    let channel = asked.channel;
    let wrong = asset.wrong_at(fields::SIGNATURE);
    // No wallet in a browser is asked for bitcoin: pasting is the only way, so it is open.
    let open = channel == Channel::Bitcoin || wrong.is_some();
    let address = asset.identifier.unwrap_or_default();
    html! {
        p { (words.say("wallet-sign")) }
        (text_to_sign(words, message))
        (asked.form(asset, "stack", "submit", &html! {
            (place(words, channel, fields::SIGNATURE, "wallet-sign", Some((address, message))))
            details.more open[open] {
                summary { (words.say("wallet-elsewhere")) }
                div.stack {
                    p.muted.small { (words.say(paste_hint(channel))) }
                    (field(&Field {
                        id: &asset.place.id("signature"),
                        name: fields::SIGNATURE,
                        entry: Entry::Paste,
                        label: &words.say("signature"),
                        hint: None,
                        value: "",
                        error: wrong,
                    }))
                    button.button.wide type="submit" { (words.say("signature-check")) }
                }
            }
        }))
    }
}

const fn paste_hint(channel: Channel) -> &'static str {
    match channel {
        Channel::Ethereum => "paste-ethereum",
        Channel::Solana => "paste-solana",
        _ => "paste-bitcoin",
    }
}

/// Where the buttons go; hidden until there is one.
fn place(
    words: Words,
    channel: Channel,
    fills: &str,
    key: &str,
    signs: Option<(&str, &str)>,
) -> Markup {
    let name = [("wallet", "{wallet}"), ("account", "{account}")];
    html! {
        div.wallets hidden data-wallet=(channel.as_str()) data-fills=(fills)
            data-use=(words.with(&format!("{key}-with"), &name))
            data-use-any=(words.say(&format!("{key}-with-any")))
            data-address=[signs.map(|(address, _)| address)]
            data-message=[signs.map(|(_, message)| message)]
            data-asking=(words.say("wallet-asking"))
            data-other-account=(words.with("wallet-other-account", &name))
            data-declined=(words.say("wallet-declined"))
            data-failed=(words.say("wallet-failed")) {
            div.stack data-wallet-list {}
            p.muted.small role="status" {}
        }
    }
}
