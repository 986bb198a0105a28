//! How long it takes, beside its floor measured in the same run: the same files parsed with the `kdl` crate alone,
//! plus the same bytes written.
//!
//! `cargo bench --bench scale` prints a table; `-- 1 100` chooses the numbers of systems.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use rayon::prelude::*;

/// One system of eight services with all that belongs to them.
fn system(index: usize, services: usize) -> String {
    let mut text = format!(
        "system \"system-{index}\" {{\n    domain \"s{index}.example.com\"\n    timezone \"Asia/Seoul\"\n    team \"infra\" email=\"infra@example.com\"\n    secret \"REDIS_PASSWORD\" min-length=24\n    secret \"POSTGRES_PASSWORD\" min-length=24\n    secret \"SLACK_WEBHOOK_URL\"\n"
    );
    for n in 0..services.saturating_sub(2) {
        text.push_str(&format!(
            "    service \"api-{n}\" kind=\"go-http\" replicas=2 {{\n        build \"./api-{n}\"\n        port 8080\n        health \"/health\"\n        metrics \"/metrics\"\n        env {{\n            LOG_LEVEL \"info\"\n            REDIS_URL url-of=\"redis\"\n        }}\n    }}\n"
        ));
    }
    text.push_str("    service \"redis\" kind=\"redis\" { memory \"256MiB\"; password secret=\"REDIS_PASSWORD\" }\n    service \"postgres\" kind=\"postgres\" { password secret=\"POSTGRES_PASSWORD\" }\n    ingress {\n        tls \"letsencrypt\" email=\"infra@example.com\"\n");
    for n in 0..services.saturating_sub(2) {
        text.push_str(&format!("        route \"/api-{n}\" to=\"api-{n}\"\n"));
    }
    text.push_str("    }\n    backup \"postgres\" { every \"day\" at=\"02:00\" }\n    backup \"redis\" { every \"day\" at=\"03:00\" }\n    monitor {\n");
    for n in 0..services.saturating_sub(2) {
        text.push_str(&format!("        watch \"latency-p95-{n}\" p95=\"http_request_duration_seconds\" of=\"api-{n}\" warn=\">1s\"\n"));
    }
    text.push_str("    }\n    notify { slack \"#alerts\" webhook=(secret)\"SLACK_WEBHOOK_URL\" }\n}\n");
    text
}

fn main() {
    let wanted: Vec<usize> = env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let root = env::temp_dir().join(format!("ondol-bench-{}", std::process::id()));
    println!(
        "{:<28} {:>10} {:>10} {:>7} {:>10} {:>10} {:>9}",
        "", "apply", "floor", "ratio", "no change", "parse", "memory"
    );
    for count in if wanted.is_empty() { vec![1, 100, 1000] } else { wanted } {
        measure(&root, &format!("{count} systems of 8 services"), count, 8);
    }
    if env::args().all(|argument| argument.parse::<usize>().is_err()) {
        measure(&root, "1 system of 1,000 services", 1, 1_000);
        measure(&root, "1 system of 10,000 services", 1, 10_000);
    }
    let _ = fs::remove_dir_all(&root);
}

fn measure(root: &Path, title: &str, count: usize, services: usize) {
    let input = root.join("input");
    let _ = fs::remove_dir_all(root);
    for index in 0..count {
        let folder = input.join(format!("s{index}"));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("system.kdl"), system(index, services)).expect("a description");
    }
    let out = root.join("out");
    let rounds = if count * services <= 8 { 21 } else { 3 };
    let apply = median(rounds, || drop(fs::remove_dir_all(&out)), || run(&input, &out, "apply"));
    let memory = peak(&input, &out);
    let idle = median(rounds, || (), || run(&input, &out, "plan"));
    let files: Vec<(PathBuf, Vec<u8>)> = files(&out);
    let sources: Vec<String> = (0..count).map(|index| system(index, services)).collect();
    let parse = median(
        rounds,
        || (),
        || sources.par_iter().for_each(|text| drop(kdl::KdlDocument::parse_v2(text).expect("KDL"))),
    );
    let copy = root.join("floor");
    let write = median(
        rounds,
        || drop(fs::remove_dir_all(&copy)),
        || {
            files.par_iter().for_each(|(path, bytes)| {
                let path = copy.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, bytes).expect("a file");
            });
        },
    );
    let floor = parse + write;
    println!(
        "{title:<28} {:>8.1}ms {:>8.1}ms {:>7.2} {:>8.1}ms {:>8.1}ms {:>6} MB",
        millis(apply),
        millis(floor),
        millis(apply) / millis(floor),
        millis(idle),
        millis(parse),
        memory / 1024
    );
}

fn run(input: &Path, out: &Path, command: &str) {
    let mut ondol = Command::new(env!("CARGO_BIN_EXE_ondol"));
    ondol.arg(command).arg(input).arg("--out").arg(out).arg("--quiet");
    if command == "apply" {
        ondol.arg("--yes");
    }
    assert!(ondol.status().expect("ondol runs").success());
}

/// The most memory that an apply with nothing to do held, in KiB.
fn peak(input: &Path, out: &Path) -> u64 {
    let _ = fs::remove_dir_all(out);
    let script = "\"$0\" apply \"$1\" --out \"$2\" --yes --quiet & pid=$!; most=0; while kill -0 $pid 2>/dev/null; do now=$(awk '/^VmHWM/ { print $2 }' /proc/$pid/status 2>/dev/null); [ \"${now:-0}\" -le $most ] || most=$now; sleep 0.002; done; echo $most";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_ondol")])
        .arg(input)
        .arg(out)
        .output()
        .expect("bash runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0)
}

fn files(out: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    walkdir::WalkDir::new(out)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            (
                entry.path().strip_prefix(out).expect("below").to_path_buf(),
                fs::read(entry.path()).expect("a file"),
            )
        })
        .collect()
}

fn median(rounds: usize, before: impl Fn(), work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            before();
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
