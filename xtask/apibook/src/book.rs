//! The book as files: both documents and the page.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::downgrade::{self, DowngradeError};
use crate::merge::{self, MergeError, Part};
use crate::samples::{self, SAMPLES, Sample, SampleError};
use crate::{functions, page};

/// Why there is no book.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    #[error("the documents do not fit together: {0}")]
    Merge(#[from] MergeError),
    #[error("an example is wrong: {0}")]
    Sample(#[from] SampleError),
    #[error("OpenAPI 3.0.3 cannot say it: {0}")]
    Downgrade(#[from] DowngradeError),
    #[error("{path} cannot be written: {why}")]
    Write { path: PathBuf, why: io::Error },
}

/// Both documents and the page.
#[derive(Clone, Debug)]
pub struct Book {
    pub openapi_3_1: Value,
    pub openapi_3_0: Value,
    pub page: String,
}

impl Book {
    /// The book of the functions of this workspace.
    pub fn of_functions() -> Result<Self, BookError> {
        Self::of(&functions::parts()?, SAMPLES)
    }

    /// The book of these parts, with these examples.
    pub fn of(parts: &[Part], samples: &[Sample]) -> Result<Self, BookError> {
        let mut openapi_3_1 = merge::merge(env!("CARGO_PKG_VERSION"), parts)?;
        samples::add(&mut openapi_3_1, samples)?;
        let openapi_3_0 = downgrade::to_3_0(&openapi_3_1)?;
        let page = page::render(&openapi_3_1);
        Ok(Self {
            openapi_3_1,
            openapi_3_0,
            page,
        })
    }

    /// Writes the files under `directory`; leaves everything else there as it is.
    pub fn write(&self, directory: &Path) -> Result<(), BookError> {
        put(&directory.join("openapi.json"), &pretty(&self.openapi_3_0))?;
        put(
            &directory.join("openapi-3.1.json"),
            &pretty(&self.openapi_3_1),
        )?;
        put(&directory.join("docs/index.html"), &self.page)
    }
}

fn pretty(document: &Value) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{document:#}");
    text
}

fn put(path: &Path, text: &str) -> Result<(), BookError> {
    let error = |why| BookError::Write {
        path: path.to_owned(),
        why,
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(error)?;
    }
    fs::write(path, text).map_err(error)
}
