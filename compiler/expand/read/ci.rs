//! `ci`: what tests and delivers the system when its repository changes.

use crate::{
    diagnostic::Diagnostic,
    model::{Deploy, PartTest, Pipeline},
    source::Located,
    syntax::Reader,
    values::{Duration, GitRef, Image, Line, Name, RelPath, choice},
};

/// Services that run pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provider {
    Github,
}

choice! { Provider, "a service that runs pipelines", { "github" => Github, } }

/// A pipeline with the places of the environments that it names.
#[derive(Clone, Debug)]
pub struct CiSpec {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The environments of its deliveries.
    pub environments: Vec<Located<Name>>,
}

/// Reads a `ci`.
pub(super) fn ci(r: &mut Reader) -> Option<CiSpec> {
    r.example("ci \"github\" {\n    install \"cargo install --locked ondol\"\n    test \"api\" in=\"./api\" image=\"python:3.12-slim\" {\n        run \"pip install -r requirements.txt\" \"pytest\"\n    }\n    deploy \"default\" tag=\"v*\"\n}");
    let provider = r.arg::<Provider>("provider", "who runs it").required();
    let description =
        r.prop::<RelPath>("description", "the description in the repository, or its folder").or(".");
    let trees = r.prop::<RelPath>("trees", "the folder of generated trees in the repository").or("generated");
    let install = r.list::<Line>("install", "a command that puts ondol onto the machine that runs the jobs");
    let branch =
        r.prop::<GitRef>("branch", "the branch that pull requests go to, and that is delivered").or("main");
    let tests = r.keyed("test", "tests of a part of the system, on every change", part);
    let deploys = r.keyed("deploy", "a delivery to an environment, when the tests have passed and `ondol apply` has nothing to change in the committed trees", |r| {
        r.example("deploy \"default\" tag=\"v*\"");
        let environment = r.arg::<Name>("environment", "the environment of this description").required();
        let tag = r
            .prop::<GitRef>("tag", "tags that are delivered; every push to the branch when absent")
            .optional();
        Some((environment?, tag.map(|v| v.value)))
    });
    for command in &install {
        expressions(r, command);
    }
    provider?;
    let environments = deploys.iter().map(|(environment, _)| environment.clone()).collect();
    let deploys = deploys.into_iter().map(|(name, tag)| Deploy { environment: name.value, tag });
    let pipeline = Pipeline {
        description: description?.value,
        trees: trees?.value,
        install: install.into_iter().map(|v| v.value).collect(),
        branch: branch?.value,
        tests,
        deploys: deploys.collect(),
    };
    Some(CiSpec { pipeline, environments })
}

fn part(r: &mut Reader) -> Option<PartTest> {
    r.example("test \"web\" in=\"./web\" image=\"node:22\" { run \"npm ci\" \"npm run lint\"; }");
    let name = r.arg::<Name>("name", "the part").required();
    let folder = r.prop::<RelPath>("in", "the folder in the repository in which the commands run").or(".");
    let image =
        r.prop::<Image>("image", "the image in which they run; the machine itself when absent").optional();
    let run = r.list::<Line>("run", "a command; the first that fails ends the test");
    let timeout = r.prop::<Duration>("timeout", "after how long it has failed").above_zero().or("20m");
    if run.is_empty()
        && !r.stated("run")
        && let Some(span) = r.span()
    {
        r.sink().report(
            Diagnostic::error("missing-property", "a test has no command")
                .at(span, "nothing is run")
                .help("write for example `run \"pytest\"` inside"),
        );
    }
    for command in &run {
        expressions(r, command);
    }
    Some(PartTest {
        name: name?.value,
        folder: folder?.value,
        image: image.map(|v| v.value),
        run: run.into_iter().map(|v| v.value).collect(),
        timeout: timeout?.value,
    })
}

/// Reports an expression of the service in a command: it would be put in as text before a shell reads the command,
/// and what a stranger calls a branch would run.
fn expressions(r: &Reader, command: &Located<Line>) {
    if command.value.as_str().contains("${{") {
        r.sink().report(
            Diagnostic::error("invalid-value", "a command has no expressions of a workflow")
                .at(command.span, "`${{ … }}` becomes a part of the command before a shell reads it")
                .help("use what the runner has in its environment: \"$GITHUB_SHA\", \"$GITHUB_REF_NAME\""),
        );
    }
}
