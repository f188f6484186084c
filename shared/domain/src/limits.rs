//! The numbers of the contract, in one place.

/// How long a code or a signature is awaited.
pub const CHALLENGE_SECONDS: i64 = 10 * 60;
/// How long a published domain token is awaited: DNS changes take hours to be seen.
pub const DOMAIN_CHALLENGE_SECONDS: i64 = 24 * 60 * 60;
/// Until a pending domain is looked at by itself for the first time; later looks are rarer.
pub const DOMAIN_CHECK_SECONDS: i64 = 30;
/// Looks at one domain that one organisation gets by itself in an hour, over all verifications.
pub const DOMAIN_LOOKS_PER_HOUR: u32 = 60;
/// Looks that one organisation gets by itself in an hour, over all domains.
pub const ORGANISATION_LOOKS_PER_HOUR: u32 = 3_000;
/// Wrong answers that one challenge takes.
pub const MAX_ATTEMPTS: u8 = 5;
/// How long a proof is valid.
pub const PROOF_SECONDS: i64 = 30 * 24 * 60 * 60;
/// How long a finished object keeps its record after its proof has ended.
pub const RETENTION_SECONDS: i64 = 30 * 24 * 60 * 60;
/// Seconds between two codes for one verification.
pub const RESEND_COOLDOWN_SECONDS: i64 = 30;
/// Codes that one verification may ask for, the first included.
pub const MAX_MESSAGES: u8 = 5;
/// Live challenges with an outgoing message for one identifier, across verifications.
pub const IDENTIFIER_CHALLENGES: [(usize, i64); 2] = [(10, 60 * 60), (30, 24 * 60 * 60)];
/// Codes sent to phones whose numbers differ in the last four digits only.
pub const PREFIX_CHALLENGES: [(usize, i64); 2] = [(30, 60 * 60), (100, 24 * 60 * 60)];
/// Codes that one organisation has sent to phones.
pub const ORGANISATION_CHALLENGES: [(usize, i64); 2] = [(300, 60 * 60), (1_000, 24 * 60 * 60)];
/// Largest JSON body.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// `client_metadata`, serialised.
pub const MAX_METADATA_BYTES: usize = 4 * 1024;
/// `client_metadata`, members.
pub const MAX_METADATA_MEMBERS: usize = 50;
/// `external_user_id`, characters.
pub const MAX_EXTERNAL_USER_ID: usize = 255;
/// `callback_url`, bytes.
pub const MAX_URL_BYTES: usize = 2_000;
/// An e-mail address (RFC 5321, a path without its brackets).
pub const MAX_ADDRESS: usize = 254;
/// `Idempotency-Key`, characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;
/// Requests a minute for one key, unless the organisation has another limit.
pub const REQUESTS_PER_MINUTE: u32 = 100;
/// How long a ticket for live events may wait to be used.
pub const TICKET_SECONDS: i64 = 60;
/// Unused tickets that one verification keeps.
pub const MAX_TICKETS: usize = 10;
/// Assets of one request.
pub const MAX_ASSETS: usize = 20;
/// How often the verification of one asset of a request may be begun.
pub const MAX_BEGINNINGS: u8 = 5;
/// Beginnings of one asset that may be refused before nothing was created: each asks others.
pub const MAX_REFUSED_BEGINNINGS: u8 = 20;
/// How long a request is open: the shortest, the usual and the longest.
pub const REQUEST_SECONDS: [i64; 3] = [5 * 60, 24 * 60 * 60, 7 * 24 * 60 * 60];
/// `reference_id`, characters.
pub const MAX_REFERENCE: usize = 255;
/// `action_context.title`, characters.
pub const MAX_TITLE: usize = 100;
/// `action_context.description`, characters.
pub const MAX_DESCRIPTION: usize = 500;
/// How long a receiver of webhooks has to answer.
pub const WEBHOOK_MILLISECONDS: u32 = 15_000;
