//! Texts that nobody would write, through the whole compiler, read back by the real programs: each arrives as it is.
//!
//! What the language refuses is not tried here; what it accepts has to arrive. Needs `golden-tests/tools/install`.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use libtest_mimic::{Arguments, Failed, Trial};
use ondol::values::{Line, Value as _};
use serde_json::Value as Json;

#[path = "texts.rs"]
mod hostile;

fn main() {
    let trials = vec![
        Trial::test("compose reads every text and every default", || compose(false)),
        Trial::test("compose reads every value of an environment file", || compose(true)),
        Trial::test("check-env reads an environment file as compose does", environment),
        Trial::test("check-env and `ondol env check` say the same", judged),
        Trial::test("services read every text of their configuration", configuration),
        Trial::test("a calendar shows every text of a checklist", checklist),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Every text that can be stated.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> =
        hostile::texts().into_iter().filter(|text| Line::parse(text).is_ok()).collect();
    texts.retain(|text| text.len() < 4096);
    texts.sort();
    texts.dedup();
    texts
}

/// A string of KDL.
fn kdl(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A system that says each text in each place; its tree, which is removed with the returned folder. Variables have a
/// least length that is `more` than the length of their default.
fn tree(texts: &[String], more: usize) -> Result<(tempfile::TempDir, PathBuf), Failed> {
    let each = |line: &dyn Fn(usize, &str) -> String| -> String {
        texts.iter().enumerate().map(|(index, text)| line(index, &kdl(text))).collect()
    };
    let variables: String = texts
        .iter()
        .enumerate()
        .map(|(i, text)| {
            let text_of = kdl(text);
            format!(
                "variable \"V{i}\" default={text_of} about={text_of} min-length={}\n",
                text.chars().count().max(1) + more
            )
        })
        .collect();
    let system = format!(
        "system \"strings\" {{\n{variables}service \"app\" kind=\"go-http\" {{\nimage \"app:1\"\ncommand {}\nhealth {{ command {}; }}\n\
         env {{\n{}{}}}\nconfig \"/app/config.yaml\" format=\"yaml\" {{\n{}}}\nconfig \"/app/config.json\" format=\"json\" {{\n{}}}\n\
         config \"/app/config.toml\" format=\"toml\" {{\n{}}}\nconfig \"/app/config.env\" format=\"env\" {{\n{}}}\n}}\n}}\n",
        each(&|_, text| format!(" {text}")),
        each(&|_, text| format!(" {text}")),
        each(&|i, text| format!("E{i} {text}\n")),
        each(&|i, _| format!("D{i} (variable)\"V{i}\"\n")),
        each(&|i, text| format!("t{i} {text}\n")),
        each(&|i, text| format!("t{i} {text}\n")),
        each(&|i, text| format!("t{i} {text}\n")),
        each(&|i, text| format!("t{i} {text}\n")),
    );
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("system.kdl"), system)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_ondol"));
    command
        .args(["apply", "--yes", "--out"])
        .arg(folder.path().join("out"))
        .arg(folder.path().join("system.kdl"));
    succeeded(&mut command)?;
    let tree = folder.path().join("out/strings/default");
    Ok((folder, tree))
}

fn succeeded(command: &mut Command) -> Result<Output, Failed> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let shown: String = String::from_utf8_lossy(&output.stderr).chars().take(2000).collect();
    Err(format!("{command:?}: {}\n{shown}", output.status).into())
}

/// The example as environment file; with `all`, every variable in it set to its default.
fn example(tree: &Path, all: bool) -> Result<String, Failed> {
    let text = fs::read_to_string(tree.join("env/.env.example"))?;
    let assigned = |line: &&str| {
        let digits = line.trim_start_matches("# V");
        let name = digits.split_once('=').map_or("", |(name, _)| name);
        line.starts_with("# V") && !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit())
    };
    // A text that looks like an assignment can stand in a comment: the last line of each entry is the assignment.
    let lines: Vec<&str> = text.lines().collect();
    let kept = lines.iter().enumerate().map(|(index, line)| {
        let last = lines.get(index + 1).is_none_or(|next| next.is_empty());
        if all && last && assigned(line) { &line[2..] } else { line }
    });
    Ok(kept.collect::<Vec<_>>().join("\n") + "\n")
}

fn compose(from_file: bool) -> Result<(), Failed> {
    let texts = texts();
    let (_folder, tree) = tree(&texts, 0)?;
    fs::write(tree.join(".env"), example(&tree, from_file)?)?;
    let cache = env::var_os("ONDOL_TEST_CACHE")
        .map_or_else(|| PathBuf::from("/var/cache/ondol-tests"), PathBuf::from);
    let mut command = Command::new(cache.join("bin/docker-compose"));
    command.args(["config", "--format", "json"]).current_dir(&tree).env_clear();
    let output = succeeded(&mut command)?;
    if !output.stderr.is_empty() {
        return Err(format!("compose warns: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let read: Json = serde_json::from_slice(&output.stdout)?;
    let service = &read["services"]["app"];
    for (index, text) in texts.iter().enumerate() {
        // What compose prints is a compose file again, with its dollar signs doubled.
        let places = [
            ("environment", &service["environment"][format!("E{index}")]),
            ("default", &service["environment"][format!("D{index}")]),
            ("command", &service["command"][index]),
            ("healthcheck", &service["healthcheck"]["test"][index + 1]),
        ];
        for (place, seen) in places {
            let seen = seen.as_str().map(|seen| seen.replace("$$", "$"));
            if seen.as_deref() != Some(text) {
                return Err(format!("{place} {index}: {text:?} arrived as {seen:?}").into());
            }
        }
    }
    Ok(())
}

fn environment() -> Result<(), Failed> {
    let texts: Vec<String> = texts().into_iter().filter(|text| !text.is_empty()).collect();
    for more in [0, 1] {
        let (_folder, tree) = tree(&texts, more)?;
        let file = tree.join(".env");
        fs::write(&file, example(&tree, true)?)?;
        succeeded(Command::new("chmod").arg("600").arg(&file))?;
        let mut command = Command::new(tree.join("scripts/check-env.sh"));
        command.arg(&file).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
        if more == 0 {
            succeeded(&mut command)?;
            continue;
        }
        // Each is one character short, and nothing else is said of any.
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines: Vec<&str> = said.lines().skip(1).map(str::trim).collect();
        for (index, text) in texts.iter().enumerate() {
            let expected = format!("V{index}: shorter than {} characters", text.chars().count() + 1);
            if !lines.contains(&expected.as_str()) {
                return Err(format!("{text:?} is not read as it is: {expected:?} is missing").into());
            }
        }
        if output.status.code() != Some(1) || lines.len() != texts.len() {
            return Err(
                format!("{} lines for {} variables, {}", lines.len(), texts.len(), output.status).into()
            );
        }
    }
    Ok(())
}

/// Values that are right for one type and wrong for another, and signs that mean something to those who read the file.
const VALUES: [&str; 30] = [
    "1",
    "0",
    "-7",
    "86401",
    "3600",
    "0.5",
    "2.01",
    "true",
    "TRUE",
    "dev",
    "prod",
    "8080",
    "65536",
    "https://a.example/x",
    "http://a,https://b:1",
    "http://a,",
    "a.example",
    "a.example,b.example",
    "ops@example.com",
    "30s",
    "1h30m",
    "301s",
    "6m",
    "knowledge_base",
    "sk-0123456789abcdefghij",
    "sk-...",
    "changeme",
    "'two words'",
    "\"a\\\\b \\\"c\\\"\"",
    "# later",
];

/// The script on a host and the command judge each file alike, whatever stands in it.
fn judged() -> Result<(), Failed> {
    let description = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden-tests/systems/typed-variables");
    let folder = tempfile::tempdir()?;
    let mut apply = Command::new(env!("CARGO_BIN_EXE_ondol"));
    succeeded(apply.args(["apply", "--yes", "--out"]).arg(folder.path()).arg(&description))?;
    let script = folder.path().join("typed-variables/default/scripts/check-env.sh");
    let text = fs::read_to_string(&script)?;
    let names: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("check ")?.split(' ').next()).collect();
    if names.len() < 15 {
        return Err(format!("{} variables", names.len()).into());
    }
    let file = folder.path().join("env");
    let mut wrong = 0;
    for shift in 0..VALUES.len() {
        let line =
            |(index, name): (usize, &&str)| format!("{name}={}\n", VALUES[(index + shift) % VALUES.len()]);
        let mut written: String = names.iter().enumerate().map(line).collect();
        match shift % 4 {
            1 => written += "an accident\r\nAPP_ENV=dev\n",
            2 => written += "APP_ENV=$HOME\nX_Y=\"a\\$b\"\n",
            3 => written += "  export APP_ENV : 'dev' # as it may be\nZ_Z='never\nclosed\n",
            _ => {}
        }
        fs::write(&file, &written)?;
        succeeded(Command::new("chmod").arg("600").arg(&file))?;
        let by_script = Command::new(&script).arg(&file).env_clear().env("PATH", "/usr/bin:/bin").output()?;
        let by_script: BTreeSet<String> = String::from_utf8_lossy(&by_script.stderr)
            .lines()
            .skip(1)
            .map(|line| line.trim().trim_end_matches(": put the value in single quotes").to_owned())
            .collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ondol"));
        command.args(["env", "check"]).arg(&file).arg(&description).args(["--format", "json"]);
        let document: Json = serde_json::from_slice(&command.output()?.stdout)?;
        let by_command: BTreeSet<String> = document["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|finding| finding["code"] != "env-unknown")
            .map(|finding| match finding["variable"].as_str() {
                Some(name) => format!("{name}: {}", finding["message"].as_str().unwrap_or_default()),
                None => {
                    format!("line {}: {}", finding["line"], finding["message"].as_str().unwrap_or_default())
                }
            })
            .collect();
        if by_script != by_command {
            let script: Vec<_> = by_script.difference(&by_command).collect();
            let command: Vec<_> = by_command.difference(&by_script).collect();
            return Err(
                format!("{written}\nonly the script: {script:?}\nonly the command: {command:?}").into()
            );
        }
        wrong += by_command.len();
    }
    if wrong < 100 { Err(format!("only {wrong} things were wrong").into()) } else { Ok(()) }
}

/// Python's own parser of TOML.
const TOML: &str = "import json, sys, tomllib; json.dump(tomllib.load(open(sys.argv[1], 'rb')), sys.stdout)";

fn configuration() -> Result<(), Failed> {
    let texts = texts();
    let (_folder, tree) = tree(&texts, 0)?;
    let folder = tree.join("config/app");
    let yaml: Json = serde_yaml_ng::from_str(&fs::read_to_string(folder.join("config.yaml"))?)?;
    let json: Json = serde_json::from_str(&fs::read_to_string(folder.join("config.json"))?)?;
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-c", TOML]).arg(folder.join("config.toml"));
    let toml: Json = serde_json::from_slice(&succeeded(&mut command)?.stdout)?;
    let compose = folder.join("compose.yaml");
    fs::write(&compose, "services:\n  app:\n    image: a\n    env_file: config.env\n")?;
    let cache = env::var_os("ONDOL_TEST_CACHE")
        .map_or_else(|| PathBuf::from("/var/cache/ondol-tests"), PathBuf::from);
    let mut command = Command::new(cache.join("bin/docker-compose"));
    command.args(["config", "--format", "json"]).current_dir(&folder).env_clear();
    let env: Json = serde_json::from_slice(&succeeded(&mut command)?.stdout)?;
    let env = &env["services"]["app"]["environment"];
    for (index, text) in texts.iter().enumerate() {
        for (format, read) in [("YAML", &yaml), ("JSON", &json), ("TOML", &toml), ("env", env)] {
            // What compose prints has its dollar signs doubled.
            let single = |seen: &str| if format == "env" { seen.replace("$$", "$") } else { seen.to_owned() };
            if read[format!("t{index}")].as_str().map(single).as_deref() != Some(text) {
                return Err(
                    format!("{format} {index}: {text:?} arrived as {:?}", read[format!("t{index}")]).into()
                );
            }
        }
    }
    Ok(())
}

/// The library that reads the calendars of the examples.
fn checklist() -> Result<(), Failed> {
    let texts: Vec<String> = texts().into_iter().filter(|text| !text.trim().is_empty()).collect();
    let items: String = texts.iter().map(|text| format!("item {}\n", kdl(text))).collect();
    let folder = tempfile::tempdir()?;
    let description = folder.path().join("system.kdl");
    fs::write(
        &description,
        format!(
            "system \"strings\" {{\nservice \"app\" kind=\"go-http\" {{ image \"app:1\"; }}\nchecklist \"all\" every=\"week\" {{\n{items}}}\n}}\n"
        ),
    )?;
    let mut apply = Command::new(env!("CARGO_BIN_EXE_ondol"));
    succeeded(apply.args(["apply", "--yes", "--out"]).arg(folder.path().join("out")).arg(&description))?;
    let cache = env::var_os("ONDOL_TEST_CACHE")
        .map_or_else(|| PathBuf::from("/var/cache/ondol-tests"), PathBuf::from);
    let mut command = Command::new(cache.join("bin/python-tools"));
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden-tests/tools/calendar"))
        .arg(folder.path().join("out/strings/default/checklists.ics"));
    let read: Json = serde_json::from_slice(&succeeded(&mut command)?.stdout)?;
    let said = read["entries"][0]["description"].as_str().unwrap_or_default();
    let shown: Vec<&str> = said.split('\n').map_while(|line| line.strip_prefix("- ")).collect();
    match texts.iter().zip(&shown).find(|(text, shown)| text != shown) {
        Some((text, shown)) => Err(format!("{text:?} arrived as {shown:?}").into()),
        None if shown.len() == texts.len() => Ok(()),
        None => Err(format!("{} of {} texts arrived", shown.len(), texts.len()).into()),
    }
}
