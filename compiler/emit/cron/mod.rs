//! `cron.d/<system>`: every job, in the system crontab format, through the job runner.

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    quote,
};
use crate::model::{Command, Job, Model};

/// Makes the file; none without jobs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    if model.jobs.is_empty() {
        return Vec::new();
    }
    let mut text = format!(
        "# {}\n# Times are of the host's own clock, which scripts/preflight.sh compares with {}.\nSHELL=/bin/bash\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n# Each job has a log and an alert of its own: cron need not write mail.\nMAILTO=\"\"\n",
        header(model),
        model.timezone
    );
    for job in &model.jobs {
        text.push_str(&line(model, job));
    }
    let mut from = vec!["system".to_owned(), format!("host/{}", model.host.name)];
    from.extend(model.jobs.iter().map(|job| format!("job/{}", job.name)));
    from.extend(model.backups.iter().map(|backup| format!("backup/{}", backup.service)));
    vec![Artifact {
        path: format!("cron.d/{}", model.system),
        contents: text,
        mode: 0o644,
        emitter: "cron",
        from,
        on_change: OnChange::Nothing,
    }]
}

fn line(model: &Model, job: &Job) -> String {
    let directory = model.directory();
    let cron = job.schedule.cron();
    let command = match &job.command {
        Command::Script(script, args) => [&[format!("{directory}/{script}")], args.as_slice()]
            .concat()
            .iter()
            .map(|word| quote::cron_word(word))
            .collect::<Vec<_>>()
            .join(" "),
        Command::InService(service, run) => {
            format!(
                "docker compose --project-directory {} exec -T {service} sh -c {}",
                quote::shell(directory),
                quote::cron_word(run)
            )
        }
        Command::OnHost(run) => format!("bash -c {}", quote::cron_word(run)),
    };
    let run =
        format!("{directory}/scripts/run-job.sh {} {} {command}", job.name, job.timeout.whole_seconds());
    // A guard tells the days that cron's fields cannot: those fields are ORed.
    let guarded = match &cron.guard {
        Some(guard) => format!("{guard} && {run}"),
        None => run,
    };
    let about = if job.about.is_empty() { String::new() } else { format!(": {}", quote::line(&job.about)) };
    format!(
        "\n# {}{about}\n{} root {}\n",
        job.schedule.words(model.language),
        cron.fields,
        quote::cron(&guarded)
    )
}
