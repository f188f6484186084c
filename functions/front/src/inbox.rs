//! The local inbox: what the system would have sent, to be read while developing. This module is
//! not part of a deployed build.

use maud::{Markup, html};
use proof_domain::timestamp::Timestamp;
use proof_edge::ledger::{InboxMessage, Ledger};
use proof_edge::{Answer, Failure, Scope};
use proof_pages::parts::code_line;
use proof_pages::{Page, Tone, Words};

/// The newest messages.
pub(crate) async fn inbox(scope: Scope) -> Result<Answer, Failure> {
    let messages = Ledger::of(&scope).messages().await?;
    Ok(Answer::page(page(&messages), &[]))
}

fn page(messages: &[InboxMessage]) -> String {
    let body = html! {
        p.muted { "Messages that this local system would have sent. Newest first." }
        @if messages.is_empty() {
            section.empty {
                p { "Nothing yet." }
                p.muted { "Create a live e-mail verification and its code arrives here." }
            }
        } @else {
            ol.messages {
                @for message in messages { (card(message)) }
            }
        }
    };
    Page::new(words(), Tone::Asking, "Inbox")
        .module("/static/copy.js")
        .render(&body)
}

/// Developers read English here.
fn words() -> Words {
    Words::preferred("en")
}

fn card(message: &InboxMessage) -> Markup {
    let at = Timestamp::from_seconds(message.created_at);
    html! {
        li.card {
            h2 { (message.subject) }
            p.muted {
                "To " span.mono { (message.recipient) } " · "
                time datetime=(at) { (at) }
            }
            @if let Some(code) = code_in(&message.subject) {
                (code_line(words(), code, "code"))
            }
            pre.message-text { (message.text) }
        }
    }
}

/// The code at the beginning of the subject.
fn code_in(subject: &str) -> Option<&str> {
    let first = subject.split(' ').next()?;
    (first.len() == 6 && first.bytes().all(|byte| byte.is_ascii_digit())).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_says_is_text_and_nothing_else() {
        let message = InboxMessage {
            id: "1".into(),
            verification_id: "1".into(),
            recipient: "a@example.com".into(),
            subject: "<script>alert(1)</script>".into(),
            text: "</pre><img src=x>".into(),
            html: String::new(),
            created_at: 0,
        };
        let page = page(&[message]);
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
    }

    #[test]
    fn the_code_leads_the_subject() {
        assert_eq!(
            code_in("482913 is your Proof code for Acme"),
            Some("482913")
        );
        assert_eq!(code_in("Your code"), None);
    }
}
