//! The JavaScript side: the system in workerd and the operator's commands. It is spoken to through
//! arguments, stdin and lines of JSON.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::failure::{Doing, Outcome};
use crate::places;
use crate::setup::node::Node;

/// A running system; it ends when this does.
pub(crate) struct System {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<Value>,
    /// What the system said of itself when it was ready.
    pub(crate) ready: Value,
}

impl System {
    /// Starts it with the options of `serve.mjs` and waits until it listens.
    pub(crate) fn start(node: &Node, options: &Value) -> Outcome<Self> {
        let mut command = node.script("xtask/runner/serve.mjs");
        command
            .arg(options.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().doing("Node did not start")?;
        let stdin = child.stdin.take().doing("Node has no stdin")?;
        let stdout = child.stdout.take().doing("Node has no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| json_line(&line, "ready"));
        let ready = first.doing("The system did not start.")?;
        if let Some(error) = ready.get("error") {
            return Err(format!("The system did not start: {}", text(error)).into());
        }
        let (sender, answers) = channel();
        thread::spawn(move || forward(lines, &sender));
        Ok(Self {
            child,
            stdin,
            answers,
            ready,
        })
    }

    /// Makes it take new bundles and bindings.
    pub(crate) fn reload(&mut self) -> Outcome {
        writeln!(self.stdin, "reload").doing("The system does not listen any more")?;
        let answer = self
            .answers
            .recv_timeout(Duration::from_mins(1))
            .doing("The system does not reload")?;
        match answer.get("error") {
            Some(error) => Err(format!("The system did not reload: {}", text(error)).into()),
            None => Ok(()),
        }
    }

    /// Whether it has ended by itself.
    pub(crate) fn is_gone(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

fn forward(lines: Lines<BufReader<ChildStdout>>, answers: &Sender<Value>) {
    for line in lines.map_while(Result::ok) {
        match json_line(&line, "reloaded") {
            Some(answer) => {
                let _ = answers.send(answer);
            }
            None => println!("{line}"),
        }
    }
}

/// The line as an answer of `serve.mjs`, if it is one and not a line of a Worker.
fn json_line(line: &str, kind: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(line).ok()?;
    (value.get(kind).is_some() || kind == "ready" && value.get("error").is_some()).then_some(value)
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The options that every start of the local system has.
pub(crate) fn local_options() -> Value {
    json!({
        "stateDir": places::local().join("state"),
        "secretsFile": places::local().join("secrets.json"),
    })
}

/// Runs one of the operator's commands.
pub(crate) fn operate(node: &Node, command: &str, mut options: Value, more: &Value) -> Outcome {
    options["command"] = command.into();
    for (name, value) in more.as_object().into_iter().flatten() {
        options[name] = value.clone();
    }
    let folder = places::local();
    fs::create_dir_all(&folder).doing(format!("{} cannot be made", folder.display()))?;
    let mut script = node.script("xtask/runner/operate.mjs");
    script
        .arg(options.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::inherit());
    let output = script
        .stderr(Stdio::piped())
        .spawn()
        .and_then(Child::wait_with_output);
    let output = output.doing("Node did not start")?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr)
        .trim()
        .to_owned()
        .into())
}
