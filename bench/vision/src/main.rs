//! The native side of the benchmark: times every stage of each set of models that is here, and writes
//! down what every model was given and what it answered.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement looks at the clock and says what it saw"
)]

#[cfg(not(target_arch = "wasm32"))]
mod native;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    match native::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// In wasm the library is called instead.
#[cfg(target_arch = "wasm32")]
fn main() {}
