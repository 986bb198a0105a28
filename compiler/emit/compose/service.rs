//! One service of the compose file.

use crate::{
    emit::{
        quote, raw,
        yaml::{Item, Map, Yaml, flow, seq},
    },
    model::{
        Condition, Health, Image, Model, Mount, MountSource, Origin, Part, Published, Reach, Resources,
        Service, Text,
    },
};

/// Why a derived service is there.
pub fn reason(service: &Service) -> String {
    match &service.origin {
        Origin::Stated(_) => String::new(),
        Origin::Derived { because, .. } => format!("Derived: {because}."),
    }
}

/// The service as compose wants it, with what the description passes on merged in.
pub fn service(model: &Model, service: &Service) -> Yaml {
    let mut map = Map::new();
    match &service.image {
        Image::Pulled(image) => map = map.set("image", quote::compose(image)),
        Image::Built(build) => {
            map = map.set("image", format!("{}/{}:${{RELEASE:-latest}}", model.system, service.name));
            let context = if build.context.is_here() {
                "${SOURCE_DIR:-../../..}".to_owned()
            } else {
                format!("${{SOURCE_DIR:-../../..}}/{}", build.context.bare())
            };
            let args = build
                .args
                .iter()
                .fold(Map::new(), |args, (name, value)| args.set(name.as_str(), text(model, value)));
            let details = Map::new()
                .set("context", context)
                .maybe("dockerfile", build.dockerfile.as_ref().map(|path| path.bare().to_owned()))
                .maybe("target", build.target.as_ref().map(|target| target.to_string()))
                .filled("args", args);
            map = map.set("build", details);
        }
    }
    map = map
        .maybe("profiles", service.profile.as_ref().map(|profile| flow([profile.as_str()])))
        .filled("command", seq(service.command.iter().map(|word| text(model, word))))
        .maybe("user", service.user.as_ref().map(|user| quote::compose(user.as_str())));
    let environment = service
        .environment
        .iter()
        .fold(Map::new(), |map, (name, value)| map.set(name.as_str(), Yaml::Str(text(model, value))));
    map = map
        .filled("environment", environment)
        .filled("secrets", seq(service.secret_files.iter().map(|(name, _)| name.as_str())));
    let mut needs = Map::new();
    for need in &service.needs {
        let condition = match need.condition {
            Condition::Healthy => "service_healthy",
            Condition::Started => "service_started",
        };
        needs = needs.set(need.service.as_str(), Map::new().set("condition", condition));
    }
    map = map
        .filled("depends_on", needs)
        .filled("ports", Yaml::Seq(service.published.iter().map(port).collect()));
    map = map
        .filled("volumes", Yaml::Seq(service.mounts.iter().map(mount).collect()))
        .filled("tmpfs", seq(service.tmpfs.iter().map(|path| path.as_str())))
        .maybe("healthcheck", service.health.as_ref().map(|health| healthcheck(model, health)))
        .set("restart", if service.profile.is_some() { "no" } else { "unless-stopped" });
    if let Some(kept) = &service.capabilities {
        map =
            map.set("cap_drop", flow(["ALL"])).filled("cap_add", flow(kept.iter().map(|name| name.as_str())));
    }
    map = map
        .set("security_opt", flow(["no-new-privileges:true"]))
        .maybe("read_only", service.read_only.then_some(true))
        .maybe("stop_grace_period", service.stop_grace.map(|grace| grace.compose()))
        .filled("deploy", deploy(service))
        .set("logging", Yaml::Alias("logging"));
    raw::merged(map.into(), &service.raw_compose)
}

/// A text with `$` doubled in its literals, and variables as compose reads them: a missing secret stops the start.
fn text(model: &Model, text: &Text) -> String {
    text.parts
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => quote::compose(literal),
            Part::Variable(name) => {
                match model.variables.iter().find(|v| v.name == *name).and_then(|v| v.default.as_ref()) {
                    Some(default) => format!("${{{name}:-{}}}", quote::compose(default.as_str())),
                    None => format!("${{{name}:?set it in .env}}"),
                }
            }
        })
        .collect()
}

fn port(published: &Published) -> Item {
    let protocol =
        if published.protocol == "tcp" { String::new() } else { format!("/{}", published.protocol) };
    let pair = format!("{}:{}{protocol}", published.host, published.container);
    match &published.reach {
        Reach::Public => Item { comment: None, value: pair.into() },
        Reach::Loopback => Item { comment: None, value: format!("127.0.0.1:{pair}").into() },
        Reach::Networks(networks) => Item {
            comment: Some(format!(
                "Open to {} only: ufw/after.rules drops the rest.",
                networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            )),
            value: pair.into(),
        },
    }
}

fn mount(mount: &Mount) -> Item {
    let source = match &mount.source {
        MountSource::Volume(name) => name.clone(),
        MountSource::Tree(path) => format!("./{path}"),
        MountSource::Host(path) => path.to_string(),
    };
    let mode = if mount.read_only { ":ro" } else { "" };
    Item {
        comment: mount.about.clone(),
        value: quote::compose(&format!("{source}:{}{mode}", mount.target)).into(),
    }
}

fn healthcheck(model: &Model, health: &Health) -> Yaml {
    let words = std::iter::once("CMD".to_owned()).chain(health.test.iter().map(|word| text(model, word)));
    Map::new()
        .set("test", flow(words))
        .set("interval", health.interval.compose())
        .set("timeout", health.timeout.compose())
        .set("retries", health.retries.get())
        .set("start_period", health.start_period.compose())
        .into()
}

fn deploy(service: &Service) -> Yaml {
    let amount = |amount: &Resources| {
        Map::new()
            .maybe("cpus", amount.cpus.clone())
            .maybe("memory", amount.memory.map(|size| size.compose()))
    };
    let resources = Map::new()
        .filled("limits", amount(&service.limits))
        .filled("reservations", amount(&service.reservations));
    Map::new()
        .maybe("replicas", (service.replicas.get() != 1).then(|| service.replicas.get()))
        .filled("resources", resources)
        .into()
}
