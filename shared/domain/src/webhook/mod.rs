//! Webhooks: where events are sent, how they are signed, and what became of them.

pub mod endpoint;
pub mod query;
pub mod secret;
pub mod view;

pub use endpoint::{
    CreateEndpoint, DisabledReason, Endpoint, EndpointName, PlannedEndpoint, RetrySchedule,
    Subscription, UpdateEndpoint,
};
pub use query::{DeliveryQuery, DeliveryStatus, EndpointQuery, EventQuery};
pub use secret::{RotateSecret, WebhookSecret};
