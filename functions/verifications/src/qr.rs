//! The pictures of a session's link. Their addresses carry a key of their own, because an image tag
//! cannot send an API key; the key opens the picture and nothing else, and only while the link leads
//! anywhere.

use http::{HeaderName, header};
use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::page::Parameters;
use proof_domain::session::SessionId;
use proof_edge::auth::Anyone;
use proof_edge::extract::{PathSession, Query};
use proof_edge::objects::Sessions;
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::qr::QrPicture;

/// What a person hears who does not see the picture.
const TITLE: &str = "QR code: scan it with your phone";
/// The picture is made to be shown on the pages of others.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Bytes, as the reference describes them.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "nothing but its description is used")]
struct Png(Vec<u8>);

/// Get the QR code as SVG
///
/// The picture of a pending session's link, for an `img`; the session's `qr_svg_url` is its complete
/// address. It scales to any size and is dark on light on every ground.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/qr.svg", tag = "Sessions", operation_id = "getSessionQrSvg",
    params(
        ("id" = String, Path, description = "The session."),
        ("key" = String, Query, description = "The key in the address that the session gave."),
    ),
    responses(
        (status = 200, description = "The picture.", body = String, content_type = "image/svg+xml"),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
        (status = 404, description = "There is no such picture (any more).", body = ErrorBody),
    ),
    security(()),
)]
pub(crate) async fn svg(
    _: Anyone,
    scope: Scope,
    PathSession(id): PathSession,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let picture = picture(&scope, id, &query).await?;
    let answer = Answer::bytes("image/svg+xml", picture.svg(TITLE).into_bytes());
    // Opened by itself it is a document: nothing in it may run or load anything.
    Ok(embeddable(answer).with(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; sandbox",
    ))
}

/// Get the QR code as PNG
///
/// The same picture for whatever does not show SVG, at least 512 pixels wide; the session's
/// `qr_png_url` is its complete address.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/qr.png", tag = "Sessions", operation_id = "getSessionQrPng",
    params(
        ("id" = String, Path, description = "The session."),
        ("key" = String, Query, description = "The key in the address that the session gave."),
    ),
    responses(
        (status = 200, description = "The picture.", body = inline(Png), content_type = "image/png"),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
        (status = 404, description = "There is no such picture (any more).", body = ErrorBody),
    ),
    security(()),
)]
pub(crate) async fn png(
    _: Anyone,
    scope: Scope,
    PathSession(id): PathSession,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let picture = picture(&scope, id, &query).await?;
    Ok(embeddable(Answer::bytes("image/png", picture.png())))
}

async fn picture(scope: &Scope, id: SessionId, query: &str) -> Result<QrPicture, ApiError> {
    let mut parameters = Parameters::parse(query);
    let key = parameters.take("key")?;
    parameters.finish()?;
    let key = key.ok_or_else(ApiError::not_found)?;
    let shown = Sessions::of(scope).picture(id, key).await?;
    QrPicture::of(&shown.deep_link).map_err(|error| ApiError::internal(error.to_string()))
}

fn embeddable(answer: Answer) -> Answer {
    answer
        .with(RESOURCE_POLICY, "cross-origin")
        .with(header::REFERRER_POLICY, "no-referrer")
}
