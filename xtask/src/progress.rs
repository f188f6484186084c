//! Says what is being done and how long it took. The output of a child shows as one passing line, in
//! full only when the child fails.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write, stdout};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Doing, Outcome};

const STILL_AT_IT: Duration = Duration::from_secs(20);
const LINE_WIDTH: usize = 96;

/// Does a named piece of work, and says so before and after.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = Instant::now();
    println!("{} {what}", paint("36", "▸"));
    let result = work();
    let took = seconds(start.elapsed());
    match &result {
        Ok(_) => println!(
            "{} {what} {}",
            paint("32", "✓"),
            paint("2", &format!("({took})"))
        ),
        Err(_) => println!(
            "{} {what} {}",
            paint("31", "✗"),
            paint("2", &format!("({took})"))
        ),
    }
    result
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

pub(crate) fn note(text: &str) {
    println!("  {}", paint("2", text));
}

pub(crate) fn paint(colour: &str, text: &str) -> String {
    if stdout().is_terminal() {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Runs a child to its end; its output is shown only if it fails.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.doing(format!("`{name}` did not start"))?;
    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    let output = follow(&lines);
    let status = child.wait().doing(format!("`{name}` was lost"))?;
    if status.success() {
        return Ok(());
    }
    println!("{}", output.join("\n"));
    Err(format!("`{}` failed ({status})", shown(command)).into())
}

/// Runs a child that speaks for itself.
pub(crate) fn show(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .doing(format!("`{}` did not start", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", shown(command)).into())
    }
}

/// Runs a child for what it prints.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.doing(format!("`{}` did not start", shown(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "`{}` failed ({})\n{}",
        shown(command),
        output.status,
        said.trim()
    )
    .into())
}

/// Whether a child ends well; what it says is of no interest.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    capture(command).is_ok()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    shortened(&line, 200)
}

fn forward(stream: Option<impl Read + Send + 'static>, lines: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            if lines
                .send(String::from_utf8_lossy(&line).trim_end().to_owned())
                .is_err()
            {
                return;
            }
        }
    });
}

fn follow(lines: &mpsc::Receiver<String>) -> Vec<String> {
    let start = Instant::now();
    let terminal = stdout().is_terminal();
    let mut output = Vec::new();
    loop {
        match lines.recv_timeout(STILL_AT_IT) {
            Ok(line) => {
                if terminal && !line.is_empty() {
                    passing(&shortened(&line, LINE_WIDTH));
                }
                output.push(line);
            }
            Err(mpsc::RecvTimeoutError::Timeout) if terminal => {}
            Err(mpsc::RecvTimeoutError::Timeout) => {
                note(&format!("still at it after {}", seconds(start.elapsed())));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    if terminal {
        passing("");
    }
    output
}

fn passing(line: &str) {
    print!("\r\x1b[K\x1b[2m{line}\x1b[0m");
    if line.is_empty() {
        print!("\r\x1b[K");
    }
    let _ = stdout().flush();
}

fn shortened(line: &str, width: usize) -> String {
    let plain: String = line.chars().filter(|letter| !letter.is_control()).collect();
    match plain.char_indices().nth(width) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}
