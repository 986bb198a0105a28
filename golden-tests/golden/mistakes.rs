//! Hostile input is told, and nothing is written; the exit status says how it went.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::run::{SMALL, expect, ondol, small, text, tree};

pub fn hostile() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let spec = folder.path().join("system.kdl");
    let out = folder.path().join("out");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("invalid-utf8", b"system \"a\xff\"".to_vec()),
        ("byte-order-mark", "\u{feff}system \"a\"".into()),
        ("nul-character", b"system \"a\0\"".to_vec()),
        ("too-deep", "a {".repeat(10_000).into_bytes()),
        ("file-too-large", " ".repeat(10 * 1024 * 1024).into_bytes()),
        ("unknown-node", b"sistem \"a\"".to_vec()),
        ("unknown-property", SMALL.replace("kind=", "repicas=1 kind=").into_bytes()),
        ("unknown-kind", SMALL.replace("static-site", "static-sight").into_bytes()),
        ("unknown-service", SMALL.replace("to=\"web\"", "to=\"wep\"").into_bytes()),
        (
            "duplicate",
            SMALL
                .replace("ingress {", "service \"web\" kind=\"node\" { build \".\" }\n    ingress {")
                .into_bytes(),
        ),
        ("invalid-value", SMALL.replace("\"self-signed\"", "\"letsencript\"").into_bytes()),
        (
            "overlay-touches-nothing",
            SMALL
                .replace("ingress {", "environment \"prod\" { service \"wbe\" replicas=2 }\n    ingress {")
                .into_bytes(),
        ),
        (
            "dependency-cycle",
            SMALL
                .replace("build \"./web\"", "build \"./web\"; needs \"b\"")
                .replace(
                    "ingress {",
                    "service \"b\" kind=\"node\" { build \"./b\"; needs \"web\" }\n    ingress {",
                )
                .into_bytes(),
        ),
    ];
    for (code, bytes) in cases {
        fs::write(&spec, bytes)?;
        let output = ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]);
        expect(&output, 1)
            .map_err(|failed| Failed::from(format!("{code}: {}", failed.message().unwrap_or_default())))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !said.contains(code) {
            return Err(format!("{code} was not told:\n{said}").into());
        }
        if tree(&out).keys().next().is_some() {
            return Err(format!("{code}: something was written").into());
        }
    }
    fs::remove_file(&spec)?;
    expect(&ondol(&["check", text(&spec)]), 1)
}

pub fn endless() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let spec = folder.path().join("system.kdl");
    let within = |text: String| format!("system \"x\" {{\n{text}");
    let cases = [
        within("}\n".repeat(20_000)),
        "/- /- ".repeat(1000),
        "/- ".repeat(800),
        "/-/- ".repeat(200),
        within("{}\n".repeat(16_000)),
        within("a{}{}".repeat(8000)),
        within("a=".repeat(16_000)),
        within("= ".repeat(32_000)),
        within("(a)".repeat(32_000)),
        within(format!(" title \"a\"{}", "; ".repeat(20_000))),
        "}{\"\n".repeat(200_000),
        "a \u{1b}[31m\n".repeat(2000),
        "a;".repeat(20_000),
    ];
    for (number, case) in cases.iter().enumerate() {
        fs::write(&spec, case)?;
        for command in ["check", "fmt"] {
            let start = Instant::now();
            let output = ondol(&[command, text(&spec)]);
            // Of nodes alone `fmt` has nothing to say.
            if command == "check" || output.status.code() != Some(0) {
                expect(&output, 1)?;
            }
            if start.elapsed() > Duration::from_secs(20) || output.stderr.len() > 60_000 {
                let took = start.elapsed();
                return Err(
                    format!("{command}, case {number}: {took:?}, {} bytes", output.stderr.len()).into()
                );
            }
            if output.stderr.contains(&0x1b) {
                return Err(format!("{command}, case {number}: a control character is shown").into());
            }
        }
    }
    Ok(())
}

pub fn lost() -> Result<(), Failed> {
    let (_folder, spec, _) = small()?;
    let full = || fs::OpenOptions::new().write(true).open("/dev/full");
    for arguments in [&["check", "--format", "json"][..], &["plan"], &["explain"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ondol"));
        command.args(arguments).stdout(full()?);
        if arguments[0] != "explain" {
            command.arg(&spec);
        }
        expect(&command.output()?, 1)?;
    }
    Ok(())
}

pub fn exit_codes() -> Result<(), Failed> {
    expect(&ondol(&["--version"]), 0)?;
    expect(&ondol(&["no-such-command"]), 1)?;
    expect(&ondol(&["plan", "--no-such-option"]), 1)?;
    expect(&ondol(&["check", "/no/such/place"]), 1)?;
    let (_folder, spec, out) = small()?;
    // Nobody to ask is an error, not a hang.
    expect(&ondol(&["apply", text(&spec), "--out", text(&out)]), 1)?;
    expect(&ondol(&["check", text(&spec), "--env", "prd"]), 1)?;
    expect(&ondol(&["check", text(&spec), "--format", "json"]), 0)
}
