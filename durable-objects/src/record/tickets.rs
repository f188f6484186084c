//! One-use tickets for live events. Only their digests are kept, for a minute.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::id::hex;
use proof_domain::limits::{MAX_TICKETS, TICKET_SECONDS};
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::EventsTicket;
use proof_edge::platform::random;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Inside, Record};
use crate::{fault, now};

const TICKETS: &str = "tickets";

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ticket {
    digest: String,
    expires_at: Timestamp,
    /// How many streams the organisation may hold, as its key said when it asked.
    #[serde(default)]
    streams_limit: Option<u32>,
}

fn digest(ticket: &str) -> String {
    hex(&Sha256::digest(ticket))
}

impl<R: Record> Inside<R> {
    pub(crate) fn ticket(
        self: &Rc<Self>,
        owner: &Owner,
        streams_limit: Option<u32>,
    ) -> Result<EventsTicket, ApiError> {
        let record = self.owned(owner)?;
        let ticket = hex(&random::<24>());
        let expires_at = now().plus_seconds(TICKET_SECONDS);
        let mut tickets = self.unexpired_tickets()?;
        if tickets.len() >= MAX_TICKETS {
            tickets.remove(0);
        }
        tickets.push(Ticket {
            digest: digest(&ticket),
            expires_at,
            streams_limit,
        });
        self.context.store(TICKETS, &tickets).map_err(fault)?;
        let base = &self.config.public_url;
        Ok(EventsTicket {
            url: format!("{base}{}/{}/events?ticket={ticket}", R::PATH, record.name()),
            ticket,
            expires_at,
        })
    }

    /// Takes the ticket out, so that it opens nothing twice. Gives the organisation's limit.
    pub(super) fn use_ticket(&self, ticket: &str) -> Result<Option<u32>, ApiError> {
        if self.load()?.is_none() {
            return Err(ApiError::unauthorized());
        }
        let wanted = digest(ticket);
        let mut tickets = self.unexpired_tickets()?;
        let used = tickets
            .iter()
            .position(|ticket| ticket.digest == wanted)
            .map(|at| tickets.remove(at))
            .ok_or_else(ApiError::unauthorized)?;
        self.context.store(TICKETS, &tickets).map_err(fault)?;
        Ok(used.streams_limit)
    }

    fn unexpired_tickets(&self) -> Result<Vec<Ticket>, ApiError> {
        let tickets: Vec<Ticket> = self
            .context
            .load(TICKETS)
            .map_err(fault)?
            .unwrap_or_default();
        Ok(tickets
            .into_iter()
            .filter(|ticket| now() < ticket.expires_at)
            .collect())
    }
}
