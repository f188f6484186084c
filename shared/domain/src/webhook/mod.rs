//! Webhooks: where events are sent, how they are signed, and what became of them.

pub mod delivery;
pub mod endpoint;
pub mod gate;
pub mod query;
pub mod secret;
pub mod signing;
pub mod view;

pub use delivery::{Delivery, NewDelivery};
pub use endpoint::{
    CreateEndpoint, DisabledReason, Endpoint, EndpointName, PlannedEndpoint, RetrySchedule,
    Subscription, UpdateEndpoint,
};
pub use query::{DeliveryQuery, DeliveryStatus, EndpointQuery, EventQuery};
pub use secret::{RotateSecret, WebhookSecret};
