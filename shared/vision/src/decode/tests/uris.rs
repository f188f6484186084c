//! Data URIs and declared types.

use super::samples::*;
use super::*;
use data_encoding::BASE64;

fn uri(text: &str) -> Result<Decoded, DecodeError> {
    decode_uri(text, &Limits::default())
}

fn text_of(head: &str, file: &[u8]) -> String {
    format!("{head},{}", BASE64.encode(file))
}

#[test]
fn a_uri_is_its_picture() {
    for (name, file) in all() {
        let media_type = match name.rsplit_once('.').unwrap().1 {
            "jpg" => "image/jpeg",
            "png" => "image/png",
            _ => "image/webp",
        };
        let found = decoded(&file);
        for head in [
            format!("data:{media_type};base64"),
            format!("DATA:{};charset=x;Base64", media_type.to_ascii_uppercase()),
            "data:;base64".to_owned(),
            "data:application/octet-stream;base64".to_owned(),
        ] {
            assert_eq!(uri(&text_of(&head, &file)), Ok(found.clone()), "{head}");
        }
    }
}

#[test]
fn declared_types_must_not_contradict() {
    for (name, file) in all() {
        let found = decoded(&file).format;
        for declared in [
            "image/jpeg",
            "image/png",
            "image/webp",
            "image/gif",
            "text/html",
        ] {
            let agrees = declared == format!("image/{}", found.to_string().to_lowercase());
            let answer = decode_as(&file, Some(declared), &Limits::default());
            let by_uri = uri(&text_of(&format!("data:{declared};base64"), &file));
            assert_eq!(answer, by_uri);
            match answer {
                Ok(_) => assert!(agrees, "{name} {declared}"),
                Err(error) => {
                    assert!(!agrees, "{name} {declared}");
                    assert_eq!(error, DecodeError::DeclaredOtherwise { found });
                }
            }
        }
    }
}

#[test]
fn only_one_form_of_uri_is_taken() {
    let file = jpeg(SIDES);
    let good = text_of("data:image/jpeg;base64", &file);
    let data = BASE64.encode(&file);
    for text in [
        data.clone(),
        format!("https://example.com/,{data}"),
        format!("data:image/jpeg,{data}"),
        format!("data:image/jpeg;base64;{data}"),
        format!("data:base64,{data}"),
        format!(" {good}"),
        format!("data:{};base64,{data}", "é".repeat(150)),
        "data:".to_owned(),
        "é".to_owned(),
    ] {
        assert_eq!(uri(&text), Err(DecodeError::NotDataUri));
    }
    for text in ["", "data:image/jpeg;base64,"] {
        assert_eq!(uri(text), Err(DecodeError::Empty));
    }
    assert!(uri(&good).is_ok());
}

#[test]
fn base64_has_one_spelling() {
    let head = "data:image/jpeg;base64,";
    // Each length modulo three, so that every padding is seen.
    for more in 0..3 {
        let mut file = jpeg(SIDES);
        file.extend(vec![0; more]);
        let data = BASE64.encode(&file);
        assert!(uri(&format!("{head}{data}")).is_ok());
        let bare = data.trim_end_matches('=');
        for wrong in [
            format!("{data}="),
            format!("{data}\n"),
            format!(" {data}"),
            format!("{}\n{}", &data[..40], &data[40..]),
            data.replacen('/', "_", 1),
            format!("{}%2B{}", &data[..40], &data[44..]),
            format!("{}A", &data[..data.len() - 3]),
        ] {
            assert_eq!(uri(&format!("{head}{wrong}")), Err(DecodeError::NotBase64));
        }
        if bare != data {
            assert_eq!(uri(&format!("{head}{bare}")), Err(DecodeError::NotBase64));
            // Bits that the padding leaves over.
            let (start, last) = bare.split_at(bare.len() - 1);
            let next = char::from(last.as_bytes()[0] + 1);
            let padding = &data[bare.len()..];
            let spare = format!("{head}{start}{next}{padding}");
            assert_eq!(uri(&spare), Err(DecodeError::NotBase64));
        }
    }
}

#[test]
fn length_is_bounded_before_anything_is_decoded() {
    let limits = Limits {
        bytes: 3_000,
        ..Limits::default()
    };
    let too_many = Err(DecodeError::TooManyBytes { limit: 3_000 });
    // Not even base64: nobody looked.
    let long = format!("data:image/png;base64,{}", "!".repeat(4_001));
    assert_eq!(decode_uri(&long, &limits), too_many);
    let file = [&jpeg(SIDES)[..], &[0; 3_000]].concat();
    assert_eq!(decode(&file[..3_001], &limits), too_many);
    assert!(decode(&file[..3_000], &limits).is_ok());
    let text = text_of("data:;base64", &file[..3_000]);
    assert!(decode_uri(&text, &limits).is_ok());
    assert_eq!(
        decode_uri(&text_of("data:;base64", &file[..3_001]), &limits),
        too_many
    );
}
