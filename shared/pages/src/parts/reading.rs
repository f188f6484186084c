//! What a person reads off the page and takes elsewhere: codes, records, files, links, texts.

use maud::{Markup, PreEscaped, html};
use proof_domain::verification::{DnsRecord, HttpFile};
use proof_evidence::qr::QrPicture;

use super::{Sign, sign};
use crate::Words;

/// A button that copies a text; it is only there where a script may run. `what` is for whoever hears
/// the page: which of several texts it copies.
pub fn copy_button(words: Words, text: &str, what: &str) -> Markup {
    let name = words.with("copy-what", &[("what", what)]);
    html! {
        button.copy type="button" data-copy=(text) data-copied=(words.say("copied")) aria-label=(name) {
            (sign(Sign::Copy)) span { (words.say("copy")) }
        }
    }
}

/// A code to read and copy, grouped for reading.
pub fn code_line(words: Words, code: &str, what: &str) -> Markup {
    html! {
        p.code-line {
            code.code dir="ltr" { @for group in groups(code) { span { (group) } } }
            (copy_button(words, code, what))
        }
    }
}

/// Groups of three or four letters, whichever leaves no short rest.
fn groups(code: &str) -> Vec<String> {
    let letters: Vec<char> = code.chars().collect();
    let size = match letters.len() {
        0..=4 => 4,
        length if length % 4 == 0 => 4,
        _ => 3,
    };
    letters
        .chunks(size)
        .map(|group| group.iter().collect())
        .collect()
}

/// A link as a QR code: dark on light whatever the theme. Nothing where the link has none.
pub fn qr(link: &str, title: &str) -> Markup {
    let Ok(picture) = QrPicture::of(link) else {
        return html! {};
    };
    // It is drawn by our own code from modules, and its title is escaped there.
    html! { div.qr-picture { (PreEscaped(picture.svg(title))) } }
}

/// A link to open here, or to scan with the phone. On a phone the link comes first.
pub fn link_or_scan(words: Words, link: &str, open: &str, scan: &str) -> Markup {
    html! {
        div.scan {
            p.scan-link {
                span.scan-here.muted { (words.say("on-this-device")) }
                a.button href=(link) target="_blank" rel="noopener noreferrer" data-next { (open) (sign(Sign::Open)) }
            }
            figure.scan-picture {
                (qr(link, scan))
                figcaption.muted { (scan) }
            }
        }
    }
}

/// A record for the domain's DNS. `name` is where it goes, in full.
pub fn dns_record(words: Words, record: &DnsRecord) -> Markup {
    let (name, value) = (words.say("record-name"), words.say("record-value"));
    html! {
        dl.record {
            div { dt { (words.say("record-type")) } dd { code { (record.kind) } } }
            (copied(words, &name, &record.name))
            (copied(words, &value, &record.value))
        }
    }
}

/// A file for the domain's web server.
pub fn file(words: Words, file: &HttpFile) -> Markup {
    let (address, content) = (words.say("file-address"), words.say("file-content"));
    html! {
        dl.record {
            (copied(words, &address, &file.url))
            (copied(words, &content, &file.content))
        }
    }
}

fn copied(words: Words, name: &str, value: &str) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { code dir="ltr" { (value) } (copy_button(words, value, name)) }
        }
    }
}

/// A text that a wallet signs, exactly as it is signed.
pub fn text_to_sign(words: Words, message: &str) -> Markup {
    let what = words.say("text-to-sign");
    html! {
        figure.sample {
            figcaption { span { (what) } (copy_button(words, message, &what)) }
            pre tabindex="0" role="group" aria-label=(what) { code dir="ltr" { (message) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::preferred("en")
    }

    #[test]
    fn codes_are_read_in_groups() {
        assert_eq!(groups("482913"), ["482", "913"]);
        assert_eq!(groups("X7K2M9QP"), ["X7K2", "M9QP"]);
        assert_eq!(groups("1234567"), ["123", "456", "7"]);
        assert_eq!(groups("1234"), ["1234"]);
        assert_eq!(groups(""), [""; 0]);
    }

    #[test]
    fn copying_gives_the_whole_text() {
        let line = code_line(words(), "482913", "Code").into_string();
        assert!(line.contains(r#"data-copy="482913""#) && line.contains("Copied"));
        assert!(line.contains("<span>482</span><span>913</span>"));
    }

    #[test]
    fn a_link_is_text_whatever_it_holds() {
        let link = r#"https://wa.me/1?text="><script>alert(1)</script>"#;
        let scan = link_or_scan(words(), link, "Open", "Scan </title><script>").into_string();
        assert!(!scan.contains("<script>") && scan.contains("<svg"));
    }

    #[test]
    fn two_pictures_do_not_share_a_name() {
        assert!(
            !qr("https://proof.example", "Scan")
                .into_string()
                .contains(" id=")
        );
    }

    #[test]
    fn what_is_too_long_to_scan_is_left_out() {
        assert_eq!(qr(&"x".repeat(5_000), "Scan").into_string(), "");
    }
}
