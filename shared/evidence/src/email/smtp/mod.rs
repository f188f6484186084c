//! Plain SMTP (RFC 5321) to the operator's own mail server, over TLS from the first byte or by
//! STARTTLS (RFC 3207), with AUTH (RFC 4954). The conversation is data: somebody else carries the
//! bytes. Neither credentials nor the message are ever said without TLS.

mod reply;
mod session;

pub use session::{Progress, SmtpSession};

use std::fmt;

use proof_domain::timestamp::Timestamp;

use super::address::Sender;
use super::message::EmailMessage;
use super::mime;
use super::provider::FROM;
use crate::settings::{MissingSettings, Settings};

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// After a greeting in the clear; a server that does not offer it gets nothing.
    StartTls,
    /// With the connection.
    Tls,
}

impl Security {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
        }
    }
}

/// The operator's mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    from: Sender,
    credentials: Option<Credentials>,
}

#[derive(Clone, PartialEq, Eq)]
struct Credentials {
    username: String,
    password: String,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Smtp {
    pub const HOST: &str = "SMTP_HOST";
    /// 587 for `starttls`, 465 for `tls`, unless it is set. Workers may not connect to port 25.
    pub const PORT: &str = "SMTP_PORT";
    /// `starttls` or `tls`; `starttls` unless it is set.
    pub const SECURITY: &str = "SMTP_SECURITY";
    pub const USERNAME: &str = "SMTP_USERNAME";
    pub const PASSWORD: &str = "SMTP_PASSWORD";

    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [_, host] = settings.require([FROM, Self::HOST])?;
        let from = settings.get(FROM).and_then(Sender::parse);
        let (security, port) = match settings.get(Self::SECURITY) {
            None | Some("starttls") => (Security::StartTls, 587),
            Some("tls") => (Security::Tls, 465),
            Some(_) => return Err(MissingSettings(vec![Self::SECURITY])),
        };
        let port = match settings.get(Self::PORT).map(str::parse) {
            None => port,
            Some(Ok(port)) => port,
            Some(Err(_)) => return Err(MissingSettings(vec![Self::PORT])),
        };
        let credentials = match (settings.get(Self::USERNAME), settings.get(Self::PASSWORD)) {
            (None, None) => None,
            (Some(username), Some(password)) => Some(Credentials {
                username: username.to_owned(),
                password: password.to_owned(),
            }),
            (None, Some(_)) => return Err(MissingSettings(vec![Self::USERNAME])),
            (Some(_), None) => return Err(MissingSettings(vec![Self::PASSWORD])),
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            security,
            from: from.ok_or(MissingSettings(vec![FROM]))?,
            credentials,
        })
    }

    /// A conversation that hands this message over. `hello` is our own host.
    pub fn session(&self, message: &EmailMessage, hello: &str, date: Timestamp) -> SmtpSession {
        SmtpSession::new(
            self,
            hello,
            &message.to,
            &mime::write(message, &self.from, date),
        )
    }
}

#[cfg(test)]
mod tests;
