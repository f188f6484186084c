//! Domains that somebody can own: a name in the public DNS below a public suffix.

use super::{IdentifierError, hostname, public_suffix::is_public_suffix};

/// One trailing full stop, the mark of a fully qualified name, is dropped.
pub(super) fn parse(raw: &str) -> Result<String, IdentifierError> {
    let name = hostname::normalise(raw.strip_suffix('.').unwrap_or(raw))?;
    if is_public_suffix(&name) {
        return Err(IdentifierError::DomainPublicSuffix);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owned_names_pass() {
        for (raw, name) in [
            ("victim.com", "victim.com"),
            ("victim.com.", "victim.com"),
            ("VICTIM.com", "victim.com"),
            ("www.victim.co.uk", "www.victim.co.uk"),
            ("victim.github.io", "victim.github.io"),
            ("www.食狮.公司.cn", "www.xn--85x722f.xn--55qx5d.cn"),
        ] {
            assert_eq!(parse(raw).as_deref(), Ok(name), "{raw}");
        }
    }

    #[test]
    fn shared_names_do_not() {
        use IdentifierError::{DomainInvalid, DomainPublicSuffix, DomainSingleLabel};
        for (raw, error) in [
            ("co.uk", DomainPublicSuffix),
            ("co.uk.", DomainPublicSuffix),
            ("CO.UK", DomainPublicSuffix),
            ("github.io", DomainPublicSuffix),
            ("公司.cn", DomainPublicSuffix),
            ("foo.ck", DomainPublicSuffix),
            ("com.", DomainSingleLabel),
            (".", DomainInvalid),
            ("victim.com..", DomainInvalid),
        ] {
            assert_eq!(parse(raw), Err(error), "{raw}");
        }
    }
}
