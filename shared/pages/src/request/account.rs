//! Accounts and bots: signing in at the provider, showing a bot's token, and what the last try came to.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::verification::CheckView;

use super::asked::Asked;
use super::asset::Asset;
use super::{channel_name, fields};
use crate::Words;
use crate::parts::{Entry, Field, Sign, Weight, field, note, sign};

/// What a try can come to; the rest is said in general words.
const KNOWN: [&str; 7] = [
    "invalid_identifier",
    "declined",
    "not_allowed",
    "no_account",
    "not_believed",
    "provider_unavailable",
    "provider_refused",
];

pub(super) fn sign_in(
    words: Words,
    asset: &Asset<'_>,
    asked: &Asked<'_>,
    address: &str,
    last: Option<&CheckView>,
) -> Markup {
    let name = channel_name(words, asset.kind, asked.channel);
    let values = [("provider", name.as_str())];
    html! {
        @if let Some(last) = last { (came_to(words, &name, last)) }
        p { (words.with("sign-in-there", &values)) }
        p { a.button.primary.wide href=(address) data-next { (words.with("sign-in-continue", &values)) (sign(Sign::Open)) } }
    }
}

pub(super) fn token(
    words: Words,
    asset: &Asset<'_>,
    asked: &Asked<'_>,
    last: Option<&CheckView>,
) -> Markup {
    let wrong = asset.wrong_at(fields::TOKEN);
    let provider = channel_name(words, AssetType::Phone, Channel::Telegram);
    let body = html! {
        (field(&Field {
            id: &asset.place.id("token"),
            name: fields::TOKEN,
            entry: Entry::Secret,
            label: &words.say("bot-token"),
            hint: Some(&words.say("bot-token-hint")),
            value: "",
            error: wrong,
        }))
        button.button.primary.wide type="submit" { (words.say("bot-token-check")) }
    };
    html! {
        @if let (None, Some(last)) = (wrong, last) { (came_to(words, &provider, last)) }
        (asked.form(asset, "stack", "submit", &body))
    }
}

fn came_to(words: Words, provider: &str, last: &CheckView) -> Markup {
    let key = KNOWN
        .iter()
        .find(|known| **known == last.result)
        .map_or("last-other".to_owned(), |known| {
            format!("last-{}", known.replace('_', "-"))
        });
    let text = html! { (words.with(&key, &[("provider", provider)])) };
    note(Weight::Warn, Sign::Alert, &text, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::verification::AccountProblem;

    #[test]
    fn every_problem_of_an_account_has_its_words() {
        for problem in [
            AccountProblem::InvalidIdentifier,
            AccountProblem::Declined,
            AccountProblem::NotAllowed,
            AccountProblem::NoAccount,
            AccountProblem::NotBelieved,
            AccountProblem::ProviderUnavailable,
            AccountProblem::ProviderRefused,
        ] {
            assert!(KNOWN.contains(&problem.as_str()), "{problem:?}");
            let key = format!("last-{}", problem.as_str().replace('_', "-"));
            assert_ne!(Words::preferred("en").say(&key), key);
        }
    }
}
