//! Who may go to a receiver now. A receiver that answers gets many deliveries at a time, and the next
//! ones stand in line; one that has not answered for a while gets few, so that what waits for it holds
//! few connections, and each that is sent away is told to come back when its turn is likely.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::id::Id;

/// Deliveries at a time to a receiver that answers.
const MANY: usize = 16;
/// To one that does not.
const FEW: usize = 2;
/// Attempts in a row that nobody answered, until a receiver gets few.
const FAILURES: u32 = 5;
/// Those who may stand in line; the others come back later.
const STANDING: usize = 4_096;
/// Seconds after which those come back at the latest, to a receiver that answers and to one that does
/// not.
const LONGEST_WAIT: i64 = 30;
const LONGEST_WAIT_FOR_SILENCE: i64 = 300;
/// Beyond the longest attempt: then who went in and did not come out is taken for gone.
const SLACK: i64 = 15_000;

/// What the gate says in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Open,
    /// Come back after so many seconds.
    Wait {
        seconds: u32,
    },
}

/// The gate of one receiver. Times are milliseconds.
#[derive(Debug)]
pub struct Gate {
    /// Who is at the receiver, and since when.
    inside: HashMap<Id, i64>,
    /// Who stands in line, in the order in which they came.
    standing: VecDeque<Id>,
    /// Who was sent away, and when it comes back.
    away: HashMap<Id, i64>,
    failures: u32,
    /// How long an attempt takes, by the last ones.
    usual: i64,
    longest: i64,
}

impl Gate {
    pub fn new(longest_attempt: i64) -> Self {
        Self {
            inside: HashMap::new(),
            standing: VecDeque::new(),
            away: HashMap::new(),
            failures: 0,
            usual: 200,
            longest: longest_attempt + SLACK,
        }
    }

    const fn is_silent(&self) -> bool {
        self.failures >= FAILURES
    }

    const fn room(&self) -> usize {
        if self.is_silent() { FEW } else { MANY }
    }

    /// Somebody wants to go in. Without an answer it stands in line now, and is told in its turn.
    pub fn knock(&mut self, who: Id, now: i64) -> Option<Entry> {
        self.forget_gone(now);
        self.away.remove(&who);
        if let Some(since) = self.inside.get_mut(&who) {
            // It was interrupted and has come again.
            *since = now;
            return Some(Entry::Open);
        }
        if self.standing.contains(&who) {
            return None;
        }
        if self.standing.is_empty() && self.inside.len() < self.room() {
            self.inside.insert(who, now);
            return Some(Entry::Open);
        }
        // Nobody stands before a receiver that does not answer: it would be for long.
        if self.is_silent() || self.standing.len() >= STANDING {
            return Some(self.send_away(who, now));
        }
        self.standing.push_back(who);
        None
    }

    /// It has stood in line for as long as anybody does.
    pub fn tire(&mut self, who: Id, now: i64) -> Entry {
        self.standing.retain(|other| *other != who);
        self.forget_gone(now);
        if self.inside.len() < self.room() {
            self.inside.insert(who, now);
            return Entry::Open;
        }
        self.send_away(who, now)
    }

    /// It has come back from the receiver, who answered or did not; nothing is known if it never got
    /// there. Gives those in line who are told something now.
    pub fn leave(&mut self, who: Id, reached: Option<bool>, now: i64) -> Vec<(Id, Entry)> {
        if let (Some(since), Some(reached)) = (self.inside.remove(&who), reached) {
            self.usual = (self.usual * 7 + (now - since).clamp(1, self.longest)) / 8;
            self.failures = if reached {
                0
            } else {
                self.failures.saturating_add(1)
            };
        }
        self.forget_gone(now);
        let mut told = Vec::new();
        while self.inside.len() < self.room()
            && let Some(next) = self.standing.pop_front()
        {
            self.inside.insert(next, now);
            told.push((next, Entry::Open));
        }
        if self.is_silent() {
            for next in std::mem::take(&mut self.standing) {
                told.push((next, self.send_away(next, now)));
            }
        }
        told
    }

    fn forget_gone(&mut self, now: i64) {
        let longest = self.longest;
        self.inside.retain(|_, since| now - *since < longest);
    }

    fn send_away(&mut self, who: Id, now: i64) -> Entry {
        let longest = if self.is_silent() {
            LONGEST_WAIT_FOR_SILENCE
        } else {
            LONGEST_WAIT
        };
        // Who did not come back when it should have had another end.
        self.away
            .retain(|_, back| *back + 2 * LONGEST_WAIT_FOR_SILENCE * 1_000 > now);
        let ahead = i64::try_from(self.away.len() + self.standing.len()).unwrap_or(i64::MAX / 2);
        let room = i64::try_from(self.room()).unwrap_or(1);
        let wait = (ahead + 1).saturating_mul(self.usual) / room / 1_000;
        let wait = wait.clamp(1, longest);
        self.away.insert(who, now + wait * 1_000);
        Entry::Wait {
            seconds: u32::try_from(wait).unwrap_or(1),
        }
    }

    /// How many there are inside, in line and away, for those who want to know.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        BTreeMap::from([
            ("inside", self.inside.len()),
            ("standing", self.standing.len()),
            ("away", self.away.len()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPEN: Option<Entry> = Some(Entry::Open);

    fn id(number: usize) -> Id {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Id::from_bytes(bytes)
    }

    fn full() -> Gate {
        let mut gate = Gate::new(15_000);
        for number in 0..16 {
            assert_eq!(gate.knock(id(number), 0), OPEN);
        }
        gate
    }

    fn silent() -> Gate {
        let mut gate = Gate::new(15_000);
        for number in 0..5 {
            assert_eq!(gate.knock(id(number), 0), OPEN);
            assert!(gate.leave(id(number), Some(false), 15_000).is_empty());
        }
        gate
    }

    fn seconds(entry: Option<Entry>) -> u32 {
        match entry {
            Some(Entry::Wait { seconds }) => seconds,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_receiver_that_answers_gets_sixteen_at_a_time_and_who_came_first_goes_first() {
        let mut gate = full();
        for number in 16..20 {
            assert_eq!(gate.knock(id(number), 0), None);
        }
        assert_eq!(gate.knock(id(17), 5), None, "it keeps its place");
        let next = gate.leave(id(3), Some(true), 100);
        assert_eq!(next, [(id(16), Entry::Open)]);
        assert_eq!(gate.knock(id(99), 100), None, "behind the others");
        let next = gate.leave(id(4), None, 100);
        assert_eq!(next, [(id(17), Entry::Open)]);
    }

    #[test]
    fn a_long_line_stands_and_what_is_more_comes_back_soon() {
        let mut gate = full();
        for number in 16..16 + STANDING {
            assert_eq!(gate.knock(id(number), 0), None);
        }
        assert!((1..=30).contains(&seconds(gate.knock(id(9_999), 0))));
        assert_eq!(gate.tire(id(16), 9), Entry::Wait { seconds: 30 });
        assert_eq!(gate.counts()["standing"], STANDING - 1);
    }

    #[test]
    fn a_receiver_that_does_not_answer_gets_two_and_nobody_stands_there() {
        let mut gate = silent();
        assert_eq!(gate.knock(id(10), 0), OPEN);
        assert_eq!(gate.knock(id(11), 0), OPEN);
        assert!(seconds(gate.knock(id(12), 0)) >= 1);
        gate.leave(id(10), Some(true), 10);
        for number in 20..35 {
            assert_eq!(
                gate.knock(id(number), 10),
                OPEN,
                "one answer opens it again"
            );
        }
    }

    #[test]
    fn who_stands_there_when_it_falls_silent_is_sent_away() {
        let mut gate = full();
        for number in 20..30 {
            assert_eq!(gate.knock(id(number), 0), None);
        }
        for number in 0..4 {
            let next = gate.leave(id(number), Some(false), 15_000);
            assert_eq!(next, [(id(20 + number), Entry::Open)]);
        }
        let sent: Vec<Id> = gate
            .leave(id(4), Some(false), 15_000)
            .into_iter()
            .filter_map(|(who, entry)| (entry != Entry::Open).then_some(who))
            .collect();
        assert_eq!(sent, (24..30).map(id).collect::<Vec<_>>());
        assert_eq!(gate.counts()["standing"], 0);
    }

    #[test]
    fn what_never_got_there_says_nothing_of_the_receiver() {
        let mut gate = silent();
        gate.knock(id(10), 0);
        gate.leave(id(10), None, 1);
        assert_eq!(gate.knock(id(11), 1), OPEN);
        assert_eq!(gate.knock(id(12), 1), OPEN);
        assert!(
            gate.knock(id(13), 1)
                .is_some_and(|entry| entry != Entry::Open)
        );
    }

    #[test]
    fn who_is_sent_away_comes_back_when_its_turn_is_likely() {
        let mut gate = silent();
        gate.knock(id(10), 0);
        gate.knock(id(11), 0);
        let waits: Vec<u32> = (100..10_100)
            .map(|number| seconds(gate.knock(id(number), 0)))
            .collect();
        assert!(waits.is_sorted());
        assert!(waits[0] >= 1 && waits[9_999] == 300);
        assert_eq!(gate.counts()["away"], 10_000);
        gate.send_away(id(1), 2_000_000);
        assert_eq!(gate.counts()["away"], 1, "who never came back is forgotten");
    }

    #[test]
    fn who_never_came_out_is_taken_for_gone() {
        let mut gate = full();
        assert_eq!(gate.knock(id(16), 29_999), None);
        assert_eq!(gate.tire(id(16), 30_000), Entry::Open);
        // And one that comes again while it is thought to be inside is let in.
        assert_eq!(gate.knock(id(16), 30_001), OPEN);
        assert_eq!(gate.counts()["inside"], 1);
    }

    proptest! {
        #[test]
        fn there_are_never_too_many_inside_and_nobody_is_forgotten(
            steps in prop::collection::vec((0_usize..40, 0_u8..6, 0_i64..2_000), 0..300),
        ) {
            let (mut gate, mut now) = (Gate::new(15_000), 0);
            let mut standing: Vec<Id> = Vec::new();
            for (who, what, passed) in steps {
                now += passed;
                let who = id(who);
                match what {
                    0..=2 => match gate.knock(who, now) {
                        None if !standing.contains(&who) => standing.push(who),
                        None | Some(Entry::Open) => {}
                        Some(Entry::Wait { seconds }) => prop_assert!((1..=300).contains(&seconds)),
                    },
                    3 if standing.contains(&who) => {
                        gate.tire(who, now);
                        standing.retain(|other| *other != who);
                    }
                    reached => for (told, _) in gate.leave(who, Some(reached == 4), now) {
                        prop_assert!(standing.contains(&told));
                        standing.retain(|other| *other != told);
                    },
                }
                prop_assert!(gate.counts()["inside"] <= 16);
                prop_assert_eq!(gate.counts()["standing"], standing.len());
            }
        }
    }
}
