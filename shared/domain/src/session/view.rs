//! A session as the API shows it. Written once: these types are the wire format, and the `OpenAPI`
//! document is made from them. The number is shown to the tenant only, the code within its link.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Session, SessionChannel, SessionFailure, SessionId, SessionStatus, State};
use crate::id::Id;
use crate::timestamp::Timestamp;
use crate::verification::ProofView;

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    #[schema(value_type = String, example = "sess_507f1f77bcf86cd799439011", pattern = "^sess_[0-9a-f]{24}$")]
    pub id: SessionId,
    pub channel: SessionChannel,
    pub status: SessionStatus,
    /// While pending: opens the channel with the message filled in. For a person on the same
    /// device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://t.me/proof_bot?start=sess_507f1f77bcf86cd799439011")]
    pub deep_link: Option<String>,
    /// While pending: what a QR code has to say, which is the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://t.me/proof_bot?start=sess_507f1f77bcf86cd799439011")]
    pub qr_code: Option<String>,
    /// While pending: the QR code as a picture, for an `img`. Its address needs no API key and
    /// shows nothing but the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "https://proof.example/api/v1/sessions/sess_507f1f77bcf86cd799439011/qr.svg?key=…"
    )]
    pub qr_svg_url: Option<String>,
    /// The same as PNG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "https://proof.example/api/v1/sessions/sess_507f1f77bcf86cd799439011/qr.png?key=…"
    )]
    pub qr_png_url: Option<String>,
    pub expires_at: Timestamp,
    /// While pending: one sentence for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Open Telegram and tap the link to verify")]
    pub instructions: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    /// Once verified: the number that the message came from, in E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+37069199199")]
    pub phone_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Once verified: the verification of this number, with its own address and its own life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439011")]
    pub verification_id: Option<Id>,
    /// Once verified: the verification's proof, unless that was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<SessionFailure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Present, and true, in test mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// The data of a live event of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionEvent {
    #[schema(value_type = String, example = "sess_507f1f77bcf86cd799439011")]
    pub id: SessionId,
    pub status: SessionStatus,
    /// When it came to this status.
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

impl Session {
    /// The session as its tenant sees it, without the proof, which is its verification's.
    pub fn view(&self, public_url: &str) -> SessionView {
        let mut view = SessionView {
            id: self.name(),
            channel: self.channel,
            status: self.status(),
            deep_link: None,
            qr_code: None,
            qr_svg_url: None,
            qr_png_url: None,
            expires_at: self.expires_at,
            instructions: None,
            external_user_id: self.external_user_id.clone(),
            client_metadata: self.client_metadata.clone(),
            phone_number: None,
            verified_at: None,
            verification_id: None,
            proof: None,
            failed_at: None,
            failure_reason: None,
            expired_at: None,
            created_at: self.created_at,
            updated_at: self.updated_at,
            test_mode: self.test_mode(),
        };
        match &self.state {
            State::Pending => {
                let link = &self.invitation.deep_link;
                let picture = |format: &str| {
                    let (name, key) = (self.name(), &self.invitation.image_key);
                    format!("{public_url}/api/v1/sessions/{name}/qr.{format}?key={key}")
                };
                view.deep_link = Some(link.clone());
                view.qr_code = Some(link.clone());
                view.qr_svg_url = Some(picture("svg"));
                view.qr_png_url = Some(picture("png"));
                view.instructions = Some(self.instructions());
            }
            State::Verified {
                at,
                phone_number,
                verification_id,
            } => {
                view.verified_at = Some(*at);
                view.phone_number = Some(phone_number.clone());
                view.verification_id = Some(*verification_id);
            }
            State::Failed { at, reason } => {
                view.failed_at = Some(*at);
                view.failure_reason = Some(*reason);
            }
            State::Expired { at } => view.expired_at = Some(*at),
        }
        view
    }

    /// The live event of this position in the history, 1 being the first.
    pub fn event(&self, sequence: usize) -> Option<SessionEvent> {
        let change = self.history.get(sequence.checked_sub(1)?)?;
        Some(SessionEvent {
            id: self.name(),
            status: change.status,
            at: change.at,
            test_mode: self.test_mode(),
        })
    }

    fn instructions(&self) -> String {
        match self.channel {
            SessionChannel::Telegram => "Open Telegram and tap the link to verify".to_owned(),
            SessionChannel::Whatsapp => format!(
                "Open WhatsApp with the link and send {}",
                self.invitation.code
            ),
        }
    }

    fn test_mode(&self) -> Option<bool> {
        self.owner.environment.is_test().then_some(true)
    }
}
