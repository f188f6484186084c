//! The models of this isolate: read when the first picture comes, hashed, optimised once, and kept. Who
//! comes meanwhile waits for the same; what could not be read is read again for who comes after.

use std::cell::RefCell;
use std::rc::Rc;

use proof_domain::error::{ApiError, ErrorCode};
use proof_edge::log::{self, Event};
use proof_edge::platform::{now_millis, sleep};
use proof_edge::{Scope, assets, bucket};
use vision::manifest::{Manifest, ModelEntry, ModelSet, Role};
use vision::{Examiner, TractModel};

/// Which models there are, and the hashes that their files must have.
const MANIFEST: &str = include_str!("../../../models/manifest.toml");

/// The bucket of the published set.
const BUCKET: &str = "MODELS";

/// How often who waits looks again.
const LOOK_AGAIN_MILLISECONDS: u32 = 10;

/// No reading takes as long, unless whoever began it was cut off.
const LONGEST_MILLISECONDS: i64 = 20_000;

pub(crate) type Models = Examiner<TractModel>;

/// What this isolate has, or tries to have.
struct Shelf {
    models: Option<Rc<Models>>,
    /// Which attempt it is, and since when it runs.
    attempt: u32,
    running_since: Option<i64>,
    /// The last attempt that failed, and why.
    failed: Option<(u32, ApiError)>,
}

thread_local! {
    static SHELF: RefCell<Shelf> = const {
        RefCell::new(Shelf { models: None, attempt: 0, running_since: None, failed: None })
    };
}

impl Shelf {
    /// The attempt to wait for, and whether it is yet to be begun.
    fn join(&mut self, now: i64) -> (u32, bool) {
        let running = self
            .running_since
            .is_some_and(|since| now - since < LONGEST_MILLISECONDS);
        if !running {
            self.attempt += 1;
            self.running_since = Some(now);
        }
        (self.attempt, !running)
    }

    fn end(&mut self, attempt: u32, outcome: Result<Models, ApiError>) {
        match outcome {
            Ok(models) => self.models = Some(Rc::new(models)),
            Err(error) => self.failed = Some((attempt, error)),
        }
        // A later attempt than this one goes on.
        if attempt == self.attempt {
            self.running_since = None;
        }
    }

    /// What became of an attempt; nothing yet while it runs.
    fn outcome(&self, attempt: u32) -> Option<Result<Rc<Models>, ApiError>> {
        if let Some(models) = &self.models {
            return Some(Ok(Rc::clone(models)));
        }
        let (failed, error) = self.failed.as_ref()?;
        (*failed >= attempt).then(|| Err(error.clone()))
    }
}

/// The models, as soon as they are ready.
pub(crate) async fn examiner(scope: &Scope) -> Result<Rc<Models>, ApiError> {
    if let Some(models) = SHELF.with_borrow(|shelf| shelf.models.clone()) {
        return Ok(models);
    }
    let begun = now_millis();
    let (attempt, is_new) = SHELF.with_borrow_mut(|shelf| shelf.join(begun));
    if is_new {
        // Apart from this answer: whoever asked first may leave, and others wait for the same.
        let apart = scope.clone();
        scope.after_answer(async move {
            let outcome = read(&apart).await;
            note(&apart, outcome.as_ref().err());
            SHELF.with_borrow_mut(|shelf| shelf.end(attempt, outcome));
        });
    }
    // By a timer of its own: what one request waits for must not be another one's.
    while now_millis() - begun < LONGEST_MILLISECONDS {
        sleep(LOOK_AGAIN_MILLISECONDS).await;
        if let Some(outcome) = SHELF.with_borrow(|shelf| shelf.outcome(attempt)) {
            return outcome;
        }
    }
    Err(ApiError::unavailable(
        "The models take too long to be read. Try again in a moment.",
        format!("attempt {attempt} to read the models did not end"),
    ))
}

/// Reading takes seconds: whoever runs this wants to know when it happens.
fn note(scope: &Scope, error: Option<&ApiError>) {
    if scope.config().log {
        log::write(&Event {
            level: if error.is_some() { "error" } else { "info" },
            event: "models_read",
            id: &scope.config().model_set,
            error: error.and_then(|error| error.internal.as_deref()),
        });
    }
}

async fn read(scope: &Scope) -> Result<Models, ApiError> {
    let manifest = Manifest::parse(MANIFEST).map_err(|error| missing(error.to_string()))?;
    let set = set_of(&scope.config().model_set)?;
    let needed = |role: Role| {
        manifest
            .find(set, role)
            .ok_or_else(|| missing(format!("the {set:?} set has no {role:?}")))
    };
    let detector = file(scope, needed(Role::Detector)?).await?;
    let embedder = file(scope, needed(Role::Embedder)?).await?;
    let liveness = match manifest.find(set, Role::Liveness) {
        Some(entry) => Some(file(scope, entry).await?),
        None => None,
    };
    // All are here. To optimise one takes longer than to read them all, and would be for nothing if
    // another one were missing.
    let liveness = liveness.map(File::load).transpose()?;
    Examiner::new(detector.load()?, embedder.load()?, liveness)
        .map_err(|error| missing(error.to_string()))
}

/// A model and what is there of it; whether that are the bytes that the manifest names is seen when it
/// is loaded.
struct File<'a> {
    entry: &'a ModelEntry,
    bytes: Vec<u8>,
}

impl File<'_> {
    fn load(self) -> Result<TractModel, ApiError> {
        TractModel::load(self.entry, &self.bytes).map_err(|error| missing(error.to_string()))
    }
}

async fn file<'a>(scope: &Scope, entry: &'a ModelEntry) -> Result<File<'a>, ApiError> {
    let found = match entry.set {
        ModelSet::Default => assets::bytes(scope, &format!("/{}", entry.file)).await,
        ModelSet::Published => bucket::bytes(scope, BUCKET, &entry.file).await,
    };
    let bytes = found
        .map_err(|error| missing(error.internal.unwrap_or_default()))?
        .ok_or_else(|| missing(format!("{}: {} is not there", entry.name, entry.file)))?;
    Ok(File { entry, bytes })
}

fn set_of(name: &str) -> Result<ModelSet, ApiError> {
    match name {
        "default" => Ok(ModelSet::Default),
        "published" => Ok(ModelSet::Published),
        _ => Err(missing(
            "MODEL_SET is neither default nor published".to_owned(),
        )),
    }
}

/// The caller learns that models are missing; the log learns which and why.
fn missing(why: String) -> ApiError {
    let mut error = ApiError::new(
        ErrorCode::ModelUnavailable,
        "The models that look at faces are not installed, or cannot be read.",
    );
    error.internal = Some(why);
    error.retry_after = Some(5);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Shelf {
        Shelf {
            models: None,
            attempt: 0,
            running_since: None,
            failed: None,
        }
    }

    #[test]
    fn two_at_once_wait_for_one_attempt() {
        let mut shelf = empty();
        assert_eq!(shelf.join(0), (1, true));
        assert_eq!(shelf.join(5), (1, false));
        assert!(shelf.outcome(1).is_none());
    }

    #[test]
    fn a_failure_is_told_to_who_waited_and_not_to_who_comes_after() {
        let mut shelf = empty();
        let _ = shelf.join(0);
        shelf.end(1, Err(missing("away".to_owned())));
        let told = shelf.outcome(1).unwrap().unwrap_err();
        assert_eq!(told.code, ErrorCode::ModelUnavailable);
        assert_eq!(shelf.join(10), (2, true));
        assert!(shelf.outcome(2).is_none());
    }

    #[test]
    fn an_attempt_that_was_cut_off_is_made_again() {
        let mut shelf = empty();
        let _ = shelf.join(0);
        assert_eq!(shelf.join(LONGEST_MILLISECONDS - 1), (1, false));
        assert_eq!(shelf.join(LONGEST_MILLISECONDS), (2, true));
        // The first one ends after all: the second one still runs.
        shelf.end(1, Err(missing("late".to_owned())));
        assert!(shelf.outcome(2).is_none());
        assert_eq!(shelf.join(LONGEST_MILLISECONDS + 1), (2, false));
    }

    #[test]
    fn the_checked_in_manifest_can_be_read_and_sets_have_names() {
        assert!(Manifest::parse(MANIFEST).is_ok());
        assert_eq!(set_of("default").unwrap(), ModelSet::Default);
        assert_eq!(set_of("published").unwrap(), ModelSet::Published);
        assert_eq!(set_of("both").unwrap_err().code.status(), 503);
    }
}
