//! The national numbering plans of the world, from a generated table of 12 KB.
//! It answers whether a number can exist and whether calling it costs a premium; it must not
//! be read as saying that a number is in service.
//!
//! The full metadata of the phone number libraries weighs 150 KB compressed and takes tens of
//! milliseconds to load, which every cold isolate would pay. The table keeps two things of it
//! for each calling code: the patterns of possible numbers and those of premium-rate numbers.
//! `shared/domain/tables` writes it.

/// Lines of calling code, possible numbers and premium-rate numbers, separated by tabs; several
/// regions that share a code have their patterns separated by `|`.
const TABLE: &str = include_str!("../../data/numbering_plans.txt");

/// The plan of one calling code.
pub(super) struct Plan {
    possible: &'static str,
    premium_rate: &'static str,
}

impl Plan {
    /// Splits the digits after the `+` into the plan of their calling code and the national
    /// number. No calling code is the beginning of another, so there is at most one.
    pub(super) fn of(digits: &str) -> Option<(Self, &str)> {
        TABLE.lines().find_map(|line| {
            let mut fields = line.split('\t');
            let national = digits.strip_prefix(fields.next()?)?;
            let possible = fields.next()?;
            Some((
                Self {
                    possible,
                    premium_rate: fields.next().unwrap_or_default(),
                },
                national,
            ))
        })
    }

    pub(super) fn has(&self, national: &str) -> bool {
        matches_whole(self.possible, national)
    }

    pub(super) fn is_premium_rate(&self, national: &str) -> bool {
        !self.premium_rate.is_empty() && matches_whole(self.premium_rate, national)
    }
}

/// Whether the whole of `digits` matches the pattern.
///
/// The patterns use a small part of the regular expressions: digits, `\d`, `[0-24-9]`,
/// `(?:…)`, `|`, `?`, `{n}` and `{n,m}`. They are read once from left to right while the set
/// of positions reached in `digits` is carried along as bits, so there is nothing to
/// backtrack and nothing to compile.
fn matches_whole(pattern: &str, digits: &str) -> bool {
    if digits.len() > 30 {
        return false;
    }
    let mut reader = Reader {
        rest: pattern.as_bytes(),
        digits: digits.as_bytes(),
    };
    let reached = reader.alternatives(1);
    reader.rest.is_empty() && reached & (1 << digits.len()) != 0
}

/// A set of positions in the digits: bit `n` stands for "the first `n` digits are matched".
type Positions = u32;

struct Reader<'a> {
    rest: &'a [u8],
    digits: &'a [u8],
}

impl Reader<'_> {
    fn alternatives(&mut self, from: Positions) -> Positions {
        let mut reached = self.sequence(from);
        while self.eat(b"|") {
            reached |= self.sequence(from);
        }
        reached
    }

    fn sequence(&mut self, from: Positions) -> Positions {
        let mut at = from;
        while !matches!(self.rest.first(), None | Some(b'|' | b')')) {
            at = self.repeated(at);
        }
        at
    }

    fn repeated(&mut self, from: Positions) -> Positions {
        let item = self.rest;
        let once = self.item(from);
        if self.eat(b"?") {
            return from | once;
        }
        if !self.eat(b"{") {
            return once;
        }
        let least = self.number();
        let most = if self.eat(b",") { self.number() } else { least };
        self.eat(b"}");
        let after = self.rest;
        let (mut at, mut reached) = (from, if least == 0 { from } else { 0 });
        for count in 1..=most {
            self.rest = item;
            at = self.item(at);
            if count >= least {
                reached |= at;
            }
        }
        self.rest = after;
        reached
    }

    fn item(&mut self, from: Positions) -> Positions {
        if self.eat(b"(?:") {
            let reached = self.alternatives(from);
            self.eat(b")");
            return reached;
        }
        if self.eat(b"\\d") {
            return self.step(from, |_| true);
        }
        if self.eat(b"[") {
            let length = self
                .rest
                .iter()
                .position(|byte| *byte == b']')
                .unwrap_or_default();
            let (set, rest) = self.rest.split_at(length);
            self.rest = rest;
            self.eat(b"]");
            return self.step(from, |digit| contains(set, digit));
        }
        match self.rest.split_first() {
            Some((literal, rest)) => {
                self.rest = rest;
                self.step(from, |digit| digit == *literal)
            }
            None => 0,
        }
    }

    /// Moves every position over one digit that is accepted.
    fn step(&self, from: Positions, accepts: impl Fn(u8) -> bool) -> Positions {
        self.digits
            .iter()
            .enumerate()
            .filter(|(position, digit)| from & (1 << position) != 0 && accepts(**digit))
            .fold(0, |reached, (position, _)| reached | 2 << position)
    }

    fn number(&mut self) -> u32 {
        let mut number = 0;
        while let Some((digit @ b'0'..=b'9', rest)) = self.rest.split_first() {
            number = (number * 10 + u32::from(digit - b'0')).min(30);
            self.rest = rest;
        }
        number
    }

    fn eat(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

/// Whether the inside of a bracket expression, like `0-24-9`, has the digit.
fn contains(set: &[u8], digit: u8) -> bool {
    let mut rest = set;
    loop {
        match rest {
            [first, b'-', last, tail @ ..] => {
                if (*first..=*last).contains(&digit) {
                    return true;
                }
                rest = tail;
            }
            [one, tail @ ..] => {
                if *one == digit {
                    return true;
                }
                rest = tail;
            }
            [] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that the library names as examples: `number`, or `number premium`.
    const EXAMPLES: &str = include_str!("../../data/numbering_examples.txt");

    #[test]
    fn patterns_match_whole_numbers_only() {
        for (pattern, yes, no) in [
            (r"\d{3}", &["123"][..], &["", "12", "1234"][..]),
            (r"[2-57-9]\d", &["20", "57", "79", "99"], &["19", "60", "2"]),
            (
                r"(?:1|22)\d?",
                &["1", "12", "22", "229"],
                &["2", "21", "1234"],
            ),
            (
                r"8\d{1,3}|9",
                &["81", "812", "8123", "9"],
                &["8", "81234", "91"],
            ),
            (r"(?:\d{2}){1,2}", &["12", "1234"], &["1", "123", "12345"]),
            (
                r"4(?:0|5(?:6|78))?",
                &["4", "40", "456", "4578"],
                &["45", "457"],
            ),
            (r"1{0,2}2", &["2", "12", "112"], &["1112", "1"]),
        ] {
            for digits in yes {
                assert!(matches_whole(pattern, digits), "{pattern} {digits}");
            }
            for digits in no {
                assert!(!matches_whole(pattern, digits), "{pattern} {digits}");
            }
        }
    }

    #[test]
    fn a_broken_pattern_matches_nothing_and_ends() {
        for pattern in [
            "(?:1",
            "1)",
            "[1",
            "[",
            "1{",
            "1{9999999999}",
            "(",
            ")",
            "{",
            "\\",
        ] {
            assert!(!matches_whole(pattern, "1") || pattern == "(?:1" || pattern == "[1");
        }
        assert!(!matches_whole(r"\d{30}", &"1".repeat(31)));
    }

    #[test]
    fn every_line_is_complete_and_no_code_begins_another() {
        let codes: Vec<&str> = TABLE
            .lines()
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        assert!(codes.len() > 200);
        for (index, code) in codes.iter().enumerate() {
            assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
            for other in &codes[index + 1..] {
                assert!(
                    !other.starts_with(code) && !code.starts_with(other),
                    "{code} {other}"
                );
            }
        }
        for line in TABLE.lines() {
            assert_eq!(line.split('\t').count(), 3, "{line}");
            let ours = |c: char| c.is_ascii_digit() || "\\d[]{}(?:)|,-\t".contains(c);
            assert!(line.chars().all(ours), "{line}");
        }
    }

    #[test]
    fn the_example_numbers_of_every_country_are_placed_as_the_library_places_them() {
        let mut seen = 0;
        for line in EXAMPLES.lines() {
            let (number, premium) = match line.split_once(' ') {
                Some((number, kind)) => (number, kind == "premium"),
                None => (line, false),
            };
            let (plan, national) = Plan::of(number).unwrap();
            assert!(plan.has(national), "{line}");
            assert_eq!(plan.is_premium_rate(national), premium, "{line}");
            seen += 1;
        }
        assert!(seen > 500);
    }
}
