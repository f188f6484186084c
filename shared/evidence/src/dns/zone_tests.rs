//! Where a zone begins and who serves it, and what a resolver says about DNSSEC.

use super::wire::*;
use super::*;

fn ns(owner: &str, server: &str) -> Vec<u8> {
    record(owner, NS, &name(server))
}

fn zone(answer: &Wire, asked: &str) -> Result<ZoneAnswer, DnsFailure> {
    read_zone(&answer.bytes(), asked)
}

#[test]
fn name_servers_are_read_in_one_form() {
    let answer = answer_to("example.com", NS)
        .with(ns("Example.COM", "B.NS.example.net"))
        .with(ns("example.com", "a.ns.example.net"))
        .with(ns("example.com", "b.ns.example.net"))
        .with(ns("other.com", "ns.other.com"));
    assert_eq!(
        zone(&answer, "example.com"),
        Ok(ZoneAnswer::Servers(vec![
            "a.ns.example.net".into(),
            "b.ns.example.net".into()
        ]))
    );
}

#[test]
fn a_name_inside_a_zone_is_told_its_top() {
    for flags in [0x8180, 0x8183] {
        let mut answer = answer_to("a.b.example.com", NS).flags(flags);
        assert_eq!(
            zone(&answer, "a.b.example.com"),
            Ok(ZoneAnswer::Below(None))
        );
        answer.authorities.push(soa("Example.com"));
        assert_eq!(
            zone(&answer, "a.b.example.com"),
            Ok(ZoneAnswer::Below(Some("example.com".into())))
        );
    }
}

#[test]
fn the_zone_of_an_aliass_target_is_not_the_names() {
    for stranger in ["example.net", "a.example.com", "x.www.example.com", ""] {
        let mut answer = answer_to("www.example.com", NS)
            .with(cname("www.example.com", "host.example.net"))
            .with(ns("host.example.net", "ns.example.net"));
        answer.authorities.push(soa(stranger));
        answer.authorities.push(soa("www.example.com"));
        assert_eq!(
            zone(&answer, "www.example.com"),
            Ok(ZoneAnswer::Below(None)),
            "{stranger}"
        );
    }
}

#[test]
fn a_failure_is_no_zone() {
    let failed = answer_to("example.com", NS).flags(0x8182);
    assert_eq!(zone(&failed, "example.com"), Err(DnsFailure::ServFail));
    let other = answer_to("example.org", NS);
    assert_eq!(zone(&other, "example.com"), Err(DnsFailure::WrongQuestion));
    let other = answer_to("example.org", NS).flags(0x8183);
    assert_eq!(zone(&other, "example.com"), Err(DnsFailure::WrongQuestion));
    let many = (0..200).fold(answer_to("example.com", NS), |answer, n| {
        answer.with(ns("example.com", &format!("ns{n}.example.net")))
    });
    let Ok(ZoneAnswer::Servers(servers)) = zone(&many, "example.com") else {
        panic!("no servers");
    };
    assert_eq!(servers.len(), 32);
}

#[test]
fn a_resolver_that_blames_dnssec_is_believed_when_it_fails() {
    let failed = |additional: Vec<u8>| {
        let mut answer = txt_answer().flags(0x8182);
        answer.additionals.push(additional);
        answer.read()
    };
    for code in 6..=12 {
        let answer = failed(extended_error(code, b"signature expired"));
        assert_eq!(answer, Err(DnsFailure::Bogus), "{code}");
    }
    for code in [0, 1, 5, 13, 22, 23, 0x0600] {
        let answer = failed(extended_error(code, b""));
        assert_eq!(answer, Err(DnsFailure::ServFail), "{code}");
    }
    for cut in [
        &[0, 15, 0, 0][..],
        &[0, 15, 0, 1, 6][..],
        &[0, 3, 0, 2, 0, 6][..],
    ] {
        let answer = failed(record_raw(&[0], OPT, 4096, 0, cut));
        assert_eq!(answer, Err(DnsFailure::ServFail), "{cut:?}");
    }
    let mut fine = txt_answer().with(txt(ASKED, "a"));
    fine.additionals.push(extended_error(6, b""));
    assert_eq!(fine.records(), ["a"], "only a failure is explained by it");
}
