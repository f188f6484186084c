//! From a message of a person to the object of whatever waits for it. Every object that waits for
//! messages takes the same commands.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::inbound::{Arrival, Arrived, DeliveryReport};
use serde::{Deserialize, Serialize};

use super::{Done, command, session, verification};
use crate::platform::local;
use crate::scope::Scope;

/// What can wait for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    Verification(Id),
    Session(Id),
}

/// What the channels tell an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelCommand {
    /// A message with its code came.
    Arrived { arrival: Arrival },
    /// A message that it sent came to its end.
    Reported {
        /// The organisation over whose own account it was reported; none: the operator's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// Which of its messages.
        message: u8,
        report: DeliveryReport,
    },
}

impl Subject {
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Verification(_) => "verification",
            Self::Session(_) => "session",
        }
    }

    pub const fn id(self) -> Id {
        match self {
            Self::Verification(id) | Self::Session(id) => id,
        }
    }

    const fn binding(self) -> &'static str {
        match self {
            Self::Verification(_) => verification::BINDING,
            Self::Session(_) => session::BINDING,
        }
    }

    /// Hands a message over.
    pub async fn arrived(self, scope: &Scope, arrival: Arrival) -> Result<Arrived, ApiError> {
        let command = ChannelCommand::Arrived { arrival };
        self.tell(scope, &command).await
    }

    /// Hands a report over.
    pub async fn reported(
        self,
        scope: &Scope,
        account: Option<String>,
        message: u8,
        report: DeliveryReport,
    ) -> Result<(), ApiError> {
        let command = ChannelCommand::Reported {
            account,
            message,
            report,
        };
        self.tell::<Done>(scope, &command).await.map(drop)
    }

    async fn tell<T: serde::de::DeserializeOwned>(
        self,
        scope: &Scope,
        wish: &ChannelCommand,
    ) -> Result<T, ApiError> {
        let name = self.id().to_string();
        local(command::<T>(scope.env(), self.binding(), &name, wish))
            .await?
            .value
            .read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::asset::Channel;
    use proof_domain::inbound::Sender;

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let arrival = Arrival {
            channel: Channel::Whatsapp,
            account: Some("acme".into()),
            code: "00ff".into(),
            message_id: "wamid.1".into(),
            sender: Some(Sender::Number("+37069199199".into())),
        };
        let bare = Arrival {
            account: None,
            sender: None,
            ..arrival.clone()
        };
        let others = Arrival {
            sender: Some(Sender::OthersContact),
            ..bare.clone()
        };
        for (command, json) in [
            (
                ChannelCommand::Arrived { arrival },
                r#"{"arrived":{"arrival":{"channel":"whatsapp","account":"acme","code":"00ff","message_id":"wamid.1","sender":{"number":"+37069199199"}}}}"#,
            ),
            (
                ChannelCommand::Arrived { arrival: bare },
                r#"{"arrived":{"arrival":{"channel":"whatsapp","code":"00ff","message_id":"wamid.1"}}}"#,
            ),
            (
                ChannelCommand::Arrived { arrival: others },
                r#"{"arrived":{"arrival":{"channel":"whatsapp","code":"00ff","message_id":"wamid.1","sender":"others_contact"}}}"#,
            ),
            (
                ChannelCommand::Reported {
                    account: None,
                    message: 2,
                    report: DeliveryReport::Delivered,
                },
                r#"{"reported":{"message":2,"report":"delivered"}}"#,
            ),
            (
                ChannelCommand::Reported {
                    account: Some("acme".into()),
                    message: 1,
                    report: DeliveryReport::Failed("twilio_30003".into()),
                },
                r#"{"reported":{"account":"acme","message":1,"report":{"failed":"twilio_30003"}}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&command).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<ChannelCommand>(json).unwrap(),
                command
            );
        }
    }

    #[test]
    fn answers_keep_their_form() {
        let organisation = || "Acme".to_owned();
        for (arrived, json) in [
            (
                Arrived::Verified {
                    organisation: organisation(),
                },
                r#"{"verified":{"organisation":"Acme"}}"#,
            ),
            (
                Arrived::NumberNeeded {
                    organisation: organisation(),
                },
                r#"{"number_needed":{"organisation":"Acme"}}"#,
            ),
            (Arrived::AnotherNumber, r#""another_number""#),
            (Arrived::AnotherContact, r#""another_contact""#),
            (Arrived::Failed, r#""failed""#),
            (Arrived::Repeated, r#""repeated""#),
            (Arrived::Over, r#""over""#),
        ] {
            assert_eq!(serde_json::to_string(&arrived).unwrap(), json);
            assert_eq!(serde_json::from_str::<Arrived>(json).unwrap(), arrived);
        }
    }

    #[test]
    fn a_row_of_the_index_names_its_subject() {
        let row = r#"{"kind":"session","id":"010101010101010101010101"}"#;
        let subject: Subject = serde_json::from_str(row).unwrap();
        assert_eq!(subject, Subject::Session(Id::from_bytes([1; 12])));
    }
}
