use data_encoding::BASE64;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OWN: &str = "proof.test-host.com";

fn plan(body: Value) -> Result<ProjectChange, ApiError> {
    let update: UpdateProject = serde_json::from_value(body).unwrap();
    update.plan(OWN)
}

fn refused(body: Value) -> String {
    plan(body).unwrap_err().details.remove(0).field
}

fn project(urls: &[&str]) -> Project {
    Project {
        redirect_urls: urls
            .iter()
            .map(|url| RedirectUrl::parse(url, OWN).unwrap())
            .collect(),
        ..Project::default()
    }
}

fn goes(project: &Project, url: &str) -> bool {
    project.allows_redirect(url, Environment::Live).is_ok()
}

// --- settings ---------------------------------------------------------------------------------

#[test]
fn what_is_not_named_stays_and_null_takes_away() {
    let nothing = plan(json!({})).unwrap();
    assert_eq!(nothing, ProjectChange::default());
    let cleared = plan(json!({"name": null, "branding": null, "redirect_urls": null})).unwrap();
    assert_eq!(cleared.name, Patch::Clear);
    assert_eq!(cleared.accent, Patch::Clear);
    assert_eq!(cleared.radius, Patch::Clear);
    assert_eq!(cleared.logo, Patch::Clear);
    assert_eq!(cleared.redirect_urls, Patch::Clear);
    let some = plan(json!({"branding": {"radius": 0, "accent": null}})).unwrap();
    assert_eq!((some.radius, some.accent), (Patch::Set(0), Patch::Clear));
    assert!(some.logo.is_keep());
    for odd in [
        json!({"x": 1}),
        json!({"branding": {"logo_url": ""}}),
        json!({"id": "1"}),
    ] {
        assert!(serde_json::from_value::<UpdateProject>(odd).is_err());
    }
}

#[test]
fn names_are_read_as_they_are_written() {
    for name in [
        "Acme",
        " Acme ",
        "Žalgirio 9",
        "شركة",
        "Acme 👩\u{200d}🚀",
        "株式会社",
        "7",
        "<b>&\"'",
    ] {
        let change = plan(json!({"name": name})).unwrap();
        assert_eq!(change.name, Patch::Set(name.trim().to_owned()));
    }
    let long = "ž".repeat(101);
    for name in [
        "",
        " ",
        "a\nb",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\0",
        "a\u{200b}",
        "\u{feff}a",
        "a\u{85}b",
        "\u{3164}",
        "-",
        "🚀",
        "\u{200d}",
        &long,
    ] {
        assert_eq!(refused(json!({"name": name})), "name", "{name:?}");
    }
    assert!(plan(json!({"name": "ž".repeat(100)})).is_ok());
}

#[test]
fn a_colour_is_six_digits_and_nothing_else() {
    let change = plan(json!({"branding": {"accent": "#0B5fFf"}})).unwrap();
    assert_eq!(change.accent, Patch::Set("#0b5fff".into()));
    for accent in [
        "",
        "#",
        "red",
        "#fff",
        "0b5fff",
        "#0b5fff ",
        "#0b5fff;",
        "#0b5ffg",
        "#0b5fff00",
        "red;background:url(//sink)",
        "#fff}*{",
        "</style><script>",
        "#ääää",
        "#１２３４５６",
    ] {
        assert_eq!(
            refused(json!({"branding": {"accent": accent}})),
            "branding.accent",
            "{accent}"
        );
    }
}

#[test]
fn corners_have_a_limit() {
    assert!(plan(json!({"branding": {"radius": 24}})).is_ok());
    assert_eq!(
        refused(json!({"branding": {"radius": 25}})),
        "branding.radius"
    );
    for odd in [json!(-1), json!(1.5), json!("8"), json!(256), json!([8])] {
        let body = json!({"branding": {"radius": odd}});
        assert!(serde_json::from_value::<UpdateProject>(body).is_err());
    }
}

#[test]
fn addresses_are_counted_and_named() {
    let many: Vec<_> = (0..21)
        .map(|n| format!("https://a.test-host.com/{n}"))
        .collect();
    assert_eq!(refused(json!({"redirect_urls": many})), "redirect_urls");
    assert!(plan(json!({"redirect_urls": many[..20]})).is_ok());
    let body = json!({"redirect_urls": ["https://a.test-host.com", "javascript:alert(1)"]});
    assert_eq!(refused(body), "redirect_urls[1]");
    let twice =
        json!({"redirect_urls": ["https://A.test-host.com:443", "https://a.test-host.com/"]});
    assert_eq!(plan(twice).unwrap().redirect_urls.value().unwrap().len(), 1);
}

#[test]
fn the_view_gives_the_picture_an_address() {
    let mut project = project(&["https://app.test-host.com/back"]);
    project.name = "Acme".into();
    project.branding.logo = Some("ab".repeat(16));
    let view = project.view("https://proof.test-host.com");
    assert_eq!(
        serde_json::to_value(&view).unwrap(),
        json!({
            "name": "Acme",
            "branding": {
                "logo_url": format!("https://proof.test-host.com/verify/logos/{}.png", "ab".repeat(16)),
            },
            "redirect_urls": ["https://app.test-host.com/back"],
        })
    );
}

// --- addresses --------------------------------------------------------------------------------

#[test]
fn what_may_be_registered() {
    for (raw, normal) in [
        ("https://app.test-host.com", "https://app.test-host.com/"),
        (
            "HTTPS://APP.Test-Host.com:443/Back",
            "https://app.test-host.com/Back",
        ),
        (
            "https://app.test-host.com:8443/a/",
            "https://app.test-host.com:8443/a/",
        ),
        (
            "https://žalgiris.test-host.com/ž",
            "https://xn--algiris-9fc.test-host.com/%C5%BE",
        ),
        ("http://localhost:3000/back", "http://localhost:3000/back"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/"),
        ("http://[::1]:3000/", "http://[::1]:3000/"),
        ("https://10.0.0.7/", "https://10.0.0.7/"),
    ] {
        let url = RedirectUrl::parse(raw, OWN).map(String::from);
        // The name of the host is encoded by the rules for names; only its first part is pinned here.
        if raw.contains("žalgiris") {
            let url = url.unwrap();
            assert!(
                url.starts_with("https://xn--") && url.ends_with("/%C5%BE"),
                "{url}"
            );
        } else {
            assert_eq!(url.as_deref(), Ok(normal), "{raw}");
        }
    }
}

/// Addresses by which somebody else would be reached, or something else done.
const HOSTILE: &[&str] = &[
    "",
    "/",
    "//evil.com",
    "///evil.com",
    "https:",
    "https:/app.test-host.com/back",
    "https:app.test-host.com/back",
    "https://",
    "https:///app.test-host.com/back",
    "https:\\\\app.test-host.com\\back",
    "https://app.test-host.com\\@evil.com/back",
    "https://app.test-host.com@evil.com/back",
    "https://app.test-host.com:443@evil.com/back",
    "https://user:pass@app.test-host.com/back",
    "https://@app.test-host.com/back",
    "https://app.test-host.com.evil.com/back",
    "https://evil.com/app.test-host.com/back",
    "https://evilapp.test-host.com/back",
    "https://app.test-host.com:444/back",
    "https://app.test-host.com:/../back",
    "https://test-host.com/back",
    "https://sub.app.test-host.com/back",
    "http://app.test-host.com/back",
    "ftp://app.test-host.com/back",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript://app.test-host.com/back%0aalert(1)",
    "java\tscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///back",
    "blob:https://app.test-host.com/back",
    "view-source:https://app.test-host.com/back",
    "intent://app.test-host.com/back#Intent;end",
    "https://app.test-host.com/backdoor",
    "https://app.test-host.com/back%2f",
    "https://app.test-host.com/back/../admin",
    "https://app.test-host.com/back/..",
    "https://app.test-host.com/back/.",
    "https://app.test-host.com/back/%2e%2e/admin",
    "https://app.test-host.com/back/.%2E/admin",
    "https://app.test-host.com/back/..%2fadmin",
    "https://app.test-host.com/back/..%5cadmin",
    "https://app.test-host.com/back/%252e%252e/admin",
    "https://app.test-host.com/back/..;/../admin",
    "https://app.test-host.com/back\\..\\admin",
    "https://app.test-host.com/back//evil.com",
    "https://app.test-host.com//back",
    "https://app.test-host.com/BACK",
    "https://app.test-host.com/bac%6b",
    "https://app.test-host.com/back%",
    "https://app.test-host.com/back/%0d%0aLocation:x",
    "https://app.test-host.com/back/\r\nLocation: x",
    "https://app.test-host.com/back/ x",
    " https://app.test-host.com/back",
    "https://app.test-host.com/back\n",
    "https://app.test-host.com/back#fragment",
    "https://app.test-host.com/back?x#fragment",
    "https://app.test-host.com?/back",
    "https://app.test-host.com",
    "https://app\u{ad}.test-host.com.evil.com/back",
    "https://app.test-host.com\u{2f}\u{2f}back",
    "https://ａｐｐ.test-host.com/%62ack",
    "https://app.test-host.com。evil.com/back",
    "https://app.test-host.com%2eevil.com/back",
    "https://app.test-host.com%00.evil.com/back",
    "https://[app.test-host.com]/back",
    "http://localhost/back",
    "http://127.0.0.1/back",
    "http://2130706433/back",
];

#[test]
fn nobody_is_led_astray() {
    let project = project(&["https://app.test-host.com/back"]);
    for url in HOSTILE {
        for environment in [Environment::Live, Environment::Test] {
            let error = project.allows_redirect(url, environment).expect_err(url);
            assert_eq!(error.details[0].field, "redirect_url");
        }
    }
    for url in HOSTILE {
        assert!(!goes(&Project::default(), url), "{url}");
    }
    assert!(!goes(&Project::default(), "https://app.test-host.com/back"));
}

#[test]
fn the_address_itself_and_what_is_below_it() {
    let app = project(&["https://app.test-host.com/back"]);
    for (url, normal) in [
        (
            "https://app.test-host.com/back",
            "https://app.test-host.com/back",
        ),
        (
            "https://APP.test-host.com:443/back",
            "https://app.test-host.com/back",
        ),
        (
            "https://app.test-host.com/back?user=1&x=%2F..",
            "https://app.test-host.com/back?user=1&x=%2F..",
        ),
        (
            "https://app.test-host.com/back/",
            "https://app.test-host.com/back/",
        ),
        (
            "https://app.test-host.com/back/a/b?next=//evil.com",
            "https://app.test-host.com/back/a/b?next=//evil.com",
        ),
    ] {
        let allowed = app.allows_redirect(url, Environment::Live);
        assert_eq!(allowed.as_deref(), Ok(normal));
    }
    let slash = project(&["https://app.test-host.com/back/"]);
    assert!(goes(&slash, "https://app.test-host.com/back/x"));
    assert!(!goes(&slash, "https://app.test-host.com/backx"));
    let whole = project(&["https://app.test-host.com"]);
    for url in [
        "https://app.test-host.com",
        "https://app.test-host.com/any/path?x",
    ] {
        assert!(goes(&whole, url), "{url}");
    }
    assert!(!goes(&whole, "https://app.test-host.com.evil.com"));
}

#[test]
fn ones_own_machine_counts_in_test_mode_only() {
    for url in [
        "http://localhost:3000/x",
        "http://127.0.0.1:3000/x",
        "http://[::1]:3000/x",
    ] {
        let app = project(&[url]);
        assert!(app.allows_redirect(url, Environment::Test).is_ok());
        assert!(app.allows_redirect(url, Environment::Live).is_err());
    }
    for url in [
        "http://localhost.evil.com/",
        "http://evil.localhost/",
        "http://127.0.0.2/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://app.test-host.com/",
    ] {
        assert!(RedirectUrl::parse(url, OWN).is_err(), "{url}");
    }
}

#[test]
fn nobody_is_led_back_here() {
    for url in [
        "https://proof.test-host.com/verify/1",
        "https://PROOF.test-host.com./",
        "https://x.proof.test-host.com:8443/",
    ] {
        assert_eq!(
            RedirectUrl::parse(url, OWN),
            Err(redirect::RedirectError::OwnHost),
            "{url}"
        );
    }
    assert!(RedirectUrl::parse("https://myproof.test-host.com/", OWN).is_ok());
    assert!(RedirectUrl::parse("http://localhost:1/", "localhost").is_ok());
    assert_eq!(
        RedirectUrl::parse("https://a.test-host.com/?x", OWN),
        Err(redirect::RedirectError::Query)
    );
}

proptest! {
    /// Whatever is allowed has the registered origin when a browser reads it, and its path.
    #[test]
    fn what_is_allowed_is_where_it_says(
        url in prop_oneof![
            "\\PC{0,60}",
            "https://app\\.test-host\\.com[/\\\\@:.%a-z0-9?#;&=\\t ]{0,30}",
            "https?:[/\\\\]{0,3}[a-z@.:]{0,10}app\\.test-host\\.com[\\PC]{0,20}",
            "https://app\\.test-host\\.com/back\\PC{0,20}",
        ]
    ) {
        let project = project(&["https://app.test-host.com/back"]);
        if let Ok(allowed) = project.allows_redirect(&url, Environment::Live) {
            let read = url::Url::parse(&allowed).unwrap();
            prop_assert_eq!(read.origin().ascii_serialization(), "https://app.test-host.com");
            prop_assert!(read.path() == "/back" || read.path().starts_with("/back/"));
            prop_assert!(read.username().is_empty() && read.password().is_none());
            prop_assert!(read.fragment().is_none());
            prop_assert_eq!(read.as_str(), &allowed);
            // It stays what it is, however often it is judged.
            let again = project.allows_redirect(&allowed, Environment::Live);
            prop_assert_eq!(again.unwrap(), allowed);
        }
    }

    #[test]
    fn whatever_is_below_is_allowed(path in "(/[a-zA-Z0-9_~-]{1,8}){0,5}/?", query in "(\\?[a-z=&%0-9]{0,20})?") {
        let project = project(&["https://app.test-host.com/back"]);
        let url = format!("https://app.test-host.com/back{path}{query}");
        prop_assert!(goes(&project, &url), "{}", url);
    }

    #[test]
    fn registering_never_panics(url in "\\PC{0,80}") {
        if let Ok(known) = RedirectUrl::parse(&url, OWN) {
            prop_assert_eq!(RedirectUrl::parse(known.as_str(), OWN), Ok(known));
        }
    }
}

// --- logos ------------------------------------------------------------------------------------

/// A picture by another hand.
fn drawn(colour: png::ColorType, depth: png::BitDepth, (width, height): (u32, u32)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == png::ColorType::Indexed {
        encoder.set_palette(vec![0, 0, 0, 255, 0, 0]);
        encoder.set_trns(vec![0]);
    }
    let row = (width as usize * colour.samples() * depth as usize).div_ceil(8);
    let pixels: Vec<u8> = (0..row * height as usize)
        .map(|at| match colour {
            png::ColorType::Indexed => 0,
            _ => u8::try_from(at * 7 % 251).unwrap(),
        })
        .collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
    file
}

/// What a reader by another hand sees.
fn seen(file: &[u8]) -> (png::OutputInfo, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info, pixels)
}

fn chunks(file: &[u8]) -> Vec<String> {
    let (mut at, mut kinds) = (8, Vec::new());
    while at < file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        kinds.push(String::from_utf8(file[at + 4..at + 8].to_vec()).unwrap());
        at += 12 + length;
    }
    kinds
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(data);
    let sum = crc32fast::hash(&bytes[4..]);
    bytes.extend_from_slice(&sum.to_be_bytes());
    bytes
}

/// The file with something put in after its header.
fn with(file: &[u8], extra: &[u8]) -> Vec<u8> {
    [&file[..33], extra, &file[33..]].concat()
}

fn small() -> Vec<u8> {
    drawn(png::ColorType::Rgba, png::BitDepth::Eight, (16, 9))
}

fn uri(file: &[u8]) -> String {
    format!("data:image/png;base64,{}", BASE64.encode(file))
}

#[test]
fn the_pixels_stay_as_they_are() {
    use png::{BitDepth as D, ColorType as C};
    for (colour, depth) in [
        (C::Grayscale, D::One),
        (C::Grayscale, D::Eight),
        (C::Grayscale, D::Sixteen),
        (C::GrayscaleAlpha, D::Eight),
        (C::Rgb, D::Eight),
        (C::Rgb, D::Sixteen),
        (C::Rgba, D::Eight),
        (C::Rgba, D::Sixteen),
        (C::Indexed, D::One),
        (C::Indexed, D::Four),
        (C::Indexed, D::Eight),
    ] {
        for size in [(1, 1), (7, 5), (33, 32)] {
            let file = drawn(colour, depth, size);
            let logo = Logo::from_data_uri(&uri(&file)).unwrap();
            assert_eq!(
                seen(logo.png()),
                seen(&file),
                "{colour:?} {depth:?} {size:?}"
            );
            assert_eq!(Logo::png_of(&logo.base64()).unwrap(), logo.png());
            assert!(Logo::is_digest(&logo.digest()));
            // Read again it stays what it is.
            assert_eq!(Logo::from_png(logo.png()).unwrap(), logo);
        }
    }
}

#[test]
fn interlaced_pictures_are_pictures() {
    // One bit of grey a pixel: every pass is one byte a row.
    for (width, height) in [(1_u32, 1_u32), (5, 3), (8, 8), (9, 17)] {
        let passes = [
            (0, 8, 0, 8),
            (4, 8, 0, 8),
            (0, 4, 4, 8),
            (2, 4, 0, 4),
            (0, 2, 2, 4),
            (1, 2, 0, 2),
            (0, 1, 1, 2),
        ];
        let mut rows = Vec::new();
        for (left, across, top, down) in passes {
            let columns = (0..width)
                .filter(|x| *x >= left && (x - left) % across == 0)
                .count();
            let lines = (0..height)
                .filter(|y| *y >= top && (y - top) % down == 0)
                .count();
            if columns > 0 {
                for _ in 0..lines {
                    rows.push(0);
                    rows.extend(vec![0xaa; columns.div_ceil(8)]);
                }
            }
        }
        let header = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            &[1, 0, 0, 0, 1],
        ]
        .concat();
        let file = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(*b"IHDR", &header),
            chunk(
                *b"IDAT",
                &miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6),
            ),
            chunk(*b"IEND", &[]),
        ]
        .concat();
        let logo = Logo::from_png(&file).unwrap();
        assert_eq!(seen(logo.png()), seen(&file), "{width} by {height}");
    }
}

#[test]
fn nothing_but_the_picture_is_kept() {
    let secret = b"taken at 54.6872 N 25.2797 E <script>alert(1)</script>";
    let text = [&b"Comment\0"[..], secret].concat();
    let file = [&with(
        &small(),
        &[
            chunk(*b"tEXt", &text),
            chunk(*b"eXIf", secret),
            chunk(*b"iTXt", secret),
            chunk(*b"zTXt", secret),
            chunk(*b"iCCP", secret),
            chunk(*b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
            chunk(*b"vpAg", secret),
        ]
        .concat(),
    )[..]]
    .concat();
    let logo = Logo::from_png(&file).unwrap();
    assert_eq!(chunks(logo.png()), ["IHDR", "IDAT", "IEND"]);
    assert!(
        !logo
            .png()
            .windows(6)
            .any(|bytes| bytes == b"script" || bytes == b"54.687")
    );
    assert_eq!(logo, Logo::from_png(&small()).unwrap());
}

#[test]
fn what_hides_in_the_pixels_stream_is_lost() {
    // Behind the end of the compressed stream a PNG could carry anything.
    let file = small();
    let begin = 33;
    let length = u32::from_be_bytes(file[begin..begin + 4].try_into().unwrap()) as usize;
    let packed = &file[begin + 8..begin + 8 + length];
    let stuffed = [packed, b"<html><script>alert(1)</script>"].concat();
    let file = [
        &file[..33],
        &chunk(*b"IDAT", &stuffed)[..],
        &chunk(*b"IEND", &[]),
    ]
    .concat();
    match Logo::from_png(&file) {
        Ok(logo) => assert!(!logo.png().windows(6).any(|bytes| bytes == b"script")),
        Err(why) => assert_eq!(why, logo::LogoError::Broken),
    }
}

#[test]
fn what_is_no_png_is_refused() {
    use logo::LogoError as E;
    let good = small();
    let svg =
        BASE64.encode(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    for text in [
        String::new(),
        "https://127.0.0.1/logo.png".into(),
        format!("data:image/svg+xml;base64,{svg}"),
        format!("data:image/png;base64,{svg}"),
        format!("data:text/html;base64,{}", BASE64.encode(&good)),
        format!("data:image/png,{}", BASE64.encode(&good)),
        format!(" {}", uri(&good)),
        format!("{}\n", uri(&good)),
        uri(&good).replace("base64,", "base64,="),
        uri(b"\xff\xd8\xff\xe0"),
        uri(b"GIF89a"),
        uri(b""),
    ] {
        assert_eq!(Logo::from_data_uri(&text), Err(E::NotPng), "{text}");
    }
    let bent = |at: usize| {
        let mut file = good.clone();
        file[at] ^= 1;
        file
    };
    let end = good.len();
    for (file, why) in [
        (bent(0), E::NotPng),
        (bent(29), E::Broken),
        (bent(45), E::Broken),
        (bent(end - 1), E::Broken),
        (good[..end - 1].to_vec(), E::Broken),
        (good[..end - 12].to_vec(), E::Broken),
        (good[..8].to_vec(), E::Broken),
        ([&good[..], b"<script>"].concat(), E::Broken),
        ([&good[..], &good[..]].concat(), E::Broken),
        (with(&good, &chunk(*b"XXXX", b"")), E::Broken),
        (with(&good, &chunk(*b"IEND", b"")), E::Broken),
        (with(&good, &chunk(*b"PLTE", &[0; 4])), E::Broken),
        (with(&good, &chunk(*b"tRNS", &[0])), E::Broken),
        (with(&good, &good[8..33]), E::Broken),
        (
            with(
                &good,
                &[0xff, 0xff, 0xff, 0xff, b't', b'E', b'X', b't', 0, 0, 0, 0],
            ),
            E::Broken,
        ),
        (vec![0; MAX_LOGO_BYTES + 1], E::TooLarge),
    ] {
        assert_eq!(Logo::from_png(&file), Err(why));
    }
    assert_eq!(
        Logo::from_data_uri(&uri(&vec![0; MAX_LOGO_BYTES + 9])),
        Err(E::TooLarge)
    );
}

/// 16 by 9 pixels of 4 bytes, and something else in the header or the rows.
fn odd(header: [u8; 13], rows: &[u8]) -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(*b"IHDR", &header),
        chunk(
            *b"IDAT",
            &miniz_oxide::deflate::compress_to_vec_zlib(rows, 6),
        ),
        chunk(*b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn a_header_must_tell_the_truth() {
    use logo::LogoError as E;
    let header = |width: u32, height: u32, rest: [u8; 5]| {
        let mut bytes = [0; 13];
        bytes[..4].copy_from_slice(&width.to_be_bytes());
        bytes[4..8].copy_from_slice(&height.to_be_bytes());
        bytes[8..].copy_from_slice(&rest);
        bytes
    };
    let rows = vec![0; 65 * 9];
    assert!(Logo::from_png(&odd(header(16, 9, [8, 6, 0, 0, 0]), &rows)).is_ok());
    for (bytes, why) in [
        (header(0, 9, [8, 6, 0, 0, 0]), E::Broken),
        (header(16, 0, [8, 6, 0, 0, 0]), E::Broken),
        (header(513, 9, [8, 6, 0, 0, 0]), E::TooManyPixels),
        (header(65_535, 65_535, [8, 6, 0, 0, 0]), E::TooManyPixels),
        (
            header(u32::MAX, u32::MAX, [16, 6, 0, 0, 1]),
            E::TooManyPixels,
        ),
        (header(16, 9, [7, 6, 0, 0, 0]), E::Broken),
        (header(16, 9, [4, 6, 0, 0, 0]), E::Broken),
        (header(16, 9, [8, 5, 0, 0, 0]), E::Broken),
        (header(16, 9, [8, 3, 0, 0, 0]), E::Broken),
        (header(16, 9, [8, 6, 1, 0, 0]), E::Broken),
        (header(16, 9, [8, 6, 0, 1, 0]), E::Broken),
        (header(16, 9, [8, 6, 0, 0, 2]), E::Broken),
        (header(16, 10, [8, 6, 0, 0, 0]), E::Broken),
        (header(16, 8, [8, 6, 0, 0, 0]), E::Broken),
    ] {
        assert_eq!(Logo::from_png(&odd(bytes, &rows)), Err(why), "{bytes:?}");
    }
    // A filter that does not exist.
    let mut rows = rows;
    rows[65] = 5;
    let bytes = header(16, 9, [8, 6, 0, 0, 0]);
    assert_eq!(Logo::from_png(&odd(bytes, &rows)), Err(E::Broken));
    // A small file that would be a large one.
    let bomb = vec![0; 20_000_000];
    assert_eq!(Logo::from_png(&odd(bytes, &bomb)), Err(E::Broken));
}

proptest! {
    #[test]
    fn a_file_with_any_byte_changed_is_read_or_refused(at in 0..200_usize, to: u8, cut in 0..200_usize) {
        let mut file = small();
        let length = file.len();
        file[at % length] = to;
        let _ = Logo::from_png(&file);
        let _ = Logo::from_png(&file[..cut % length]);
    }
}
