//! The book of the API: one document out of what each function says of itself, in OpenAPI 3.1 and
//! 3.0.3, and the documentation page rendered from it. Runs at build time only; nothing here is
//! ever part of a Worker.

mod absence;
pub mod book;
mod complete;
pub mod conformance;
pub mod downgrade;
pub mod example;
pub mod frame;
pub mod functions;
pub mod merge;
pub mod operation;
pub mod page;
pub mod pointer;
pub mod samples;
pub mod shape;
