//! A tenant's look as a stylesheet: accent and corners. A tenant chooses any colour; what is read on
//! it or in it is computed, so that every text keeps the contrast of WCAG AA in light and in dark.

use std::fmt::Write as _;

/// WCAG 2.2, 1.4.3: text against what is behind it. A little more, for rounding.
const CONTRAST: f64 = 4.55;
/// Steps in which a colour is made darker or lighter until it can be read.
const STEPS: u32 = 50;

/// A colour of three bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

const BLACK: Colour = Colour::new(0, 0, 0);
const WHITE: Colour = Colour::new(255, 255, 255);

impl Colour {
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|rest| rest.len() == 6)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    fn parts(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(f64::from)
    }

    /// This much of another colour in it, from 0 to 1: as `color-mix(in srgb, …)` does.
    fn with(self, other: Self, share: f64) -> Self {
        let [red, green, blue] = [0, 1, 2].map(|at| {
            let mixed = self.parts()[at] * (1.0 - share) + other.parts()[at] * share;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between two bytes there are bytes only"
            )]
            let byte = mixed.round().clamp(0.0, 255.0) as u8;
            byte
        });
        Self::new(red, green, blue)
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.parts().map(|part| {
            let part = part / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast of two colours (WCAG 2.2), from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// The ground of a theme, as `proof.css` has it.
#[derive(Clone, Copy, Debug)]
struct Theme {
    ink: Colour,
    paper: Colour,
    /// How much ink is in `--raised`.
    raised: f64,
}

const LIGHT: Theme = Theme {
    ink: Colour::new(0x18, 0x20, 0x2a),
    paper: Colour::new(0xfd, 0xfd, 0xfc),
    raised: 0.035,
};
const DARK: Theme = Theme {
    ink: Colour::new(0xe6, 0xe9, 0xed),
    paper: Colour::new(0x12, 0x16, 0x1b),
    raised: 0.05,
};
/// The most of the accent that stands behind text in the accent's colour.
const TINT: f64 = 0.10;

/// What becomes of a tenant's colour in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    /// For text and lines: the colour, as far as it can be read.
    accent: Colour,
    /// For the main button: the colour itself.
    fill: Colour,
    /// For the words on that button.
    on_fill: Colour,
    /// What the button turns towards under the pointer: away from its words.
    lift: Colour,
}

impl Theme {
    fn look(self, wanted: Colour) -> Look {
        let on_fill = if WHITE.contrast(wanted) >= CONTRAST {
            WHITE
        } else {
            BLACK
        };
        Look {
            accent: self.readable(wanted),
            fill: wanted,
            on_fill,
            lift: if on_fill == WHITE { BLACK } else { WHITE },
        }
    }

    /// The colour, darker or lighter until it can be read on everything that may be behind it.
    fn readable(self, wanted: Colour) -> Colour {
        let away = if self.paper.luminance() > 0.5 {
            BLACK
        } else {
            WHITE
        };
        (0..=STEPS)
            .map(|step| wanted.with(away, f64::from(step) / f64::from(STEPS)))
            .find(|colour| {
                let least = self
                    .behind(*colour)
                    .map(|ground| ground.contrast(*colour))
                    .fold(f64::MAX, f64::min);
                least >= CONTRAST
            })
            .unwrap_or(away)
    }

    fn behind(self, accent: Colour) -> impl Iterator<Item = Colour> {
        [
            self.paper,
            self.paper.with(self.ink, self.raised),
            self.paper.with(accent, TINT),
        ]
        .into_iter()
    }
}

/// The stylesheet of a tenant's look; empty where it has chosen nothing. `accent` is `#rrggbb`, and
/// whatever else is left out.
pub fn branding_css(accent: Option<&str>, radius: Option<u8>) -> String {
    let mut css = String::new();
    if let Some(radius) = radius {
        let _ = writeln!(css, ":root {{ --radius: {radius}px; }}");
    }
    if let Some(wanted) = accent.and_then(Colour::parse) {
        let (light, dark) = (LIGHT.look(wanted), DARK.look(wanted));
        let _ = writeln!(css, ":root {{ {} }}", rules(light));
        let _ = writeln!(
            css,
            "@media (prefers-color-scheme: dark) {{ :root {{ {} }} }}",
            rules(dark)
        );
    }
    css
}

fn rules(look: Look) -> String {
    format!(
        "--accent: {}; --fill: {}; --on-fill: {}; --lift: {};",
        look.accent, look.fill, look.on_fill, look.lift
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STYLES: &str = include_str!("../../../web/static/proof.css");

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        let grey = Colour::new(0x76, 0x76, 0x76);
        assert!((grey.contrast(WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn the_grounds_are_those_of_the_stylesheet() {
        let (light, dark) = STYLES
            .split_once("@media (prefers-color-scheme: dark)")
            .unwrap();
        for (styles, theme, share) in [(light, LIGHT, "3.5%"), (dark, DARK, "5%")] {
            assert!(styles.contains(&format!("--ink: {};", theme.ink)));
            assert!(styles.contains(&format!("--paper: {};", theme.paper)));
            assert!(styles.contains(&format!("var(--ink) {share}, var(--paper))")));
        }
    }

    #[test]
    fn only_a_colour_is_a_colour() {
        assert_eq!(Colour::parse("#0B5fff"), Some(Colour::new(11, 95, 255)));
        for none in [
            "", "#fff", "0b5fff", "#0b5ff", "#0b5fffa", "#+b5fff", "#é5fff", "red",
        ] {
            assert_eq!(Colour::parse(none), None, "{none}");
        }
        assert_eq!(branding_css(Some("red; } body { display: none"), None), "");
        assert_eq!(branding_css(None, None), "");
    }

    #[test]
    fn a_colour_that_can_be_read_stays() {
        let css = branding_css(Some("#1d4f91"), Some(4));
        assert!(css.contains("--radius: 4px;"));
        assert!(css.contains("--accent: #1d4f91; --fill: #1d4f91; --on-fill: #ffffff;"));
        // The same blue is too dark for text on a dark ground.
        assert_ne!(
            DARK.readable(Colour::new(0x1d, 0x4f, 0x91)),
            Colour::new(0x1d, 0x4f, 0x91)
        );
    }

    proptest! {
        #[test]
        fn every_text_can_be_read(red: u8, green: u8, blue: u8) {
            let wanted = Colour::new(red, green, blue);
            for theme in [LIGHT, DARK] {
                let look = theme.look(wanted);
                for ground in theme.behind(look.accent) {
                    prop_assert!(ground.contrast(look.accent) >= 4.5, "{wanted} on {ground}");
                }
                prop_assert!(look.fill.contrast(look.on_fill) >= 4.5, "{wanted}");
                let pointed_at = look.fill.with(look.lift, 0.12);
                prop_assert!(pointed_at.contrast(look.on_fill) >= 4.5, "{wanted} under the pointer");
            }
        }

        #[test]
        fn nothing_but_colours_gets_into_the_stylesheet(accent in ".{0,40}", radius: u8) {
            let css = branding_css(Some(&accent), Some(radius));
            let known = Colour::parse(&accent).is_some();
            prop_assert_eq!(css.contains("--accent"), known);
            prop_assert!(css.is_ascii());
        }
    }
}
