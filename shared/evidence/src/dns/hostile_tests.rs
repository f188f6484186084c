//! Answers that are broken, lie, or belong to somebody else.

use proptest::prelude::*;

use super::wire::*;
use super::*;

#[test]
fn records_at_other_names_do_not_count() {
    let strangers = [
        "example.com",
        "_proof.example.com.example.com",
        "_proof.evil.com",
        "x._proof.example.com",
    ];
    for stranger in strangers {
        let answer = txt_answer().with(txt(stranger, "a"));
        assert_eq!(answer.read(), Err(DnsFailure::NoData), "{stranger}");
    }
    let answer = txt_answer()
        .with(txt(ASKED, "mine"))
        .with(txt("evil.com", "theirs"));
    assert_eq!(answer.records(), ["mine"]);
    let answer = txt_answer()
        .with(cname("evil.com", ASKED))
        .with(txt("evil.com", "theirs"));
    assert_eq!(answer.read(), Err(DnsFailure::NoData));
}

#[test]
fn only_the_answer_section_and_the_internet_class_count() {
    let mut answer = txt_answer();
    answer.authorities.push(txt(ASKED, "a"));
    answer.additionals.push(txt(ASKED, "a"));
    assert_eq!(answer.read(), Err(DnsFailure::NoData));
    let chaos = record_raw(&name(ASKED), TXT, 3, 60, &strings(&[b"a"]));
    assert_eq!(txt_answer().with(chaos).read(), Err(DnsFailure::NoData));
}

#[test]
fn circles_and_long_chains_end() {
    let itself = txt_answer().with(cname(ASKED, ASKED));
    assert_eq!(itself.read(), Err(DnsFailure::Loop));
    let pair = txt_answer()
        .with(cname(ASKED, "b.example"))
        .with(cname("b.example", ASKED));
    assert_eq!(pair.read(), Err(DnsFailure::Loop));
    let chain = |links: usize| {
        let start = txt_answer().with(cname(ASKED, "n1.example"));
        let linked = (1..links).fold(start, |answer, n| {
            answer.with(cname(
                &format!("n{n}.example"),
                &format!("n{}.example", n + 1),
            ))
        });
        linked.with(txt(&format!("n{links}.example"), "a"))
    };
    assert_eq!(chain(MAX_ALIASES).read().unwrap().via.len(), MAX_ALIASES);
    assert_eq!(chain(MAX_ALIASES + 1).read(), Err(DnsFailure::Loop));
}

#[test]
fn two_aliases_of_one_name_are_refused() {
    let answer = txt_answer()
        .with(cname(ASKED, "b.example"))
        .with(cname(ASKED, "c.example"));
    assert_eq!(
        answer.clone().with(txt("b.example", "a")).read(),
        Err(DnsFailure::Malformed)
    );
    let twice = txt_answer()
        .with(cname(ASKED, "b.example"))
        .with(cname(ASKED, "B.example"));
    assert_eq!(twice.with(txt("b.example", "a")).records(), ["a"]);
}

#[test]
fn error_codes_are_told_apart() {
    for (code, failure) in [
        (1, DnsFailure::ErrorCode(1)),
        (2, DnsFailure::ServFail),
        (3, DnsFailure::NxDomain),
        (4, DnsFailure::ErrorCode(4)),
        (5, DnsFailure::Refused),
        (9, DnsFailure::ErrorCode(9)),
    ] {
        let answer = txt_answer().with(txt(ASKED, "a")).flags(0x8180 | code);
        assert_eq!(answer.read(), Err(failure));
    }
    let mut without_question = txt_answer().flags(0x8182);
    without_question.question.clear();
    assert_eq!(without_question.read(), Err(DnsFailure::ServFail));
    assert_eq!(
        without_question.flags(0x8180).read(),
        Err(DnsFailure::WrongQuestion)
    );
}

#[test]
fn an_extended_error_code_is_seen() {
    let mut answer = txt_answer().with(txt(ASKED, "a"));
    answer
        .additionals
        .push(record_raw(&[0], OPT, 4096, 0x0100_0000, &[]));
    assert_eq!(answer.read(), Err(DnsFailure::ErrorCode(16)));
    let mut two = txt_answer().with(txt(ASKED, "a"));
    two.additionals = vec![record_raw(&[0], OPT, 4096, 0, &[]); 2];
    assert_eq!(two.read(), Err(DnsFailure::Malformed));
}

#[test]
fn an_answer_to_another_question_is_refused() {
    let right = txt(ASKED, "a");
    for (asked, kind) in [
        ("_proof.example.org", TXT),
        ("example.com", TXT),
        (ASKED, A),
    ] {
        let answer = answer_to(asked, kind).with(right.clone());
        assert_eq!(answer.read(), Err(DnsFailure::WrongQuestion), "{asked}");
    }
    let mut chaos = txt_answer().with(right.clone());
    let last = chaos.question.len() - 1;
    chaos.question[last] = 3;
    assert_eq!(chaos.read(), Err(DnsFailure::WrongQuestion));
    let mut two = txt_answer().with(right).bytes();
    two[5] = 2;
    assert_eq!(read_txt(&two, ASKED), Err(DnsFailure::WrongQuestion));
    assert_eq!(
        read_txt(&txt_answer().bytes(), "no name"),
        Err(DnsFailure::WrongQuestion)
    );
}

#[test]
fn only_whole_standard_answers_are_read() {
    let answer = txt_answer().with(txt(ASKED, "a"));
    assert_eq!(
        answer.clone().flags(0x8380).read(),
        Err(DnsFailure::Truncated)
    );
    assert_eq!(
        answer.clone().flags(0x0100).read(),
        Err(DnsFailure::Malformed),
        "a question"
    );
    assert_eq!(
        answer.clone().flags(0xa180).read(),
        Err(DnsFailure::Malformed),
        "an update"
    );
    let whole = answer.bytes();
    for length in 0..whole.len() {
        assert!(
            read_txt(&whole[..length], ASKED).is_err(),
            "cut at {length}"
        );
    }
    let mut longer = whole;
    longer.push(0);
    assert_eq!(read_txt(&longer, ASKED), Err(DnsFailure::Malformed));
    assert_eq!(
        read_txt(b"<html>not found</html>", ASKED),
        Err(DnsFailure::WrongQuestion)
    );
}

#[test]
fn lengths_that_lie_are_refused() {
    let overlong_string = record(ASKED, TXT, &[5, b'a']);
    assert_eq!(
        txt_answer().with(overlong_string).read(),
        Err(DnsFailure::Malformed)
    );
    let reaching_into_the_next = record(ASKED, TXT, &[1, b'a', 20]);
    let answer = txt_answer()
        .with(reaching_into_the_next)
        .with(txt(ASKED, "bbbbbbbbbbbbbbbbbbb"));
    assert_eq!(answer.read(), Err(DnsFailure::Malformed));
    assert_eq!(
        txt_answer().with(record(ASKED, TXT, &[])).read(),
        Err(DnsFailure::Malformed)
    );
    let mut trailing = name("b.example");
    trailing.push(0);
    assert_eq!(
        txt_answer().with(record(ASKED, CNAME, &trailing)).read(),
        Err(DnsFailure::Malformed)
    );
    assert_eq!(
        txt_answer().with(record(ASKED, A, &[1, 2, 3])).read(),
        Err(DnsFailure::Malformed)
    );
}

#[test]
fn name_pointers_cannot_go_round() {
    let start = u8::try_from(txt_answer().bytes().len()).unwrap();
    for owner in [
        vec![0xc0, start],
        vec![0xc0, start + 2],
        vec![1, b'a', 0xc0, start],
        vec![0xff, 0xff],
        vec![0x40, 0],
        vec![0x80, 0],
    ] {
        let answer = txt_answer().with(record_raw(&owner, TXT, 1, 60, &strings(&[b"a"])));
        assert_eq!(answer.read(), Err(DnsFailure::Malformed), "{owner:x?}");
    }
    let label = [vec![63], vec![b'a'; 63]].concat();
    let mut too_long = label.repeat(4);
    too_long.push(0);
    let answer = txt_answer().with(record_raw(&too_long, TXT, 1, 60, &strings(&[b"a"])));
    assert_eq!(answer.read(), Err(DnsFailure::Malformed));
}

#[test]
fn the_number_of_records_is_bounded_before_they_are_read() {
    let many =
        |count: usize| (0..count).fold(txt_answer(), |answer, _| answer.with(txt(ASKED, "a")));
    assert_eq!(many(MAX_RECORDS).records().len(), MAX_RECORDS);
    assert_eq!(many(MAX_RECORDS + 1).read(), Err(DnsFailure::TooMany));
    let mut claims = txt_answer().bytes();
    claims[6..12].fill(0xff);
    assert_eq!(read_txt(&claims, ASKED), Err(DnsFailure::TooMany));
    assert_eq!(
        read_txt(&vec![0; MAX_RESPONSE + 1], ASKED),
        Err(DnsFailure::TooLarge)
    );
}

fn everything(bytes: &[u8]) {
    let _ = read_txt(bytes, ASKED);
    let _ = read_alias(bytes, ASKED);
    let _ = read_addresses(bytes, ASKED, RecordType::A);
    let _ = read_addresses(bytes, ASKED, RecordType::Aaaa);
    let _ = read_zone(bytes, ASKED);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        everything(&bytes);
    }

    #[test]
    fn no_record_causes_a_panic(
        records in proptest::collection::vec(
            (0u16..300, proptest::collection::vec(any::<u8>(), 0..80), any::<u32>()),
            0..6,
        ),
        section in 0usize..3,
    ) {
        let mut answer = txt_answer();
        let wanted = [&mut answer.answers, &mut answer.authorities, &mut answer.additionals];
        let Some(wanted) = wanted.into_iter().nth(section) else { return Ok(()) };
        for (kind, data, ttl) in records {
            let owner = if kind == OPT { vec![0] } else { name(ASKED) };
            wanted.push(record_raw(&owner, kind, 1, ttl, &data));
        }
        everything(&answer.bytes());
    }

    #[test]
    fn a_damaged_answer_causes_no_panic_and_no_new_name(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut additional = txt_answer()
            .with(cname(ASKED, "b.example"))
            .with(txt("b.example", "proof-verify=a"))
            .with(record(ASKED, A, &[192, 0, 2, 1]));
        additional.additionals.push(record_raw(&[0], OPT, 4096, 0, &[0, 12, 0, 2, 0, 0]));
        let mut bytes = additional.bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        everything(&bytes);
    }

    #[test]
    fn what_is_put_in_comes_out(
        records in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..256), 1..4),
            1..20,
        ),
    ) {
        let mut answer = txt_answer();
        for record_strings in &records {
            let parts: Vec<&[u8]> = record_strings.iter().map(Vec::as_slice).collect();
            answer = answer.with(record(ASKED, TXT, &strings(&parts)));
        }
        let expected: Vec<Vec<u8>> = records.iter().map(|parts| parts.concat()).collect();
        prop_assert_eq!(answer.read().unwrap().records, expected);
    }

    #[test]
    fn every_host_name_can_be_asked_for_and_answered(
        labels in proptest::collection::vec("[a-z0-9_]([a-z0-9_-]{0,18}[a-z0-9_])?", 1..8),
    ) {
        let asked = labels.join(".");
        let question = query(&asked, RecordType::Txt).unwrap();
        let encoded = name(&asked);
        prop_assert_eq!(&question[12..12 + encoded.len()], encoded.as_slice());
        let answer = answer_to(&asked, TXT).with(txt(&asked, "a"));
        prop_assert_eq!(read_txt(&answer.bytes(), &asked).unwrap().records, [b"a"]);
    }

    #[test]
    fn no_text_makes_asking_panic(text in "\\PC{0,300}") {
        let _ = query(&text, RecordType::A);
        let _ = read_txt(&txt_answer().bytes(), &text);
    }
}
