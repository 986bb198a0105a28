//! The command line from outside: `generated/` is what the examples compile to, whatever the threads; an apply is all
//! or nothing; what somebody edited is kept; hostile input is told, and nothing is written.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::{MetadataExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};
use tempfile::TempDir;

const HOUSE: &str = env!("CARGO_MANIFEST_DIR");
const UP_TO_DATE: &str = "generated is up to date";
const SMALL: &str = "system \"small\" {\n    service \"web\" kind=\"static-site\" { build \"./web\" }\n    ingress {\n        tls \"self-signed\"\n        route \"/\" to=\"web\"\n    }\n}\n";

fn main() {
    let arguments = Arguments::from_args();
    // Before the trials, which run side by side: more than one of them reads what this writes.
    let wanted = arguments.filter.as_ref().is_none_or(|filter| UP_TO_DATE.contains(filter.as_str()));
    if env::var_os("BLESS").is_some() && wanted {
        let (examples, out) = (Path::new(HOUSE).join("examples"), Path::new(HOUSE).join("generated"));
        let output = ondol(&["apply", text(&examples), "--out", text(&out), "--yes", "--overwrite-edited"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let trials = vec![
        Trial::test(UP_TO_DATE, generated_is_up_to_date),
        Trial::test("one thread writes the same bytes", one_thread),
        Trial::test("a second apply touches nothing", second_apply),
        Trial::test("edited files are kept until told otherwise", edited),
        Trial::test("a stale plan is refused", stale_plan),
        Trial::test("killed at any moment, the tree is old or new", killed),
        Trial::test("what is in the way is told", in_the_way),
        Trial::test("hostile input is told, nothing is written", hostile),
        Trial::test("mistakes without end are told at once, and in few words", endless),
        Trial::test("a tree that is no longer described goes", leftover),
        Trial::test("an edited file that is unwanted is not forgotten", unforgotten),
        Trial::test("a plan takes the place of a plan only", saved_beside),
        Trial::test("a saved plan is done as it was made", saved_as_made),
        Trial::test("a result that is lost is a failure", lost),
        Trial::test("formatting changes no meaning", formatting),
        Trial::test("exit codes", exit_codes),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn ondol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ondol")).args(arguments).output().expect("ondol runs")
}

fn expect(output: &Output, status: i32) -> Result<(), Failed> {
    if output.status.code() == Some(status) {
        return Ok(());
    }
    Err(format!(
        "status {:?}, expected {status}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            (
                entry.path().strip_prefix(folder).expect("below").to_path_buf(),
                fs::read(entry.path()).expect("a file"),
            )
        })
        .collect()
}

fn same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Failed> {
    for path in a.keys().chain(b.keys()) {
        if a.get(path) != b.get(path) {
            return Err(format!("{} differs", path.display()).into());
        }
    }
    Ok(())
}

fn small() -> Result<(TempDir, PathBuf, PathBuf), Failed> {
    let folder = TempDir::new()?;
    let (spec, out) = (folder.path().join("system.kdl"), folder.path().join("out"));
    fs::write(&spec, SMALL)?;
    Ok((folder, spec, out))
}

fn generated_is_up_to_date() -> Result<(), Failed> {
    let committed = Path::new(HOUSE).join("generated");
    let examples = Path::new(HOUSE).join("examples");
    let folder = TempDir::new()?;
    expect(&ondol(&["apply", text(&examples), "--out", text(folder.path()), "--yes"]), 0)?;
    same(&tree(folder.path()), &tree(&committed)).map_err(|difference| {
        Failed::from(format!(
            "generated/ is stale, run `cargo bless`: {}",
            difference.message().unwrap_or_default()
        ))
    })
}

fn one_thread() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let status = Command::new(env!("CARGO_BIN_EXE_ondol"))
        .args([
            "apply",
            text(&Path::new(HOUSE).join("examples")),
            "--yes",
            "--quiet",
            "--out",
            text(folder.path()),
        ])
        .env("RAYON_NUM_THREADS", "1")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Pacific/Kiritimati")
        .status()?;
    if !status.success() {
        return Err("apply failed".into());
    }
    same(&tree(folder.path()), &tree(&Path::new(HOUSE).join("generated")))
}

fn second_apply() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let file = out.join("small/default/compose.yaml");
    let before = fs::metadata(&file)?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]), 0)?;
    // A change elsewhere leaves this file as it is, too: the same inode, the same times.
    fs::write(&spec, SMALL.replace("route", "hsts \"1d\"\n        route"))?;
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]), 2)?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let after = fs::metadata(&file)?;
    if (before.ino(), before.mtime_nsec()) == (after.ino(), after.mtime_nsec()) {
        Ok(())
    } else {
        Err("an unchanged file was written again".into())
    }
}

fn edited() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let file = out.join("small/default/compose.yaml");
    let theirs = out.join("small/default/notes.txt");
    let written = fs::read_to_string(&file)?;
    fs::write(&file, written.clone() + "# by hand\n")?;
    fs::write(&theirs, "mine")?;
    fs::write(&spec, SMALL.replace("\"/\"", "\"/site\""))?;
    let output = ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]);
    expect(&output, 0)?;
    if !String::from_utf8_lossy(&output.stderr).contains("edited by hand")
        || !fs::read_to_string(&file)?.ends_with("# by hand\n")
    {
        return Err("an edited file was not kept, or not told".into());
    }
    if fs::read_to_string(&theirs)? != "mine" {
        return Err("a file of somebody else's was lost".into());
    }
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes", "--overwrite-edited"]), 0)?;
    if fs::read_to_string(&file)?.ends_with("# by hand\n") {
        Err("it was not overwritten when told so".into())
    } else {
        Ok(())
    }
}

fn stale_plan() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    let plan = folder.path().join("plan.json");
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--save", text(&plan)]), 0)?;
    fs::write(&spec, SMALL.replace("/\" to", "/x\" to"))?;
    expect(&ondol(&["apply", text(&plan)]), 1)?;
    if out.join("small").exists() {
        return Err("a stale plan wrote something".into());
    }
    fs::write(&spec, SMALL)?;
    expect(&ondol(&["apply", text(&plan)]), 0)?;
    // Done once, its target is no longer what it was made for.
    expect(&ondol(&["apply", text(&plan)]), 1)
}

fn killed() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let old = tree(&out.join("small/default"));
    let changed = SMALL.replace("\"self-signed\"", "\"none\"");
    fs::write(&spec, &changed)?;
    let elsewhere = out.with_extension("new");
    expect(&ondol(&["apply", text(&spec), "--out", text(&elsewhere), "--yes"]), 0)?;
    let new = tree(&elsewhere.join("small/default"));
    for step in 0..60u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ondol"))
            .args(["apply", text(&spec), "--out", text(&out), "--yes", "--quiet"])
            .spawn()?;
        thread::sleep(Duration::from_micros(300 * step));
        child.kill()?;
        child.wait()?;
        let now = tree(&out.join("small/default"));
        if now != old && now != new {
            return Err(format!("killed after {} µs the tree is neither old nor new", 300 * step).into());
        }
        if now == new {
            // Back to the old one, for the next try.
            fs::write(&spec, SMALL)?;
            expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
            same(&tree(&out.join("small/default")), &old)?;
            fs::write(&spec, &changed)?;
        }
    }
    Ok(())
}

fn in_the_way() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    fs::write(&out, "a file")?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 1)?;
    fs::remove_file(&out)?;
    let outside = folder.path().join("outside");
    fs::create_dir_all(&outside)?;
    fs::create_dir_all(&out)?;
    symlink(&outside, out.join("small"))?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 1)?;
    if fs::read_dir(&outside)?.next().is_some() {
        Err("something was written through a link".into())
    } else {
        Ok(())
    }
}

fn hostile() -> Result<(), Failed> {
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

fn endless() -> Result<(), Failed> {
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
    for (number, text) in cases.iter().enumerate() {
        fs::write(&spec, text)?;
        for command in ["check", "fmt"] {
            let start = Instant::now();
            let output = ondol(&[command, self::text(&spec)]);
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

fn leftover() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    fs::create_dir(folder.path().join(".git"))?;
    let (spec, out) = (folder.path().join("system.kdl"), folder.path().join("generated"));
    let two =
        SMALL.replace("ingress {", "environment \"dev\" {}\n    environment \"prod\" {}\n    ingress {");
    let apply = |more: &[&str]| ondol(&[&["apply", text(folder.path()), "--yes"][..], more].concat());
    fs::write(&spec, &two)?;
    expect(&apply(&[]), 0)?;
    let edited = out.join("small/dev/compose.yaml");
    fs::write(&edited, "# by hand\n")?;
    fs::write(&spec, two.replace("\"dev\"", "\"test\""))?;
    // Whoever asks for one environment does not ask about others.
    expect(&apply(&["--env", "prod"]), 0)?;
    if tree(&out.join("small/dev")).len() < 5 {
        return Err("another environment was touched".into());
    }
    expect(&apply(&[]), 0)?;
    if tree(&out.join("small/dev")).len() != 2 || fs::read_to_string(&edited)? != "# by hand\n" {
        return Err("only the edited file and the manifest should be left".into());
    }
    expect(&ondol(&["plan", text(folder.path()), "--detailed-exitcode"]), 0)?;
    expect(&apply(&["--overwrite-edited"]), 0)?;
    if out.join("small/dev").exists() || !out.join("small/test").exists() {
        return Err("the tree of the old environment is still there".into());
    }
    // Another name of the system is another compose project; a file that only one run in many reads is not described.
    fs::write(folder.path().join("other.kdl"), SMALL.replace("\"small\"", "\"other\""))?;
    expect(&ondol(&["apply", text(&folder.path().join("other.kdl")), "--yes"]), 0)?;
    fs::write(&spec, two.replace("\"small\"", "\"large\""))?;
    let plan = ondol(&["plan", text(folder.path()), "--detailed-exitcode"]);
    expect(&plan, 2)?;
    if !String::from_utf8_lossy(&plan.stdout).contains("no longer described") {
        return Err("the plan does not say that trees go".into());
    }
    expect(&apply(&[]), 0)?;
    if out.join("small").exists() || !out.join("large").exists() || !out.join("other").exists() {
        return Err("the tree of the old system is still there, or that of another one is gone".into());
    }
    expect(&ondol(&["plan", text(folder.path()), "--detailed-exitcode"]), 0)
}

fn unforgotten() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    let apply =
        |more: &[&str]| ondol(&[&["apply", text(&spec), "--out", text(&out), "--yes"][..], more].concat());
    let plan = || ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]);
    let with_job = SMALL
        .replace("ingress {", "job \"clean\" { every \"day\" at=\"03:00\"; run \"true\" }\n    ingress {");
    fs::write(&spec, with_job)?;
    expect(&apply(&[]), 0)?;
    let file = tree(&out).into_keys().find(|path| text(path).contains("job-clean")).ok_or("no script")?;
    let file = out.join(file);
    fs::write(&file, fs::read_to_string(&file)? + "# by hand\n")?;
    fs::write(&spec, SMALL)?;
    for _ in 0..2 {
        expect(&apply(&[]), 0)?;
        let output = plan();
        expect(&output, 0)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !file.exists() || !said.contains("kept, though it should change because of") {
            return Err(format!("the edited file is forgotten:\n{said}").into());
        }
    }
    expect(&apply(&["--overwrite-edited"]), 0)?;
    if file.exists() { Err("it is still there".into()) } else { expect(&plan(), 0) }
}

fn saved_beside() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let save = |file: &Path| ondol(&["plan", text(&spec), "--out", text(&out), "--save", text(file)]);
    let (note, plan) = (folder.path().join("note"), folder.path().join("ondol.plan"));
    fs::write(&note, "mine")?;
    let before = tree(folder.path());
    for refused in [&spec, &note, &out.join("small/default/x.plan"), &folder.path().join("a.kdl")] {
        expect(&save(refused), 1)?;
    }
    same(&tree(folder.path()), &before)?;
    fs::write(&plan, "")?;
    expect(&save(&plan), 0)?;
    expect(&save(&plan), 0)
}

fn saved_as_made() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    let plan = folder.path().join("ondol.plan");
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--save", text(&plan)]), 0)?;
    for other in
        [["--env", "prod"], ["--out", "elsewhere"], ["--overwrite-edited", "--yes"], ["--target", "host:a"]]
    {
        expect(&ondol(&[&["apply", text(&plan)][..], &other[..]].concat()), 1)?;
    }
    let written = fs::read_to_string(&plan)?;
    fs::write(&plan, &written[..written.len() / 2])?;
    let output = ondol(&["apply", text(&plan)]);
    expect(&output, 1)?;
    if !String::from_utf8_lossy(&output.stderr).contains("unreadable-plan") {
        return Err("a plan that was cut short is taken for something else".into());
    }
    fs::write(&plan, written)?;
    expect(&ondol(&["apply", text(&plan), "--out", text(&out)]), 0)
}

fn lost() -> Result<(), Failed> {
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

fn formatting() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    for example in ["meeting-scheduler", "aicode-manager"] {
        let spec = Path::new(HOUSE).join("examples").join(example).join("system.kdl");
        expect(&ondol(&["fmt", "--check", text(&spec)]), 0)?;
    }
    let spec = folder.path().join("system.kdl");
    fs::write(&spec, SMALL.replace("    ", "\t\t "))?;
    expect(&ondol(&["fmt", "--check", text(&spec)]), 1)?;
    expect(&ondol(&["fmt", text(&spec)]), 0)?;
    if fs::read_to_string(&spec)? == SMALL { Ok(()) } else { Err("it was not formatted as expected".into()) }
}

fn exit_codes() -> Result<(), Failed> {
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
