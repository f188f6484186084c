//! Looks at the face in a picture: whether it can be judged, where it is, what it is like, and whether
//! it seems alive.

use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::page::Parameters;
use proof_edge::answer::Value;
use proof_edge::extract::Query;
use proof_edge::platform::{clock_millis, local};
use proof_edge::{Answer, Failure, Scope};
use vision::decode::decode_as;

use crate::limits::limits;
use crate::models;
use crate::sent::{Sent, refused};
use crate::views::{Look, Times};

/// One look, with a template of the face or a comparison with the one that was sent.
pub(crate) async fn examine(
    scope: Scope,
    Query(query): Query,
    sent: Sent,
) -> Result<Answer, Failure> {
    let wants_details = details(&scope, &query)?;
    let mut times = Times::begun(Box::new(clock_millis));
    let examiner = local(models::examiner(&scope)).await?;
    times.over("models");
    if let Some(template) = &sent.template {
        // Nothing is wrong with it, and nothing can be done with it but to enrol the face again.
        examiner.made(template).map_err(|error| {
            let message = format!("{error}: the face must be enrolled again");
            ApiError::of_field(ErrorCode::Conflict, "template", message)
        })?;
    }
    // From here on nothing waits, so that one picture at a time is decoded, however many are asked for.
    let Sent {
        file,
        media_type,
        template,
    } = sent;
    let decoded = decode_as(&file, media_type.as_deref(), &limits()).map_err(refused)?;
    drop(file);
    times.over("decode");
    let seen = examiner
        .examine(&decoded.picture, |stage| times.over(stage.name()))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    let likeness = match (&seen.outcome, template) {
        (Ok(face), Some(template)) => {
            let likeness = examiner.compare(&face.embedding, &template);
            Some(likeness.map_err(|error| ApiError::internal(error.to_string()))?)
        }
        _ => None,
    };
    let look = Look::new(&decoded, &seen, likeness);
    if wants_details {
        Answer::ok(Value(look.with_details(&seen, times)))
    } else {
        Answer::ok(Value(look))
    }
}

/// Whether to tell what took how long. Known only where the setting allows it.
fn details(scope: &Scope, query: &str) -> Result<bool, ApiError> {
    let mut parameters = Parameters::parse(query);
    let wanted = if scope.config().face_details {
        parameters.take("details")?
    } else {
        None
    };
    parameters.finish()?;
    match wanted.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::field("details", "must be true or false")),
    }
}
