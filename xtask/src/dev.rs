//! `cargo xtask dev`: the whole system on this machine, rebuilt and reloaded as sources change.
//! State, secrets and the demo keys stay in `.proof` until `--fresh`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use proof_models::Places;
use serde_json::{Value, json};

use crate::apibook;
use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::failure::{Doing, Outcome};
use crate::model_files;
use crate::models;
use crate::places;
use crate::progress::{note, paint, seconds, step};
use crate::runner::{System, local_options};
use crate::setup::{self, Tools};
use crate::watch::Watch;
use crate::workers;

const PORT: u16 = 8787;
const HOST: &str = "127.0.0.1";
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

pub(crate) fn run(mut arguments: Arguments) -> Outcome {
    let begin = Instant::now();
    let fresh = arguments.flag("--fresh");
    let port = arguments.value("--port")?;
    let port = port.map_or(Ok(PORT), |text| {
        text.parse().doing(format!("{text} is no port"))
    })?;
    arguments.end()?;
    free(port)?;
    let tools = setup::everything()?;
    if fresh {
        step("Wiping the local state", wipe)?;
    }
    let local = places::local();
    fs::create_dir_all(&local).doing(format!("{} cannot be made", local.display()))?;
    let mut watch = Watch::new();
    bundle::build(&tools, Profile::Quick, &workers::all()?)?;
    model_files::gather()?;
    apibook::build()?;
    let mut options = local_options();
    options["host"] = HOST.into();
    options["port"] = port.into();
    options["profile"] = Profile::Quick.name().into();
    options["seed"] = json!(local.join("dev.json"));
    options["models"] = json!(published_models());
    let mut system = step("Starting workerd", || System::start(&tools.node, &options))?;
    greet(&system.ready, begin.elapsed());
    while !system.is_gone() {
        thread::sleep(BETWEEN_LOOKS);
        if watch.changed() {
            println!();
            // An error in a source file is for the author to see; the last good build runs on.
            if let Err(failure) = rebuild(&tools, &mut system) {
                println!("{failure}");
            }
        }
    }
    Err("The system has ended.".into())
}

/// The published set, if it is here. A wrong file of it is said, and all that looks at no face runs on.
fn published_models() -> Vec<PathBuf> {
    models::published(&Places::here()).unwrap_or_else(|failure| {
        println!("{failure}");
        Vec::new()
    })
}

fn free(port: u16) -> Outcome {
    match TcpListener::bind((HOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(format!("Port {port} cannot be had ({error}). Another one: --port N").into())
        }
    }
}

fn wipe() -> Outcome {
    let local = places::local();
    if is_running(&local.join("state/control.json")) {
        return Err("A system is running on this state; please end it first.".into());
    }
    for name in ["state", "dev.json", "secrets.json"] {
        let path = local.join(name);
        let gone = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        match gone {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).doing(format!("{} cannot be removed", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether the system that left this file still answers.
fn is_running(control: &Path) -> bool {
    let text = fs::read_to_string(control).unwrap_or_default();
    let control: Value = serde_json::from_str(&text).unwrap_or_default();
    let address = control["url"]
        .as_str()
        .and_then(|url| url.strip_prefix("http://"));
    address.is_some_and(|address| TcpStream::connect(address).is_ok())
}

fn rebuild(tools: &Tools, system: &mut System) -> Outcome {
    bundle::build(tools, Profile::Quick, &workers::all()?)?;
    model_files::gather()?;
    step("Reloading", || system.reload())?;
    if apibook::build()? {
        step("Reloading", || system.reload())?;
    }
    Ok(())
}

fn greet(ready: &Value, took: Duration) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (url, demo) = (text(&ready["url"]), &ready["demo"]);
    let row = |name: &str, value: &str| println!("  {name:<15}{value}");
    println!(
        "\n{} {}\n",
        paint("1", "Ready"),
        paint("2", &format!("({})", seconds(took)))
    );
    row("API", &format!("{url}/api/v1"));
    row("Documentation", &format!("{url}/docs"));
    row("Inbox", &format!("{url}/dev/inbox"));
    row("Channels", &format!("{url}/dev/channels"));
    row("Webhooks", &format!("{url}/dev/webhooks"));
    row("Health", &format!("{url}/health"));
    row("Test key", &text(&demo["test_key"]));
    row("Live key", &text(&demo["live_key"]));
    println!("\n  A person's view of a request for three assets, in test mode:\n");
    println!("  {}", text(&ready["request"]));
    println!("\n  A first verification:\n");
    println!("  curl -s {url}/api/v1/verifications \\");
    println!(
        "    -H 'Authorization: Bearer {}' \\",
        text(&demo["test_key"])
    );
    println!("    -H 'Content-Type: application/json' \\");
    println!(
        "    -d '{{\"type\":\"email\",\"channel\":\"email\",\"identifier\":\"someone@example.com\"}}'\n"
    );
    note("The keys are also in .proof/dev.json. Sources are watched; Ctrl-C ends it.");
    println!();
}
