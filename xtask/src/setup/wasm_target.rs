//! A compiler with the wasm32 standard library: the active one if it has it, or after `rustup target
//! add`, or else one put together from Debian's packages.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use super::{cargo, debian};
use crate::failure::Outcome;
use crate::places;
use crate::progress::{self, note, step};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Which compiler builds for wasm32.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that is active anyway.
    Active,
    /// The one linked by [`debian::install`].
    Debian,
}

impl Toolchain {
    /// Cargo with this compiler.
    pub(crate) fn cargo(self) -> Command {
        let mut command = cargo();
        self.select(&mut command);
        command
    }

    pub(crate) fn describe(self) -> String {
        let mut rustc = Command::new("rustc");
        self.select(&mut rustc);
        progress::capture(rustc.arg("--version")).unwrap_or_default()
    }

    fn select(self, command: &mut Command) {
        if self == Self::Debian {
            command.env("RUSTUP_TOOLCHAIN", debian::TOOLCHAIN);
        }
    }

    /// Compiles three words: a directory that looks right proves nothing.
    fn works(self) -> bool {
        let mut rustc = Command::new("rustc");
        self.select(&mut rustc);
        // Into a folder of its own: rustc replaces what it writes to, and would do so to /dev/null.
        let scratch = places::cache().join("tools/wasm-check");
        rustc.args([
            "--crate-type=lib",
            "--crate-name=check",
            "--emit=metadata",
            "--target",
            TARGET,
        ]);
        rustc.arg("--out-dir").arg(&scratch).arg("-");
        if fs::create_dir_all(&scratch).is_err() {
            return false;
        }
        let child = rustc
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = child else { return false };
        if let Some(mut source) = child.stdin.take() {
            let _ = source.write_all(b"pub fn text() -> String { String::new() }");
        }
        child.wait().is_ok_and(|status| status.success())
    }
}

/// The toolchain that is there, if one is.
pub(crate) fn find() -> Option<Toolchain> {
    [Toolchain::Active, Toolchain::Debian]
        .into_iter()
        .find(|toolchain| toolchain.works())
}

pub(crate) fn ensure() -> Outcome<Toolchain> {
    if let Some(toolchain) = find() {
        return Ok(toolchain);
    }
    step("Asking rustup for the wasm32 target", || {
        let added = progress::capture(Command::new("rustup").args(["target", "add", TARGET]));
        if let Err(failure) = added {
            let says = failure.to_string();
            note(
                says.lines()
                    .find(|line| line.starts_with("error"))
                    .unwrap_or(&says),
            );
        }
        Ok(())
    })?;
    if Toolchain::Active.works() {
        return Ok(Toolchain::Active);
    }
    note("it cannot be had that way here; Debian's own compiler can build it");
    debian::install()?;
    if Toolchain::Debian.works() {
        return Ok(Toolchain::Debian);
    }
    Err("The compiler put together from Debian's packages does not compile for wasm32.".into())
}
