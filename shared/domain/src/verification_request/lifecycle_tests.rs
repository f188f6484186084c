//! The life of a request, state by state.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::{ApiError, ErrorCode};
use crate::event::EventType;
use crate::limits;
use crate::tenant::Environment;

const START: i64 = 1_770_202_200;

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

pub(super) fn request(body: &serde_json::Value) -> VerificationRequest {
    let create: CreateVerificationRequest = serde_json::from_value(body.clone()).unwrap();
    VerificationRequest::new(
        Id::from_bytes([1; 12]),
        Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        },
        "Acme".into(),
        create.plan("proof.example").unwrap(),
        "f".into(),
        false,
        at(0),
    )
}

pub(super) fn two() -> VerificationRequest {
    request(&json!({"partial_ok": true, "assets": [
        {"type": "email", "identifier": "a@example.com"},
        {"type": "phone"},
    ]}))
}

pub(super) fn id(asset: u8, attempt: u8) -> Id {
    let mut bytes = [asset; 12];
    bytes[0] = attempt;
    Id::from_bytes(bytes)
}

pub(super) fn begin(
    record: &mut VerificationRequest,
    asset: u8,
    now: i64,
) -> Result<Begun, ApiError> {
    let identifier = (asset > 0).then(|| format!("+3706919919{asset}"));
    record.begin(
        asset,
        None,
        identifier.as_deref(),
        |attempt| id(asset, attempt),
        at(now),
    )
}

pub(super) fn proven(now: i64) -> Proven {
    Proven {
        at: at(now),
        proof_token: "t".into(),
        proof_expires_at: at(now + limits::PROOF_SECONDS),
        account: None,
    }
}

pub(super) fn verify(record: &mut VerificationRequest, asset: u8, now: i64) {
    let begun = begin(record, asset, now).unwrap();
    record.reported(
        asset,
        begun.verification_id,
        Report::Verified(proven(now)),
        at(now),
    );
}

pub(super) fn told(record: &VerificationRequest) -> Vec<EventType> {
    announced(record, b"secret")
        .iter()
        .map(|event| event.kind)
        .collect()
}

#[test]
fn it_is_completed_when_everything_required_is_verified() {
    let mut record = two();
    verify(&mut record, 0, 1);
    assert_eq!(record.status, RequestStatus::Partial);
    verify(&mut record, 1, 2);
    assert_eq!(record.status, RequestStatus::Completed);
    assert_eq!(
        told(&record),
        [EventType::RequestPartial, EventType::RequestCompleted]
    );
    let view = record.view("https://proof.example");
    assert_eq!(view.completed_at, Some(at(2)));
    assert_eq!(
        view.progress,
        Progress {
            verified: 2,
            total: 2,
            required: 2
        }
    );
    assert_eq!(
        view.verification_url,
        "https://proof.example/verify/010101010101010101010101"
    );
    assert!(view.assets.iter().all(|asset| asset.proof.is_some()));
    assert!(
        view.listed()
            .assets
            .iter()
            .all(|asset| asset.proof.is_none())
    );
}

#[test]
fn any_two_of_three_are_enough() {
    let mut record = request(&json!({"policy": {"any": 2}, "assets": [
        {"type": "email", "identifier": "a@example.com"}, {"type": "phone"}, {"type": "phone"}
    ]}));
    verify(&mut record, 2, 1);
    assert_eq!(record.status, RequestStatus::Partial);
    begin(&mut record, 1, 2).unwrap();
    verify(&mut record, 0, 3);
    assert_eq!(record.status, RequestStatus::Completed);
    // What was under way is not to be completed any more.
    assert_eq!(record.withdrawn, [id(1, 0)]);
    assert_eq!(record.assets[1].standing, Standing::Pending);
}

#[test]
fn a_required_asset_is_not_outvoted() {
    let mut record = request(&json!({"policy": {"any": 1}, "assets": [
        {"type": "email", "identifier": "a@example.com", "required": true}, {"type": "phone"}
    ]}));
    verify(&mut record, 1, 1);
    assert_eq!(record.status, RequestStatus::Partial);
    verify(&mut record, 0, 2);
    assert_eq!(record.status, RequestStatus::Completed);
}

#[test]
fn beginning_again_gives_the_same_verification() {
    let mut record = two();
    let first = begin(&mut record, 1, 1).unwrap();
    let changes = record.history.len();
    assert_eq!(begin(&mut record, 1, 2).unwrap(), first);
    assert_eq!(record.history.len(), changes);
    // Another number replaces it.
    let other = record
        .begin(
            1,
            None,
            Some("+37069199198"),
            |attempt| id(1, attempt),
            at(3),
        )
        .unwrap();
    assert_ne!(other.verification_id, first.verification_id);
    assert_eq!(record.withdrawn, [first.verification_id]);
    // Its end changes nothing any more.
    record.reported(1, first.verification_id, Report::Verified(proven(4)), at(4));
    assert_eq!(record.assets[1].standing.status(), AssetStatus::InProgress);
    record.heard_of_withdrawal(first.verification_id);
    assert!(record.withdrawn.is_empty());
}

#[test]
fn an_asset_is_begun_so_often_and_no_more() {
    let mut record = two();
    for attempt in 0..limits::MAX_BEGINNINGS {
        let begun = begin(&mut record, 0, 1).unwrap();
        assert_eq!(begun.verification_id, id(0, attempt));
        record.reported(0, begun.verification_id, Report::Ended, at(2));
    }
    assert_eq!(record.assets[0].standing, Standing::Failed);
    assert_eq!(
        begin(&mut record, 0, 3).unwrap_err().code,
        ErrorCode::TooManyAttempts
    );
    assert_eq!(record.view("").assets[0].attempts_remaining, Some(0));
}

#[test]
fn the_last_beginning_is_not_given_up() {
    let mut record = two();
    for attempt in 1..limits::MAX_BEGINNINGS {
        begin(&mut record, 0, 1).unwrap();
        record.change(0, at(2)).unwrap();
        assert_eq!(record.assets[0].begun, attempt);
    }
    let last = begin(&mut record, 0, 3).unwrap();
    let refused = record.change(0, at(4)).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(
        record.assets[0]
            .standing
            .run()
            .map(|run| run.verification_id),
        Some(last.verification_id)
    );
}

/// What could not be created was never begun, but its number is used up.
#[test]
fn what_was_refused_does_not_count() {
    let mut record = two();
    let begun = begin(&mut record, 0, 1).unwrap();
    for _ in 0..2 {
        record.not_begun(0, begun.verification_id, at(1));
        let AssetState { begun, refused, .. } = record.assets[0];
        assert_eq!((begun, refused), (0, 1));
        assert_eq!(record.assets[0].standing, Standing::Pending);
    }
    // Somebody else may have created it all the same.
    assert_eq!(record.withdrawn, [begun.verification_id]);
    let next = begin(&mut record, 0, 2).unwrap();
    assert_eq!(next.verification_id, id(0, 1));
    assert_eq!(record.attempts().collect::<Vec<_>>(), [(0, 0), (0, 1)]);
}

#[test]
fn an_asset_that_is_always_refused_fails() {
    let mut record = two();
    for _ in 0..limits::MAX_REFUSED_BEGINNINGS {
        assert_eq!(record.view("").assets[0].attempts_remaining, Some(5));
        let begun = begin(&mut record, 0, 1).unwrap();
        record.not_begun(0, begun.verification_id, at(1));
    }
    assert_eq!(record.assets[0].standing, Standing::Failed);
    assert_eq!(record.view("").assets[0].attempts_remaining, Some(0));
    let over = begin(&mut record, 0, 2).unwrap_err();
    assert_eq!(over.code, ErrorCode::TooManyAttempts);
    assert_eq!(record.status, RequestStatus::Pending);
}

#[test]
fn channels_and_identifiers_are_those_of_the_request() {
    let mut record = two();
    let attempt = |record: &mut VerificationRequest, asset, channel, identifier| {
        record.begin(
            asset,
            Some(channel),
            identifier,
            |attempt| id(asset, attempt),
            at(1),
        )
    };
    let error = attempt(&mut record, 0, Channel::Sms, None).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidChannelForType);
    let error = attempt(&mut record, 1, Channel::Sms, None).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidIdentifier);
    let error = attempt(&mut record, 1, Channel::Sms, Some("1")).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidIdentifier);
    assert_eq!(
        attempt(&mut record, 2, Channel::Sms, None)
            .unwrap_err()
            .code,
        ErrorCode::NotFound
    );
    // A fixed identifier stays, whatever is sent.
    let begun = attempt(&mut record, 0, Channel::Email, Some("evil@example.com")).unwrap();
    assert_eq!(begun.plan.identifier, "a@example.com");
}

#[test]
fn what_is_over_stays_as_it_is() {
    let mut cancelled = two();
    let begun = begin(&mut cancelled, 0, 1).unwrap();
    cancelled.cancel(at(2)).unwrap();
    assert_eq!(cancelled.withdrawn, [begun.verification_id]);
    cancelled.reported(0, begun.verification_id, Report::Verified(proven(3)), at(3));
    assert_eq!(cancelled.status, RequestStatus::Cancelled);
    assert_eq!(
        begin(&mut cancelled, 0, 4).unwrap_err().code,
        ErrorCode::Conflict
    );
    cancelled.cancel(at(5)).unwrap();
    assert_eq!(told(&cancelled), [EventType::RequestCancelled]);

    let mut completed = two();
    verify(&mut completed, 0, 1);
    verify(&mut completed, 1, 2);
    assert_eq!(
        completed.cancel(at(3)).unwrap_err().code,
        ErrorCode::Conflict
    );
    completed.settle(completed.expires_at);
    assert_eq!(completed.status, RequestStatus::Completed);

    let mut expired = two();
    expired.settle(expired.expires_at);
    assert_eq!(expired.cancel(at(0)).unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(
        begin(&mut expired, 0, 1).unwrap_err().code,
        ErrorCode::ChallengeExpired
    );
}

#[test]
fn what_was_proven_in_time_is_kept_however_late_it_is_told() {
    let mut record = two();
    let first = begin(&mut record, 0, 1).unwrap();
    let second = begin(&mut record, 1, 1).unwrap();
    let end = record.expires_at;
    record.settle(end);
    let (before, told_before) = (record.clone(), told(&record));
    let in_time = proven(limits::REQUEST_SECONDS[1] - 1);
    let late = |record: &mut VerificationRequest, asset, id, proven: &Proven| {
        let end = end.plus_seconds(60);
        record.reported(asset, id, Report::Verified(proven.clone()), end);
    };
    // Of another verification, and too late.
    late(&mut record, 0, second.verification_id, &in_time);
    let too_late = Proven {
        at: end,
        ..in_time.clone()
    };
    late(&mut record, 1, second.verification_id, &too_late);
    assert_eq!(record, before);

    late(&mut record, 0, first.verification_id, &in_time);
    assert_eq!(record.status, RequestStatus::Expired);
    assert_eq!(told(&record), told_before, "it ended once");
    let view = record.view("");
    assert_eq!(view.assets[0].verified_at, Some(in_time.at));
    assert_eq!((view.expired_at, view.partial), (Some(end), Some(true)));
    let kept = record.clone();
    late(&mut record, 0, first.verification_id, &in_time);
    assert_eq!(record, kept, "told twice");
    record.reported(0, first.verification_id, Report::Revoked, end);
    assert_eq!(record.assets[0].standing.status(), AssetStatus::Revoked);
}

#[test]
fn a_withdrawn_proof_takes_an_open_request_back() {
    let mut record = two();
    verify(&mut record, 0, 1);
    record.reported(0, id(0, 0), Report::Revoked, at(2));
    assert_eq!(record.status, RequestStatus::Pending);
    assert_eq!(record.view("").assets[0].proof, None);
    verify(&mut record, 0, 3);
    verify(&mut record, 1, 4);
    record.reported(1, id(1, 0), Report::Revoked, at(5));
    assert_eq!(record.status, RequestStatus::Completed);
    assert_eq!(record.assets[1].standing.status(), AssetStatus::Revoked);
    let completions = told(&record)
        .into_iter()
        .filter(|kind| *kind == EventType::RequestCompleted);
    assert_eq!(completions.count(), 1);
}

#[test]
fn records_written_before_stay_readable() {
    let stored = r#"{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"organisation_name":"Acme","plan":{"assets":[{"type":"email","identifier":"a@example.com","channels":["email"],"required":true}],"action_type":"verification","lifetime":86400},"fingerprint":"f","assets":[{"begun":1,"status":"verified","run":{"verification_id":"101010101010101010101010","channel":"email","identifier":"a@example.com","began_at":"2026-02-04T10:50:01Z"},"proven":{"at":"2026-02-04T10:50:02Z","proof_token":"t","proof_expires_at":"2026-03-06T10:50:02Z"}}],"status":"completed","created_at":"2026-02-04T10:50:00Z","updated_at":"2026-02-04T10:50:02Z","expires_at":"2026-02-05T10:50:00Z","history":[{"at":"2026-02-04T10:50:00Z","status":"pending"},{"at":"2026-02-04T10:50:01Z","status":"pending","asset":{"index":0,"status":"in_progress"}},{"at":"2026-02-04T10:50:02Z","status":"completed","asset":{"index":0,"status":"verified"}}],"told_events":1,"revision":3,"ledger_revision":0}"#;
    let read: VerificationRequest = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    assert_eq!(told(&read), [EventType::RequestCompleted]);
}

#[test]
fn when_its_time_is_over_it_says_what_was_asked_and_not_of_whom() {
    let mut record = request(&json!({
        "assets": [{"type": "social", "identifier": "mark-1", "channel": "github"}, {"type": "phone"}],
        "reference_id": "order-17", "action_type": "login", "partial_ok": true,
        "action_context": {"title": "mark-2"}, "redirect_url": "https://shop.example/mark-3",
        "callback_url": "https://shop.example/mark-4", "external_user_id": "mark-5",
        "client_metadata": {"note": "mark-6"},
    }));
    let begun = begin(&mut record, 0, 1).unwrap();
    let proven = Proven {
        proof_token: "mark-7".into(),
        account: Some(Account {
            id: "mark-8".into(),
            username: Some("mark-9".into()),
        }),
        ..proven(2)
    };
    let report = Report::Verified(proven);
    record.reported(0, begun.verification_id, report, at(2));
    record.settle(record.expires_at);
    let view = record.view("https://proof.example");
    let whole = serde_json::to_string(&view).unwrap();
    assert!((1..=9).all(|mark| whole.contains(&format!("mark-{mark}"))));
    let left = view.clone().forgotten();
    assert!(!serde_json::to_string(&left).unwrap().contains("mark"));
    assert_eq!(left.assets[0].verified_at, Some(at(2)));
    assert_eq!(left.assets[0].status, AssetStatus::Verified);
    assert_eq!(left.reference_id.as_deref(), Some("order-17"));
    assert_eq!(
        (left.status, left.progress, left.expired_at, left.partial),
        (view.status, view.progress, view.expired_at, Some(true))
    );
}

#[test]
fn nothing_personal_is_printed() {
    let mut record = two();
    verify(&mut record, 0, 1);
    let printed = format!("{record:?}");
    assert!(!printed.contains("example.com") && !printed.contains("proof_token: "));
}

/// Anything that can happen to a request.
#[derive(Clone, Debug)]
enum Step {
    Begin(u8),
    Refused(u8),
    Change(u8),
    Report(u8, u8, u8),
    Cancel,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_u8).prop_map(Step::Begin),
        1 => (0..4_u8).prop_map(Step::Refused),
        1 => (0..4_u8).prop_map(Step::Change),
        4 => (0..4_u8, 0..5_u8, 0..4_u8).prop_map(|(asset, attempt, end)| Step::Report(asset, attempt, end)),
        1 => Just(Step::Cancel),
        1 => (0..40_000_i64).prop_map(Step::Wait),
    ]
}

#[test]
fn one_thing_is_not_named_for_two_assets() {
    let mut record = request(&json!({"assets": [
        {"type": "email", "identifier": "a@example.com"},
        {"type": "email"}, {"type": "email"}, {"type": "social"}, {"type": "social"},
    ]}));
    let mut attempt = |asset: u8, channel, identifier: &str| {
        let named = (asset > 0).then_some(identifier);
        let begun = record.begin(
            asset,
            Some(channel),
            named,
            |attempt| id(asset, attempt),
            at(1),
        );
        begun.map(drop).map_err(|error| error.code)
    };
    let taken = Err(ErrorCode::Conflict);
    assert_eq!(attempt(1, Channel::Email, "a@EXAMPLE.com"), taken);
    assert_eq!(attempt(1, Channel::Email, "b@example.com"), Ok(()));
    assert_eq!(attempt(1, Channel::Email, "b@example.com"), Ok(()));
    assert_eq!(attempt(2, Channel::Email, "b@example.com"), taken);
    assert_eq!(attempt(0, Channel::Email, ""), Ok(()));
    assert_eq!(attempt(2, Channel::Email, "a@example.com"), taken);
    // The same handle at another network is another account.
    assert_eq!(attempt(3, Channel::Github, "octocat"), Ok(()));
    assert_eq!(attempt(4, Channel::Github, "octocat"), taken);
    assert_eq!(attempt(4, Channel::X, "octocat"), Ok(()));
}

proptest! {
    #[test]
    fn whatever_happens_a_request_ends_once_and_rightly(
        steps in prop::collection::vec(step(), 0..60),
        any in prop::option::of(1..4_u8),
        partial_ok in any::<bool>(),
    ) {
        let assets: Vec<_> = ["email", "phone", "phone"].iter().map(|kind| json!({"type": kind})).collect();
        let mut body = json!({"assets": assets, "partial_ok": partial_ok});
        if let Some(any) = any {
            body["policy"] = json!({"any": any});
        }
        let mut record = request(&body);
        let mut now = 0;
        let mut given = std::collections::HashSet::new();
        for step in steps {
            let before = record.clone();
            match step {
                Step::Begin(asset) => {
                    let channel = if asset == 0 { Channel::Email } else { Channel::Sms };
                    let identifier = if asset == 0 { "a@example.com" } else { "+37069199199" };
                    let _ = record.begin(asset, Some(channel), Some(identifier), |attempt| {
                        let new = id(asset, attempt);
                        assert!(given.insert(new), "no id is given twice");
                        new
                    }, at(now));
                }
                Step::Refused(asset) => {
                    let run = record.assets.get(usize::from(asset)).and_then(|state| state.standing.run().cloned());
                    if let Some(run) = run {
                        record.not_begun(asset, run.verification_id, at(now));
                    }
                }
                Step::Change(asset) => {
                    let _ = record.change(asset, at(now));
                }
                Step::Report(asset, attempt, end) => {
                    let report = match end {
                        0 => Report::Verified(proven(now)),
                        1 => Report::Ended,
                        2 => Report::Late,
                        _ => Report::Revoked,
                    };
                    record.reported(asset, id(asset, attempt), report, at(now));
                }
                Step::Cancel => {
                    let _ = record.cancel(at(now));
                }
                Step::Wait(seconds) => {
                    now += seconds;
                    record.settle(at(now));
                }
            }
            if before.status.is_terminal() {
                prop_assert_eq!(record.status, before.status);
            }
            if record != before {
                prop_assert!(record.revision > before.revision);
            }
            if record.status == RequestStatus::Completed && !before.status.is_terminal() {
                prop_assert!(record.verified() >= record.plan.needed());
            }
            if record.status.is_terminal() {
                let running = record.assets.iter().any(|state| state.standing.status() == AssetStatus::InProgress);
                prop_assert!(!running);
            } else {
                prop_assert!(record.verified() < record.plan.needed());
                prop_assert_eq!(record.status == RequestStatus::Partial, record.verified() > 0);
            }
            for state in &record.assets {
                prop_assert!(state.begun <= limits::MAX_BEGINNINGS);
                prop_assert!(state.refused <= limits::MAX_REFUSED_BEGINNINGS);
            }
            prop_assert!(record.event(record.sequence()).is_some());
        }
        let ends = told(&record).into_iter().filter(|kind| *kind != EventType::RequestPartial).count();
        prop_assert_eq!(ends, usize::from(record.status.is_terminal()));
        let stored = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(serde_json::from_str::<VerificationRequest>(&stored).unwrap(), record);
    }
}
