//! Commands for the object of one session, and the client that gives them. Messages of persons reach
//! it as they reach every object that waits for them (`inbound`).

use proof_domain::error::ApiError;
use proof_domain::session::{Invitation, PlannedSession, SessionId, SessionView};
use proof_domain::tenant::Owner;
use proof_domain::verification::EventsTicket;
use serde::{Deserialize, Serialize};

use super::{EventsRequest, Reply, Watched, command, open_stream};
use crate::answer::Raw;
use crate::platform::{Js, local};
use crate::scope::Scope;

pub(crate) const BINDING: &str = "SESSIONS";

/// What can be asked of the object. The owner is that of the caller: an object that belongs to
/// somebody else answers as if it did not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionCommand {
    Create(Box<CreateSessionCommand>),
    Get {
        owner: Owner,
    },
    /// What the picture shows, for whoever holds its key.
    Picture {
        key: String,
    },
    CompleteInTest {
        owner: Owner,
        phone_number: String,
    },
    Ticket {
        owner: Owner,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        streams_limit: Option<u32>,
    },
    /// Whether anybody still listens in this slot.
    Probe {
        slot: String,
    },
    /// Exist no longer.
    Erase {
        owner: Owner,
    },
}

/// A session to create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateSessionCommand {
    pub id: SessionId,
    pub owner: Owner,
    pub organisation_name: String,
    pub plan: PlannedSession,
    pub invitation: Invitation,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_channel: bool,
    /// Whether the id belongs to an idempotency key, and so may be asked for again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    /// Why nothing new may be created; a repetition is answered all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ApiError>,
}

/// What is needed to draw the picture of a session's link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPicture {
    pub deep_link: String,
}

impl std::fmt::Debug for SessionPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionPicture(…)")
    }
}

/// The way to the objects.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a>(&'a Scope);

impl<'a> Sessions<'a> {
    pub const fn of(scope: &'a Scope) -> Self {
        Self(scope)
    }

    pub async fn create(
        self,
        create: CreateSessionCommand,
    ) -> Result<Reply<SessionView>, ApiError> {
        let id = create.id;
        self.ask(id, SessionCommand::Create(Box::new(create))).await
    }

    pub async fn get(self, owner: Owner, id: SessionId) -> Result<Raw<SessionView>, ApiError> {
        self.tell(id, SessionCommand::Get { owner }).await
    }

    pub async fn picture(self, id: SessionId, key: String) -> Result<SessionPicture, ApiError> {
        self.tell(id, SessionCommand::Picture { key })
            .await
            .and_then(|picture: Raw<_>| picture.read())
    }

    pub async fn complete_in_test(
        self,
        owner: Owner,
        id: SessionId,
        phone_number: String,
    ) -> Result<Raw<SessionView>, ApiError> {
        let wish = SessionCommand::CompleteInTest {
            owner,
            phone_number,
        };
        self.tell(id, wish).await
    }

    pub async fn ticket(
        self,
        owner: Owner,
        id: SessionId,
        streams_limit: Option<u32>,
    ) -> Result<Raw<EventsTicket>, ApiError> {
        let wish = SessionCommand::Ticket {
            owner,
            streams_limit,
        };
        self.tell(id, wish).await
    }

    /// The live events, as a response whose stream is given on untouched.
    pub async fn events(self, id: SessionId, request: &EventsRequest) -> Result<Js, ApiError> {
        open_stream(self.0.env(), Watched::Session(id.0), request).await
    }

    async fn tell<T>(self, id: SessionId, wish: SessionCommand) -> Result<Raw<T>, ApiError> {
        Ok(self.ask(id, wish).await?.value)
    }

    async fn ask<T>(self, id: SessionId, wish: SessionCommand) -> Result<Reply<T>, ApiError> {
        local(command(self.0.env(), BINDING, &id.0.to_string(), &wish)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::id::Id;
    use proof_domain::session::SessionChannel;
    use proof_domain::tenant::Environment;

    fn owner() -> Owner {
        Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        }
    }

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let create = CreateSessionCommand {
            id: SessionId(Id::from_bytes([1; 12])),
            owner: owner(),
            organisation_name: "Acme".into(),
            plan: PlannedSession {
                channel: SessionChannel::Whatsapp,
                external_user_id: None,
                client_metadata: None,
            },
            invitation: Invitation {
                code: "X7K2M9".into(),
                deep_link: "https://wa.me/1?text=X7K2M9".into(),
                image_key: "ab".into(),
            },
            own_channel: false,
            repeatable: false,
            refusal: None,
        };
        for (command, json) in [
            (
                SessionCommand::Create(Box::new(create)),
                r#"{"create":{"id":"sess_010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"organisation_name":"Acme","plan":{"channel":"whatsapp"},"invitation":{"code":"X7K2M9","deep_link":"https://wa.me/1?text=X7K2M9","image_key":"ab"}}}"#,
            ),
            (
                SessionCommand::Get { owner: owner() },
                r#"{"get":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
            (
                SessionCommand::Picture { key: "ab".into() },
                r#"{"picture":{"key":"ab"}}"#,
            ),
            (
                SessionCommand::CompleteInTest {
                    owner: owner(),
                    phone_number: "+37069199199".into(),
                },
                r#"{"complete_in_test":{"owner":{"organisation":"acme","environment":"live"},"phone_number":"+37069199199"}}"#,
            ),
            (
                SessionCommand::Probe { slot: "s".into() },
                r#"{"probe":{"slot":"s"}}"#,
            ),
            (
                SessionCommand::Erase { owner: owner() },
                r#"{"erase":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&command).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<SessionCommand>(json).unwrap(),
                command
            );
        }
    }
}
