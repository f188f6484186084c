//! What is sent to the person: the link beside the code, and what is reported about a message.

use super::tests::{at, new_code, new_proof, sent, submit};
use super::*;
use crate::inbound::DeliveryReport;
use crate::tenant::Environment;

fn with_link() -> Verification {
    let mut record = sent(Environment::Live);
    record.replace_code(new_code(), 600, at(0));
    record
}

fn standing(record: &Verification, now: i64) -> Option<LinkStanding> {
    record
        .link_view(|digest| digest == "l", at(now))
        .map(|view| view.standing)
}

fn confirm(record: &mut Verification, digest: &str, now: i64) -> Option<LinkStanding> {
    record
        .confirm(|known| known == digest, new_proof(), at(now))
        .map(|view| view.standing)
}

#[test]
fn looking_at_a_link_changes_nothing_and_the_button_confirms_once() {
    let mut record = with_link();
    for _ in 0..20 {
        assert_eq!(standing(&record, 1), Some(LinkStanding::Asking));
    }
    assert_eq!(record, with_link());
    assert_eq!(confirm(&mut record, "l", 2), Some(LinkStanding::Confirmed));
    assert_eq!(record.status(), Status::Verified);
    let done = record.clone();
    assert_eq!(confirm(&mut record, "l", 3), Some(LinkStanding::Done));
    assert_eq!(record, done);
    assert_eq!(standing(&record, 3), Some(LinkStanding::Done));
    assert!(record.owes_message().is_none());
}

#[test]
fn a_wrong_link_changes_nothing_and_costs_no_try() {
    let mut record = with_link();
    for wrong in ["", "x", "d", "e"] {
        assert_eq!(confirm(&mut record, wrong, 1), None, "{wrong}");
    }
    assert_eq!(record, with_link());
    let mut without = sent(Environment::Live);
    assert_eq!(without.confirm(|_| true, new_proof(), at(1)), None);
    assert_eq!(without.status(), Status::Pending);
}

#[test]
fn a_link_ends_with_its_challenge() {
    assert_eq!(standing(&with_link(), 599), Some(LinkStanding::Asking));
    assert_eq!(standing(&with_link(), 600), Some(LinkStanding::Expired));
    let mut record = with_link();
    assert_eq!(confirm(&mut record, "l", 600), Some(LinkStanding::Expired));
    assert_eq!(record.status(), Status::Expired);
    let mut record = with_link();
    for _ in 0..5 {
        submit(&mut record, Answer::Wrong, at(1)).unwrap_err();
    }
    assert_eq!(confirm(&mut record, "l", 2), Some(LinkStanding::Failed));
    assert_eq!(record.status(), Status::Failed);
}

#[test]
fn a_new_message_kills_the_link_of_the_old_one() {
    let mut record = with_link();
    let mut newer = new_code();
    newer.link = Some(NewLink {
        token: "newer".into(),
        digest: "newer".into(),
    });
    record.replace_code(newer, 600, at(30));
    assert_eq!(confirm(&mut record, "l", 31), None);
    assert_eq!(
        confirm(&mut record, "newer", 31),
        Some(LinkStanding::Confirmed)
    );
}

#[test]
fn a_token_is_kept_until_it_is_sent_and_never_printed_or_shown() {
    let mut record = with_link();
    let token = |record: &Verification| {
        let delivery = record.delivery.as_ref().unwrap();
        delivery.unsent_link.clone()
    };
    assert_eq!(token(&record).as_deref(), Some("token-of-link"));
    let shown = serde_json::to_string(&record.view()).unwrap();
    assert!(!format!("{record:?} {:?}", new_code()).contains("token-of-link"));
    assert!(!shown.contains("token-of-link"));
    record.handed_over(Ok(()), at(1));
    assert!(
        !serde_json::to_string(&record)
            .unwrap()
            .contains("token-of-link")
    );
    // In test mode nothing is sent, so nothing is kept to be sent.
    let mut test = sent(Environment::Test);
    test.replace_code(new_code(), 600, at(0));
    assert_eq!(token(&test), None);
}

#[test]
fn why_a_message_was_not_sent_is_told() {
    let mut record = with_link();
    record.not_handed_over("provider_busy", at(1));
    let view = record.view();
    assert_eq!(view.delivery_status, Some(DeliveryStatus::Queued));
    assert_eq!(view.delivery_error.as_deref(), Some("provider_busy"));
    assert!(record.owes_message().is_some(), "it is tried again");
    record.handed_over(Err("recipient_unknown".into()), at(2));
    let view = record.view();
    assert_eq!(view.delivery_status, Some(DeliveryStatus::Failed));
    assert_eq!(view.delivery_error.as_deref(), Some("recipient_unknown"));
    assert_eq!(record.status(), Status::Pending, "the challenge stays");
    // Another message begins anew.
    record.may_resend(at(30)).unwrap();
    record.replace_code(new_code(), 600, at(30));
    assert_eq!(record.view().delivery_error, None);
    record.handed_over(Ok(()), at(31));
    assert_eq!(record.view().delivery_status, Some(DeliveryStatus::Sent));
    assert_eq!(record.view().delivery_error, None);
}

#[test]
fn reports_count_once_and_in_their_own_order() {
    let statuses = |reports: &[&DeliveryReport]| {
        let mut record = with_link();
        record.handed_over(Ok(()), at(1));
        for report in reports {
            record.reported(2, (*report).clone(), at(2));
        }
        record.view().delivery_status
    };
    let (delivered, complained) = (&DeliveryReport::Delivered, &DeliveryReport::Complained);
    let (bounced, failed) = (&bounced(), &DeliveryReport::Failed("x".into()));
    assert_eq!(statuses(&[]), Some(DeliveryStatus::Sent));
    for (reports, status) in [
        (vec![delivered, delivered], DeliveryStatus::Delivered),
        (vec![failed, delivered, failed], DeliveryStatus::Delivered),
        (vec![delivered, bounced], DeliveryStatus::Bounced),
        (vec![bounced, delivered, failed], DeliveryStatus::Bounced),
        (
            vec![complained, bounced, delivered],
            DeliveryStatus::Complained,
        ),
    ] {
        assert_eq!(statuses(&reports), Some(status), "{reports:?}");
    }
}

fn bounced() -> DeliveryReport {
    DeliveryReport::Bounced("bounced".into())
}

#[test]
fn a_report_on_an_older_message_is_of_no_concern() {
    let mut record = with_link();
    let before = record.clone();
    record.reported(1, bounced(), at(1));
    record.reported(3, bounced(), at(1));
    assert_eq!(record, before);
    let mut test = sent(Environment::Test);
    test.reported(1, bounced(), at(1));
    assert_eq!(test, sent(Environment::Test));
}

#[test]
fn what_is_reported_on_need_not_be_sent_again() {
    let mut record = with_link();
    record.not_handed_over("provider_timeout", at(1));
    record.reported(2, DeliveryReport::Delivered, at(2));
    assert!(record.owes_message().is_none());
    // The answer of the provider comes last, and tells nothing newer.
    record.handed_over(Ok(()), at(3));
    assert_eq!(
        record.view().delivery_status,
        Some(DeliveryStatus::Delivered)
    );
}

#[test]
fn a_bounce_after_the_proof_changes_the_delivery_alone() {
    let mut record = with_link();
    confirm(&mut record, "l", 1);
    let (state, revision) = (record.state.clone(), record.revision);
    record.reported(2, bounced(), at(2));
    assert_eq!((&record.state, record.revision), (&state, revision));
    assert_eq!(record.view().delivery_status, Some(DeliveryStatus::Bounced));
}

mod domains_by_email {
    use super::*;
    use crate::verification::CreateVerification;

    fn create(channel: Channel, mailbox: Option<Mailbox>) -> Result<PlannedVerification, ApiError> {
        let request = CreateVerification {
            kind: AssetType::Domain,
            channel,
            identifier: "Shop-of-Tests.com".into(),
            delivery: None,
            mailbox,
            client_metadata: None,
            external_user_id: None,
            callback_url: None,
        };
        request.plan("proof.example")
    }

    use crate::error::ApiError;

    #[test]
    fn the_message_goes_to_one_of_five_mailboxes() {
        let plan = create(Channel::Email, None).unwrap();
        assert_eq!(plan.recipient(), "postmaster@shop-of-tests.com");
        assert!(plan.sends_a_message(Environment::Live));
        for mailbox in Mailbox::ALL {
            let plan = create(Channel::Email, Some(mailbox)).unwrap();
            let name = mailbox.as_str();
            assert_eq!(plan.recipient(), format!("{name}@shop-of-tests.com"));
            assert_eq!(serde_json::to_value(mailbox).unwrap(), name);
        }
    }

    #[test]
    fn whether_it_was_said_or_not_it_is_the_same_request() {
        let said = create(Channel::Email, Some(Mailbox::Postmaster)).unwrap();
        let unsaid = create(Channel::Email, None).unwrap();
        assert_eq!(said.fingerprint(), unsaid.fingerprint());
        let other = create(Channel::Email, Some(Mailbox::Admin)).unwrap();
        assert_ne!(other.fingerprint(), unsaid.fingerprint());
    }

    #[test]
    fn nowhere_else_is_there_a_mailbox() {
        for channel in [Channel::Dns, Channel::Http, Channel::Auto] {
            let error = create(channel, Some(Mailbox::Admin)).unwrap_err();
            assert_eq!(error.details[0].field, "mailbox");
            assert_eq!(create(channel, None).unwrap().mailbox, None);
        }
    }
}
