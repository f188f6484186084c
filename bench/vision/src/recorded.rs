//! A model that remembers what it was last given and what it answered, so that another runtime can be
//! given the same and held against it.

use std::cell::RefCell;
use std::rc::Rc;

use vision::manifest::ModelEntry;
use vision::{Model, ModelError, Tensor, TractModel};

/// A model and its last run. Clones remember together.
#[derive(Clone, Debug)]
pub struct Recorded {
    model: Rc<TractModel>,
    last: Rc<RefCell<Option<Run>>>,
}

#[derive(Clone, Debug)]
struct Run {
    input: Tensor,
    outputs: Vec<Tensor>,
}

impl Recorded {
    /// One that was given nothing yet.
    pub fn new(model: TractModel) -> Self {
        Self {
            model: Rc::new(model),
            last: Rc::default(),
        }
    }

    /// What it was last given.
    pub fn input(&self) -> Option<Tensor> {
        self.last.borrow().as_ref().map(|run| run.input.clone())
    }

    /// What it answered to that.
    pub fn outputs(&self) -> Option<Vec<Tensor>> {
        self.last.borrow().as_ref().map(|run| run.outputs.clone())
    }

    /// Runs the bare model once more on what it was last given; whether there is such a thing.
    pub fn again(&self) -> Result<bool, ModelError> {
        let Some(input) = self.input() else {
            return Ok(false);
        };
        self.model.run(input)?;
        Ok(true)
    }
}

impl Model for Recorded {
    fn entry(&self) -> &ModelEntry {
        self.model.entry()
    }

    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, ModelError> {
        let outputs = self.model.run(input.clone())?;
        *self.last.borrow_mut() = Some(Run {
            input,
            outputs: outputs.clone(),
        });
        Ok(outputs)
    }
}
