//! The ways to mail providers that are no HTTP API: the binding of Cloudflare's Email Service, and
//! SMTP over TCP. What is said is decided by the adapters in `evidence`; here bytes are carried,
//! within a bounded time.

use js_sys::Uint8Array;
use proof_evidence::email::SendError;
use proof_evidence::email::cloudflare::Cloudflare;
use proof_evidence::email::smtp::{Progress, Security, Smtp, SmtpSession};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::platform::{Connection, send_email};

const BINDING_MILLISECONDS: u32 = 10_000;
/// A whole conversation, greeting to goodbye.
const CONVERSATION_MILLISECONDS: u32 = 20_000;

/// Gives a message to the binding `EMAIL`.
pub async fn send_by_binding(env: &JsValue, argument: &str) -> Result<(), SendError> {
    send_email(env, argument, BINDING_MILLISECONDS)
        .await
        .map(drop)
        .map_err(|error| match error.as_string().as_deref() {
            Some("no binding") => SendError::refused("email_binding_missing"),
            code => Cloudflare::failure(code),
        })
}

/// Has the conversation with the operator's mail server.
pub async fn send_by_smtp(smtp: &Smtp, mut session: SmtpSession) -> Result<(), SendError> {
    let connection = Connection::open(
        &smtp.host,
        smtp.port,
        smtp.security == Security::Tls,
        CONVERSATION_MILLISECONDS,
    );
    let outcome = converse(&connection, &mut session).await;
    connection.close();
    outcome
}

async fn converse(connection: &Connection, session: &mut SmtpSession) -> Result<(), SendError> {
    let mut progress = Progress::Wait;
    loop {
        progress = match progress {
            Progress::Wait => match read(connection).await {
                Some(bytes) => session.received(&bytes),
                None => return Err(session.closed()),
            },
            Progress::Send(bytes) => {
                if connection.write(&bytes).await.is_err() {
                    return Err(session.closed());
                }
                Progress::Wait
            }
            Progress::BeginTls => {
                if connection.begin_tls().await.is_err() {
                    return Err(session.closed());
                }
                session.tls_began()
            }
            Progress::Done { outcome, goodbye } => {
                if !goodbye.is_empty() {
                    // Politeness alone: what counts was said before.
                    let _ = connection.write(goodbye).await;
                }
                return outcome;
            }
        };
    }
}

/// What came; nothing if the connection is over, for whatever reason.
async fn read(connection: &Connection) -> Option<Vec<u8>> {
    let bytes = connection.read().await.ok()?;
    let bytes = bytes.dyn_into::<Uint8Array>().ok()?.to_vec();
    (!bytes.is_empty()).then_some(bytes)
}
