//! Account names on social networks, as a bare name, with a leading `@`, or as the network's
//! own profile address. The network's rules decide, and its view of upper and lower case.
//!
//! A name proves nothing by itself: handles change hands, so the proof rests on the network's
//! answer about who signed in.

use super::{IdentifierError, email};
use crate::asset::Channel;

pub(super) fn parse(channel: Channel, raw: &str) -> Result<String, IdentifierError> {
    let network = match channel {
        Channel::Google => return email::parse(raw),
        // These two tell an account's address rather than the name of its profile.
        Channel::Linkedin | Channel::Facebook if is_address(raw) => return email::parse(raw),
        Channel::Github => &GITHUB,
        Channel::Facebook => &FACEBOOK,
        Channel::X => &X,
        Channel::Linkedin => &LINKEDIN,
        Channel::Instagram => &INSTAGRAM,
        Channel::Youtube => &YOUTUBE,
        Channel::Tiktok => &TIKTOK,
        _ => return Err(IdentifierError::ChannelNotForType),
    };
    let name = match network.path_of(raw) {
        Some(path) => (network.name_in)(path).ok_or(IdentifierError::SocialProfileUrl)?,
        None => raw,
    };
    (network.normalise)(name).ok_or(IdentifierError::SocialHandle)
}

struct Network {
    /// The hosts of profile addresses, without `www.` or `m.`.
    hosts: &'static [&'static str],
    /// The name inside a profile address, given what follows the host and its slash.
    name_in: fn(&str) -> Option<&str>,
    /// The one form of a name, if it is one.
    normalise: fn(&str) -> Option<String>,
}

impl Network {
    /// What follows the host and its slash, if `raw` is an address on one of the hosts. The
    /// scheme may be left out, as people do.
    fn path_of<'a>(&self, raw: &'a str) -> Option<&'a str> {
        let address = strip_prefix_ignoring_case(raw, "https://")
            .or_else(|| strip_prefix_ignoring_case(raw, "http://"))
            .unwrap_or(raw);
        let (host, path) = address.split_once('/')?;
        let host = host.to_ascii_lowercase();
        let bare = ["www.", "m.", ""]
            .iter()
            .find_map(|prefix| host.strip_prefix(prefix))?;
        self.hosts.contains(&bare).then_some(path)
    }
}

static GITHUB: Network = Network {
    hosts: &["github.com"],
    name_in: whole_path,
    // Letters, digits and single hyphens inside; 39 at most.
    normalise: |name| {
        let name = without_at(name).to_ascii_lowercase();
        let fits = (1..=39).contains(&name.len())
            && name
                .split('-')
                .all(|part| !part.is_empty() && has_only(part, b""));
        fits.then_some(name)
    },
};

static X: Network = Network {
    hosts: &["x.com", "twitter.com"],
    name_in: whole_path,
    normalise: |name| {
        let name = without_at(name).to_ascii_lowercase();
        ((1..=15).contains(&name.len()) && has_only(&name, b"_")).then_some(name)
    },
};

static INSTAGRAM: Network = Network {
    hosts: &["instagram.com"],
    name_in: whole_path,
    // Full stops neither at an end nor doubled.
    normalise: |name| {
        let name = without_at(name).to_ascii_lowercase();
        let fits = (1..=30).contains(&name.len())
            && name
                .split('.')
                .all(|part| !part.is_empty() && has_only(part, b"_"));
        fits.then_some(name)
    },
};

static TIKTOK: Network = Network {
    hosts: &["tiktok.com"],
    name_in: |path| {
        whole_path(path)?
            .strip_prefix('@')
            .filter(|name| !name.starts_with('@'))
    },
    // No full stop at the end.
    normalise: |name| {
        let name = without_at(name).to_ascii_lowercase();
        let fits = (2..=24).contains(&name.len()) && has_only(&name, b"_.") && !name.ends_with('.');
        fits.then_some(name)
    },
};

static YOUTUBE: Network = Network {
    hosts: &["youtube.com"],
    name_in: |path| match path.strip_prefix("channel/") {
        Some(id) => whole_path(id).filter(|id| is_youtube_channel(id)),
        None => whole_path(path).filter(|name| name.starts_with('@')),
    },
    // A channel id keeps its case and begins with `UC`; a handle is put in lower case, so that
    // neither can be mistaken for the other.
    normalise: |name| {
        if is_youtube_channel(name) {
            return Some(name.to_owned());
        }
        let name = without_at(name).to_ascii_lowercase();
        let is_mark = |byte: Option<u8>| byte.is_none_or(|byte| b"_-.".contains(&byte));
        let fits = (3..=30).contains(&name.len())
            && has_only(&name, b"_-.")
            && !is_mark(name.bytes().next())
            && !is_mark(name.bytes().last());
        fits.then_some(name)
    },
};

static LINKEDIN: Network = Network {
    hosts: &["linkedin.com"],
    name_in: |path| whole_path(path.strip_prefix("in/")?),
    normalise: |name| {
        let name = without_at(name).to_ascii_lowercase();
        let fits = (3..=100).contains(&name.len())
            && has_only(&name, b"-")
            && !name.starts_with('-')
            && !name.ends_with('-');
        fits.then_some(name)
    },
};

static FACEBOOK: Network = Network {
    hosts: &["facebook.com", "fb.com"],
    name_in: |path| match path.strip_prefix("profile.php?id=") {
        Some(id) => Some(id).filter(|id| is_number(id)),
        None => whole_path(path),
    },
    // Full stops do not count in a user name; a name of digits alone is a numeric id.
    normalise: |name| {
        let name = without_at(name).to_ascii_lowercase();
        let fits = if is_number(&name) {
            (5..=20).contains(&name.len()) && !name.starts_with('0')
        } else {
            let counted = name.bytes().filter(|byte| *byte != b'.').count();
            (5..=50).contains(&counted) && name.len() <= 100 && has_only(&name, b".")
        };
        // `12.34.56` must not become the numeric id 123456.
        let has_letter = name.bytes().any(|byte| byte.is_ascii_alphabetic());
        (fits && (has_letter || is_number(&name))).then(|| name.replace('.', ""))
    },
};

/// One segment and at most one slash after it; no query, no fragment.
fn whole_path(path: &str) -> Option<&str> {
    let name = path.strip_suffix('/').unwrap_or(path);
    (!name.is_empty() && !name.contains(['/', '?', '#', '%'])).then_some(name)
}

/// Whether this can only be meant as an e-mail address.
fn is_address(raw: &str) -> bool {
    !raw.starts_with('@') && raw.contains('@') && !raw.contains('/')
}

fn without_at(name: &str) -> &str {
    name.strip_prefix('@').unwrap_or(name)
}

fn has_only(name: &str, marks: &[u8]) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// `UC` and sixteen bytes in base64url, of which the last character carries two bits.
fn is_youtube_channel(id: &str) -> bool {
    id.len() == 24
        && id.starts_with("UC")
        && has_only(id, b"_-")
        && id.ends_with(['A', 'Q', 'g', 'w'])
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

#[cfg(test)]
mod tests;
