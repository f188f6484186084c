//! A blink: eyes that were open close and open again, within the time that a blink takes. A printed
//! face never does, a film shown again and again does it too: it is one sign among others.

use super::Score;

/// Eyes are open from here on (0 closed, 1 wide open).
pub const OPEN: f32 = 0.6;

/// Eyes are closed up to here. Between the two nothing changes, so that noise makes no blinks.
pub const CLOSED: f32 = 0.3;

/// The shortest blink, in milliseconds.
pub const SHORTEST: u64 = 50;

/// The longest; people who sleep or hold their eyes shut do not blink.
pub const LONGEST: u64 = 800;

/// Frames further apart than this leave out what was between: a blink is not guessed.
pub const LONGEST_GAP: u64 = 400;

/// The fewest frames in which eyes were seen that say anything.
pub const FEWEST_FRAMES: usize = 3;

/// More blinks than this that begin within a second are none.
pub const MOST_A_SECOND: usize = 3;

/// The eyes of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eyes {
    /// When, in milliseconds since any beginning.
    pub at: u64,
    /// How open they are, from 0 to 1; None if they were not seen.
    pub open: Option<f32>,
}

/// What the eyes did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There were too few frames with eyes.
    NotEvaluated,
    /// The frames are not in the order of their times.
    OutOfOrder,
    /// They opened and closed faster than eyes can.
    Flicker,
    /// They blinked so many times.
    Blinked(usize),
    /// They were closed too long each time, or did not open again.
    Shut,
    /// They stayed open.
    Open,
}

/// A score and what it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blink {
    /// 1 for a blink, 0 for none.
    pub score: Score,
    /// What the eyes did.
    pub outcome: Outcome,
}

/// Looks for blinks.
pub fn blink(frames: &[Eyes]) -> Blink {
    let outcome = outcome(frames);
    let score = match outcome {
        Outcome::NotEvaluated => Score::NOT_EVALUATED,
        Outcome::Blinked(_) => Score::of(1.0),
        Outcome::OutOfOrder | Outcome::Flicker | Outcome::Shut | Outcome::Open => Score::of(0.0),
    };
    Blink { score, outcome }
}

/// Where one is in a blink.
#[derive(Clone, Copy)]
enum Lids {
    /// Nothing was seen lately.
    Unknown,
    /// Open, last at this time.
    Open(u64),
    /// Closed after they were last open, from the first to the last closed frame.
    Closing { open: u64, from: u64, to: u64 },
    /// Closed since the beginning, or since a gap: how long is not known.
    Shut,
}

fn outcome(frames: &[Eyes]) -> Outcome {
    if frames.windows(2).any(|pair| pair[0].at >= pair[1].at) {
        return Outcome::OutOfOrder;
    }
    let seen = frames
        .iter()
        .filter_map(|eyes| Some((eyes.at, eyes.open.filter(|open| open.is_finite())?)));
    if seen.clone().count() < FEWEST_FRAMES {
        return Outcome::NotEvaluated;
    }
    let mut lids = Lids::Unknown;
    let mut last = None;
    let mut blinks: Vec<u64> = Vec::new();
    let (mut shut, mut flickers) = (false, false);
    for (at, open) in seen {
        if last.is_some_and(|last| at - last > LONGEST_GAP) {
            lids = Lids::Unknown;
        }
        last = Some(at);
        lids = if open >= OPEN {
            if let Lids::Closing { open, from, to } = lids {
                // The lids moved somewhere between two frames: the time is one between these.
                let (shortest, longest) = (to - from, at - open);
                if longest < SHORTEST {
                    flickers = true;
                } else if shortest > LONGEST {
                    shut = true;
                } else {
                    blinks.push(from);
                }
            }
            Lids::Open(at)
        } else if open <= CLOSED {
            shut |= matches!(lids, Lids::Unknown | Lids::Shut);
            match lids {
                Lids::Open(open) => Lids::Closing {
                    open,
                    from: at,
                    to: at,
                },
                Lids::Closing { open, from, .. } => Lids::Closing { open, from, to: at },
                Lids::Unknown | Lids::Shut => Lids::Shut,
            }
        } else {
            lids
        };
    }
    let too_many = blinks
        .windows(MOST_A_SECOND + 1)
        .any(|some| some[MOST_A_SECOND] - some[0] < 1_000);
    if flickers || too_many {
        Outcome::Flicker
    } else if !blinks.is_empty() {
        Outcome::Blinked(blinks.len())
    } else if shut || matches!(lids, Lids::Closing { .. }) {
        Outcome::Shut
    } else {
        Outcome::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Frames so many milliseconds apart: `o` open, `c` closed, `h` half, `-` not seen.
    fn film(step: u64, frames: &str) -> Vec<Eyes> {
        let open = |frame| match frame {
            'o' => Some(0.9),
            'c' => Some(0.1),
            'h' => Some(0.45),
            _ => None,
        };
        let times = (0..).map(|at| at * step);
        times
            .zip(frames.chars())
            .map(|(at, frame)| Eyes {
                at,
                open: open(frame),
            })
            .collect()
    }

    #[test]
    fn films() {
        use Outcome::{Blinked, Flicker, NotEvaluated, Open, Shut};
        for (step, frames, outcome) in [
            (33, "ooooccccoooo", Blinked(1)),
            (100, "oohccho", Blinked(1)),
            (100, "ooocooooocooo", Blinked(2)),
            // A slow camera still sees it; a slower one does not see what is between.
            (300, "ooco", Blinked(1)),
            (400, "oco", Blinked(1)),
            (401, "oooco", Shut),
            // Half closed and opened again, or noise about the middle, is none.
            (100, "oohhoohho", Open),
            (100, "ooooooo", Open),
            (100, "ochchco", Blinked(1)),
            // Closed too long, closed at the end, closed from the beginning.
            (100, "oocccccccccco", Shut),
            (100, "ooccc", Shut),
            (100, "cccooo", Shut),
            (100, "ccccc", Shut),
            // Faster than lids move.
            (20, "ooocooo", Flicker),
            (100, "ocococococo", Flicker),
            // Frames without eyes are bridged while they are few.
            (100, "oo-c-oo", Blinked(1)),
            (100, "oo-----cooo", Shut),
            (100, "ooc-----ooo", Open),
            // Too little to say anything.
            (100, "", NotEvaluated),
            (100, "o", NotEvaluated),
            (100, "oc", NotEvaluated),
            (100, "--o--c--", NotEvaluated),
        ] {
            assert_eq!(
                blink(&film(step, frames)).outcome,
                outcome,
                "{step} {frames}"
            );
        }
    }

    #[test]
    fn scores_say_whether_they_were_evaluated() {
        let score = |frames| {
            let score = blink(&film(100, frames)).score;
            (score.value() > 0.5, score.evaluated())
        };
        assert_eq!(score("oocoo"), (true, true));
        assert_eq!(score("ooooo"), (false, true));
        assert_eq!(score("o"), (true, false));
    }

    #[test]
    fn times_must_rise() {
        let mut frames = film(100, "ooocoo");
        frames[3].at = 200;
        assert_eq!(blink(&frames).outcome, Outcome::OutOfOrder);
        frames.reverse();
        assert_eq!(blink(&frames).outcome, Outcome::OutOfOrder);
    }

    proptest! {
        /// A closure is a blink if and only if it lasts as long as one can.
        #[test]
        fn length_decides(closed in 1u64..60, step in 10u64..200) {
            let frames = format!("ooo{}ooo", "c".repeat(usize::try_from(closed).unwrap()));
            let found = blink(&film(step, &frames)).outcome;
            let expected = if (closed + 1) * step < SHORTEST {
                Outcome::Flicker
            } else if (closed - 1) * step > LONGEST {
                Outcome::Shut
            } else {
                Outcome::Blinked(1)
            };
            prop_assert_eq!(found, expected);
        }

        /// A face that never closes its eyes never blinks, and any frames are answered.
        #[test]
        fn a_print_never_blinks(
            frames in prop::collection::vec((0u64..2_000, prop::option::of(0.31f32..1.0)), 0..40),
            odd in prop::collection::vec((any::<u64>(), prop::option::of(prop::num::f32::ANY)), 0..20),
        ) {
            let eyes = |frames: Vec<(u64, Option<f32>)>| -> Vec<Eyes> {
                frames.into_iter().map(|(at, open)| Eyes { at, open }).collect()
            };
            let mut print = eyes(frames);
            print.sort_by_key(|eyes| eyes.at);
            print.dedup_by_key(|eyes| eyes.at);
            prop_assert!(!matches!(blink(&print).outcome, Outcome::Blinked(_)));
            let _ = blink(&eyes(odd));
        }
    }
}
