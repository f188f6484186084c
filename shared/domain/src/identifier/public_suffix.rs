//! Whether a name is a public suffix: one under which unrelated people register names, such as
//! `co.uk` or `github.io`. Proving such a name would prove something about all of them.
//!
//! The list (ICANN and private sections) is a sorted text that is searched where it lies, so a
//! cold isolate has nothing to build; compiled as code it would be six times as large.

/// One rule per line, sorted by bytes: `co.uk`, `*.ck` and the exception `!www.ck`. Names of
/// one label are left out, since they are refused anyway.
const RULES: &str = include_str!("../../data/public_suffixes.txt");

/// `name` is in ASCII and lower case, with at least two labels.
pub(super) fn is_public_suffix(name: &str) -> bool {
    if has_rule(name) {
        return true;
    }
    let Some((_, parent)) = name.split_once('.') else {
        return true;
    };
    has_rule(&format!("*.{parent}")) && !has_rule(&format!("!{name}"))
}

fn has_rule(rule: &str) -> bool {
    let (wanted, rules) = (rule.as_bytes(), RULES.as_bytes());
    let (mut low, mut high) = (0, rules.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = rules[low..middle].iter().rposition(|byte| *byte == b'\n');
        let start = start.map_or(low, |newline| low + newline + 1);
        let end = rules[middle..high].iter().position(|byte| *byte == b'\n');
        let end = end.map_or(high, |newline| middle + newline);
        match rules[start..end].cmp(wanted) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = (end + 1).min(high),
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_found_and_the_list_is_sorted() {
        let rules: Vec<&str> = RULES.lines().collect();
        assert!(rules.len() > 8_000);
        assert!(rules.is_sorted());
        for rule in rules {
            assert!(rule.is_ascii() && rule.contains('.'), "{rule}");
            assert!(has_rule(rule), "{rule}");
            assert!(!has_rule(&format!("{rule}0")), "{rule}");
            assert!(!has_rule(&rule[..rule.len() - 1]) || RULES.contains(&rule[..rule.len() - 1]));
        }
        for absent in ["", "\n", "!", "~", "zz.zz", "a\nb"] {
            assert!(!has_rule(absent), "{absent:?}");
        }
    }

    #[test]
    fn rules_wildcards_and_exceptions() {
        for suffix in [
            "co.uk",
            "github.io",
            "com.au",
            "blogspot.com",
            "workers.dev",
            "pages.dev",
            "anything.ck",
            "some.kawasaki.jp",
            "xn--55qx5d.cn",
            "s3.amazonaws.com",
        ] {
            assert!(is_public_suffix(suffix), "{suffix}");
        }
        for name in [
            "example.com",
            "example.co.uk",
            "someone.github.io",
            "www.ck",
            "city.kawasaki.jp",
            "a.b.kawasaki.jp",
            "deep.example.co.uk",
            "example.notatld",
        ] {
            assert!(!is_public_suffix(name), "{name}");
        }
    }
}
