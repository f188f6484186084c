//! Control of a domain: a token that its owner publishes, in the DNS or as a file, and the
//! judgement of what was found. A check never proves more than what was read in it, and nothing
//! but the exact value at the exact place counts.

mod alias;
mod challenge;
mod dns_hosts;
mod http;
mod provider;
mod published;
mod record;
mod redirect;
mod vantage;

pub use alias::{SIBLING_RANDOM_BYTES, judge_sibling, needs_sibling, sibling_of};
pub use challenge::{
    ChallengeToken, DomainChallenge, FILE_PATH, InvalidDomain, InvalidToken, TOKEN_RANDOM_BYTES,
};
pub use http::{
    FetchFailure, FileResponse, HTTPS_TIME_LIMIT_MS, HttpCheck, MAX_BODY, Next, TIME_LIMIT_MS,
};
pub use provider::{ProviderAdvice, Zone, ZoneSearch, ZoneStep, advise};
pub use published::{CheckEvidence, CheckMethod, CheckOutcome, CheckResult};
pub use record::judge_txt;
pub use redirect::{MAX_REDIRECTS, RedirectRefusal};
pub use vantage::{DEFAULT_RESOLVERS, MAX_RESOLVERS, Resolver, Resolvers, Sighting};
