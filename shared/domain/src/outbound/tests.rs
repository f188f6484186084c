//! Every notation of an address that somebody might try.

use proptest::prelude::*;

use super::*;

const HTTP: UrlPolicy<'_> = UrlPolicy {
    allow_http: true,
    own_host: "proof.example",
};
const HTTPS: UrlPolicy<'_> = UrlPolicy {
    allow_http: false,
    own_host: "proof.example",
};

#[test]
fn ordinary_addresses_pass_in_normal_form() {
    for (raw, url) in [
        ("https://hooks.victim.com", "https://hooks.victim.com/"),
        (
            "HTTPS://Hooks.Victim.COM/A?b=C",
            "https://hooks.victim.com/A?b=C",
        ),
        ("https://hooks.victim.com:443/", "https://hooks.victim.com/"),
        (
            "https://hooks.victim.com:8443/x",
            "https://hooks.victim.com:8443/x",
        ),
        ("https://bücher.de/x", "https://xn--bcher-kva.de/x"),
        (
            "https://hooks.victim.com/a/../b",
            "https://hooks.victim.com/b",
        ),
        (
            "https://hooks.victim.com/@name",
            "https://hooks.victim.com/@name",
        ),
        (
            "https://hooks.victim.com/?to=a@b",
            "https://hooks.victim.com/?to=a@b",
        ),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://shop.example/hooks", "https://shop.example/hooks"),
        ("https://notproof.example/", "https://notproof.example/"),
        (
            "https://under_score.victim.com/",
            "https://under_score.victim.com/",
        ),
    ] {
        assert_eq!(
            check_url(raw, HTTPS)
                .map(OutboundUrl::into_string)
                .as_deref(),
            Ok(url)
        );
    }
    for raw in ["http://hooks.victim.com/", "http://hooks.victim.com:8080/"] {
        assert_eq!(check_url(raw, HTTP).unwrap().as_str(), raw);
        assert_eq!(check_url(raw, HTTPS), Err(OutboundError::Scheme));
    }
}

#[test]
fn private_addresses_are_refused_in_every_notation() {
    for host in "127.0.0.1 127.1 127.0.1 127.255.255.254 0x7f.1 0x7f000001 0X7F.0.0.1 2130706433 \
        017700000001 0177.0.0.1 0177.1 0x7f.0x0.0x0.0x1 127.0.0.1. １２７.０.０.１ １２７。０。０。１ ①②⑦.⓪.⓪.① \
        127%2e0%2e0%2e1 %31%32%37.0.0.1 0 0.0.0.0 0x0 0x 10.0.0.1 10.1 167772161 172.16.0.1 \
        172.31.255.255 192.168.1.1 192.168.257 0xc0a80101 100.64.0.1 169.254.169.254 2852039166 \
        0xa9fea9fe 0251.0376.0251.0376 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 \
        192.88.99.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 4294967295 0xffffffff \
        [::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::ffff:7f00:1] [::ffff:127.0.0.1] \
        [::FFFF:169.254.169.254] [0:0:0:0:0:ffff:a00:1] [::7f00:1] [::127.0.0.1] \
        [::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::8.8.8.8] \
        [64:ff9b:1::1] [2002:7f00:1::] [2002:808:808::1] [2001::1] \
        [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:2::1] [2001:10::1] [2001:20::1] \
        [2001:db8::1] [3fff::1] [100::1] [5f00::1] [fc00::1] [fd00:ec2::254] [fe80::1] [febf::1] \
        [fec0::1] [ff02::1] [ff0e::1] [4000::1] [e000::1]"
        .split_whitespace()
    {
        let raw = format!("http://{host}/");
        assert_eq!(
            check_url(&raw, HTTP),
            Err(OutboundError::PrivateAddress),
            "{raw}"
        );
        let raw = format!("http://{host}:8787/latest/meta-data/");
        assert_eq!(
            check_url(&raw, HTTP),
            Err(OutboundError::PrivateAddress),
            "{raw}"
        );
    }
}

#[test]
fn names_inside_networks_are_refused() {
    for host in
        "localhost localhost. LOCALHOST ｌocalhost foo.localhost localhost.localdomain sink sink. \
        com printer.local printer.local. vault.internal metadata.google.internal \
        router.home.arpa 1.0.0.127.in-addr.arpa nas.lan x.onion x.invalid x.test x.corp \
        x.intranet"
            .split_whitespace()
    {
        let raw = format!("https://{host}/");
        assert_eq!(
            check_url(&raw, HTTPS),
            Err(OutboundError::PrivateName),
            "{raw}"
        );
    }
}

#[test]
fn this_service_does_not_call_itself() {
    for host in "proof.example PROOF.example proof.example. api.proof.example ｐroof.example \
        proof%2eexample"
        .split_whitespace()
    {
        let raw = format!("https://{host}/api/v1/verifications");
        assert_eq!(check_url(&raw, HTTPS), Err(OutboundError::OwnHost), "{raw}");
    }
    let policy = UrlPolicy {
        allow_http: false,
        own_host: "Proof.Holdings",
    };
    assert_eq!(
        check_url("https://proof.holdings/", policy),
        Err(OutboundError::OwnHost)
    );
    assert!(check_url("https://proof.example/", UrlPolicy::default()).is_ok());
}

#[test]
fn anything_but_a_plain_web_address_is_refused() {
    use OutboundError::{Credentials, Fragment, Malformed, Port, Scheme, TooLong};
    let long = format!("https://victim.com/{}", "a".repeat(MAX_URL_LENGTH));
    let long_label = format!("https://{}.com/", "a".repeat(64));
    let long_name = format!("https://{}.com/", vec!["a".repeat(60); 5].join("."));
    for (raw, error) in [
        ("", Malformed),
        ("victim.com", Malformed),
        ("//victim.com/", Malformed),
        ("/x", Malformed),
        ("\\\\sink\\x", Malformed),
        ("https:\\\\victim.com\\x", Malformed),
        ("https://victim.com\\@evil.com/", Malformed),
        ("https:victim.com", Malformed),
        ("https:/victim.com", Malformed),
        ("https:///victim.com", Malformed),
        ("https://", Malformed),
        ("https://?x", Malformed),
        (" https://victim.com/", Malformed),
        ("https://victim.com/ ", Malformed),
        ("https://vic\ttim.com/", Malformed),
        ("https://victim.com/\r\nX: y", Malformed),
        ("ht\ntps://victim.com/", Malformed),
        ("https://victim.com/\u{2028}", Malformed),
        ("https://victim.com/\0", Malformed),
        ("https://victim..com/", Malformed),
        ("https://.victim.com/", Malformed),
        ("https://victim.com../", Malformed),
        ("https://vic tim.com/", Malformed),
        ("https://vic%20tim.com/", Malformed),
        ("https://vic%00tim.com/", Malformed),
        ("https://[::1/", Malformed),
        ("https://[fe80::1%25eth0]/", Malformed),
        ("https://256.256.256.256/", Malformed),
        ("https://1.2.3.4.5/", Malformed),
        ("https://victim.123/", Malformed),
        ("https://xn--a/", Malformed),
        ("https://victim.com:99999/", Malformed),
        ("https://victim.com:x/", Malformed),
        (&long_label, Malformed),
        (&long_name, Malformed),
        ("file:///etc/passwd", Scheme),
        ("ftp://victim.com/", Scheme),
        ("gopher://victim.com/", Scheme),
        ("ws://victim.com/", Scheme),
        ("javascript://victim.com/%0aalert(1)", Scheme),
        ("data:text/html,x", Malformed),
        ("blob:https://victim.com/", Scheme),
        ("https+unix://victim.com/", Scheme),
        ("https://user:p@victim.com/", Credentials),
        ("https://user@victim.com/", Credentials),
        ("https://@victim.com/", Credentials),
        ("https://:@victim.com/", Credentials),
        ("http://user:p@sink@127.0.0.1/", Credentials),
        ("https://victim.com/#x", Fragment),
        ("https://victim.com/#", Fragment),
        ("https://victim.com:22/", Port),
        ("https://victim.com:25/", Port),
        ("https://victim.com:80/", Port),
        ("https://victim.com:0/", Port),
        ("https://victim.com:6379/", Port),
        ("http://victim.com:443/", Port),
        ("http://victim.com:11211/", Port),
        (&long, TooLong),
    ] {
        assert_eq!(check_url(raw, HTTP), Err(error), "{raw}");
        assert!(check_url(raw, HTTPS).is_err(), "{raw}");
        assert!(!error.reason().is_empty());
    }
}

/// The borders of each range: the first and the last address inside, and their neighbours.
#[test]
fn ranges_begin_and_end_where_the_registries_say() {
    for (special, public) in [
        ("0.0.0.0 0.255.255.255", "1.0.0.0 1.1.1.1"),
        ("10.0.0.0 10.255.255.255", "9.255.255.255 11.0.0.0"),
        ("100.64.0.0 100.127.255.255", "100.63.255.255 100.128.0.0"),
        ("127.0.0.0 127.255.255.255", "126.255.255.255 128.0.0.0"),
        ("169.254.0.0 169.254.255.255", "169.253.255.255 169.255.0.0"),
        ("172.16.0.0 172.31.255.255", "172.15.255.255 172.32.0.0"),
        (
            "192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255",
            "192.0.1.0 192.0.3.0",
        ),
        (
            "192.31.196.1 192.52.193.1 192.88.99.2 192.175.48.1",
            "192.88.98.1",
        ),
        ("192.168.0.0 192.168.255.255", "192.167.255.255 192.169.0.0"),
        ("198.18.0.0 198.19.255.255", "198.17.255.255 198.20.0.0"),
        ("198.51.100.0 203.0.113.255", "198.51.101.0 203.0.114.0"),
        (
            "224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255",
            "223.255.255.255",
        ),
        (":: ::1 ::2 1fff:ffff:: ::8.8.8.8", "2400:cb00::1 2003::1"),
        (
            "::ffff:10.0.0.1 ::ffff:0.0.0.1 ::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
        ),
        (
            "::ffff:0:8.8.8.8 64:ff9b::808:808 64:ff9b:1:: 100::",
            "2001:4860:4860::8888",
        ),
        ("2001:: 2001:1ff:ffff::", "2001:200::"),
        ("2001:db8:: 2001:db8:ffff::", "2001:db7:: 2001:db9::"),
        ("2002:: 2002:ffff::", "2001:ffff:: 2003::"),
        ("2620:4f:8000::1", "2620:4f:8001::1 2620:4f:7fff::1"),
        ("3fff:: 3fff:fff:ffff::", "3ffe::1 3fff:1000::"),
        (
            "4000:: 5f00:: fc00:: fdff:: fe80:: febf:: fec0:: ff00::",
            "",
        ),
    ] {
        for address in special.split_whitespace() {
            assert!(!is_public_ip(address.parse().unwrap()), "{address}");
        }
        for address in public.split_whitespace() {
            assert!(is_public_ip(address.parse().unwrap()), "{address}");
        }
    }
}

#[test]
fn debug_output_keeps_the_path_to_itself() {
    let url = check_url("https://hooks.victim.com/services/T0/secret?key=1", HTTPS).unwrap();
    assert_eq!(
        format!("{url:?}"),
        "OutboundUrl(https://hooks.victim.com/…)"
    );
    assert_eq!(url.host(), "hooks.victim.com");
    assert_eq!(url.to_string(), url.as_str());
}

proptest! {
    #[test]
    fn no_notation_of_a_private_address_gets_through(low in 0_u32..1 << 24, form in 0..6) {
        let [_, b, c, d] = low.to_be_bytes();
        let address = 0x0a00_0000 | low;
        let host = match form {
            0 => format!("{address}"),
            1 => format!("{address:#x}"),
            2 => format!("0{address:o}"),
            3 => format!("10.{low}"),
            4 => format!("012.{b:#x}.{}", u32::from(c) << 8 | u32::from(d)),
            _ => format!("[::ffff:10.{b}.{c}.{d}]"),
        };
        prop_assert_eq!(
            check_url(&format!("https://{host}/"), HTTPS),
            Err(OutboundError::PrivateAddress)
        );
    }

    #[test]
    fn what_passes_passes_again(raw in "(https?://)?[a-z0-9.:@%/\\[\\]-]{1,40}|.{0,40}") {
        if let Ok(url) = check_url(&raw, HTTP) {
            prop_assert_eq!(check_url(url.as_str(), HTTP), Ok(url));
        }
    }
}
