//! An apply is all or nothing, and touches only what is its own.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, symlink},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use libtest_mimic::Failed;

use super::run::{SMALL, expect, ondol, same, small, text, tree};

pub fn second_apply() -> Result<(), Failed> {
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

pub fn edited() -> Result<(), Failed> {
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

pub fn killed() -> Result<(), Failed> {
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

pub fn in_the_way() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    // Several environments, and a second system: it is still one place that is in the way.
    let both = "environment \"dev\" {}\n    environment \"prod\" {}\n    ingress {";
    fs::write(&spec, SMALL.replace("ingress {", both))?;
    let another = folder.path().join("another.kdl");
    fs::write(&another, SMALL.replace("\"small\"", "\"another\""))?;
    fs::write(&out, "a file")?;
    told_once(&[&spec, &another], &out, &out, "a file")?;
    fs::remove_file(&out)?;
    symlink(folder.path().join("nowhere"), &out)?;
    told_once(&[&spec, &another], &out, &out, "a link")?;
    fs::remove_file(&out)?;
    fs::create_dir_all(&out)?;
    fs::write(out.join("small"), "a file")?;
    told_once(&[&spec], &out, &out.join("small"), "a file")?;
    fs::remove_file(out.join("small"))?;
    let outside = folder.path().join("outside");
    fs::create_dir_all(&outside)?;
    symlink(&outside, out.join("small"))?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 1)?;
    if fs::read_dir(&outside)?.next().is_some() {
        Err("something was written through a link".into())
    } else {
        Ok(())
    }
}

/// A plan and an apply of the descriptions say the same of what is in the way, and each of them once.
fn told_once(specs: &[&Path], out: &Path, place: &Path, what: &str) -> Result<(), Failed> {
    let wanted = format!("{} is {what}, where ondol would write a folder", place.display());
    for command in [["plan", "--quiet"], ["apply", "--yes"]] {
        let mut arguments = [command.as_slice(), &["--out", text(out)]].concat();
        arguments.extend(specs.iter().map(|spec| text(spec)));
        let output = ondol(&arguments);
        expect(&output, 1)?;
        // A long line is broken where it is shown.
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        if said.matches(&wanted).count() != 1 || said.matches('×').count() != 1 {
            return Err(format!("`{}` does not say once that {wanted}\n{said}", command[0]).into());
        }
    }
    Ok(())
}

pub fn refused() -> Result<(), Failed> {
    let (folder, spec, _) = small()?;
    let out = folder.path().join("some/where/out");
    let both = "environment \"dev\" {}\n    environment \"prod\" {}\n    ingress {";
    let described = SMALL.replace("ingress {", both);
    fs::write(&spec, &described)?;
    let second = folder.path().join("second.kdl");
    for (text_of_second, code) in
        [(described.as_str(), "duplicate"), ("system \"other\" {\n    nothing\n}\n", "unknown-node")]
    {
        fs::write(&second, text_of_second)?;
        let apply = ["apply", text(&spec), text(&second), "--out", text(&out), "--yes"];
        let output = ondol(&apply);
        expect(&output, 1)?;
        if !String::from_utf8_lossy(&output.stderr).contains(code) {
            return Err(format!("not refused for `{code}`").into());
        }
        if folder.path().join("some").exists() {
            return Err(format!("a run that was refused for `{code}` leaves folders").into());
        }
        // What was there stays, and nothing is added.
        fs::create_dir_all(out.join("notes"))?;
        expect(&ondol(&apply), 1)?;
        let left = walkdir::WalkDir::new(&out).into_iter().flatten().count();
        if left != 2 {
            return Err(format!("{left} entries where there were two").into());
        }
        fs::remove_dir_all(folder.path().join("some"))?;
    }
    Ok(())
}

pub fn at_once() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    let apply = ["apply", text(&spec), "--out", text(&out), "--yes"];
    for _ in 0..3 {
        let started: Vec<_> = (0..3)
            .map(|_| {
                Command::new(env!("CARGO_BIN_EXE_ondol"))
                    .args(apply)
                    .stderr(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
            })
            .collect::<Result<_, _>>()?;
        let mut wrote = 0;
        for child in started {
            let output = child.wait_with_output()?;
            expect(&output, 0)?;
            wrote += usize::from(!String::from_utf8_lossy(&output.stdout).contains("nothing to do"));
        }
        if wrote != 1 {
            return Err(format!("{wrote} of three runs wrote the tree").into());
        }
        expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]), 0)?;
        fs::remove_dir_all(&out)?;
    }
    Ok(())
}

pub fn full() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    // A limit on the size of files, told as an error rather than a signal, stands for the disk that fills.
    let limited = |out: &Path| {
        Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_ondol")])
            .args(["apply", text(&spec), "--out", text(out), "--yes"])
            .output()
    };
    let told = |output: &Output| {
        expect(output, 1)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("output-failed") { Ok(()) } else { Err(Failed::from(format!("not told\n{said}"))) }
    };
    told(&limited(&out)?)?;
    if out.exists() {
        return Err("a first run that failed leaves something".into());
    }
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let old = tree(&out);
    fs::write(&spec, SMALL.replace("\"self-signed\"", "\"none\""))?;
    told(&limited(&out)?)?;
    same(&tree(&out), &old)
}
