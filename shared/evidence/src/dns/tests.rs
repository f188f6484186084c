//! Questions, and the answers of resolvers that behave.

use std::net::IpAddr;

use super::wire::*;
use super::*;

#[test]
fn a_question_is_these_bytes() {
    let asked = query("_proof.Example.com", RecordType::Txt).unwrap();
    let mut expected = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    expected.extend(b"\x06_proof\x07Example\x03com\x00\x00\x10\x00\x01");
    // The root name, OPT, 4096 bytes, no extended error, version 0, DO, no options.
    expected.extend(b"\x00\x00\x29\x10\x00\x00\x00\x80\x00\x00\x00");
    assert_eq!(asked, expected);
    for (kind, code) in [
        (RecordType::A, 1),
        (RecordType::Aaaa, 28),
        (RecordType::Cname, 5),
        (RecordType::Ns, 2),
    ] {
        let asked = query("a.example", kind).unwrap();
        assert_eq!(asked[12 + 11..12 + 13], [0, code]);
    }
    assert_eq!(
        query("a.example.", RecordType::A),
        query("a.example", RecordType::A)
    );
}

#[test]
fn what_is_no_name_is_not_asked_for() {
    let longest = format!(
        "{}.{}.{}.{}",
        "a".repeat(63),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(61)
    );
    assert_eq!(longest.len(), 253);
    assert!(query(&longest, RecordType::Txt).is_ok());
    for wrong in [
        "",
        ".",
        "..",
        ".example.com",
        "a..b",
        "a b.com",
        "*.example.com",
        "a\\.b.com",
        "exämple.com",
        "a.com\n",
        "a/b",
        "a@b",
        "127.0.0.1:80",
        "a.com..",
        &format!("{longest}e"),
        &"a".repeat(64),
    ] {
        assert_eq!(query(wrong, RecordType::Txt), Err(InvalidName), "{wrong}");
    }
}

#[test]
fn the_strings_of_one_record_are_joined() {
    let data = strings(&[b"proof-verify=abc", b"", b"def"]);
    let answer = txt_answer().with(record(ASKED, TXT, &data));
    assert_eq!(answer.records(), ["proof-verify=abcdef"]);
    let long = [b'a'; 255];
    let answer = txt_answer().with(record(ASKED, TXT, &strings(&[&long, &long])));
    assert_eq!(answer.records(), ["a".repeat(510)]);
}

#[test]
fn records_stay_apart_and_in_order() {
    let answer = (0..100).fold(txt_answer(), |answer, n| {
        answer.with(txt(ASKED, &format!("v{n}")))
    });
    let records = answer.records();
    assert_eq!(records.len(), 100);
    assert_eq!((records[0].as_str(), records[99].as_str()), ("v0", "v99"));
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let answer = txt_answer().with(record(ASKED, TXT, &strings(&[&[0xff, 0, 0x80]])));
    assert_eq!(answer.read().unwrap().records, [[0xff, 0, 0x80]]);
}

#[test]
fn the_resolvers_dnssec_word_is_passed_on() {
    let answer = txt_answer().with(txt(ASKED, "a"));
    assert!(!answer.read().unwrap().authenticated);
    assert!(answer.flags(0x81a0).read().unwrap().authenticated);
}

#[test]
fn letter_case_of_names_does_not_matter() {
    let answer = txt_answer().with(txt("_PROOF.eXample.COM", "a"));
    assert_eq!(answer.records(), ["a"]);
    let answer = answer_to("_PROOF.EXAMPLE.com", TXT).with(txt(ASKED, "a"));
    assert_eq!(answer.records(), ["a"]);
}

#[test]
fn a_compressed_owner_is_understood() {
    let pointer_to_question = [0xc0, 12];
    let data = strings(&[b"a"]);
    let answer = txt_answer().with(record_raw(&pointer_to_question, TXT, 1, 60, &data));
    assert_eq!(answer.records(), ["a"]);
}

#[test]
fn aliases_are_followed_and_told() {
    let answer = txt_answer()
        .with(txt("end.example.net", "the one"))
        .with(cname("Middle.example.org", "end.example.net"))
        .with(cname(ASKED, "middle.Example.org"));
    let found = answer.read().unwrap();
    assert_eq!(found.records, [b"the one"]);
    assert_eq!(found.via, ["middle.example.org", "end.example.net"]);
}

#[test]
fn signatures_and_other_types_are_passed_over() {
    let mut signature = vec![0, 16, 13, 3, 0, 0, 1, 44];
    signature.extend([0; 10]);
    signature.extend(name("example.com"));
    signature.extend([1; 64]);
    let answer = txt_answer()
        .with(record(ASKED, RRSIG, &signature))
        .with(record(ASKED, 65_280, b"private use"))
        .with(txt(ASKED, "a"));
    assert_eq!(answer.records(), ["a"]);
}

#[test]
fn a_dangling_alias_is_no_data() {
    assert_eq!(
        txt_answer().with(cname(ASKED, "b.example")).read(),
        Err(DnsFailure::NoData)
    );
    assert_eq!(txt_answer().read(), Err(DnsFailure::NoData));
}

#[test]
fn addresses_are_read_through_aliases() {
    let answer = answer_to("example.com", A)
        .with(cname("example.com", "host.example.net"))
        .with(record("host.example.net", A, &[192, 0, 2, 7]))
        .with(record("host.example.net", A, &[198, 51, 100, 1]));
    let found = read_addresses(&answer.bytes(), "example.com", RecordType::A).unwrap();
    let expected: Vec<IpAddr> = vec![
        "192.0.2.7".parse().unwrap(),
        "198.51.100.1".parse().unwrap(),
    ];
    assert_eq!(found, expected);

    let six: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
    let answer = answer_to("example.com", AAAA).with(record("example.com", AAAA, &six.octets()));
    let found = read_addresses(&answer.bytes(), "example.com", RecordType::Aaaa).unwrap();
    assert_eq!(found, [IpAddr::V6(six)]);
    let other = read_addresses(&answer.bytes(), "example.com", RecordType::A);
    assert_eq!(other, Err(DnsFailure::WrongQuestion));
    let none = answer_to("example.com", AAAA).with(record("example.com", A, &[192, 0, 2, 7]));
    let found = read_addresses(&none.bytes(), "example.com", RecordType::Aaaa);
    assert_eq!(found, Err(DnsFailure::NoData));
}

#[test]
fn an_alias_can_be_asked_for() {
    let answer = answer_to(ASKED, CNAME).with(cname(ASKED, "Target.example.net"));
    assert_eq!(
        read_alias(&answer.bytes(), ASKED).unwrap(),
        "target.example.net"
    );
    let none = answer_to(ASKED, CNAME);
    assert_eq!(read_alias(&none.bytes(), ASKED), Err(DnsFailure::NoData));
}

#[test]
fn absence_is_an_answer_and_failure_is_not() {
    for failure in [DnsFailure::NxDomain, DnsFailure::NoData] {
        assert!(failure.is_absence() && !failure.retryable());
    }
    for failure in [
        DnsFailure::ServFail,
        DnsFailure::Bogus,
        DnsFailure::Refused,
        DnsFailure::Timeout,
        DnsFailure::Unreachable,
        DnsFailure::Truncated,
        DnsFailure::HttpStatus(502),
    ] {
        assert!(failure.retryable() && !failure.is_absence(), "{failure}");
    }
    for failure in [DnsFailure::Loop, DnsFailure::TooMany, DnsFailure::TooLarge] {
        assert!(!failure.retryable(), "{failure}");
    }
}
