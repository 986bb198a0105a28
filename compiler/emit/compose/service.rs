//! One service of the compose file.

use super::{passed, text::text};
use crate::{
    emit::{
        quote,
        yaml::{Item, Map, Yaml, flow, seq},
    },
    model::{
        Build, Condition, Health, Image, Model, Mount, MountSource, Origin, Published, Reach, Resources,
        Service,
    },
    values::{AbsPath, EnvName},
};

/// Why a derived service is there.
pub fn reason(service: &Service) -> String {
    match &service.origin {
        Origin::Stated(_) => String::new(),
        Origin::Derived { because, .. } => format!("Derived: {because}."),
    }
}

/// What every container does with its output.
pub fn logging() -> Map {
    let options = Map::new().set("max-size", "10m").set("max-file", "5");
    Map::new().set("driver", "json-file").set("options", options)
}

/// The service as compose wants it, with what the description passes on merged in.
pub fn service(model: &Model, service: &Service) -> Yaml {
    let mut map = image(Map::new(), model, service);
    map = map
        .maybe("profiles", service.profile.as_ref().map(|profile| flow([profile.as_str()])))
        .filled("command", seq(service.command.iter().map(|word| text(&model.variables, word))));
    if let Image::Built(_) = service.image {
        // An application is seldom written to be process 1, which neither dies of SIGTERM nor reaps on its own.
        map = map.set("init", true);
    }
    let environment = service
        .environment
        .iter()
        .fold(Map::new(), |map, (name, value)| map.set(name.as_str(), text(&model.variables, value)));
    map = map
        .maybe("user", service.user.as_ref().map(|user| quote::compose(user.as_str())))
        .filled("environment", environment)
        .filled("secrets", Yaml::Seq(service.secret_files.iter().map(secret).collect()))
        .filled("depends_on", depends_on(service))
        .filled("ports", Yaml::Seq(service.published.iter().map(port).collect()))
        .filled("volumes", Yaml::Seq(service.mounts.iter().map(mount).collect()))
        .filled("tmpfs", seq(service.tmpfs.iter().map(|path| path.as_str())))
        .maybe("healthcheck", service.health.as_ref().map(|health| healthcheck(model, health)))
        .set("restart", if service.profile.is_some() { "no" } else { "unless-stopped" })
        .maybe("stop_grace_period", service.stop_grace.map(|grace| grace.compose()));
    map = resources(map, service);
    match hardening(map, service).set("logging", Yaml::Alias("logging")).into() {
        Yaml::Map(pairs) => passed::service(pairs, &service.raw_compose),
        other => other,
    }
}

fn image(map: Map, model: &Model, service: &Service) -> Map {
    match &service.image {
        Image::Pulled(image) => map.set("image", quote::compose(image)),
        Image::Built(from) => map
            .set("image", format!("{}/{}:${{RELEASE:-latest}}", model.system, service.name))
            .set("build", build(model, from)),
    }
}

fn build(model: &Model, build: &Build) -> Yaml {
    let folder = if build.context.is_here() { String::new() } else { format!("/{}", build.context.bare()) };
    let args = build
        .args
        .iter()
        .fold(Map::new(), |args, (name, value)| args.set(name.as_str(), text(&model.variables, value)));
    Map::new()
        .set("context", format!("${{SOURCE_DIR:-../../..}}{folder}"))
        .maybe("dockerfile", build.dockerfile.as_ref().map(|path| path.bare().to_owned()))
        .maybe("target", build.target.as_ref().map(ToString::to_string))
        .filled("args", args)
        .into()
}

/// A variable as a file, in short where compose puts it there by itself.
fn secret((name, path): &(EnvName, AbsPath)) -> Item {
    let value = if path.as_str() == format!("/run/secrets/{name}") {
        name.as_str().into()
    } else {
        Map::new().set("source", name.as_str()).set("target", path.as_str()).into()
    };
    Item { comment: None, value }
}

fn depends_on(service: &Service) -> Map {
    service.needs.iter().fold(Map::new(), |needs, need| {
        let condition = match need.condition {
            Condition::Healthy => "service_healthy",
            Condition::Started => "service_started",
        };
        needs.set(need.service.as_str(), Map::new().set("condition", condition))
    })
}

fn port(published: &Published) -> Item {
    let protocol = if published.protocol == "tcp" { "" } else { "/udp" };
    let pair = format!("{}:{}{protocol}", published.host, published.container);
    let because = match &published.origin {
        Origin::Stated(_) => None,
        Origin::Derived { because, .. } => Some(format!("Published because {because}.")),
    };
    match &published.reach {
        Reach::Public => Item { comment: because, value: pair.into() },
        Reach::Loopback => Item { comment: because, value: format!("127.0.0.1:{pair}").into() },
        Reach::Networks(networks) => {
            let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
            let comment = format!(
                "Docker opens this to everyone, past ufw's own rules: ufw/after.rules lets only {} in.",
                networks.join(", ")
            );
            Item { comment: Some(comment), value: pair.into() }
        }
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
    let words: Vec<String> = health.test.iter().map(|word| text(&model.variables, word)).collect();
    let test = match words.as_slice() {
        [shell, flag, script] if shell == "sh" && flag == "-c" => flow(["CMD-SHELL", script.as_str()]),
        words => flow(std::iter::once("CMD").chain(words.iter().map(String::as_str))),
    };
    Map::new()
        .set("test", test)
        .set("interval", health.interval.compose())
        .set("timeout", health.timeout.compose())
        .set("retries", health.retries.get())
        .set("start_period", health.start_period.compose())
        .into()
}

fn resources(map: Map, service: &Service) -> Map {
    let amount = |amount: &Resources| {
        Map::new()
            .maybe("cpus", amount.cpus.as_ref().map(|cpus| cpus.value.clone()))
            .maybe("memory", amount.memory.map(|size| size.compose()))
    };
    let resources = Map::new()
        .filled("limits", amount(&service.limits))
        .filled("reservations", amount(&service.reservations));
    // Not `deploy.replicas`: where there was no `deploy` before, compose takes it for another service and makes the
    // containers that run anew, instead of starting more beside them.
    map.maybe("scale", (service.replicas.get() != 1).then(|| service.replicas.get()))
        .filled("deploy", Map::new().filled("resources", resources))
        .comment("What makes the reserved processors count: compose itself ignores them.")
        .maybe("cpu_shares", service.reservations.cpus.as_ref().and_then(|cpus| shares(cpus)))
}

/// The weight of so many processors under contention: 1024 for each, as everywhere that reservations are weights.
fn shares(cpus: &str) -> Option<u32> {
    let shares = cpus.parse::<f64>().ok()? * 1024.0;
    // The kernel knows no weight below 2.
    Some(shares.round().max(2.0) as u32)
}

fn hardening(map: Map, service: &Service) -> Map {
    let map = match &service.capabilities {
        Some(kept) => {
            map.set("cap_drop", flow(["ALL"])).filled("cap_add", flow(kept.iter().map(|name| name.as_str())))
        }
        None => map,
    };
    // Compose refuses to place values from the environment into a container that is read-only.
    let read_only = service.read_only && service.secret_files.is_empty();
    map.maybe("read_only", read_only.then_some(true)).set("security_opt", flow(["no-new-privileges:true"]))
}
