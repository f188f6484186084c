//! The commands of the workspace. A person needs to know `cargo xtask` and nothing else; what is
//! missing on the machine is installed into a cache outside the repository.
#![allow(
    clippy::print_stdout,
    reason = "printing is what a command-line tool is for"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "this runs on a machine with a clock, not in a Worker"
)]

mod apibook;
mod arguments;
mod bench;
mod bundle;
mod deploy;
mod dev;
mod doctor;
mod failure;
mod keys;
mod layering;
mod model_files;
mod models;
mod places;
mod progress;
mod runner;
#[cfg(test)]
mod scratch;
mod script;
mod setup;
mod size;
mod stamp;
mod test;
mod watch;
mod workers;

use std::process::ExitCode;

use arguments::Arguments;
use bundle::Profile;
use failure::Outcome;

const USAGE: &str = "\
cargo xtask <command>

  dev [--fresh] [--port 8787]
      Builds and runs everything on this machine, and again after each change.
      --fresh forgets the state of before.
  test [filter] [--native] [--e2e]
      Every gate: formatting, clippy, layering, native tests, end-to-end tests,
      sizes. With a filter, only the tests whose name has it.
  doctor
      Says what is missing on this machine and how to get it.

  build [--profile quick|edge] [worker…]
      Compiles Workers into build/<profile>.
  size
      Builds for the edge and weighs the Workers.
  bench [options]
      Builds for the edge and measures against the peer in bench/.
  bench vision [--write] [--report] [--photographs DIR]
      Times every stage of looking at a face and holds the models against
      onnxruntime; --report makes a page that shows what they see.

  models list | add NAME [FILE|URL]
      Which models the manifest names and which are here; puts one here after
      checking that it is the one that the manifest names.

  org create --name … [--rate-limit N] [--monthly-quota N] | list
  keys create --org … --env live|test --name … | list [--org …] | revoke <id>
  signing-key list | announce | activate <kid> | rotate
      On the local system, or with --remote on the deployed one.

  deploy --dry-run
      Proves bundles, sizes and bindings; needs no account.
  deploy [--host … --zone …]
      Deploys to the account that wrangler knows.
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    match run(&command, Arguments::new(words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, arguments: Arguments) -> Outcome {
    match command {
        "dev" => dev::run(arguments),
        "test" => test::run(arguments),
        "doctor" => arguments.end().and_then(|()| doctor::run()),
        "build" => build(arguments),
        "size" => size(arguments),
        "bench" => bench::run(arguments),
        "models" => models::run(arguments),
        "org" => keys::organisations(arguments),
        "keys" => keys::keys(arguments),
        "signing-key" => keys::signing_keys(arguments),
        "deploy" => deploy::command(arguments),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        unknown => Err(format!("There is no command `{unknown}`.\n\n{USAGE}").into()),
    }
}

fn build(mut arguments: Arguments) -> Outcome {
    let profile = arguments.value("--profile")?;
    let profile = profile.map_or(Ok(Profile::Quick), |name| name.parse())?;
    let names = arguments.rest()?;
    let tools = setup::everything()?;
    bundle::build(&tools, profile, &workers::named(&names)?)?;
    model_files::gather()?;
    apibook::build().map(|_| ())
}

fn size(arguments: Arguments) -> Outcome {
    arguments.end()?;
    size::build_and_check(&setup::everything()?, &workers::all()?)
}
