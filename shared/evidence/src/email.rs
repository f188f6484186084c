//! The message that carries a code to an e-mail address. It says who asks, what the code is for
//! and what to do if nobody asked. Nothing that a tenant may choose can become a header or markup
//! here, and there is no link: mail scanners open links, and people are told not to.

use std::fmt;

use maud::{DOCTYPE, html};

use crate::code::OtpCode;
use crate::shown;

/// As much of an organisation's name as a subject line holds beside the code.
const MAX_NAME: usize = 60;

/// The longest address (RFC 5321, path without brackets).
const MAX_ADDRESS: usize = 254;

/// Why there is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// It cannot stand in a header, and should never have become an identifier.
    #[error("not an e-mail address that a message can be sent to")]
    InvalidRecipient,
    #[error("not a code of six digits")]
    NotACode,
}

/// A message with a code, ready for a provider, who makes the two bodies one.
#[derive(Clone, PartialEq, Eq)]
pub struct OtpMessage {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl fmt::Debug for OtpMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpMessage(…)")
    }
}

impl OtpMessage {
    /// `to` is the address in its normal form; `organisation_name` is whatever a tenant chose;
    /// `verification_id` is there for questions to support.
    pub fn render(
        to: &str,
        code: &str,
        organisation_name: &str,
        expires_minutes: u32,
        verification_id: &str,
    ) -> Result<Self, EmailError> {
        if !is_address(to) {
            return Err(EmailError::InvalidRecipient);
        }
        let code = OtpCode::parse(code).map_err(|_| EmailError::NotACode)?;
        let code = code.as_str();
        let named = shown::name(organisation_name, MAX_NAME);
        // The code stands first and in one piece, for lock screens and for autofill.
        let subject = if named.is_empty() {
            format!("{code} is your Proof code")
        } else {
            format!("{code} is your Proof code for {named}")
        };
        let words = Words {
            code,
            asks: if named.is_empty() { "Somebody" } else { &named },
            minutes: match expires_minutes {
                1 => "1 minute".to_owned(),
                many => format!("{many} minutes"),
            },
            reference: &shown::name(verification_id, 40),
        };
        Ok(Self {
            to: to.to_owned(),
            subject,
            text: words.text(),
            html: words.html(),
        })
    }
}

struct Words<'a> {
    code: &'a str,
    asks: &'a str,
    minutes: String,
    reference: &'a str,
}

const ASKS: &str = "asks you to prove that this e-mail address is yours.";
const WHAT_TO_DO: &str = "Enter this code on the page that asked for it.";
const IF_NOT_YOU: &str = "If you did not ask for this, do nothing: without the code nothing \
     happens. Give the code to nobody, not even to someone who says they are from Proof.";

const BODY: &str =
    "margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CODE: &str = "margin:0 0 16px;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;\
     letter-spacing:4px";
const PARAGRAPH: &str = "margin:0 0 16px";

impl Words<'_> {
    fn text(&self) -> String {
        let Self {
            code,
            asks,
            minutes,
            reference,
        } = self;
        format!(
            "{code}\n\n{asks} {ASKS}\n\n{WHAT_TO_DO} It is good for {minutes}.\n\n\
             {IF_NOT_YOU}\n\nReference: {reference}\n"
        )
    }

    fn html(&self) -> String {
        let Self {
            code,
            asks,
            minutes,
            reference,
        } = self;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { "Your Proof code" }
                }
                body style=(BODY) {
                    div style="max-width:480px;margin:0 auto" {
                        p style=(CODE) { (code) }
                        p style=(PARAGRAPH) { bdi { (asks) } " " (ASKS) }
                        p style=(PARAGRAPH) { (WHAT_TO_DO) " It is good for " (minutes) "." }
                        p style=(PARAGRAPH) { (IF_NOT_YOU) }
                        p style="margin:0;font-size:14px;opacity:.7" { "Reference: " (reference) }
                    }
                }
            }
        }
        .into_string()
    }
}

/// One mailbox, spelled so that no header can take it for more.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| {
        !c.is_control()
            && !c.is_whitespace()
            && !matches!(
                c,
                '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '\\' | '@'
            )
    };
    text.len() <= MAX_ADDRESS
        && !local.is_empty()
        && !domain.is_empty()
        && local.chars().all(plain)
        && domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "507f1f77bcf86cd799439011";

    fn render_to(
        to: &str,
        organisation_name: &str,
        expires_minutes: u32,
    ) -> Result<OtpMessage, EmailError> {
        OtpMessage::render(to, "482913", organisation_name, expires_minutes, ID)
    }

    fn render(organisation_name: &str) -> OtpMessage {
        render_to("jo@example.com", organisation_name, 10).unwrap()
    }

    #[test]
    fn the_code_comes_first() {
        let message = render("Acme");
        assert_eq!(message.to, "jo@example.com");
        assert_eq!(message.subject, "482913 is your Proof code for Acme");
        assert!(message.text.starts_with("482913\n"));
        let body = message.html.split("<body").nth(1).unwrap();
        let first_text = body.split('>').nth(3).unwrap().split('<').next().unwrap();
        assert_eq!(first_text, "482913");
    }

    #[test]
    fn the_text_is_this() {
        assert_eq!(
            render("Acme").text,
            "482913\n\n\
             Acme asks you to prove that this e-mail address is yours.\n\n\
             Enter this code on the page that asked for it. It is good for 10 minutes.\n\n\
             If you did not ask for this, do nothing: without the code nothing happens. \
             Give the code to nobody, not even to someone who says they are from Proof.\n\n\
             Reference: 507f1f77bcf86cd799439011\n",
        );
    }

    #[test]
    fn both_bodies_say_the_same() {
        let message = render("Acme & Söhne");
        for words in ["482913", ASKS, WHAT_TO_DO, IF_NOT_YOU, "10 minutes", ID] {
            assert!(
                message.text.contains(words) && message.html.contains(words),
                "{words}"
            );
        }
        assert!(message.text.contains("Acme & Söhne"));
        assert!(message.html.contains("Acme &amp; Söhne"));
    }

    #[test]
    fn there_is_nothing_to_open_and_nothing_to_load() {
        let html = render("Acme").html;
        for absent in ["http", "href", "src", "url(", "<a", "<img", "<script"] {
            assert!(!html.contains(absent), "{absent}");
        }
    }

    #[test]
    fn one_minute_is_one_minute() {
        let message = render_to("jo@example.com", "Acme", 1).unwrap();
        assert!(message.text.contains("good for 1 minute."));
    }

    #[test]
    fn a_name_cannot_become_a_header_or_markup() {
        let message = render("Acme\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>");
        assert!(!message.subject.contains(['\r', '\n']));
        assert!(!message.html.contains("<script>"));
        assert!(message.html.contains("&lt;script&gt;"));
        assert_eq!(
            message.text.lines().count(),
            render("Acme").text.lines().count()
        );
        let message = render("\"><img src=x onerror=alert(1)>");
        assert!(!message.html.contains("<img"));
    }

    #[test]
    fn a_name_is_optional_and_bounded() {
        assert_eq!(render(" \n\u{200b}").subject, "482913 is your Proof code");
        assert!(render("").text.contains("\nSomebody asks you"));
        let subject = render(&"ž".repeat(1_000)).subject;
        assert_eq!(
            subject.chars().count(),
            "482913 is your Proof code for ".len() + MAX_NAME
        );
    }

    #[test]
    fn only_one_plain_mailbox_is_written_to() {
        for right in [
            "a@b",
            "jo.o'neil+tag@sub.example.com",
            "jõ@example.com",
            "a!#$%&*=?^`{|}~/_-@x.y",
        ] {
            assert!(render_to(right, "Acme", 10).is_ok(), "{right}");
        }
        let long = format!("{}@example.com", "a".repeat(243));
        for wrong in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b c",
            "a@b,c@d",
            "a@b;c",
            "Jo <a@b>",
            "<a@b>",
            "\"a\"@b",
            "a@b\n",
            "a@b\r\nBcc: c@d",
            "a\0@b",
            "a@[127.0.0.1]",
            "a@bücher.example",
            "a\u{2028}b@c",
            &long,
        ] {
            assert_eq!(
                render_to(wrong, "Acme", 10),
                Err(EmailError::InvalidRecipient),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn only_a_code_of_digits_is_sent() {
        for wrong in ["", "12345", "X7K9M9", "1234567", "<b>123"] {
            let message = OtpMessage::render("jo@example.com", wrong, "Acme", 10, ID);
            assert_eq!(message, Err(EmailError::NotACode), "{wrong}");
        }
    }

    #[test]
    fn nothing_of_it_is_printed() {
        assert_eq!(format!("{:?}", render("Acme")), "OtpMessage(…)");
    }

    proptest! {
        #[test]
        fn no_name_breaks_out(organisation in "[\\PC\r\n\t<>&\"']{0,100}") {
            let message = render(&organisation);
            prop_assert!(!message.subject.chars().any(char::is_control));
            let tags = |html: &str| html.matches('<').count();
            prop_assert_eq!(tags(&message.html), tags(&render("Acme").html));
            prop_assert_eq!(message.text.lines().count(), render("Acme").text.lines().count());
            prop_assert!(message.subject.starts_with("482913 is your Proof code"));
        }

        #[test]
        fn no_recipient_carries_a_second_line(to in "[\\PC\r\n@,<>]{0,40}") {
            if let Ok(message) = render_to(&to, "Acme", 10) {
                prop_assert!(!message.to.contains(['\r', '\n', ',', '<', ' ']));
                prop_assert_eq!(message.to.matches('@').count(), 1);
            }
        }
    }
}
