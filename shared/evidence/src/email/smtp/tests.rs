use super::*;
use crate::email::{MessageContents, SendError};
use crate::exchange::ProviderError;
use proptest::prelude::*;

const DATE: Timestamp = Timestamp::from_seconds(1_784_203_200);

fn settings(more: &[(&str, &str)]) -> Settings {
    let mut settings: Settings = [
        ("EMAIL_FROM", "Proof <no-reply@proof.example>"),
        ("SMTP_HOST", "mail.proof.example"),
    ]
    .into_iter()
    .collect();
    for (name, value) in more {
        settings.set(*name, *value);
    }
    settings
}

const LOGIN: [(&str, &str); 2] = [("SMTP_USERNAME", "proof"), ("SMTP_PASSWORD", "s3cret")];

fn message(to: &str) -> EmailMessage {
    EmailMessage::render(&MessageContents {
        to,
        code: "482913",
        link: None,
        organisation_name: "Acme",
        domain: None,
        expires_minutes: 10,
        verification_id: "507f1f77bcf86cd799439011",
        number: 1,
    })
    .unwrap()
}

fn session(more: &[(&str, &str)]) -> SmtpSession {
    let smtp = Smtp::from_settings(&settings(more)).unwrap();
    smtp.session(&message("jo@example.com"), "proof.example", DATE)
}

/// What the session says to this.
fn said(session: &mut SmtpSession, reply: &str) -> String {
    match session.received(reply.as_bytes()) {
        Progress::Send(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => panic!("{other:?} after {reply:?}"),
    }
}

fn failed(session: &mut SmtpSession, reply: &str) -> SendError {
    match session.received(reply.as_bytes()) {
        Progress::Done {
            outcome: Err(error),
            ..
        } => error,
        other => panic!("{other:?} after {reply:?}"),
    }
}

/// Up to the answer to `EHLO` inside TLS.
fn secured(more: &[(&str, &str)], capabilities: &str) -> (SmtpSession, Progress) {
    let mut session = session(more);
    assert_eq!(
        said(&mut session, "220 mail ready\r\n"),
        "EHLO proof.example\r\n"
    );
    assert_eq!(
        said(&mut session, "250-mail\r\n250-SIZE 100\r\n250 STARTTLS\r\n"),
        "STARTTLS\r\n"
    );
    assert_eq!(session.received(b"220 go\r\n"), Progress::BeginTls);
    let hello = session.tls_began();
    assert_eq!(
        hello,
        Progress::Send(b"EHLO proof.example\r\n".to_vec().into())
    );
    let progress = session.received(capabilities.as_bytes());
    (session, progress)
}

fn up_to_recipient() -> SmtpSession {
    let (mut session, _) = secured(&[], "250 mail\r\n");
    assert_eq!(
        said(&mut session, "250 ok\r\n"),
        "RCPT TO:<jo@example.com>\r\n"
    );
    session
}

#[test]
fn a_message_is_handed_over() {
    let (mut session, next) = secured(
        &LOGIN,
        "250-mail\r\n250-SIZE 10000000\r\n250 AUTH LOGIN PLAIN\r\n",
    );
    // "\0proof\0s3cret"
    assert_eq!(
        next,
        Progress::Send(b"AUTH PLAIN AHByb29mAHMzY3JldA==\r\n".to_vec().into())
    );
    let mail_from = said(&mut session, "235 2.7.0 welcome\r\n");
    assert!(mail_from.starts_with("MAIL FROM:<no-reply@proof.example> SIZE="));
    let size: usize = mail_from
        .trim_end()
        .rsplit('=')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        said(&mut session, "250 ok\r\n"),
        "RCPT TO:<jo@example.com>\r\n"
    );
    assert_eq!(said(&mut session, "250 ok\r\n"), "DATA\r\n");
    let body = said(&mut session, "354 go ahead\r\n");
    assert_eq!(body.len(), size);
    assert!(body.starts_with("Date: Thu, 16 Jul 2026 12:00:00 +0000\r\n"));
    assert!(body.ends_with("\r\n.\r\n"));
    assert_eq!(
        session.received(b"250 2.0.0 queued\r\n"),
        Progress::Done {
            outcome: Ok(()),
            goodbye: b"QUIT\r\n"
        }
    );
}

#[test]
fn with_tls_from_the_beginning_nothing_is_started() {
    let mut session = session(&[("SMTP_SECURITY", "tls")]);
    said(&mut session, "220 ready\r\n");
    let next = said(&mut session, "250-mail\r\n250 STARTTLS\r\n");
    assert_eq!(next, "MAIL FROM:<no-reply@proof.example>\r\n");
}

#[test]
fn login_is_spoken_where_plain_is_not() {
    let (mut session, next) = secured(&LOGIN, "250-mail\r\n250 AUTH=LOGIN CRAM-MD5\r\n");
    assert_eq!(next, Progress::Send(b"AUTH LOGIN\r\n".to_vec().into()));
    assert_eq!(said(&mut session, "334 VXNlcm5hbWU6\r\n"), "cHJvb2Y=\r\n");
    assert_eq!(said(&mut session, "334 UGFzc3dvcmQ6\r\n"), "czNjcmV0\r\n");
    assert!(said(&mut session, "235 ok\r\n").starts_with("MAIL FROM"));
}

#[test]
fn without_tls_nothing_is_said() {
    for capabilities in ["250 mail\r\n", "250-mail\r\n250 AUTH PLAIN\r\n"] {
        let mut session = session(&LOGIN);
        said(&mut session, "220 ready\r\n");
        assert_eq!(
            failed(&mut session, capabilities).code(),
            "smtp_without_tls"
        );
    }
    let mut session = session(&LOGIN);
    said(&mut session, "220 ready\r\n");
    said(&mut session, "250-mail\r\n250 STARTTLS\r\n");
    assert_eq!(
        failed(&mut session, "454 not now\r\n").code(),
        "smtp_without_tls"
    );
}

#[test]
fn what_is_injected_before_tls_goes_unread() {
    let mut session = session(&LOGIN);
    said(&mut session, "220 ready\r\n");
    said(&mut session, "250-mail\r\n250 STARTTLS\r\n");
    // Somebody on the way answers the second EHLO ahead of time.
    let injected = b"220 go\r\n250-evil\r\n250 AUTH LOGIN\r\n334 x\r\n";
    assert_eq!(session.received(injected), Progress::BeginTls);
    assert_eq!(
        session.received(b"250-evil\r\n250 AUTH LOGIN\r\n"),
        Progress::Wait
    );
    session.tls_began();
    // The capabilities are those of the second, encrypted answer, and none of the first.
    let next = said(&mut session, "250-mail\r\n250 AUTH PLAIN\r\n");
    assert!(next.starts_with("AUTH PLAIN "));
}

#[test]
fn an_answer_ahead_of_its_question_ends_it() {
    let mut session = session(&[]);
    let error = failed(&mut session, "220 ready\r\n250 ok\r\n");
    assert!(error.is_retryable() && !error.is_ambiguous());
    let mut session = up_to_recipient();
    failed(&mut session, "250 ok\r\n354 go\r\n250 queued\r\n");
}

#[test]
fn a_login_that_fails_is_the_operators_matter() {
    let refused = |reply| {
        let (mut session, _) = secured(&LOGIN, "250-mail\r\n250 AUTH PLAIN\r\n");
        failed(&mut session, reply)
    };
    assert_eq!(
        refused("535 5.7.8 no\r\n"),
        ProviderError::Credentials.into()
    );
    assert!(refused("454 4.7.0 later\r\n").is_retryable());
    let (_, progress) = secured(&LOGIN, "250-mail\r\n250 AUTH GSSAPI\r\n");
    assert!(matches!(
        progress,
        Progress::Done { outcome: Err(error), .. } if error.code() == "smtp_login_not_offered"
    ));
}

#[test]
fn each_refusal_of_the_address_has_its_meaning() {
    for (reply, code, retryable) in [
        ("450 4.2.0 greylisted\r\n", "provider_unavailable", true),
        ("451 try later\r\n", "provider_unavailable", true),
        ("421 bye\r\n", "provider_unavailable", true),
        ("550 5.1.1 no such user\r\n", "recipient_unknown", false),
        ("550 no such user\r\n", "recipient_unknown", false),
        ("553 5.1.3 bad address\r\n", "recipient_invalid", false),
        ("552 5.2.2 mailbox full\r\n", "recipient_refused", false),
        ("550 5.2.1 disabled\r\n", "recipient_refused", false),
        ("550 5.7.1 blocked by policy\r\n", "smtp_policy", false),
        ("554 5.7.1 relay access denied\r\n", "smtp_policy", false),
        ("554 no\r\n", "smtp_refused", false),
        ("530 5.7.0 log in\r\n", "smtp_policy", false),
        ("530 log in\r\n", "provider_credentials", false),
    ] {
        let error = failed(&mut up_to_recipient(), reply);
        assert_eq!(error.code(), code, "{reply}");
        assert_eq!(error.is_retryable(), retryable, "{reply}");
    }
}

#[test]
fn the_message_itself_may_be_refused() {
    for (reply, code) in [
        ("451 4.3.0 later\r\n", "provider_unavailable"),
        ("554 5.6.0 no\r\n", "message_refused"),
        ("550 5.1.1 unknown after all\r\n", "recipient_unknown"),
    ] {
        let mut session = up_to_recipient();
        said(&mut session, "250 ok\r\n");
        said(&mut session, "354 go\r\n");
        assert_eq!(failed(&mut session, reply).code(), code, "{reply}");
    }
    let mut session = up_to_recipient();
    said(&mut session, "250 ok\r\n");
    assert_eq!(failed(&mut session, "554 no\r\n").code(), "message_refused");
}

#[test]
fn a_connection_that_breaks_tells_whether_the_message_was_over_there() {
    let mut before = up_to_recipient();
    assert_eq!(before.closed(), ProviderError::Unreachable.into());
    let mut after = up_to_recipient();
    said(&mut after, "250 ok\r\n");
    assert!(!up_to_recipient().timed_out().is_ambiguous());
    said(&mut after, "354 go\r\n");
    assert!(after.closed().is_ambiguous());
}

#[test]
fn a_web_server_is_no_mail_server() {
    let error = failed(&mut session(&[]), "HTTP/1.1 400 Bad Request\r\n");
    assert!(error.is_retryable());
    assert_eq!(
        failed(&mut session(&[]), "554 no service\r\n").code(),
        "smtp_refused"
    );
}

#[test]
fn a_line_of_the_message_cannot_end_it() {
    let stuffed = |text: &str| {
        let smtp = Smtp::from_settings(&settings(&[("SMTP_SECURITY", "tls")])).unwrap();
        let mut session = SmtpSession::new(&smtp, "proof.example", "jo@example.com", text);
        said(&mut session, "220 ready\r\n");
        said(&mut session, "250 mail\r\n");
        said(&mut session, "250 ok\r\n");
        said(&mut session, "250 ok\r\n");
        said(&mut session, "354 go\r\n")
    };
    assert_eq!(
        stuffed("a\r\n.\r\nQUIT\r\n..b\r\n"),
        "a\r\n..\r\nQUIT\r\n...b\r\n.\r\n"
    );
}

#[test]
fn an_address_beyond_ascii_needs_a_server_for_it() {
    let smtp = Smtp::from_settings(&settings(&[("SMTP_SECURITY", "tls")])).unwrap();
    let hello = |capabilities: &str| {
        let mut session = smtp.session(&message("jõ@example.com"), "proof.example", DATE);
        said(&mut session, "220 ready\r\n");
        session.received(capabilities.as_bytes())
    };
    assert!(matches!(hello("250 mail\r\n"), Progress::Done { .. }));
    let Progress::Send(line) = hello("250-mail\r\n250 SMTPUTF8\r\n") else {
        panic!("it goes on");
    };
    assert!(line.ends_with(b" SMTPUTF8\r\n"));
}

#[test]
fn only_a_host_stands_in_the_greeting() {
    let smtp = Smtp::from_settings(&settings(&[])).unwrap();
    for (host, expected) in [
        ("proof.example", "EHLO proof.example\r\n"),
        ("127.0.0.1", "EHLO [127.0.0.1]\r\n"),
        ("", "EHLO [127.0.0.1]\r\n"),
        ("a\r\nMAIL FROM:<x>", "EHLO [127.0.0.1]\r\n"),
    ] {
        let mut session = smtp.session(&message("jo@example.com"), host, DATE);
        assert_eq!(said(&mut session, "220 ready\r\n"), expected);
    }
}

#[test]
fn settings_are_read_or_named() {
    let smtp = |more: &[(&str, &str)]| Smtp::from_settings(&settings(more));
    let of = |more: &[(&str, &str)]| smtp(more).map(|smtp| (smtp.port, smtp.security));
    assert_eq!(of(&[]), Ok((587, Security::StartTls)));
    assert_eq!(of(&[("SMTP_SECURITY", "tls")]), Ok((465, Security::Tls)));
    assert_eq!(of(&[("SMTP_PORT", "2525")]), Ok((2525, Security::StartTls)));
    for (name, value) in [
        ("SMTP_SECURITY", "none"),
        ("SMTP_PORT", "70000"),
        ("SMTP_PORT", "smtp"),
    ] {
        assert_eq!(of(&[(name, value)]), Err(MissingSettings(vec![name])));
    }
    assert_eq!(
        of(&[("SMTP_USERNAME", "proof")]),
        Err(MissingSettings(vec!["SMTP_PASSWORD"]))
    );
    let printed = format!("{:?} {:?}", smtp(&LOGIN).unwrap(), session(&LOGIN));
    assert!(!printed.contains("s3cret"), "{printed}");
}

proptest! {
    /// Whatever a server says, a password is said only inside TLS, and the message only after 354.
    #[test]
    fn no_server_talks_it_out_of_tls(replies in proptest::collection::vec(prop_oneof![
        Just("220 x\r\n".to_owned()),
        Just("250 x\r\n".to_owned()),
        Just("250-x\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n".to_owned()),
        Just("250-x\r\n250 AUTH PLAIN\r\n".to_owned()),
        Just("334 x\r\n".to_owned()),
        Just("235 x\r\n".to_owned()),
        Just("354 x\r\n".to_owned()),
        "[2-5][0-9]{2}[ -][A-Z. ]{0,10}\r\n",
        "[\\PC\r\n]{0,20}",
    ], 0..12)) {
        let mut session = session(&LOGIN);
        for reply in &replies {
            match session.received(reply.as_bytes()) {
                Progress::Send(bytes) => {
                    let line = String::from_utf8(bytes.to_vec()).unwrap();
                    prop_assert!(line == "EHLO proof.example\r\n" || line == "STARTTLS\r\n", "{line}");
                }
                Progress::BeginTls | Progress::Done { .. } => break,
                Progress::Wait => {}
            }
        }
    }
}
