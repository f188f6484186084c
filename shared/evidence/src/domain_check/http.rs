//! The look at the well-known file, as a sequence of requests that somebody else makes. https is
//! tried first; http only if nobody answers there, because an answer over https is the better
//! answer, even a refusal. A response is judged by its status first and its body last, and never
//! by what it merely contains.

use super::challenge::{DomainChallenge, FILE_PATH};
use super::published::{CheckEvidence, CheckMethod, CheckOutcome, CheckResult, observed};
use super::redirect::{self, MAX_REDIRECTS, RedirectRefusal, Scheme};
use crate::dns::DnsFailure;
use crate::shown;

/// The largest file. The caller reads one byte more, of the body after decompression, and stops.
pub const MAX_BODY: usize = 4 * 1024;

/// For all requests of one check together.
pub const TIME_LIMIT_MS: u32 = 5_000;

/// For the part over https, while http has not been tried: a silent port must not use up the time.
pub const HTTPS_TIME_LIMIT_MS: u32 = 3_000;

/// What the web server answered.
#[derive(Clone, Copy, Debug)]
pub struct FileResponse<'a> {
    pub status: u16,
    pub location: Option<&'a str>,
    pub content_type: Option<&'a str>,
    pub content_encoding: Option<&'a str>,
    /// Decompressed, and cut off one byte after [`MAX_BODY`]. Read for status 200 only.
    pub body: &'a [u8],
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchFailure {
    /// No connection, or none that is secure where it has to be.
    Unreachable,
    /// The time for this request is over.
    Timeout,
    /// One of the host's addresses is not a public one.
    PrivateAddress,
    /// The host's addresses could not be looked up.
    NoAddress(DnsFailure),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// GET [`HttpCheck::url`], without credentials, without following redirects.
    Fetch(HttpCheck),
    Done(CheckResult),
}

/// A check on its way: the request to be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCheck {
    challenge: DomainChallenge,
    scheme: Scheme,
    path: String,
    redirects: u8,
    /// http has had its turn; what is https now was reached from there.
    plain_tried: bool,
}

impl HttpCheck {
    pub fn begin(challenge: DomainChallenge) -> Self {
        Self {
            challenge,
            scheme: Scheme::Https,
            path: FILE_PATH.to_owned(),
            redirects: 0,
            plain_tried: false,
        }
    }

    /// The address to be fetched now. Its host is always the challenge's domain.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.challenge.domain(), self.path)
    }

    /// How long this request may take, if all requests so far took `spent_ms`.
    pub fn time_left_ms(&self, spent_ms: u32) -> u32 {
        let limit = if self.plain_tried {
            TIME_LIMIT_MS
        } else {
            HTTPS_TIME_LIMIT_MS
        };
        limit.saturating_sub(spent_ms)
    }

    /// There is a response.
    pub fn on_response(self, response: &FileResponse<'_>) -> Next {
        match response.status {
            200 => Next::Done(self.judge_file(response)),
            301 | 302 | 307 | 308 => self.follow(response.location),
            303 => {
                let refusal = RedirectRefusal::OtherStatus(response.status);
                Next::Done(self.refuse_redirect(&refusal))
            }
            // Statuses by which a network edge says that it found no server behind it.
            520..=527 | 530 => self.on_failure(FetchFailure::Unreachable),
            status => Next::Done(self.refuse_status(status)),
        }
    }

    /// There is none.
    pub fn on_failure(self, failure: FetchFailure) -> Next {
        let nobody_answers = matches!(failure, FetchFailure::Unreachable | FetchFailure::Timeout);
        if nobody_answers && !self.plain_tried {
            return Next::Fetch(Self {
                scheme: Scheme::Http,
                path: FILE_PATH.to_owned(),
                redirects: 0,
                plain_tried: true,
                ..self
            });
        }
        Next::Done(self.explain(failure))
    }

    /// The time for the whole check is over.
    pub fn out_of_time(self) -> CheckResult {
        self.explain(FetchFailure::Timeout)
    }

    fn follow(self, location: Option<&str>) -> Next {
        if self.redirects == MAX_REDIRECTS {
            return Next::Done(self.refuse_redirect(&RedirectRefusal::TooMany));
        }
        let (domain, token) = (self.challenge.domain(), self.challenge.token().as_str());
        match redirect::target(domain, self.scheme, location, token) {
            Ok((scheme, path)) => Next::Fetch(Self {
                scheme,
                path,
                redirects: self.redirects + 1,
                ..self
            }),
            Err(refusal) => Next::Done(self.refuse_redirect(&refusal)),
        }
    }

    fn judge_file(&self, response: &FileResponse<'_>) -> CheckResult {
        let url = self.url();
        if response.body.len() > MAX_BODY {
            let message = format!(
                "The file at {url} is larger than {MAX_BODY} bytes. It must hold the value and \
                 nothing else."
            );
            return self.result(CheckOutcome::TooLarge, false, message);
        }
        let expected = self.challenge.value();
        let text = match plain_text(response) {
            Ok(text) => text,
            Err(why) => {
                let message = format!("The file at {url} is not plain text: {why}.");
                return self.result(CheckOutcome::NotText, false, message);
            }
        };
        if text == expected {
            let message = format!("The file at {url} holds the expected value.");
            let mut result = self.result(CheckOutcome::Verified, false, message);
            result.evidence.observed = vec![expected];
            return result;
        }
        let message = what_is_wrong(&url, &expected, text, response.content_type);
        let mut result = self.result(CheckOutcome::WrongValue, false, message);
        result.evidence.observed = observed([text.as_bytes()].into_iter(), |_| true);
        result
    }

    fn refuse_status(&self, status: u16) -> CheckResult {
        let url = self.url();
        let advice = match status {
            401 | 403 | 407 => {
                "The file must be readable without signing in; a firewall may be turning \
                 automatic requests away."
            }
            404 | 410 => "Put the file there.",
            429 => "The server asks for patience. Try again in a minute.",
            500..=599 => "The server has a problem of its own. Try again when it is over.",
            _ => "Only status 200 counts.",
        };
        let retryable = status == 429 || status >= 500;
        let message = format!("{url} answered with status {status}. {advice}");
        self.result(CheckOutcome::HttpStatus, retryable, message)
    }

    fn refuse_redirect(&self, refusal: &RedirectRefusal) -> CheckResult {
        let message = format!(
            "The redirect from {} is not followed: {refusal}.",
            self.url()
        );
        self.result(CheckOutcome::RedirectRefused, false, message)
    }

    fn explain(&self, failure: FetchFailure) -> CheckResult {
        let domain = self.challenge.domain();
        let url = self.url();
        match failure {
            FetchFailure::Unreachable => {
                let message = format!(
                    "No web server could be reached at {url}. Check that {domain} has a web \
                     server, that anybody may connect to it and that its certificate is valid."
                );
                self.result(CheckOutcome::Unreachable, true, message)
            }
            FetchFailure::Timeout => {
                let message = format!("{url} took too long to answer. Try again in a minute.");
                self.result(CheckOutcome::Timeout, true, message)
            }
            FetchFailure::PrivateAddress => {
                let message = format!(
                    "{domain} has an address that is not a public one. Use the DNS record, or let \
                     the domain point to public addresses only."
                );
                self.result(CheckOutcome::PrivateAddress, false, message)
            }
            FetchFailure::NoAddress(failure) if failure.is_absence() => {
                let message = format!(
                    "{domain} has no address, so there is no web server to ask. Use the DNS \
                     record instead, or add an address."
                );
                self.result(CheckOutcome::Unreachable, true, message)
            }
            FetchFailure::NoAddress(DnsFailure::Timeout) => {
                let message = format!(
                    "Looking up the address of {domain} took too long. Try again in a minute."
                );
                self.result(CheckOutcome::Timeout, true, message)
            }
            FetchFailure::NoAddress(failure) => {
                let message = format!(
                    "The address of {domain} could not be looked up: {failure}. Try again in a \
                     minute."
                );
                self.result(CheckOutcome::DnsError, failure.retryable(), message)
            }
        }
    }

    fn result(&self, outcome: CheckOutcome, retryable: bool, message: String) -> CheckResult {
        CheckResult {
            outcome,
            retryable,
            message,
            evidence: CheckEvidence {
                method: CheckMethod::Http,
                place: shown::excerpt(self.url().as_bytes(), 300),
                observed: Vec::new(),
                via: Vec::new(),
                authenticated: outcome == CheckOutcome::Verified && self.scheme == Scheme::Https,
                resolvers: Vec::new(),
                dnssec: None,
            },
        }
    }
}

/// The text of the body without the white space around it, or why it is none.
fn plain_text<'a>(response: &FileResponse<'a>) -> Result<&'a str, String> {
    let body = response.body;
    if body.starts_with(&[0xef, 0xbb, 0xbf]) {
        return Err("it begins with a byte-order mark. Save it as UTF-8 without one".to_owned());
    }
    let text = std::str::from_utf8(body).ok().map(str::trim_ascii);
    let readable = |text: &&str| {
        !text
            .chars()
            .any(|c| c.is_control() && !c.is_ascii_whitespace())
    };
    text.filter(readable).ok_or_else(|| {
        let utf_16 =
            body.starts_with(&[0xff, 0xfe]) || body.starts_with(&[0xfe, 0xff]) || body.contains(&0);
        match response.content_encoding.map(str::trim_ascii) {
            _ if utf_16 => "it seems to be saved as UTF-16. Save it as UTF-8".to_owned(),
            Some(encoding)
                if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") =>
            {
                let encoding = shown::excerpt(encoding.as_bytes(), 20);
                format!("it is sent compressed ({encoding}). Send it as it is")
            }
            _ => "it is not UTF-8. Save it as plain text".to_owned(),
        }
    })
}

/// The mistakes that people make, nearest first.
fn what_is_wrong(url: &str, expected: &str, text: &str, content_type: Option<&str>) -> String {
    let is_page = text.starts_with('<')
        || content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    if text.is_empty() {
        format!("The file at {url} is empty. Put the value into it.")
    } else if is_page {
        format!(
            "{url} shows a web page instead of the file. Put a plain text file there that holds \
             the value and nothing else."
        )
    } else if text.contains(expected) {
        format!(
            "The file at {url} holds the value and more. It must hold the value and nothing else."
        )
    } else if text.eq_ignore_ascii_case(expected) {
        format!("The file at {url} differs in capital letters. Copy the value as it is shown.")
    } else if DomainChallenge::is_ours(text.as_bytes()) {
        format!("The file at {url} belongs to another verification. Put this one's value into it.")
    } else {
        format!(
            "The file at {url} holds another value. Replace it by the value of this verification."
        )
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
