//! Live status as Server-Sent Events. A stream begins with `connected`, tells every change with the
//! change's number as event id, and ends after the last one. A reader that comes back says which
//! number it saw and gets what it missed.

use std::rc::{Rc, Weak};

use proof_domain::error::ApiError;
use proof_domain::id::hex;
use proof_edge::objects::{EventsRequest, SlotCommand, StreamSlots};
use proof_edge::platform::{EventStreams, json_response, random, sleep};
use wasm_bindgen::prelude::*;

use super::{Inside, Record};

/// How long a browser waits before it comes back, in milliseconds.
const RETRY: u32 = 3_000;

/// How many people may watch one record's page at once. They take none of the tenant's streams, so
/// that a link which got around does not shut the tenant out.
const MAX_BY_LINK: usize = 20;
/// What the names of their streams begin with.
const BY_LINK: &str = "link-";
/// How often streams are written to, and how long the platform is given to notice that nobody reads.
const PROBES: u32 = 4;
const PROBE_MILLISECONDS: u32 = 50;

impl<R: Record> Inside<R> {
    /// A response: the stream, 204 if there is nothing more to come, or an error.
    pub(crate) async fn events(self: &Rc<Self>, url: &str, signal: &JsValue) -> JsValue {
        match self.open_events(url, signal).await {
            Ok(response) => response,
            Err(error) => json_response(error.code.status(), &error),
        }
    }

    async fn open_events(
        self: &Rc<Self>,
        url: &str,
        signal: &JsValue,
    ) -> Result<JsValue, ApiError> {
        let mut request = EventsRequest::from_url(url).ok_or_else(ApiError::not_found)?;
        let record = self.admitted(&mut request)?;
        if record.is_terminal() {
            return Ok(self.last_words(&record, &request, signal));
        }
        if request.by_link {
            return self.open_by_link(&request, signal).await;
        }
        let slot = hex(&random::<8>());
        let limit = request
            .streams_limit
            .unwrap_or(self.config.streams_per_tenant);
        let wish = SlotCommand::Acquire {
            slot: slot.clone(),
            watched: record.watched(),
            limit,
        };
        StreamSlots::new(self.context.env())
            .give(record.owner(), &wish)
            .await?;
        // The wait may have been long enough for it to end.
        let Some(record) = self.load()? else {
            return Err(ApiError::not_found());
        };
        if record.is_terminal() {
            self.release(vec![slot]);
            return Ok(self.last_words(&record, &request, signal));
        }
        Ok(self
            .streams()
            .open(&slot, &opening(&*record, &request), false, signal))
    }

    /// A stream of a person's page. Streams whose reader is gone make room; if all are read, the page
    /// has to ask from time to time instead.
    async fn open_by_link(
        self: &Rc<Self>,
        request: &EventsRequest,
        signal: &JsValue,
    ) -> Result<JsValue, ApiError> {
        let slot = format!("{BY_LINK}{}", hex(&random::<8>()));
        for _ in 0..PROBES {
            if self.open_by_links().len() < MAX_BY_LINK {
                break;
            }
            for slot in self.open_by_links() {
                self.probe(&slot);
            }
            sleep(PROBE_MILLISECONDS).await;
        }
        if self.open_by_links().len() >= MAX_BY_LINK {
            return Err(ApiError::rate_limited(
                "This page is open in too many places.",
                30,
            ));
        }
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        if record.is_terminal() {
            return Ok(self.last_words(&record, request, signal));
        }
        Ok(self
            .streams()
            .open(&slot, &opening(&*record, request), false, signal))
    }

    fn open_by_links(self: &Rc<Self>) -> Vec<String> {
        let mut slots = self.streams().slots();
        slots.retain(|slot| is_by_link(slot));
        slots
    }

    fn admitted(self: &Rc<Self>, request: &mut EventsRequest) -> Result<Rc<R>, ApiError> {
        let record = match (&request.owner, &request.ticket) {
            (Some(owner), _) => self.owned(owner)?,
            (None, Some(ticket)) => {
                request.streams_limit = self.use_ticket(ticket)?;
                self.load()?.ok_or_else(ApiError::unauthorized)?
            }
            (None, None) if request.by_link && R::HAS_PAGE => {
                self.load()?.ok_or_else(ApiError::not_found)?
            }
            (None, None) => return Err(ApiError::unauthorized()),
        };
        self.settled(record)
    }

    /// What a record that is over still has to tell: its last event, or, to a reader that saw
    /// it, that there is no reason to come back.
    fn last_words(
        self: &Rc<Self>,
        record: &R,
        request: &EventsRequest,
        signal: &JsValue,
    ) -> JsValue {
        let seen = request.last_event_id.unwrap_or_default();
        if seen >= record.sequence() as u64 {
            return json_response(204, &());
        }
        self.streams()
            .open("", &opening(record, request), true, signal)
    }

    /// Tells the open streams what happened since.
    pub(super) fn announce(&self, since: usize) {
        let Some(streams) = self.streams.get() else {
            return;
        };
        let Ok(Some(record)) = self.load() else {
            return;
        };
        let text = changes(&*record, since);
        if !text.is_empty() {
            streams.send(&text, record.is_terminal());
        }
    }

    /// Ends the open streams without another word; who comes back finds nothing.
    pub(super) fn end_streams(&self) {
        if let Some(streams) = self.streams.get() {
            streams.send(": over\n\n", true);
        }
    }

    pub(crate) fn probe(&self, slot: &str) -> bool {
        self.streams
            .get()
            .is_some_and(|streams| streams.probe(slot))
    }

    fn streams(self: &Rc<Self>) -> &EventStreams {
        self.streams.get_or_init(|| {
            let gone = {
                let inside = Rc::downgrade(self);
                move |slots: Vec<String>| {
                    if let Some(inside) = inside.upgrade() {
                        inside.release(slots);
                    }
                }
            };
            let beat = {
                let inside = Rc::downgrade(self);
                move || renew(&inside)
            };
            // They live as long as the object.
            EventStreams::new(
                self.config.heartbeat_seconds.saturating_mul(1_000),
                Closure::<dyn Fn(Vec<String>)>::new(gone)
                    .into_js_value()
                    .unchecked_ref(),
                Closure::<dyn Fn()>::new(beat)
                    .into_js_value()
                    .unchecked_ref(),
            )
        })
    }

    fn release(self: &Rc<Self>, mut slots: Vec<String>) {
        slots.retain(|slot| !is_by_link(slot));
        if !slots.is_empty() {
            self.tell_slots(SlotCommand::Release { slots });
        }
    }

    fn tell_slots(self: &Rc<Self>, wish: SlotCommand) {
        let inside = self.clone();
        self.context.after_answer(async move {
            if let Ok(Some(record)) = inside.load() {
                let slots = StreamSlots::new(inside.context.env());
                // A lost word is made good by the next heartbeat.
                let _ = slots.give(record.owner(), &wish).await;
            }
        });
    }
}

fn renew<R: Record>(inside: &Weak<Inside<R>>) {
    let Some(inside) = inside.upgrade() else {
        return;
    };
    let (Some(streams), Ok(Some(record))) = (inside.streams.get(), inside.load()) else {
        return;
    };
    let mut slots = streams.slots();
    slots.retain(|slot| !is_by_link(slot));
    if !slots.is_empty() {
        inside.tell_slots(SlotCommand::Renew {
            slots,
            watched: record.watched(),
        });
    }
}

fn is_by_link(slot: &str) -> bool {
    slot.starts_with(BY_LINK)
}

/// The first words of a stream: `connected`, and what the reader missed.
fn opening(record: &impl Record, request: &EventsRequest) -> String {
    let newest = record.sequence();
    let seen = match request.last_event_id {
        Some(seen) => usize::try_from(seen).unwrap_or(newest).min(newest),
        // Whoever listens for changes only must still learn how it ended.
        None if record.is_terminal() => newest.saturating_sub(1),
        None => newest,
    };
    let mut text = format!("retry: {RETRY}\n");
    if let Some(event) = record.event(newest) {
        text.push_str(&frame("connected", seen, &event));
    }
    text.push_str(&changes(record, seen));
    text
}

/// The changes after this number.
fn changes(record: &impl Record, since: usize) -> String {
    (since + 1..=record.sequence())
        .filter_map(|number| Some(frame("status_changed", number, &record.event(number)?)))
        .collect()
}

/// One event. The data is JSON on one line: no value can begin another line.
fn frame(name: &str, number: usize, data: &impl serde::Serialize) -> String {
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("id: {number}\nevent: {name}\ndata: {data}\n\n")
}
