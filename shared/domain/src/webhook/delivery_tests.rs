use super::*;
use crate::tenant::Environment;
use proptest::prelude::*;

const START: Timestamp = Timestamp::from_seconds(1_700_000_000);
const PACE: Pace = Pace {
    percent: 100,
    random: 0,
};

fn new(retry_schedule: RetrySchedule) -> Delivery {
    let of = NewDelivery {
        id: Id::from_bytes([1; 12]),
        owner: Owner {
            organisation: "acme".into(),
            environment: Environment::Test,
        },
        event_id: Id::from_bytes([2; 12]),
        event_type: EventType::VerificationCompleted,
        endpoint_id: Id::from_bytes([3; 12]),
        callback: false,
        verification_request_id: None,
        verification_id: Some(Id::from_bytes([4; 12])),
        url: "https://a.example/".into(),
        retry_schedule,
        payload: r#"{"event":"verification.completed"}"#.into(),
        created_at: START,
    };
    Delivery::new(of, START)
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered {
        response: Response {
            status,
            body: "words".into(),
            headers: BTreeMap::new(),
        },
        retry_after: None,
    }
}

fn attempt(delivery: &mut Delivery, outcome: &Outcome, now: Timestamp) {
    assert!(delivery.begin_attempt(now));
    delivery.end_attempt(outcome, 7, START, PACE, now);
}

#[test]
fn records_keep_their_form() {
    let mut delivery = new(RetrySchedule::Standard);
    let begun = r#"{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"test"},"event_id":"020202020202020202020202","event_type":"verification.completed","endpoint_id":"030303030303030303030303","verification_id":"040404040404040404040404","url":"https://a.example/","retry_schedule":"standard","payload":"{\"event\":\"verification.completed\"}","created_at":"2023-11-14T22:13:20Z","state":{"is":"waiting","until":"2023-11-14T22:13:20Z","since":"2023-11-14T22:13:20Z"},"attempts":0,"updated_at":"2023-11-14T22:13:20Z","revision":0,"ledger_revision":0}"#;
    assert_eq!(serde_json::to_string(&delivery).unwrap(), begun);
    attempt(&mut delivery, &answered(500), START);
    let text = serde_json::to_string(&delivery).unwrap();
    assert!(text.ends_with(r#""state":{"is":"waiting","until":"2023-11-14T22:13:50Z","since":"2023-11-14T22:13:20Z"},"attempts":1,"log":[{"at":"2023-11-14T22:13:20Z","milliseconds":7,"status":500,"error":"the receiver answered 500"}],"response":{"status":500,"body":"words"},"error":"the receiver answered 500","report":{"at":"2023-11-14T22:13:20Z","health":"failing","endpoint_changed":"2023-11-14T22:13:20Z","revision":1},"updated_at":"2023-11-14T22:13:20Z","revision":1,"ledger_revision":0}"#), "{text}");
    let earlier = text.replace(r#","revision":1},"#, "},");
    let read: Delivery = serde_json::from_str(&earlier).unwrap();
    assert_eq!(read.report.unwrap().revision, 0);
    for text in [begun, &text] {
        let read: Delivery = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}

#[test]
fn only_2xx_is_a_delivery() {
    for status in [200, 201, 202, 204, 299] {
        let mut delivery = new(RetrySchedule::Standard);
        attempt(&mut delivery, &answered(status), START);
        assert_eq!(delivery.status(), DeliveryStatus::Delivered, "{status}");
        assert_eq!(delivery.error, None);
    }
    for status in [301, 302, 304, 307, 400, 401, 404, 409, 500, 503, 530, 999] {
        let mut delivery = new(RetrySchedule::Standard);
        attempt(&mut delivery, &answered(status), START);
        assert_eq!(delivery.status(), DeliveryStatus::Pending, "{status}");
        assert!(delivery.error.unwrap().contains(&status.to_string()));
    }
}

#[test]
fn the_standard_schedule_has_three_attempts_and_the_extended_eight() {
    for (schedule, delays) in [
        (RetrySchedule::Standard, &[30, 300][..]),
        (
            RetrySchedule::Extended,
            &[5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
        ),
    ] {
        let mut delivery = new(schedule);
        let mut now = START;
        for delay in delays {
            attempt(&mut delivery, &answered(500), now);
            assert!(!delivery.is_due(now.plus_seconds(delay - 1)));
            now = now.plus_seconds(*delay);
            assert_eq!(delivery.next_attempt_at(), Some(now));
        }
        attempt(&mut delivery, &Outcome::Nothing("no".into()), now);
        assert_eq!(delivery.status(), DeliveryStatus::Failed);
        assert_eq!(delivery.attempts, schedule.max_attempts());
        assert_eq!(delivery.error.as_deref(), Some("no"));
        assert_eq!(delivery.response, None);
        assert_eq!(delivery.details().attempt_log.len(), delays.len() + 1);
    }
}

#[test]
fn a_report_names_the_revision_that_came_of_its_attempt() {
    let mut delivery = new(RetrySchedule::Standard);
    for seconds in [0, 30, 330] {
        attempt(&mut delivery, &answered(500), START.plus_seconds(seconds));
        assert_eq!(delivery.report.unwrap().revision, delivery.revision);
    }
    let report = delivery.report;
    delivery.retry(START.plus_seconds(400)).unwrap();
    assert_eq!(delivery.report, report, "a retry is no attempt");
    assert!(report.unwrap().revision < delivery.revision);
}

#[test]
fn a_receiver_that_is_gone_is_not_tried_again() {
    let mut delivery = new(RetrySchedule::Extended);
    attempt(&mut delivery, &answered(410), START);
    assert_eq!(delivery.status(), DeliveryStatus::Failed);
    assert_eq!(delivery.report.unwrap().health, Health::Gone);
}

#[test]
fn a_receiver_may_ask_for_an_hour_and_no_more() {
    for (status, wish, seconds) in [
        (503, Some(120), 120),
        (429, Some(90_000), 3_600),
        (429, Some(1), 30),
        (500, Some(120), 30),
        (503, None, 30),
    ] {
        let mut delivery = new(RetrySchedule::Standard);
        let Outcome::Answered { response, .. } = answered(status) else {
            unreachable!()
        };
        let outcome = Outcome::Answered {
            response,
            retry_after: wish,
        };
        attempt(&mut delivery, &outcome, START);
        assert_eq!(
            delivery.next_attempt_at(),
            Some(START.plus_seconds(seconds)),
            "{status} {wish:?}"
        );
    }
}

#[test]
fn an_attempt_without_a_result_is_made_again_and_does_not_count() {
    let mut delivery = new(RetrySchedule::Standard);
    for _ in 0..10 {
        assert!(delivery.begin_attempt(START));
        delivery.interrupted(PACE, START);
        assert_eq!(delivery.attempts, 0);
        assert!(delivery.is_due(START));
    }
    assert!(delivery.begin_attempt(START));
    delivery.interrupted(PACE, START);
    assert_eq!(delivery.attempts, 1);
    assert!(!delivery.is_due(START));
    assert_eq!(delivery.status(), DeliveryStatus::Pending);
}

#[test]
fn a_hand_tries_what_failed_and_nothing_else() {
    let mut delivery = new(RetrySchedule::Standard);
    assert_eq!(delivery.retry(START).unwrap_err().code, ErrorCode::Conflict);
    attempt(&mut delivery, &answered(410), START);
    delivery.retry(START).unwrap();
    assert!(delivery.is_due(START));
    attempt(&mut delivery, &answered(204), START);
    assert_eq!(
        (delivery.attempts, delivery.status()),
        (2, DeliveryStatus::Delivered)
    );
    assert_eq!(delivery.retry(START).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn after_the_last_attempt_a_hand_gets_one_more_each_time() {
    let mut delivery = new(RetrySchedule::Standard);
    let mut now = START;
    for _ in 0..3 {
        attempt(&mut delivery, &answered(500), now);
        now = now.plus_seconds(1_000);
    }
    for attempts in 4..30 {
        assert_eq!(delivery.status(), DeliveryStatus::Failed);
        delivery.retry(now).unwrap();
        attempt(&mut delivery, &answered(500), now);
        assert_eq!(delivery.attempts, attempts);
        assert!(delivery.log.len() <= LISTED_ATTEMPTS);
    }
}

#[test]
fn waiting_for_a_turn_uses_up_nothing_but_a_day() {
    let mut delivery = new(RetrySchedule::Standard);
    delivery.queue(5, START);
    assert_eq!(delivery.next_attempt_at(), Some(START.plus_seconds(5)));
    assert_eq!((delivery.attempts, delivery.revision), (0, 0));
    delivery.queue(5, START.plus_seconds(86_400));
    assert_eq!(delivery.status(), DeliveryStatus::Pending);
    delivery.queue(5, START.plus_seconds(86_401));
    assert_eq!(delivery.status(), DeliveryStatus::Failed);
}

#[test]
fn an_endpoint_that_is_off_gets_nothing() {
    let mut delivery = new(RetrySchedule::Standard);
    delivery.give_up("the endpoint is disabled", START);
    assert_eq!(delivery.status(), DeliveryStatus::Failed);
    assert_eq!(delivery.attempts, 0);
    assert!(delivery.retry(START).is_ok());
    attempt(&mut delivery, &answered(200), START);
    delivery.give_up("the endpoint is disabled", START);
    assert_eq!(delivery.status(), DeliveryStatus::Delivered);
}

#[test]
fn the_ledger_is_owed_every_change_and_the_newest_report() {
    let mut delivery = new(RetrySchedule::Standard);
    assert!(!delivery.owes());
    attempt(&mut delivery, &answered(500), START);
    let (revision, report) = (delivery.revision, delivery.report);
    attempt(&mut delivery, &answered(500), START.plus_seconds(30));
    delivery.told(revision, report);
    assert!(delivery.owes() && delivery.report.is_some());
    delivery.told(delivery.revision, delivery.report);
    assert!(!delivery.owes());
}

#[test]
fn callback_addresses_have_no_health() {
    let mut delivery = new(RetrySchedule::Standard);
    delivery.of.callback = true;
    attempt(&mut delivery, &answered(500), START);
    assert_eq!(delivery.report, None);
    assert_eq!(delivery.view().endpoint_id, EndpointName::Callback);
}

#[test]
fn the_details_show_what_was_sent_without_signatures() {
    let mut delivery = new(RetrySchedule::Standard);
    assert!(delivery.details().request_headers.is_empty());
    attempt(&mut delivery, &answered(200), START);
    let details = delivery.details();
    assert_eq!(
        details.request_headers["webhook-id"],
        "020202020202020202020202"
    );
    assert_eq!(details.response_body.as_deref(), Some("words"));
    assert_eq!(
        details.request_payload.unwrap()["event"],
        "verification.completed"
    );
    assert!(!format!("{delivery:?}").contains("words"));
    assert!(!format!("{delivery:?}").contains("payload"));
}

#[derive(Clone, Debug)]
enum Step {
    Begin,
    Interrupt,
    End(u16),
    Nothing,
    Queue(u32),
    GiveUp,
    Retry,
    Told,
    Pass(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Begin),
        1 => Just(Step::Interrupt),
        4 => (100_u16..600).prop_map(Step::End),
        1 => Just(Step::Nothing),
        1 => (0_u32..100).prop_map(Step::Queue),
        1 => Just(Step::GiveUp),
        1 => Just(Step::Retry),
        1 => Just(Step::Told),
        4 => (0_u32..50_000).prop_map(Step::Pass),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_nothing_is_lost(
        steps in prop::collection::vec(step(), 0..80), extended: bool, random: u32,
    ) {
        let mut delivery = new(if extended { RetrySchedule::Extended } else { RetrySchedule::Standard });
        let (mut now, mut hands) = (START, 0);
        let pace = Pace { percent: 100, random };
        for step in steps {
            let before = delivery.clone();
            match step {
                Step::Begin => { delivery.begin_attempt(now); }
                Step::Interrupt => delivery.interrupted(pace, now),
                Step::End(status) => delivery.end_attempt(&answered(status), 1, START, pace, now),
                Step::Nothing => delivery.end_attempt(&Outcome::Nothing("x".into()), 1, START, pace, now),
                Step::Queue(seconds) => delivery.queue(seconds, now),
                Step::GiveUp => delivery.give_up("off", now),
                Step::Retry => hands += u32::from(delivery.retry(now).is_ok()),
                Step::Told => delivery.told(delivery.revision, delivery.report),
                Step::Pass(seconds) => now = now.plus_seconds(seconds.into()),
            }
            // What is delivered stays so; what the ledger shows never changes unnoticed.
            if before.status() == DeliveryStatus::Delivered {
                prop_assert_eq!(delivery.status(), DeliveryStatus::Delivered);
            }
            if before.status() != delivery.status() || before.attempts != delivery.attempts {
                prop_assert!(delivery.revision > before.revision);
                prop_assert!(delivery.owes());
            }
            // Pending always has a time at which it goes on.
            if delivery.status() == DeliveryStatus::Pending {
                prop_assert!(delivery.next_attempt_at().is_some());
                prop_assert!(delivery.wakes_at(30).is_some() && delivery.kept_from().is_none());
            }
            prop_assert!(delivery.attempts <= delivery.of.retry_schedule.max_attempts() + hands);
            let text = serde_json::to_string(&delivery).unwrap();
            prop_assert_eq!(serde_json::from_str::<Delivery>(&text).unwrap(), delivery.clone());
        }
    }

    #[test]
    fn chance_moves_the_next_attempt_by_a_fifth_at_most(random: u32, percent in 1_u32..=100) {
        let mut delivery = new(RetrySchedule::Standard);
        delivery.begin_attempt(START);
        delivery.end_attempt(&answered(500), 1, START, Pace { percent, random }, START);
        let wait = delivery.next_attempt_at().unwrap().seconds_since(START);
        let base = f64::from(30 * percent) / 100.0;
        prop_assert!(f64::from(wait) >= base.floor() && f64::from(wait) <= (base * 1.2).ceil() + 1.0);
    }
}
