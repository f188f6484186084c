//! A tenant's look as a stylesheet. Its address holds all that goes into it, so nothing has to be
//! looked up, and it can be made for no more than a colour and a radius. What is made of these is our
//! own code's affair and changes with it: a browser keeps it for a day and no longer.

use axum::extract::RawPathParams;
use http::header;
use proof_domain::error::ApiError;
use proof_domain::project::{Branding, MAX_RADIUS};
use proof_edge::Answer;
use proof_edge::Failure;
use proof_pages::branding_css;

const FOR_A_DAY: &str = "public, max-age=86400";

/// The address of a look, if it is not ours: `/verify/brand/1d4f91-8.css`.
pub(super) fn address(branding: &Branding) -> Option<String> {
    if branding.accent.is_none() && branding.radius.is_none() {
        return None;
    }
    let accent = branding.accent.as_deref().unwrap_or("none");
    let radius = branding
        .radius
        .map_or_else(|| "none".to_owned(), |radius| radius.to_string());
    Some(format!(
        "/verify/brand/{}-{radius}.css",
        accent.trim_start_matches('#')
    ))
}

pub(super) async fn stylesheet(parameters: RawPathParams) -> Result<Answer, Failure> {
    let look = parameters
        .iter()
        .find(|(name, _)| *name == "look")
        .and_then(|(_, look)| read(look))
        .ok_or_else(ApiError::not_found)?;
    let css = branding_css(look.0.as_deref(), look.1);
    Ok(Answer::text("text/css; charset=utf-8", css).with(header::CACHE_CONTROL, FOR_A_DAY))
}

/// Colour and radius. One look has one address.
fn read(name: &str) -> Option<(Option<String>, Option<u8>)> {
    let (accent, radius) = name.strip_suffix(".css")?.split_once('-')?;
    let accent = match accent {
        "none" => None,
        digits => Some(digits)
            .filter(|digits| {
                digits.len() == 6
                    && digits
                        .bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            })
            .map(|digits| format!("#{digits}"))
            .map(Some)?,
    };
    let radius = match radius {
        "none" => None,
        text => Some(
            text.parse::<u8>()
                .ok()
                .filter(|radius| *radius <= MAX_RADIUS && radius.to_string() == text)?,
        ),
    };
    Some((accent, radius))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for (accent, radius) in [
            (Some("#1d4f91"), Some(8)),
            (None, Some(0)),
            (Some("#ffffff"), None),
        ] {
            let branding = Branding {
                accent: accent.map(str::to_owned),
                radius,
                logo: None,
            };
            let address = address(&branding).unwrap();
            let name = address.strip_prefix("/verify/brand/").unwrap();
            assert_eq!(read(name), Some((branding.accent, branding.radius)));
        }
        assert_eq!(address(&Branding::default()), None);
    }

    #[test]
    fn nothing_but_a_colour_and_a_radius_is_a_look() {
        for name in [
            "1d4f91-8",
            "1D4F91-8.css",
            "#1d4f9-8.css",
            "red;}-8.css",
            "1d4f91-25.css",
            "1d4f91-08.css",
            "1d4f91--1.css",
            "1d4f91-8-8.css",
            "none.css",
            "../../x-8.css",
            "1d4f9-8.css",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
