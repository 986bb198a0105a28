//! `team`, `objective`, `checklist`, `runbook`, `file`: what is for people, and files that pass through.

use crate::{
    diagnostic::Diagnostic,
    model::{Link, Objective, Origin, Step, Team, Trouble},
    source::{Located, Span},
    syntax::{Form, Node, PassedOn, Reader},
    values::{Cadence, Duration, Email, Language, Line, Name, Phone, Prose, RelPath, Schedule, Time, Url},
};

/// A stated `checklist`.
#[derive(Clone, Debug)]
pub struct ChecklistSpec {
    /// Its name.
    pub name: Located<Line>,
    /// When people go through it, where an item does not say its own time.
    pub every: Option<Schedule>,
    /// Its items.
    pub items: Vec<ItemSpec>,
}

/// A stated `item`.
#[derive(Clone, Debug)]
pub struct ItemSpec {
    /// What must hold or be done.
    pub text: Located<Line>,
    /// The proof that it names.
    pub proved_by: Option<Located<Line>>,
    /// When people do it.
    pub every: Option<Schedule>,
    /// A command that helps.
    pub run: Option<Located<Line>>,
}

/// A stated `runbook`.
#[derive(Clone, Debug)]
pub struct RunbookSpec {
    /// Its language.
    pub language: Language,
    /// The folder in the web in which it is served as a page.
    pub url: Option<Url>,
    /// Known troubles.
    pub troubles: Vec<Trouble>,
    /// Chapters of the user's own.
    pub sections: Vec<SectionSpec>,
    /// Links.
    pub links: Vec<Link>,
}

/// A stated `section`: text here, or a Markdown file beside the description.
#[derive(Clone, Debug)]
pub struct SectionSpec {
    /// Its title.
    pub title: Line,
    /// Its text.
    pub body: Option<Prose>,
    /// The file that holds it.
    pub file: Option<Located<RelPath>>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `file`.
#[derive(Clone, Debug)]
pub struct FileSpec {
    /// Where in the tree.
    pub path: Located<RelPath>,
    /// What is in it.
    pub contents: Option<FileSource>,
    /// Whether it can be executed.
    pub executable: bool,
    /// Where it is stated.
    pub span: Span,
}

/// Where the contents of a file are.
#[derive(Clone, Debug)]
pub enum FileSource {
    /// In a file beside the description.
    Beside(Located<RelPath>),
    /// Here, as text.
    Text(Prose),
    /// Here, as keys and values for YAML.
    Yaml(Vec<Node>),
    /// Here, as directives of nginx.
    Nginx(Vec<Node>),
}

/// Reads a `team`.
pub fn team(r: &mut Reader) -> Option<Team> {
    r.example("team \"infra\" email=\"infra@example.com\" phone=\"+82-2-123-4567\" on-call=#true");
    let name = r.arg::<Name>("name", "who").required();
    let email = r.prop::<Email>("email", "mail").optional();
    let phone = r.prop::<Phone>("phone", "telephone").optional();
    let chat = r.prop::<Line>("chat", "a chat channel").optional();
    let on_call = r.flag("on-call", "whether it is called first");
    let owns = r.list::<Name>("owns", "a service that it answers for: its receivers are told of its alerts");
    Some(Team {
        name: name?.value,
        email: email.map(|v| v.value),
        phone: phone.map(|v| v.value),
        chat: chat.map(|v| v.value),
        on_call,
        owns,
    })
}

/// Reads an `objective`.
pub fn objective(r: &mut Reader) -> Option<Objective> {
    r.example("objective rpo=\"24h\" rto=\"4h\"");
    let rpo = r
        .prop::<Duration>(
            "rpo",
            "how much of the past may be lost: every backup must run at least this often",
        )
        .above_zero()
        .optional();
    let rto = r.prop::<Duration>("rto", "how long a recovery may take").above_zero().optional();
    Some(Objective {
        rpo: rpo.map(|v| v.value),
        rto: rto.map(|v| v.value),
        origin: Origin::Stated(r.span()?),
    })
}

/// Reads a `checklist`.
pub fn checklist(r: &mut Reader) -> Option<ChecklistSpec> {
    r.example("checklist \"every morning\" every=\"day\" at=\"09:00\" {\n    item \"TLS everywhere\" proved-by=\"ingress-tls\"\n    item \"errors looked at\" run=\"docker compose logs --since 24h\"\n    item \"access logs reviewed\" every=\"friday\" at=\"17:00\"\n}");
    let name = r.arg::<Line>("name", "its name").required();
    let every = rhythm(
        r,
        "when people go through it: `day`, `weekday`, a day such as `friday`, `week`, `month`, `quarter`, `year`; an item may say a time of its own",
    );
    let items = r.keyed("item", "something that must hold or be done", |r| {
        let text = r.arg::<Line>("text", "what").required();
        let proved_by = r.prop::<Line>("proved-by", "a proof of the compiler that it holds").optional();
        let every = rhythm(r, "when people do it, in place of the time of the list: `day`, `weekday`, a day such as `friday`, `week`, `month`, `quarter`, `year`");
        let run = r.prop::<Line>("run", "a command that helps").optional();
        Some(ItemSpec { text: text?, proved_by, every, run })
    });
    Some(ChecklistSpec { name: name?, every, items })
}

/// Reads when people do something: `every="month" on="first tuesday" at="09:00"`.
fn rhythm(r: &mut Reader, about: &'static str) -> Option<Schedule> {
    let every = r.prop::<Line>("every", about).optional();
    let at = r
        .prop::<Time>("at", "the time of day, in the system's time zone; the whole day when absent")
        .optional();
    let on = r
        .prop::<Line>("on", "the day: of a week `monday`, of a month `1`, `last` or `first tuesday`")
        .optional();
    let Some(every) = every else {
        if let Some(span) = on.map(|on| on.span).or(at.map(|at| at.span)) {
            r.sink().report(
                Diagnostic::error("invalid-schedule", "this is no schedule")
                    .at(span, "the day or the time of nothing")
                    .help("write `every` beside it, for example `every=\"day\" at=\"09:00\"`"),
            );
        }
        return None;
    };
    let made =
        Schedule::new(every.value.as_str(), at.map(|at| at.value), on.as_ref().map(|on| on.value.as_str()));
    let for_people = made.and_then(|schedule| match schedule.cadence() {
        Cadence::Minutes(_) | Cadence::Hours(_) | Cadence::Within(_) | Cadence::Boot => {
            Err("people do something at most once a day, and by the calendar; all else is a job or an alert"
                .to_owned())
        }
        _ => Ok(schedule),
    });
    for_people
        .map_err(|error| {
            r.sink().report(
                Diagnostic::error("invalid-schedule", "this is no schedule for people")
                    .at(every.span, error)
                    .help("write for example `every=\"day\" at=\"09:00\"` or `every=\"month\" on=\"first tuesday\"`"),
            );
        })
        .ok()
}

/// Reads a `runbook`.
pub fn runbook(r: &mut Reader) -> Option<RunbookSpec> {
    r.example("runbook language=\"ko\" {\n    trouble \"응답이 느림\" {\n        step \"로그 확인\" run=\"docker compose logs --since 1h backend\"\n    }\n    link \"status page\" url=\"https://status.example.com\"\n}");
    let language = r.prop::<Language>("language", "language of the guide and of alert texts").or("en");
    let url = r
        .prop::<Url>(
            "url",
            "the folder in the web in which you serve `runbook.html` (of several hosts, the folders of their names): alerts and dashboards link to it; without it they name the file on the server",
        )
        .optional();
    let troubles = r.keyed("trouble", "a known trouble and what to do", |r| {
        let title = r.arg::<Line>("title", "what is seen").required();
        let steps = r.blocks("step", "one thing to do", |r| {
            let text = r.arg::<Line>("text", "what").required();
            let run = r.prop::<Prose>("run", "the command for it").optional();
            Some(Step { text: text?.value, run })
        });
        Some(Trouble { title: title?.value, steps })
    });
    let sections = r.keyed("section", "a chapter of your own, in Markdown", |r| {
        let title = r.arg::<Line>("title", "its title").required();
        let body = r.prop::<Prose>("text", "its text").optional();
        let file = r.prop::<RelPath>("file", "the file that holds its text").optional();
        Some(SectionSpec { title: title?.value, body: body.map(|v| v.value), file, span: r.span()? })
    });
    let links = r.keyed("link", "a link worth having", |r| {
        let title = r.arg::<Line>("title", "what it leads to").required();
        let url = r.prop::<Url>("url", "where").required();
        Some(Link { title: title?.value, url: url?.value })
    });
    Some(RunbookSpec { language: language?.value, url: url.map(|url| url.value), troubles, sections, links })
}

/// How a file has a secret that is made from the description, which everybody may read.
const IN_A_FILE: &str = "a file of the tree holds no secret, and nothing expands variables in it; a `config` of the service refers to one, if its program expands variables: `config \"/app/app.yaml\" format=\"yaml\" { key (secret)\"NAME\" }`; another program names a file that holds it: `secret-file \"name\" secret=\"NAME\"` in the system, `secret-file \"name\"` in the service";

/// Reads a `file`.
pub fn file(r: &mut Reader) -> Option<FileSpec> {
    r.example("file \"nginx/conf.d/legacy.conf\" from=\"./legacy.conf\"");
    let path = r.arg::<RelPath>("path", "where in the generated tree").required();
    r.example("file \"proxy/app.conf\" {\n    nginx {\n        server {\n            listen 80\n            location \"/\" { proxy_pass \"http://app:8000\" }\n        }\n    }\n}");
    let from = r.prop::<RelPath>("from", "the file beside the description").optional();
    let text = r.prop::<Prose>("text", "its text, in place of `from`").optional();
    let owned = |nodes: Vec<&Node>| nodes.into_iter().cloned().collect::<Vec<_>>();
    let has = |name: &str, r: &Reader| {
        r.node().is_some_and(|node| node.children.iter().any(|c| c.name.value == name))
    };
    let yaml = owned(r.raw(
        "yaml",
        "its keys and values, or the items of a list as `- …`, for a program that reads YAML",
        PassedOn { form: Form::KeysOrItems, followed: &[], instead: IN_A_FILE },
    ));
    let nginx = owned(r.raw("nginx", "its directives, for nginx; a property is a parameter such as `levels=\"1:2\"` (with quotes, since `1:2` alone is no value of KDL), blanks around `=` part it into several (`try_files $uri =404`), and an `if` gets its parentheses", PassedOn { form: Form::Directives, followed: &[], instead: IN_A_FILE }));
    let executable = r.flag("executable", "whether it can be executed");
    let mut sources: Vec<FileSource> = from.map(FileSource::Beside).into_iter().collect();
    sources.extend(text.map(|text| FileSource::Text(text.value)));
    sources.extend(has("yaml", r).then_some(FileSource::Yaml(yaml)));
    sources.extend(has("nginx", r).then_some(FileSource::Nginx(nginx)));
    let span = r.span()?;
    if sources.len() != 1 && !r.is_faulty() {
        r.sink().report(
            Diagnostic::error("file-contents", "the contents of a file come from one place")
                .at(span, if sources.is_empty() { "nothing says what is in it" } else { "there are several" })
                .help("write `from=\"./file\"`, `text=\"…\"`, or its contents within `yaml { … }` or `nginx { … }`"),
        );
    }
    Some(FileSpec { path: path?, contents: sources.pop(), executable, span })
}
