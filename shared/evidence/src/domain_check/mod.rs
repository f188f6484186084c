//! Control of a domain: a token that its owner publishes, in the DNS or as a file, and the
//! judgement of what was found. A check never proves more than what was read in it, and nothing
//! but the exact value at the exact place counts.

mod challenge;
mod http;
mod published;
mod record;
mod redirect;

pub use challenge::{
    ChallengeToken, DomainChallenge, FILE_PATH, InvalidDomain, InvalidToken, TOKEN_RANDOM_BYTES,
};
pub use http::{
    FetchFailure, FileResponse, HTTPS_TIME_LIMIT_MS, HttpCheck, MAX_BODY, Next, TIME_LIMIT_MS,
};
pub use published::{CheckEvidence, CheckMethod, CheckOutcome, CheckResult};
pub use record::judge_txt;
pub use redirect::{MAX_REDIRECTS, RedirectRefusal};
