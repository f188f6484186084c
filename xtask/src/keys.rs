//! `cargo xtask org`, `keys` and `signing-key`: what an operator does by hand until the portal does
//! it. Locally they work on the running system or on its files, with `--remote` at Cloudflare.

use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::deploy;
use crate::failure::{Doing, Outcome};
use crate::runner::{local_options, operate};
use crate::setup::node::{self, Node};

pub(crate) fn organisations(mut arguments: Arguments) -> Outcome {
    let place = Place::of(&mut arguments)?;
    let command = arguments.word().unwrap_or_default();
    let details = match command.as_str() {
        "create" => json!({
            "name": arguments.required("--name")?,
            "rate": arguments.value("--rate-limit")?,
            "quota": arguments.value("--monthly-quota")?,
        }),
        "list" => json!({}),
        _ => return Err("It is `org create --name …` or `org list`.".into()),
    };
    arguments.end()?;
    place.operate(&format!("org {command}"), &details)
}

pub(crate) fn keys(mut arguments: Arguments) -> Outcome {
    let place = Place::of(&mut arguments)?;
    let command = arguments.word().unwrap_or_default();
    let details = match command.as_str() {
        "create" => json!({
            "org": arguments.required("--org")?,
            "env": environment(&arguments.required("--env")?)?,
            "name": arguments.required("--name")?,
        }),
        "list" => json!({ "org": arguments.value("--org")? }),
        "revoke" => {
            json!({ "id": arguments.word().doing("Which key? `keys list` shows the ids.")? })
        }
        _ => return Err("It is `keys create`, `keys list` or `keys revoke`.".into()),
    };
    arguments.end()?;
    place.operate(&format!("keys {command}"), &details)
}

pub(crate) fn signing_keys(mut arguments: Arguments) -> Outcome {
    let place = Place::of(&mut arguments)?;
    let command = arguments.word().unwrap_or_default();
    let details = match command.as_str() {
        "list" | "announce" | "rotate" => json!({}),
        "activate" => {
            json!({ "kid": arguments.word().doing("Which key? `signing-key list` shows them.")? })
        }
        _ => return Err("It is `signing-key list`, `announce`, `activate` or `rotate`.".into()),
    };
    arguments.end()?;
    place.operate(&format!("signing-key {command}"), &details)
}

fn environment(text: &str) -> Outcome<&str> {
    if text == "live" || text == "test" {
        Ok(text)
    } else {
        Err("--env is live or test.".into())
    }
}

/// Where a command works.
struct Place {
    node: Node,
    options: Value,
}

impl Place {
    fn of(arguments: &mut Arguments) -> Outcome<Self> {
        let remote = arguments.flag("--remote");
        let node = node::ensure()?;
        let options = if remote {
            deploy::operator_options()?
        } else {
            local_options()
        };
        Ok(Self { node, options })
    }

    fn operate(self, command: &str, details: &Value) -> Outcome {
        operate(&self.node, command, self.options, details)
    }
}
