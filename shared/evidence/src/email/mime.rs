//! The message as bytes (RFC 5322, RFC 2045 to 2047), for providers that take it whole. Everything
//! is in ASCII and in short lines, so that no server on the way has to change anything.

use std::fmt::Write as _;

use data_encoding::BASE64;
use proof_domain::timestamp::Timestamp;

use super::address::Sender;
use super::message::EmailMessage;

/// RFC 2045: an encoded line has 76 characters at most.
const LINE: usize = 76;
/// As many bytes as one encoded word holds beside `=?utf-8?B?` and `?=`.
const WORD_BYTES: usize = 42;

/// Writes the message, with CRLF at the end of every line. A repetition differs in its date alone.
pub fn write(message: &EmailMessage, from: &Sender, date: Timestamp) -> String {
    let reference = message.reference();
    // No line of an encoded body begins with a hyphen, so nothing in it passes for the boundary.
    let boundary = format!("proof-{reference}");
    let mut out = String::with_capacity(2 * (message.text.len() + message.html.len()));
    for (name, value) in [
        ("Date", date.rfc5322()),
        ("From", from.header()),
        ("To", message.to.clone()),
        ("Subject", header_text(&message.subject)),
        ("Message-ID", format!("<{reference}@{}>", from.domain())),
        // RFC 3834: no vacation message answers.
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("MIME-Version", "1.0".to_owned()),
        (
            "Content-Type",
            format!("multipart/alternative;\r\n boundary=\"{boundary}\""),
        ),
    ] {
        let _ = write!(out, "{name}: {value}\r\n");
    }
    out.push_str("\r\n");
    for (kind, body) in [("plain", &message.text), ("html", &message.html)] {
        let _ = write!(
            out,
            "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
            quoted_printable(body)
        );
    }
    let _ = write!(out, "--{boundary}--\r\n");
    out
}

/// Text in a header: as it is where that is safe, else in encoded words.
fn header_text(text: &str) -> String {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    // A server may break a long line where it likes, and `=?` would be read as an encoded word.
    if text.chars().all(plain) && text.len() <= LINE - "Subject: ".len() && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        if word.len() + c.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word.as_bytes())))
        .collect::<Vec<_>>()
        .join("\r\n ")
}

/// RFC 2045, 6.7. What a server could take for its own at the beginning of a line is encoded too.
fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.replace("\r\n", "\n").split('\n') {
        let mut column = 0;
        let bytes = line.as_bytes();
        for (at, &byte) in bytes.iter().enumerate() {
            let last = at + 1 == bytes.len();
            let literal = match byte {
                b' ' | b'\t' => !last,
                b'=' => false,
                b'-' | b'.' => column != 0,
                // "From " at the beginning of a line is changed by old mailboxes.
                b'F' => column != 0 || !line.starts_with("From "),
                33..=126 => true,
                _ => false,
            };
            let width = if literal { 1 } else { 3 };
            if column + width > LINE - 1 {
                out.push_str("=\r\n");
                column = 0;
                // The new line has a beginning of its own.
                if matches!(byte, b'-' | b'.') {
                    let _ = write!(out, "={byte:02X}");
                    column = 3;
                    continue;
                }
            }
            if literal {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "={byte:02X}");
            }
            column += width;
        }
        out.push_str("\r\n");
    }
    out.truncate(out.len() - 2);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::MessageContents;
    use proptest::prelude::*;

    fn written(organisation_name: &str) -> String {
        let message = EmailMessage::render(&MessageContents {
            to: "jo@example.com",
            code: "482913",
            link: Some("https://proof.example/confirm/email/507f1f77bcf86cd799439011?token=a"),
            organisation_name,
            domain: None,
            expires_minutes: 10,
            verification_id: "507f1f77bcf86cd799439011",
            number: 1,
        })
        .unwrap();
        let from = Sender::parse("Proof <no-reply@proof.example>").unwrap();
        write(&message, &from, Timestamp::from_seconds(1_784_203_200))
    }

    /// A reader of its own: undoes what `quoted_printable` did.
    fn read_quoted(text: &str) -> Vec<u8> {
        let joined = text.replace("=\r\n", "");
        let mut out = Vec::new();
        let mut bytes = joined.bytes();
        while let Some(byte) = bytes.next() {
            if byte == b'=' {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                let digits = std::str::from_utf8(&digits).unwrap().to_owned();
                out.push(u8::from_str_radix(&digits, 16).unwrap());
            } else {
                out.push(byte);
            }
        }
        out
    }

    #[test]
    fn the_headers_are_these() {
        let message = written("Acme");
        let headers = message.split("\r\n\r\n").next().unwrap();
        assert_eq!(
            headers,
            "Date: Thu, 16 Jul 2026 12:00:00 +0000\r\n\
             From: \"Proof\" <no-reply@proof.example>\r\n\
             To: jo@example.com\r\n\
             Subject: 482913 is your Proof code for Acme\r\n\
             Message-ID: <507f1f77bcf86cd799439011.1@proof.example>\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative;\r\n \
             boundary=\"proof-507f1f77bcf86cd799439011.1\""
        );
    }

    #[test]
    fn there_are_two_bodies_and_an_end() {
        let message = written("Ąžuolas");
        let boundary = "--proof-507f1f77bcf86cd799439011.1";
        assert_eq!(message.matches(&format!("{boundary}\r\n")).count(), 2);
        assert!(message.ends_with(&format!("{boundary}--\r\n")));
        assert!(message.contains("Content-Type: text/plain; charset=utf-8\r\n"));
        assert!(message.contains("=C4=84=C5=BEuolas"));
    }

    #[test]
    fn a_subject_is_folded_into_encoded_words() {
        let subject = header_text(&format!("482913 is your Proof code for {}", "Ž".repeat(60)));
        assert!(subject.is_ascii());
        assert!(subject.contains("\r\n =?utf-8?B?"));
        assert!(subject.split("\r\n ").all(|word| word.len() <= 75));
        assert_eq!(
            header_text("a =?utf-8?B?YQ==?="),
            "=?utf-8?B?YSA9P3V0Zi04P0I/WVE9PT89?="
        );
    }

    #[test]
    fn a_line_cannot_pass_for_another_thing() {
        assert_eq!(
            quoted_printable("--x\n.\nFrom here\na "),
            "=2D-x\r\n=2E\r\n=46rom here\r\na=20"
        );
        let long = quoted_printable(&format!("{}-.", "a".repeat(75)));
        assert_eq!(long, format!("{}=\r\n=2D.", "a".repeat(75)));
    }

    proptest! {
        #[test]
        fn a_body_comes_back_as_it_was(text in "[\\PC\n.=\\- ]{0,400}") {
            let encoded = quoted_printable(&text);
            prop_assert!(encoded.is_ascii());
            for line in encoded.split("\r\n") {
                prop_assert!(line.len() <= LINE && !line.contains('\n'));
                prop_assert!(!line.starts_with(['-', '.']));
                prop_assert!(!line.ends_with(' '));
            }
            prop_assert_eq!(read_quoted(&encoded), text.replace('\n', "\r\n").into_bytes());
        }

        #[test]
        fn no_name_adds_a_header(name in "[\\PC\r\n]{0,80}") {
            let message = written(&name);
            prop_assert!(message.is_ascii());
            let headers = message.split("\r\n\r\n").next().unwrap();
            let names: Vec<_> = headers
                .split("\r\n")
                .filter(|line| !line.starts_with(' '))
                .filter_map(|line| line.split(':').next())
                .collect();
            prop_assert_eq!(names, [
                "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version",
                "Content-Type",
            ]);
            prop_assert!(message.split("\r\n").all(|line| line.len() <= 200 && !line.contains(['\r', '\n'])));
        }
    }
}
