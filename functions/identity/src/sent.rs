//! What is sent to be looked at: the file of a picture as it is, or JSON with a data URI and what to
//! compare with.

use axum::extract::{FromRequest, Request};
use data_encoding::BASE64;
use proof_domain::error::{ApiError, ErrorCode};
use proof_edge::extract::{Json, RawBody};
use proof_edge::{Failure, Scope};
use serde::Deserialize;
use vision::Template;
use vision::decode::{DecodeError, check_as, file_of_uri};

use crate::limits::limits;

/// A file that is a picture by its header, and the template of a face to compare with.
pub(crate) struct Sent {
    pub(crate) file: Vec<u8>,
    pub(crate) media_type: Option<String>,
    pub(crate) template: Option<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    image: String,
    template: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let content_type = request
            .extensions()
            .get::<Scope>()
            .map(|scope| scope.headers().content_type.clone())
            .unwrap_or_default();
        let media = content_type.split(';').next().unwrap_or_default().trim();
        let sent = if media.eq_ignore_ascii_case("application/json") {
            let Json(wanted) = Json::from_request(request, state).await?;
            Self::of(&wanted)?
        } else if is_of_a_file(media) {
            let RawBody(file) = RawBody::from_request(request, state).await?;
            Self {
                file,
                media_type: Some(media.to_owned()),
                template: None,
            }
        } else {
            return Err(Failure(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                "Send the picture itself with its own Content-Type, such as image/jpeg, or JSON with \
                 the header Content-Type: application/json.",
            )));
        };
        check_as(&sent.file, sent.media_type.as_deref(), &limits()).map_err(refused)?;
        Ok(sent)
    }
}

impl Sent {
    fn of(wanted: &Wanted) -> Result<Self, ApiError> {
        let template = wanted.template.as_deref().map(template).transpose()?;
        let (media_type, file) = file_of_uri(&wanted.image, &limits()).map_err(refused)?;
        Ok(Self {
            file,
            media_type: media_type.map(str::to_owned),
            template,
        })
    }
}

fn is_of_a_file(media: &str) -> bool {
    media.eq_ignore_ascii_case("application/octet-stream")
        || media
            .split_once('/')
            .is_some_and(|(kind, _)| kind.eq_ignore_ascii_case("image"))
}

fn template(text: &str) -> Result<Template, ApiError> {
    let wrong = |why: String| ApiError::field("template", why);
    let bytes = BASE64
        .decode(text.as_bytes())
        .map_err(|_| wrong("must be base64, with its padding".to_owned()))?;
    Template::parse(&bytes).map_err(|error| wrong(error.to_string()))
}

/// Why a picture is not taken, as callers read it.
pub(crate) fn refused(error: DecodeError) -> ApiError {
    let code = match error {
        DecodeError::TooManyBytes { .. } => ErrorCode::PayloadTooLarge,
        _ => ErrorCode::InvalidImage,
    };
    ApiError::of_field(code, "image", format!("{error}. {}", error.hint()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_may_come_as_any_image_or_as_bytes() {
        for media in [
            "image/jpeg",
            "IMAGE/PNG",
            "image/x",
            "application/octet-stream",
        ] {
            assert!(is_of_a_file(media), "{media}");
        }
        for media in [
            "",
            "text/plain",
            "imagejpeg",
            "multipart/form-data",
            "application/xml",
        ] {
            assert!(!is_of_a_file(media), "{media}");
        }
    }

    #[test]
    fn a_refusal_names_the_field_and_says_what_helps() {
        let error = refused(DecodeError::UnknownFormat);
        assert_eq!(error.code, ErrorCode::InvalidImage);
        assert!(error.is_about("image"));
        assert!(error.message.contains("ordinary JPEG"), "{}", error.message);
        let error = refused(DecodeError::TooManyBytes { limit: 8 });
        assert_eq!(error.code.status(), 413);
    }

    #[test]
    fn what_is_no_template_is_refused_by_its_field() {
        for (text, says) in [
            ("?", "base64"),
            ("", "0 bytes"),
            ("AAAAAAAA", "another kind"),
        ] {
            let error = template(text).unwrap_err();
            assert!(error.is_about("template"));
            assert!(error.message.contains(says), "{}", error.message);
        }
    }
}
