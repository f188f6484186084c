//! What a provider says of a message that we sent, on its way to the verification that sent it.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_edge::objects::Subject;
use proof_evidence::inbound::Reported;

use super::Incoming;

/// A reference that is not ours is left alone: the provider's account may serve others too.
pub(crate) async fn pass_on(incoming: &Incoming, reported: Reported) -> Result<(), ApiError> {
    let Some((id, message)) = read(&reported.reference) else {
        return Ok(());
    };
    Subject::Verification(id)
        .reported(
            &incoming.scope,
            incoming.account.clone(),
            message,
            reported.report,
        )
        .await
}

/// `<verification>.<number of the message>`, as it was written when the message was sent.
fn read(reference: &str) -> Option<(Id, u8)> {
    let (id, message) = reference.split_once('.')?;
    Some((Id::parse(id)?, message.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_references_are_read() {
        let id = Id::from_bytes([1; 12]);
        assert_eq!(read("010101010101010101010101.2"), Some((id, 2)));
        for odd in [
            "",
            ".",
            "010101010101010101010101",
            "010101010101010101010101.",
            "010101010101010101010101.256",
            "010101010101010101010101.1.1",
            "0101.1",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
