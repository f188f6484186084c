//! Points in time: in words and in UTC for everybody, and by the reader's own clock where a script
//! may run (`times.js`).

use maud::{Markup, html};
use proof_domain::timestamp::Timestamp;

use crate::Words;

/// Day and time.
pub fn moment(words: Words, at: Timestamp) -> Markup {
    html! { time datetime=(at) data-moment { (text(words, at)) } }
}

fn text(words: Words, at: Timestamp) -> String {
    let exact = at.to_string();
    let (day, time) = exact.split_once('T').unwrap_or((&exact, ""));
    let mut parts = day.split('-').map(|part| part.trim_start_matches('0'));
    let [year, month, day] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let values = [
        ("year", year),
        ("month", month),
        ("day", day),
        ("time", time.get(..5).unwrap_or(time)),
    ];
    words.with("moment", &values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain;

    #[test]
    fn a_moment_is_in_the_reader_s_language_and_in_utc() {
        let at = Timestamp::parse("2026-07-04T09:05:59Z").unwrap_or_default();
        for (language, expected) in [
            ("en", "4 July 2026, 09:05 UTC"),
            ("lt", "2026 m. liepos 4 d., 09:05 UTC"),
        ] {
            assert_eq!(plain(&text(Words::preferred(language), at)), expected);
        }
        let markup = moment(Words::preferred("en"), at).into_string();
        assert!(markup.contains(r#"datetime="2026-07-04T09:05:59Z""#));
    }

    #[test]
    fn every_month_has_a_name() {
        for words in Words::all() {
            let mut names = std::collections::BTreeSet::new();
            for month in 1..=12 {
                let at = Timestamp::parse(&format!("2026-{month:02}-15T00:00:00Z"));
                names.insert(text(words, at.unwrap_or_default()));
            }
            assert_eq!(names.len(), 12);
        }
    }
}
