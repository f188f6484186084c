//! The message that carries a code, and the link beside it, to a mailbox. It says who asks, what
//! the code is for and what to do if nobody asked. The one thing it links to is our own page, and
//! opening that proves nothing: mail scanners open links.

use std::fmt;

use maud::{DOCTYPE, html};

use super::address::is_address;
use super::words;
use crate::code::OtpCode;
use crate::shown;

/// As much of an organisation's name as a subject line holds beside the code.
const MAX_NAME: usize = 60;

/// Why there is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// It cannot stand in a header, and should never have become an identifier.
    #[error("not an e-mail address that a message can be sent to")]
    InvalidRecipient,
    #[error("not a code of six digits")]
    NotACode,
}

/// What the message says. Whoever repeats a message gives the same contents again: providers refuse
/// a repetition that differs.
#[derive(Clone, Copy)]
pub struct MessageContents<'a> {
    /// The address in its normal form.
    pub to: &'a str,
    pub code: &'a str,
    /// The page of our own that confirms, with its token.
    pub link: Option<&'a str>,
    /// Whatever a tenant chose.
    pub organisation_name: &'a str,
    /// The domain, where that is what the mailbox is to prove.
    pub domain: Option<&'a str>,
    pub expires_minutes: u32,
    /// For questions to support, and for the provider's reports.
    pub verification_id: &'a str,
    /// Counts the messages of one verification from 1.
    pub number: u8,
}

/// A message with a code, ready for a provider, who makes the two bodies one.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailMessage {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub verification_id: String,
    pub number: u8,
}

impl fmt::Debug for MessageContents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageContents(…)")
    }
}

impl fmt::Debug for EmailMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailMessage(…)")
    }
}

impl EmailMessage {
    pub fn render(contents: &MessageContents<'_>) -> Result<Self, EmailError> {
        if !is_address(contents.to) {
            return Err(EmailError::InvalidRecipient);
        }
        let code = OtpCode::parse(contents.code).map_err(|_| EmailError::NotACode)?;
        let code = code.as_str();
        let named = shown::name(contents.organisation_name, MAX_NAME);
        // The code stands first and in one piece, for lock screens and for autofill.
        let subject = if named.is_empty() {
            format!("{code} is your Proof code")
        } else {
            format!("{code} is your Proof code for {named}")
        };
        let sentences = Sentences {
            code,
            who: if named.is_empty() {
                words::SOMEBODY
            } else {
                &named
            },
            asks: match contents.domain {
                None => words::ASKS.to_owned(),
                Some(domain) => {
                    format!("{} {}.", words::ASKS_DOMAIN, shown::name(domain, 253))
                }
            },
            good_for: format!(
                "It is good for {}.",
                words::minutes(contents.expires_minutes)
            ),
            link: contents.link,
            reference: format!("Reference: {}", shown::name(contents.verification_id, 40)),
        };
        Ok(Self {
            to: contents.to.to_owned(),
            subject,
            text: sentences.text(),
            html: sentences.html(),
            verification_id: contents.verification_id.to_owned(),
            number: contents.number,
        })
    }

    /// The message's own name: equal for a repetition, different for another code.
    pub fn reference(&self) -> String {
        format!("{}.{}", self.verification_id, self.number)
    }
}

struct Sentences<'a> {
    code: &'a str,
    who: &'a str,
    asks: String,
    good_for: String,
    link: Option<&'a str>,
    reference: String,
}

const BODY: &str =
    "margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CODE: &str = "margin:0 0 16px;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;\
     letter-spacing:4px";
const PARAGRAPH: &str = "margin:0 0 16px";
const BUTTON: &str = "display:inline-block;padding:12px 24px;border-radius:10px;\
     background:#1f4f8f;color:#ffffff;font-weight:600;text-decoration:none";

impl Sentences<'_> {
    fn text(&self) -> String {
        let Self {
            code,
            who,
            asks,
            good_for,
            reference,
            ..
        } = self;
        let link = self
            .link
            .map(|link| format!("{}\n{link}\n\n", words::OR_OPEN))
            .unwrap_or_default();
        format!(
            "{code}\n\n{who} {asks}\n\n{} {good_for}\n\n{link}{}\n\n{reference}\n",
            words::WHAT_TO_DO,
            words::IF_NOT_YOU,
        )
    }

    fn html(&self) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (words::TITLE) }
                }
                body style=(BODY) {
                    div style="max-width:480px;margin:0 auto" {
                        p style=(CODE) { (self.code) }
                        p style=(PARAGRAPH) { bdi { (self.who) } " " (self.asks) }
                        p style=(PARAGRAPH) { (words::WHAT_TO_DO) " " (self.good_for) }
                        @if let Some(link) = self.link {
                            p style=(PARAGRAPH) { (words::OR_OPEN) }
                            p style=(PARAGRAPH) { a href=(link) style=(BUTTON) { (words::CONFIRM) } }
                        }
                        p style=(PARAGRAPH) { (words::IF_NOT_YOU) }
                        p style="margin:0;font-size:14px;opacity:.7" { (self.reference) }
                    }
                }
            }
        }
        .into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "507f1f77bcf86cd799439011";

    const LINK: &str = "https://proof.example/confirm/email/507f1f77bcf86cd799439011?token=abc";

    fn contents(organisation_name: &str) -> MessageContents<'_> {
        MessageContents {
            to: "jo@example.com",
            code: "482913",
            link: Some(LINK),
            organisation_name,
            domain: None,
            expires_minutes: 10,
            verification_id: ID,
            number: 1,
        }
    }

    fn render_to(to: &str) -> Result<EmailMessage, EmailError> {
        EmailMessage::render(&MessageContents {
            to,
            ..contents("Acme")
        })
    }

    fn render(organisation_name: &str) -> EmailMessage {
        EmailMessage::render(&contents(organisation_name)).unwrap()
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
             Or confirm here, in any browser:\n\
             https://proof.example/confirm/email/507f1f77bcf86cd799439011?token=abc\n\n\
             If you did not ask for this, do nothing: unless you use the code or the link, nothing \
             happens. Give the code to nobody, not even to someone who says they are from Proof.\n\n\
             Reference: 507f1f77bcf86cd799439011\n",
        );
    }

    #[test]
    fn both_bodies_say_the_same() {
        let message = render("Acme & Söhne");
        for said in [
            "482913",
            words::ASKS,
            words::WHAT_TO_DO,
            words::OR_OPEN,
            words::IF_NOT_YOU,
            "10 minutes",
            LINK,
            ID,
        ] {
            assert!(
                message.text.contains(said) && message.html.contains(said),
                "{said}"
            );
        }
        assert!(message.text.contains("Acme & Söhne"));
        assert!(message.html.contains("Acme &amp; Söhne"));
    }

    #[test]
    fn there_is_one_link_and_nothing_to_load() {
        let html = render("Acme").html;
        assert_eq!(html.matches("http").count(), 1);
        for absent in ["src", "url(", "<img", "<script", "<link"] {
            assert!(!html.contains(absent), "{absent}");
        }
        let without = EmailMessage::render(&MessageContents {
            link: None,
            ..contents("Acme")
        })
        .unwrap();
        for absent in ["http", "href", "<a"] {
            assert!(!without.html.contains(absent), "{absent}");
            assert!(!without.text.contains(absent), "{absent}");
        }
    }

    #[test]
    fn for_a_domain_it_says_so() {
        let message = EmailMessage::render(&MessageContents {
            to: "postmaster@shop.example",
            domain: Some("shop.example"),
            expires_minutes: 24 * 60,
            ..contents("Acme")
        })
        .unwrap();
        for body in [&message.text, &message.html] {
            assert!(body.contains("that you run the domain shop.example."));
            assert!(body.contains("good for 24 hours."));
            assert!(!body.contains(words::ASKS));
        }
    }

    #[test]
    fn a_repetition_is_the_same_to_the_byte() {
        assert_eq!(render("Acme"), render("Acme"));
        assert_eq!(render("Acme").reference(), "507f1f77bcf86cd799439011.1");
    }

    #[test]
    fn one_minute_is_one_minute() {
        let message = EmailMessage::render(&MessageContents {
            expires_minutes: 1,
            ..contents("Acme")
        })
        .unwrap();
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
            assert!(render_to(right).is_ok(), "{right}");
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
                render_to(wrong),
                Err(EmailError::InvalidRecipient),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn only_a_code_of_digits_is_sent() {
        for wrong in ["", "12345", "X7K9M9", "1234567", "<b>123"] {
            let message = EmailMessage::render(&MessageContents {
                code: wrong,
                ..contents("Acme")
            });
            assert_eq!(message, Err(EmailError::NotACode), "{wrong}");
        }
    }

    #[test]
    fn nothing_of_it_is_printed() {
        assert_eq!(format!("{:?}", render("Acme")), "EmailMessage(…)");
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
            if let Ok(message) = render_to(&to) {
                prop_assert!(!message.to.contains(['\r', '\n', ',', '<', ' ']));
                prop_assert_eq!(message.to.matches('@').count(), 1);
            }
        }
    }
}
