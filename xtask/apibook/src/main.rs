//! `apibook <directory>`: writes the OpenAPI documents and the documentation page there.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use proof_apibook::book::Book;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(directory), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: apibook <directory>");
        return ExitCode::from(2);
    };
    match Book::of_functions().and_then(|book| book.write(&PathBuf::from(directory))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("apibook: {error}");
            ExitCode::FAILURE
        }
    }
}
