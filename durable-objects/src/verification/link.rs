//! The link beside the code. Whoever comes with it is no tenant: the link is known by its token.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::verification::{LinkStanding, LinkView};
use proof_evidence::email::{LinkDigest, LinkToken};

use super::{Inside, proving};
use crate::now;

impl Inside {
    /// What the link shows. It changes nothing, however often it is asked.
    pub(super) fn open_link(self: &Rc<Self>, token: &str) -> Result<Option<LinkView>, ApiError> {
        let (Some(record), Some(token)) = (self.load()?, LinkToken::parse(token)) else {
            return Ok(None);
        };
        let id = record.id.to_string();
        Ok(record.link_view(|digest| matches(digest, &id, &token), now()))
    }

    pub(super) async fn confirm(
        self: &Rc<Self>,
        token: &str,
    ) -> Result<Option<LinkView>, ApiError> {
        let (Some(record), Some(token)) = (self.load()?, LinkToken::parse(token)) else {
            return Ok(None);
        };
        let (id, proof) = (record.id.to_string(), proving::new_proof());
        let view = self.change(&record.owner, |record| {
            Ok(record.confirm(|digest| matches(digest, &id, &token), proof, now()))
        })?;
        if view
            .as_ref()
            .is_some_and(|view| view.standing == LinkStanding::Confirmed)
        {
            // As after a code: the ledger's row has the token. Were it not signed now, it would be
            // when it is read, so the person is not told of a failure.
            let _ = self.proven(&record.owner).await;
        }
        Ok(view)
    }
}

fn matches(digest: &str, id: &str, token: &LinkToken) -> bool {
    LinkDigest::parse(digest).is_some_and(|digest| digest.matches(id, token))
}
