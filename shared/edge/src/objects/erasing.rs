//! The one wish that every object takes which holds anything about a person: to exist no longer.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::{Done, command, request, session, verification};

/// A kind of thing that is about a person and has an object of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    Session,
    Request,
    Verification,
    Delivery,
}

/// As it stands in the commands of each kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EraseCommand {
    Erase { owner: Owner },
}

impl Remaining {
    const fn binding(self) -> &'static str {
        match self {
            Self::Session => session::BINDING,
            Self::Request => request::BINDING,
            Self::Verification => verification::BINDING,
            Self::Delivery => "DELIVERIES",
        }
    }

    /// Has the object of this id deleted. Where there is none of this owner's, nothing is done.
    pub async fn erase(self, env: &JsValue, owner: Owner, id: Id) -> Result<(), ApiError> {
        let wish = EraseCommand::Erase { owner };
        command::<Done>(env, self.binding(), &id.to_string(), &wish)
            .await
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{DeliveryCommand, RequestCommand, SessionCommand, VerificationCommand};
    use proof_domain::tenant::Environment;

    fn reads<T: PartialEq + std::fmt::Debug + for<'de> Deserialize<'de>>(json: &str, wish: &T) {
        assert_eq!(serde_json::from_str::<T>(json).unwrap(), *wish);
    }

    #[test]
    fn every_kind_reads_the_wish() {
        let owner = || Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        };
        let wish = EraseCommand::Erase { owner: owner() };
        let json = serde_json::to_string(&wish).unwrap();
        assert_eq!(
            json,
            r#"{"erase":{"owner":{"organisation":"acme","environment":"live"}}}"#
        );
        reads(&json, &VerificationCommand::Erase { owner: owner() });
        reads(&json, &SessionCommand::Erase { owner: owner() });
        reads(&json, &RequestCommand::Erase { owner: owner() });
        reads(&json, &DeliveryCommand::Erase { owner: owner() });
    }
}
