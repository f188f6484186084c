//! Who may go to a receiver now. A receiver that answers gets many deliveries at a time; one that has
//! not answered for a while gets few, so that what waits for it holds few connections, and each that
//! is sent away is told to come back when its turn is likely.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::id::Id;

/// Deliveries at a time to a receiver that answers.
const MANY: usize = 16;
/// To one that does not.
const FEW: usize = 2;
/// Attempts in a row that nobody answered, until a receiver gets few.
const FAILURES: u32 = 5;
/// Those who may stand at the gate; the others come back later.
const STANDING: usize = 512;
/// Milliseconds until somebody who stands there knocks again: those far behind need not do so often.
const SOONEST: i64 = 5;
const LATEST: i64 = 250;
/// Seconds after which those come back at the latest.
const LONGEST_WAIT: i64 = 300;
/// Beyond the longest attempt: then who went in and did not come out is taken for gone.
const SLACK: i64 = 15_000;

/// The gate of one receiver. Times are milliseconds.
#[derive(Debug)]
pub struct Gate {
    /// Who is at the receiver, and since when.
    inside: HashMap<Id, i64>,
    /// Who stands in front, in the order in which they came.
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

    fn room(&self) -> usize {
        if self.failures < FAILURES { MANY } else { FEW }
    }

    /// Whether it may go in, and then it is in. Who came first goes first.
    pub fn enter(&mut self, who: Id, now: i64) -> bool {
        let longest = self.longest;
        self.inside.retain(|_, since| now - *since < longest);
        if let Some(since) = self.inside.get_mut(&who) {
            // It was interrupted and has come again.
            *since = now;
            return true;
        }
        let ahead = self
            .standing
            .iter()
            .position(|other| *other == who)
            .unwrap_or(self.standing.len());
        if self.inside.len() + ahead >= self.room() {
            return false;
        }
        self.standing.retain(|other| *other != who);
        self.away.remove(&who);
        self.inside.insert(who, now);
        true
    }

    /// Whether it may wait in front.
    pub fn may_stand(&mut self, who: Id) -> bool {
        // Nobody stands in front of a receiver that does not answer: it would be for long.
        if self.failures >= FAILURES {
            return false;
        }
        if self.standing.contains(&who) {
            return true;
        }
        if self.standing.len() >= STANDING {
            return false;
        }
        self.standing.push_back(who);
        true
    }

    /// In how many milliseconds its turn is likely, while it stands in front.
    pub fn turn_in(&self, who: Id) -> u32 {
        let ahead = self.standing.iter().position(|other| *other == who);
        let ahead = i64::try_from(ahead.unwrap_or(self.standing.len())).unwrap_or_default();
        let room = i64::try_from(self.room()).unwrap_or(1);
        let wait = (self.usual * (ahead + 1) / room).clamp(SOONEST, LATEST);
        u32::try_from(wait).unwrap_or_default()
    }

    /// Sends it away for so many seconds.
    pub fn send_away(&mut self, who: Id, now: i64) -> u32 {
        self.standing.retain(|other| *other != who);
        // Who did not come back when it should have had another end.
        self.away
            .retain(|_, back| *back + 2 * LONGEST_WAIT * 1_000 > now);
        self.away.remove(&who);
        let ahead = i64::try_from(self.away.len() + self.standing.len()).unwrap_or(i64::MAX / 2);
        let room = i64::try_from(self.room()).unwrap_or(1);
        let wait = (ahead + 1).saturating_mul(self.usual) / room / 1_000;
        let wait = wait.clamp(1, LONGEST_WAIT);
        self.away.insert(who, now + wait * 1_000);
        u32::try_from(wait).unwrap_or(1)
    }

    /// It has come back from the receiver, who answered or did not.
    pub fn leave(&mut self, who: Id, reached: bool, now: i64) {
        if let Some(since) = self.inside.remove(&who) {
            self.usual = (self.usual * 7 + (now - since).clamp(1, self.longest)) / 8;
        }
        self.failures = if reached {
            0
        } else {
            self.failures.saturating_add(1)
        };
    }

    /// How many there are inside, in front and away, for those who want to know.
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

    fn id(number: usize) -> Id {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Id::from_bytes(bytes)
    }

    fn dead() -> Gate {
        let mut gate = Gate::new(15_000);
        for number in 0..5 {
            assert!(gate.enter(id(number), 0));
            gate.leave(id(number), false, 15_000);
        }
        gate
    }

    #[test]
    fn a_receiver_that_answers_gets_sixteen_at_a_time() {
        let mut gate = Gate::new(15_000);
        for number in 0..16 {
            assert!(gate.enter(id(number), 0));
        }
        assert!(!gate.enter(id(16), 0));
        gate.leave(id(3), true, 100);
        assert!(gate.enter(id(16), 100));
    }

    #[test]
    fn who_came_first_goes_first() {
        let mut gate = Gate::new(15_000);
        for number in 0..16 {
            gate.enter(id(number), 0);
        }
        for number in 16..20 {
            assert!(!gate.enter(id(number), 0) && gate.may_stand(id(number)));
        }
        gate.leave(id(0), true, 10);
        assert!(!gate.enter(id(17), 10) && !gate.enter(id(99), 10));
        assert!(gate.enter(id(16), 10));
    }

    #[test]
    fn those_far_behind_knock_more_rarely() {
        let mut gate = Gate::new(15_000);
        for number in 0..16 {
            gate.enter(id(number), 0);
        }
        for number in 16..400 {
            assert!(gate.may_stand(id(number)));
        }
        let waits: Vec<u32> = (16..400).map(|number| gate.turn_in(id(number))).collect();
        assert!(waits.is_sorted());
        assert_eq!((waits[0], waits[383]), (12, 250));
    }

    #[test]
    fn a_receiver_that_does_not_answer_gets_two_and_nobody_stands_there() {
        let mut gate = dead();
        assert!(gate.enter(id(10), 0) && gate.enter(id(11), 0));
        assert!(!gate.enter(id(12), 0) && !gate.may_stand(id(12)));
        gate.leave(id(10), true, 10);
        for number in 20..35 {
            assert!(gate.enter(id(number), 10), "one answer opens it again");
        }
    }

    #[test]
    fn who_is_sent_away_comes_back_when_its_turn_is_likely() {
        let mut gate = dead();
        let waits: Vec<u32> = (100..10_100)
            .map(|number| gate.send_away(id(number), 0))
            .collect();
        assert!(waits.is_sorted());
        assert!(waits[0] >= 1 && waits[9_999] == 300);
        assert_eq!(gate.counts()["away"], 10_000);
        gate.send_away(id(1), 2_000_000);
        assert_eq!(gate.counts()["away"], 1, "who never came back is forgotten");
    }

    #[test]
    fn who_never_came_out_is_taken_for_gone() {
        let mut gate = Gate::new(15_000);
        for number in 0..16 {
            gate.enter(id(number), 0);
        }
        assert!(!gate.enter(id(16), 29_999));
        assert!(gate.enter(id(16), 30_000));
        // And one that comes again while it is thought to be inside is let in.
        assert!(gate.enter(id(16), 30_001));
        assert_eq!(gate.counts()["inside"], 1);
    }

    proptest! {
        #[test]
        fn there_are_never_too_many_inside(steps in prop::collection::vec((0_usize..40, 0_u8..4, 0_i64..2_000), 0..300)) {
            let (mut gate, mut now) = (Gate::new(15_000), 0);
            for (who, what, passed) in steps {
                now += passed;
                match what {
                    0 | 1 => if !gate.enter(id(who), now) && !gate.may_stand(id(who)) {
                        let wait = gate.send_away(id(who), now);
                        prop_assert!((1..=300).contains(&wait));
                    },
                    2 => gate.leave(id(who), true, now),
                    _ => gate.leave(id(who), false, now),
                }
                prop_assert!(gate.counts()["inside"] <= 16);
                prop_assert!(gate.counts()["standing"] <= 512);
            }
        }
    }
}
