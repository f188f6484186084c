//! What is told of a file beside its picture.

use super::samples::*;
use super::*;

const CAMERA: [Tag<'static>; 2] = [Tag::Text(0x010f, "Maker"), Tag::Text(0x0110, "M1")];

fn facts_of(tiff: &[u8]) -> Facts {
    decoded(&jpeg_with_exif(&jpeg(SIDES), tiff)).facts
}

#[test]
fn a_file_without_metadata_says_nothing() {
    for (name, file) in all() {
        let facts = decoded(&file).facts;
        assert_eq!(facts.exif, name == "turned.jpg", "{name}");
        let told = [facts.camera, facts.editor, facts.size_contradicted];
        assert_eq!((told, facts.trailing), ([false; 3], false), "{name}");
    }
}

#[test]
fn exif_names_cameras_and_editors() {
    for big in [false, true] {
        let facts = facts_of(&exif(big, &CAMERA, &[]));
        assert!(facts.exif && facts.camera && !facts.editor);
        for (software, editor) in [
            ("Adobe Photoshop 25.0 (Windows)", true),
            ("GIMP 2.10.36", true),
            ("17.4.1", false),
            ("HDR+ 1.0.540104767zd", false),
        ] {
            let facts = facts_of(&exif(big, &[Tag::Text(0x0131, software)], &[]));
            assert_eq!((facts.editor, facts.camera), (editor, false), "{software}");
        }
        let blank = facts_of(&exif(big, &[Tag::Text(0x010f, "      ")], &[]));
        assert!(blank.exif && !blank.camera);
    }
}

#[test]
fn a_size_that_is_not_the_picture_s_is_told() {
    for big in [false, true] {
        let said = |width, height| [Tag::Long(0xa002, width), Tag::Short(0xa003, height)];
        assert!(!facts_of(&exif(big, &[], &said(48, 40))).size_contradicted);
        assert!(facts_of(&exif(big, &[], &said(4_032, 40))).size_contradicted);
        assert!(facts_of(&exif(big, &[], &said(48, 41))).size_contradicted);
        // Out of place, these tags mean nothing.
        assert!(!facts_of(&exif(big, &said(1, 1), &[])).size_contradicted);
    }
}

#[test]
fn a_png_names_its_software_in_a_chunk() {
    let file = png(SIDES, ::png::ColorType::Rgb, &rgb_scene(SIDES));
    for (kind, text, editor) in [
        (b"tEXt", &b"Software\0Adobe ImageReady Photoshop"[..], true),
        (b"iTXt", b"Software\0\0\0\0\0gimp", true),
        (b"tEXt", b"Software\0gnome-screenshot", false),
        (b"tEXt", b"Comment\0made without Photoshop", false),
    ] {
        let facts = decoded(&png_with_chunk(&file, *kind, text)).facts;
        assert_eq!((facts.editor, facts.exif), (editor, false));
    }
}

#[test]
fn what_follows_the_end_is_told_and_left_out() {
    for (name, file) in all() {
        let more = [&file[..], b"<script>alert(1)</script>"].concat();
        let found = decoded(&more);
        assert!(found.facts.trailing, "{name}");
        assert_eq!(found.picture, decoded(&file).picture, "{name}");
    }
}

#[test]
fn damaged_exif_leaves_the_picture_as_it_is() {
    let tiff = exif(true, &CAMERA, &[Tag::Long(0xa002, 48)]);
    let plain = decoded(&jpeg(SIDES)).picture;
    for at in 0..tiff.len() {
        let cut = facts_of(&tiff[..at]);
        assert!(at >= 8 || !cut.exif, "{at}");
        for bit in 0..8 {
            let mut flipped = tiff.clone();
            flipped[at] ^= 1 << bit;
            let found = decoded(&jpeg_with_exif(&jpeg(SIDES), &flipped));
            if found.facts.orientation == Orientation::Upright {
                assert_eq!(found.picture, plain);
            }
        }
    }
    for number in [0, 9, 77, u16::MAX] {
        let facts = facts_of(&exif(false, &[Tag::Short(0x0112, number)], &[]));
        assert_eq!(facts.orientation, Orientation::Upright);
    }
    // A directory that names itself as the inner one, and one far outside.
    for inner in [8, u32::MAX, u32::MAX - 1] {
        let facts = facts_of(&exif(true, &[Tag::Long(0x8769, inner)], &[]));
        assert!(facts.exif && !facts.size_contradicted);
    }
}
