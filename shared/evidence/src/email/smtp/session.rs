//! The conversation with a mail server, one reply and one command at a time. It never says more
//! than the server has answered to, so nothing that the server (or somebody on the way) sends ahead
//! can be taken for an answer to what comes later.

use std::fmt;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::reply::{Incoming, NotAReply, Reply};
use super::{Credentials, Security, Smtp};
use crate::email::failure::{RecipientRefusal, SendError};
use crate::exchange::ProviderError;

/// What to do next.
#[derive(PartialEq, Eq)]
pub enum Progress {
    /// Read more.
    Wait,
    /// Say this, then read.
    Send(Zeroizing<Vec<u8>>),
    /// Begin TLS on this connection, then call `tls_began`.
    BeginTls,
    /// It is over. Say this if it can still be said, do not wait for an answer, and close.
    Done {
        outcome: Result<(), SendError>,
        goodbye: &'static [u8],
    },
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait => f.write_str("Wait"),
            Self::Send(_) => f.write_str("Send(…)"),
            Self::BeginTls => f.write_str("BeginTls"),
            Self::Done { outcome, .. } => write!(f, "Done({outcome:?})"),
        }
    }
}

/// Whose answer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaiting {
    Greeting,
    Hello,
    StartTls,
    /// TLS itself, which is nobody's reply.
    Tls,
    AuthPlain,
    AuthLoginName,
    AuthLoginPassword,
    AuthLoginEnd,
    MailFrom,
    RcptTo,
    Data,
    Accepted,
    Nothing,
}

/// One message's conversation.
pub struct SmtpSession {
    awaiting: Awaiting,
    incoming: Incoming,
    secure: bool,
    must_start_tls: bool,
    hello: String,
    from: String,
    to: String,
    credentials: Option<Credentials>,
    body: String,
    extensions: Vec<String>,
}

impl fmt::Debug for SmtpSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpSession({:?})", self.awaiting)
    }
}

const GOODBYE: &[u8] = b"QUIT\r\n";

impl SmtpSession {
    pub(super) fn new(smtp: &Smtp, hello: &str, to: &str, message: &str) -> Self {
        let secure = smtp.security == Security::Tls;
        Self {
            awaiting: Awaiting::Greeting,
            incoming: Incoming::default(),
            secure,
            must_start_tls: !secure,
            hello: hello_name(hello),
            from: smtp.from.address.clone(),
            to: to.to_owned(),
            credentials: smtp.credentials.clone(),
            body: stuffed(message),
            extensions: Vec::new(),
        }
    }

    /// Bytes came.
    pub fn received(&mut self, bytes: &[u8]) -> Progress {
        if matches!(self.awaiting, Awaiting::Tls | Awaiting::Nothing) {
            return Progress::Wait;
        }
        let reply = self
            .incoming
            .push(bytes)
            .and_then(|()| self.incoming.next());
        match reply {
            Err(NotAReply) => self.unreadable(),
            Ok(None) => Progress::Wait,
            Ok(Some(reply)) => {
                if self.awaiting == Awaiting::StartTls {
                    return self.started_tls(&reply);
                }
                // Nothing was asked that a second reply could answer.
                if !self.incoming.is_empty() && self.awaiting != Awaiting::Accepted {
                    return self.unreadable();
                }
                self.answered(&reply)
            }
        }
    }

    /// The connection is encrypted now. What was said before counts for nothing (RFC 3207, 4.2).
    pub fn tls_began(&mut self) -> Progress {
        self.incoming.clear();
        self.extensions.clear();
        self.secure = true;
        self.say_hello()
    }

    /// The server closed the connection, or could not be reached.
    pub fn closed(&mut self) -> SendError {
        let heard = self.awaiting != Awaiting::Accepted;
        self.awaiting = Awaiting::Nothing;
        if heard {
            ProviderError::Unreachable.into()
        } else {
            // The message is over there, and what became of it was not heard.
            ProviderError::Timeout.into()
        }
    }

    /// Time is over.
    pub fn timed_out(&mut self) -> SendError {
        self.closed()
    }

    fn say(&mut self, awaiting: Awaiting, line: &str) -> Progress {
        self.awaiting = awaiting;
        Progress::Send(Zeroizing::new(format!("{line}\r\n").into_bytes()))
    }

    fn end(&mut self, outcome: Result<(), SendError>) -> Progress {
        self.awaiting = Awaiting::Nothing;
        Progress::Done {
            outcome,
            goodbye: GOODBYE,
        }
    }

    fn fail(&mut self, error: impl Into<SendError>) -> Progress {
        self.end(Err(error.into()))
    }

    fn unreadable(&mut self) -> Progress {
        // Before the message is over there, nothing can be on its way.
        let error = if self.awaiting == Awaiting::Accepted {
            ProviderError::Unreadable
        } else {
            ProviderError::Unavailable { status: 500 }
        };
        self.awaiting = Awaiting::Nothing;
        Progress::Done {
            outcome: Err(error.into()),
            goodbye: b"",
        }
    }

    fn say_hello(&mut self) -> Progress {
        let line = format!("EHLO {}", self.hello);
        self.say(Awaiting::Hello, &line)
    }

    fn started_tls(&mut self, reply: &Reply) -> Progress {
        // Whatever came along with the reply was said by nobody known: it goes unread.
        self.incoming.clear();
        if !reply.is_positive() {
            return self.fail(no_tls());
        }
        self.awaiting = Awaiting::Tls;
        Progress::BeginTls
    }

    fn answered(&mut self, reply: &Reply) -> Progress {
        match self.awaiting {
            Awaiting::Greeting if reply.code == 220 => self.say_hello(),
            Awaiting::Hello if reply.is_positive() => self.introduced(reply),
            Awaiting::Greeting | Awaiting::Hello => self.fail(of_server(reply)),
            Awaiting::AuthPlain | Awaiting::AuthLoginEnd if reply.is_positive() => self.mail_from(),
            Awaiting::AuthLoginName if reply.code == 334 => {
                let name = self
                    .credentials
                    .as_ref()
                    .map(|known| known.username.clone());
                let name = BASE64.encode(name.unwrap_or_default().as_bytes());
                self.say(Awaiting::AuthLoginPassword, &name)
            }
            Awaiting::AuthLoginPassword if reply.code == 334 => {
                let password = self
                    .credentials
                    .as_ref()
                    .map(|known| known.password.clone());
                let password = Zeroizing::new(password.unwrap_or_default());
                let password = Zeroizing::new(BASE64.encode(password.as_bytes()));
                self.say(Awaiting::AuthLoginEnd, &password)
            }
            Awaiting::AuthPlain
            | Awaiting::AuthLoginName
            | Awaiting::AuthLoginPassword
            | Awaiting::AuthLoginEnd => self.fail(of_login(reply)),
            Awaiting::MailFrom if reply.is_positive() => {
                let line = format!("RCPT TO:<{}>", self.to);
                self.say(Awaiting::RcptTo, &line)
            }
            Awaiting::MailFrom => self.fail(of_sender(reply)),
            Awaiting::RcptTo if reply.is_positive() => self.say(Awaiting::Data, "DATA"),
            Awaiting::RcptTo => self.fail(of_recipient(reply)),
            Awaiting::Data if reply.code == 354 => {
                self.awaiting = Awaiting::Accepted;
                Progress::Send(Zeroizing::new(std::mem::take(&mut self.body).into_bytes()))
            }
            Awaiting::Accepted if reply.is_positive() => self.end(Ok(())),
            Awaiting::Data | Awaiting::Accepted => self.fail(of_message(reply)),
            Awaiting::StartTls | Awaiting::Tls | Awaiting::Nothing => Progress::Wait,
        }
    }

    fn introduced(&mut self, reply: &Reply) -> Progress {
        let extensions = reply.lines.iter().skip(1);
        self.extensions = extensions.map(|line| line.to_ascii_uppercase()).collect();
        if self.must_start_tls && !self.secure {
            // A server that offers no TLS may be somebody on the way who took the offer out.
            return if self.offers("STARTTLS") {
                self.say(Awaiting::StartTls, "STARTTLS")
            } else {
                self.fail(no_tls())
            };
        }
        let Some(credentials) = &self.credentials else {
            return self.mail_from();
        };
        let ways: Vec<&str> = self
            .extensions
            .iter()
            .filter_map(|line| line.strip_prefix("AUTH"))
            .flat_map(|rest| rest.split([' ', '=']))
            .collect();
        if ways.contains(&"PLAIN") {
            // RFC 4616: no other identity than the one that logs in.
            let secret = format!("\0{}\0{}", credentials.username, credentials.password);
            let secret = Zeroizing::new(secret);
            let line = Zeroizing::new(format!("AUTH PLAIN {}", BASE64.encode(secret.as_bytes())));
            self.say(Awaiting::AuthPlain, &line)
        } else if ways.contains(&"LOGIN") {
            self.say(Awaiting::AuthLoginName, "AUTH LOGIN")
        } else {
            self.fail(SendError::refused("smtp_login_not_offered"))
        }
    }

    fn mail_from(&mut self) -> Progress {
        let mut line = format!("MAIL FROM:<{}>", self.from);
        if self.offers("SIZE") {
            line += " SIZE=";
            line += &self.body.len().to_string();
        }
        // The message is in ASCII; the address may not be (RFC 6531).
        if !self.to.is_ascii() {
            if !self.offers("SMTPUTF8") {
                return self.fail(SendError::Recipient(RecipientRefusal::Invalid));
            }
            line.push_str(" SMTPUTF8");
        }
        self.say(Awaiting::MailFrom, &line)
    }

    fn offers(&self, extension: &str) -> bool {
        self.extensions
            .iter()
            .any(|line| line.split(' ').next() == Some(extension))
    }
}

/// A name that can stand in EHLO; what cannot is replaced by the form for those without a name.
fn hello_name(host: &str) -> String {
    let fit = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    let named = fit && host.bytes().any(|byte| byte.is_ascii_alphabetic());
    if named {
        host.to_owned()
    } else {
        "[127.0.0.1]".to_owned()
    }
}

/// RFC 5321, 4.5.2: a line that begins with a full stop gets another; then the end.
fn stuffed(message: &str) -> String {
    let mut out = String::with_capacity(message.len() + 64);
    for line in message
        .strip_suffix("\r\n")
        .unwrap_or(message)
        .split("\r\n")
    {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out
}

fn no_tls() -> SendError {
    SendError::refused("smtp_without_tls")
}

/// The server itself does not want to talk.
fn of_server(reply: &Reply) -> SendError {
    if reply.is_transient() {
        ProviderError::Unavailable { status: reply.code }.into()
    } else {
        SendError::refused("smtp_refused")
    }
}

fn of_login(reply: &Reply) -> SendError {
    if reply.is_transient() {
        ProviderError::Unavailable { status: reply.code }.into()
    } else {
        ProviderError::Credentials.into()
    }
}

fn of_sender(reply: &Reply) -> SendError {
    match reply.code {
        code if code / 100 == 4 => ProviderError::Unavailable { status: code }.into(),
        530 | 535 => ProviderError::Credentials.into(),
        552 => SendError::refused("message_refused"),
        _ => SendError::refused("sender_refused"),
    }
}

fn of_recipient(reply: &Reply) -> SendError {
    if reply.is_transient() {
        return ProviderError::Unavailable { status: reply.code }.into();
    }
    // RFC 3463: the subject says whose reason it is; 7 is policy, which is about us.
    let refusal = match reply.enhanced() {
        Some((1, 3)) => RecipientRefusal::Invalid,
        Some((1, 7 | 8)) => return SendError::refused("sender_refused"),
        Some((1, _)) => RecipientRefusal::Unknown,
        Some((2, _)) => RecipientRefusal::Refused,
        Some((7, _)) => return SendError::refused("smtp_policy"),
        _ => match reply.code {
            501 | 553 => RecipientRefusal::Invalid,
            530 | 535 => return ProviderError::Credentials.into(),
            550 | 551 => RecipientRefusal::Unknown,
            552 => RecipientRefusal::Refused,
            // No word about the address: relaying denied and the like.
            _ => return SendError::refused("smtp_refused"),
        },
    };
    SendError::Recipient(refusal)
}

fn of_message(reply: &Reply) -> SendError {
    if reply.is_transient() {
        return ProviderError::Unavailable { status: reply.code }.into();
    }
    match reply.enhanced() {
        Some((1, _)) => SendError::Recipient(RecipientRefusal::Unknown),
        Some((2, _)) => SendError::Recipient(RecipientRefusal::Refused),
        _ => SendError::refused("message_refused"),
    }
}
