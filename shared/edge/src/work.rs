//! Work that waits for the platform. A piece of work runs in the turn that begins it until it has to
//! wait, and goes on in the very turn in which what it waits for settles. So it always runs as part
//! of the request it belongs to, as the platform demands, and nothing is queued in between.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use slab::Slab;
use wasm_bindgen::prelude::*;

use crate::platform::{Deferred, Promised, deferred, listen, while_whole};

type Outcome = Result<JsValue, JsValue>;

/// A piece of work that has begun.
struct Piece {
    /// Not here while it runs.
    future: Option<Pin<Box<dyn Future<Output = Outcome>>>>,
    waker: Waker,
    /// The promise that its caller was given.
    deferred: Option<Deferred>,
}

/// Something of the platform's that a piece of work waits for.
enum Wait {
    Open(Waker),
    Settled(Outcome),
    /// Nobody waits any more.
    Abandoned,
}

thread_local! {
    static PIECES: RefCell<Slab<Piece>> = const { RefCell::new(Slab::new()) };
    static WAITS: RefCell<Slab<Wait>> = const { RefCell::new(Slab::new()) };
    static AWAKE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
    /// How many calls into this module are nested in each other, through the platform.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static LISTENER: JsValue = while_whole(
        Closure::<dyn Fn(u32, bool, JsValue)>::new(settled).into_js_value().unchecked_ref(),
    );
}

struct Woken(usize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        AWAKE.with_borrow_mut(|awake| awake.push(self.0));
    }
}

/// Begins the work. Gives its outcome if there was nothing to wait for, and a promise otherwise.
pub fn begin(work: impl Future<Output = Outcome> + 'static) -> JsValue {
    let id = PIECES.with_borrow_mut(|pieces| {
        let entry = pieces.vacant_entry();
        let id = entry.key();
        entry.insert(Piece {
            future: None,
            waker: Waker::from(Arc::new(Woken(id))),
            deferred: None,
        });
        id
    });
    DEPTH.set(DEPTH.get() + 1);
    let answer = match go_on(id, Box::pin(work)) {
        Some((Ok(value), _)) => value,
        Some((Err(error), _)) => js_sys::Promise::reject(&error).into(),
        None => {
            let deferred = deferred();
            let promise = deferred.promise();
            PIECES.with_borrow_mut(|pieces| {
                if let Some(piece) = pieces.get_mut(id) {
                    piece.deferred = Some(deferred);
                }
            });
            promise
        }
    };
    DEPTH.set(DEPTH.get() - 1);
    attend();
    answer
}

/// What a wait waited for has settled.
fn settled(wait: u32, fine: bool, value: JsValue) {
    let outcome = if fine { Ok(value) } else { Err(value) };
    let waker = WAITS.with_borrow_mut(|waits| {
        let key = wait as usize;
        let entry = waits.get_mut(key)?;
        match std::mem::replace(entry, Wait::Settled(outcome)) {
            Wait::Open(waker) => Some(waker),
            Wait::Settled(_) | Wait::Abandoned => {
                waits.remove(key);
                None
            }
        }
    });
    if let Some(waker) = waker {
        waker.wake();
    }
    attend();
}

/// Lets everything go on that was woken; within nested calls, only the outermost does.
fn attend() {
    if DEPTH.get() > 0 {
        return;
    }
    DEPTH.set(1);
    while let Some(id) = AWAKE.with_borrow_mut(Vec::pop) {
        let future = PIECES.with_borrow_mut(|pieces| pieces.get_mut(id)?.future.take());
        // It may be over already.
        let Some(future) = future else { continue };
        match go_on(id, future) {
            Some((Ok(value), Some(deferred))) => deferred.resolve(&value),
            Some((Err(error), Some(deferred))) => deferred.reject(&error),
            _ => {}
        }
    }
    DEPTH.set(0);
}

/// Runs a piece until it has to wait or is over.
fn go_on(
    id: usize,
    mut future: Pin<Box<dyn Future<Output = Outcome>>>,
) -> Option<(Outcome, Option<Deferred>)> {
    let waker = PIECES.with_borrow(|pieces| pieces.get(id).map(|piece| piece.waker.clone()))?;
    match future.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => {
            let piece = PIECES.with_borrow_mut(|pieces| pieces.remove(id));
            Some((outcome, piece.deferred))
        }
        Poll::Pending => {
            PIECES.with_borrow_mut(|pieces| {
                if let Some(piece) = pieces.get_mut(id) {
                    piece.future = Some(future);
                }
            });
            None
        }
    }
}

/// The outcome of one of the platform's promises.
#[derive(Debug)]
pub struct Waiting {
    promise: Promised,
    wait: Option<usize>,
}

impl IntoFuture for Promised {
    type Output = Outcome;
    type IntoFuture = Waiting;

    fn into_future(self) -> Waiting {
        Waiting {
            promise: self,
            wait: None,
        }
    }
}

impl Future for Waiting {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let waker = || context.waker().clone();
        let Some(wait) = self.wait else {
            let wait = WAITS.with_borrow_mut(|waits| waits.insert(Wait::Open(waker())));
            self.wait = Some(wait);
            #[expect(clippy::cast_possible_truncation, reason = "far fewer wait at once")]
            LISTENER.with(|listener| listen(&self.promise, wait as u32, listener));
            return Poll::Pending;
        };
        WAITS.with_borrow_mut(|waits| match waits.get_mut(wait) {
            Some(Wait::Settled(_)) => {
                self.wait = None;
                match waits.remove(wait) {
                    Wait::Settled(outcome) => Poll::Ready(outcome),
                    Wait::Open(_) | Wait::Abandoned => Poll::Pending,
                }
            }
            Some(open) => {
                *open = Wait::Open(waker());
                Poll::Pending
            }
            None => Poll::Pending,
        })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(wait) = self.wait.take() else {
            return;
        };
        WAITS.with_borrow_mut(|waits| match waits.get_mut(wait) {
            Some(Wait::Settled(_)) => drop(waits.remove(wait)),
            Some(open) => *open = Wait::Abandoned,
            None => {}
        });
    }
}
