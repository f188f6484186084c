//! The parts by themselves, and the way to whole pages.

use maud::{Markup, html};
use proof_pages::parts::{
    Entry, Field, Sign, Weight, chip, code_line, copy_button, dns_record, field, file,
    link_or_scan, moment, note, progress, sign, text_to_sign,
};
use proof_pages::request::{Trouble, trouble};
use proof_pages::{Tone, Words, mark};

use super::cards;
use super::scenes::Scene;

pub(super) fn all(words: Words, query: &str) -> Markup {
    html! {
        (ways(query))
        (small(words))
        (notes(words))
        (fields())
        (readings(words))
        h2 { "States of an asset" }
        (cards::all(words))
    }
}

fn ways(query: &str) -> Markup {
    html! {
        section.stack {
            h2 { "Whole pages" }
            ul.rows {
                @for scene in Scene::ALL {
                    li.row {
                        strong { (scene.as_str()) }
                        a.button href={ "/dev/kit/" (scene.as_str()) (query) } { "Look" }
                    }
                }
            }
            p.muted {
                "Other manners: " a href="?lang=lt" { "Lithuanian" } ", "
                a href="?dir=rtl" { "right to left" } ", "
                a href="?accent=ffd400&radius=0" { "yellow and square" } ", "
                a href="?accent=0b5fff&radius=20" { "blue and round" }
            }
        }
    }
}

fn small(words: Words) -> Markup {
    html! {
        section.stack {
            h2 { "Marks, signs, words" }
            p { @for tone in [Tone::Asking, Tone::Done, Tone::Stopped] { (mark(tone)) " " } }
            p { @for one in Sign::ALL { (sign(one)) " " } }
            p {
                (chip(Weight::Plain, Sign::Clock, "Plain")) " "
                (chip(Weight::Good, Sign::Check, "Good")) " "
                (chip(Weight::Warn, Sign::Alert, "Warn")) " "
                (chip(Weight::Bad, Sign::Cross, "Bad"))
            }
            p { (moment(words, cards::NOON)) }
            p.stack {
                button.button.primary.wide type="button" { "Primary" }
                button.button.wide type="button" { "Secondary" }
                button.button.quiet type="button" { (sign(Sign::Undo)) "Quiet" }
                button.button type="button" disabled { "Disabled" }
            }
            @for done in 0..=3 { (progress(words, done, 3)) }
        }
    }
}

fn notes(words: Words) -> Markup {
    let text = html! { "What happened, and what helps." };
    html! {
        section.stack {
            h2 { "Notes" }
            (note(Weight::Plain, Sign::Info, &text, None))
            (note(Weight::Good, Sign::Check, &text, None))
            (note(Weight::Warn, Sign::Alert, &text, Some(&html! { a href="" { "Look again" } })))
            (note(Weight::Bad, Sign::Cross, &text, None))
            (note(Weight::Warn, Sign::Offline, &html! { (words.say("offline-text")) }, None))
            @for one in Trouble::ALL { (trouble(words, one)) }
        }
    }
}

fn fields() -> Markup {
    let kinds = [
        ("Code", Entry::Code, "482913"),
        ("Phone", Entry::Phone, "+370 612 34567"),
        ("E-mail", Entry::Email, "ada@example.com"),
        ("Domain", Entry::Domain, "example.com"),
        ("Name", Entry::Name, "octocat"),
        ("Paste", Entry::Paste, "0x0102"),
        ("Secret", Entry::Secret, "12345"),
    ];
    html! {
        section.stack {
            h2 { "Fields" }
            @for (label, entry, value) in kinds {
                @for (error, id) in [(None, "kit-plain"), (Some("That is not right."), "kit-wrong")] {
                    (field(&Field {
                        id: &format!("{id}-{label}"),
                        name: "kit",
                        entry,
                        label,
                        hint: Some("What helps to fill it in"),
                        value,
                        error,
                    }))
                }
            }
        }
    }
}

fn readings(words: Words) -> Markup {
    html! {
        section.stack {
            h2 { "To read and take elsewhere" }
            (code_line(words, "482913", "Code"))
            (code_line(words, "X7K2M9QP", "Code"))
            p { (copy_button(words, "text", "Text")) }
            (dns_record(words, &cards::record()))
            (file(words, &cards::file()))
            (text_to_sign(words, "A text\n\nof some lines"))
            (link_or_scan(words, "https://proof.example/verify/1", "Open", "Scan this"))
        }
    }
}
