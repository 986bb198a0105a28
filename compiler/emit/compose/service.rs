//! One service of the compose file.

use std::collections::BTreeSet;

use super::{container, mount, passed, text::text};
use crate::{
    emit::yaml::{Item, Map, Yaml, flow, seq},
    model::{
        Build, Condition, Image, InMemory, Kept, Model, Origin, Published, Reach, Resources, Service, Text,
    },
    values::{Cidr, Duration, Name},
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
    let of = |value: &Text| text(&model.variables, value);
    let own = &service.container;
    let ours = !own.as_stated;
    let mut map = image(Map::new(), model, service);
    map = map
        .maybe("profiles", profiles(service))
        .filled("entrypoint", seq(own.entrypoint.iter().map(of)))
        .filled("command", seq(service.command.iter().map(of)));
    if service.is_built() && ours && !container::states(own, "init") {
        // An application is seldom written to be process 1, which neither dies of SIGTERM nor reaps on its own.
        map = map.set("init", true);
    }
    map = map
        .maybe("user", service.user.as_ref().map(of))
        .filled("env_file", seq(env_files(model, service)))
        .filled("environment", container::environment(model, service))
        .filled("secrets", Yaml::Seq(container::secrets(service)))
        .filled("depends_on", depends_on(model, service))
        .filled("ports", Yaml::Seq(ports(model, service)))
        .filled("volumes", Yaml::Seq(service.mounts.iter().map(|one| mount::mount(model, one)).collect()))
        .filled("tmpfs", in_memory(service))
        .filled("healthcheck", healthcheck(model, service))
        .comment(restarted(model, service))
        .maybe("restart", restart(model, service))
        .maybe(
            "stop_grace_period",
            late(model, service, "stop_grace_period")
                .or(service.stop_grace.map(|grace| grace.compose().into())),
        );
    map = container::container(resources(map, model, service), model, service);
    match hardening(map, model, service).maybe("logging", container::logging(model, service)).into() {
        Yaml::Map(pairs) => passed::service(pairs, &service.raw_compose),
        other => other,
    }
}

fn in_memory(service: &Service) -> Yaml {
    let item = |one: &InMemory| Item { comment: one.about.clone(), value: one.place.as_str().into() };
    Yaml::Seq(service.tmpfs.iter().map(item).collect())
}

/// Files with variables: of several that have one, the last wins.
fn env_files(model: &Model, service: &Service) -> Vec<Yaml> {
    let own = &service.container;
    let stated = own.env_files.iter().map(|file| text(&model.variables, file).into());
    let optional = own
        .optional_env_files
        .iter()
        .map(|file| Map::new().set("path", text(&model.variables, file)).set("required", false).into());
    stated.chain(optional).collect()
}

/// Compose profiles by which it is started.
fn profiles(service: &Service) -> Option<Yaml> {
    let derived = service.profile.iter().map(|profile| profile.as_str());
    let all: Vec<&str> =
        derived.chain(service.container.profiles.iter().map(|profile| profile.as_str())).collect();
    (!all.is_empty()).then(|| flow(all))
}

fn restart(model: &Model, service: &Service) -> Option<String> {
    match &service.container.restart {
        Some(stated) => Some(text(&model.variables, stated)),
        // What runs on demand ends, and stays so: that is what compose does by itself.
        None if service.container.as_stated || service.profile.is_some() => None,
        None if is_stopped_by_backup(model, service) => Some("always".to_owned()),
        None => Some("unless-stopped".to_owned()),
    }
}

/// Why it is restarted in another way than others.
fn restarted(model: &Model, service: &Service) -> &'static str {
    let ours = restart(model, service).is_some() && service.container.restart.is_none();
    match ours && is_stopped_by_backup(model, service) {
        true => "A backup stops it for a while: it comes back when the host restarts meanwhile.",
        false => "",
    }
}

fn is_stopped_by_backup(model: &Model, service: &Service) -> bool {
    let stops = |kept: &Kept| matches!(kept, Kept::Files(files) if files.stopped && files.users.contains(&service.name));
    model.backups.iter().any(|backup| stops(&backup.kept))
}

fn image(map: Map, model: &Model, service: &Service) -> Map {
    match service.image() {
        Some(Image::Pulled(image)) => map.set("image", text(&model.variables, &image.value)),
        Some(Image::Built(from)) => {
            let called = match &from.tag {
                Some(tag) => Some(text(&model.variables, tag)),
                None if service.container.as_stated => None,
                None => Some(format!("{}:${{RELEASE:-latest}}", model.built_image(service))),
            };
            map.maybe("image", called).set("build", build(model, service, from))
        }
        None => map,
    }
}

/// What compose fills in at that key.
fn late(model: &Model, service: &Service, key: &str) -> Option<Yaml> {
    service.container.late(key).map(|value| text(&model.variables, value).into())
}

fn build(model: &Model, service: &Service, build: &Build) -> Yaml {
    let args = build
        .args
        .iter()
        .fold(Map::new(), |args, (name, value)| args.set(name.to_string(), text(&model.variables, value)));
    Map::new()
        .set("context", model.source(&build.context))
        .maybe("dockerfile", build.dockerfile.as_ref().map(|path| path.bare().to_owned()))
        .maybe(
            "target",
            late(model, service, "build.target").or(build.target.as_ref().map(|one| one.to_string().into())),
        )
        .filled("args", args)
        .filled("cache_from", seq(build.cache_from.iter().map(|image| text(&model.variables, image))))
        .maybe("network", build.network.as_ref().map(|network| text(&model.variables, network)))
        .into()
}

/// Services of the host itself that it reaches, and where: Docker's DNS knows containers only.
pub fn reached_on_host(model: &Model, service: &Service) -> Vec<(String, Text)> {
    let monitoring = model.monitoring.as_ref().filter(|monitoring| monitoring.prometheus.0 == service.name);
    let scraped = monitoring.into_iter().flat_map(|monitoring| &monitoring.scrapes).map(|scrape| &scrape.job);
    let reached: BTreeSet<&Name> = service.needs.iter().map(|need| &need.service).chain(scraped).collect();
    let units = model.units().filter(|(unit, _)| reached.contains(&unit.name));
    units.map(|(reached, unit)| (reached.name.to_string(), Text::literal(unit.listen.to_string()))).collect()
}

fn depends_on(model: &Model, service: &Service) -> Map {
    let is_container = |name: &Name| model.service(name).is_some_and(|other| other.unit().is_none());
    service.needs.iter().filter(|need| is_container(&need.service)).fold(Map::new(), |needs, need| {
        let condition = match need.condition {
            Condition::Healthy => "service_healthy",
            Condition::Started | Condition::Merely => "service_started",
            Condition::Completed => "service_completed_successfully",
        };
        needs.set(need.service.to_string(), Map::new().set("condition", condition))
    })
}

/// Every port, a range on one line.
fn ports(model: &Model, service: &Service) -> Vec<Item> {
    let known = service.published.iter().map(|published| port(model, published));
    let loose = service.container.ports.iter().map(|port| container::loose_port(model, port));
    known.chain(loose).collect()
}

fn port(model: &Model, published: &Published) -> Item {
    let protocol = if published.protocol == "tcp" { "" } else { "/udp" };
    let pair = format!("{}:{}{protocol}", published.host, published.container);
    let because = match &published.origin {
        Origin::Stated(_) => None,
        Origin::Derived { because, .. } => Some(format!("Published because {because}.")),
    };
    let (address, networks): (_, &[Cidr]) = match &published.reach {
        Reach::Public => (None, &[]),
        Reach::Loopback => (Some("127.0.0.1"), &[]),
        Reach::Address(address, networks) => (Some(address.as_str()), networks),
        Reach::Networks(networks) => (None, networks),
    };
    let value = match (&published.late, address) {
        (Some(late), _) => container::loose_port(model, late).value,
        (None, Some(address)) => format!("{address}:{pair}").into(),
        (None, None) => pair.into(),
    };
    if networks.is_empty() {
        return Item { comment: because, value };
    }
    let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
    let because = because.map(|because| format!("{because}\n")).unwrap_or_default();
    let comment = format!(
        "{because}Docker opens this to everyone, past ufw's own rules: ufw/after.rules lets only {} in.",
        networks.join(", ")
    );
    Item { comment: Some(comment), value }
}

fn healthcheck(model: &Model, service: &Service) -> Map {
    let Some(health) = &service.health else {
        return Map::new().maybe("disable", service.container.unchecked.then_some(true));
    };
    // Compose names the image's own shell by one word.
    let (form, test) =
        if health.shell { ("CMD-SHELL", health.test.get(2..)) } else { ("CMD", health.test.get(..)) };
    let words = test.unwrap_or_default().iter().map(|word| text(&model.variables, word));
    let test = flow(std::iter::once(form.to_owned()).chain(words));
    let late = |key| late(model, service, key);
    let time = |time: Option<Duration>| time.map(|time| time.compose().into());
    // Without a test the image's own is asked, at these times or at its own.
    Map::new()
        .maybe("test", (!health.test.is_empty()).then_some(test))
        .maybe("interval", late("interval").or(time(health.interval)))
        .maybe("timeout", late("timeout").or(time(health.timeout)))
        .maybe("retries", late("retries").or(health.retries.map(|count| count.get().into())))
        .maybe("start_period", late("start_period").or(time(health.start_period)))
        .maybe("start_interval", late("start_interval").or(time(health.start_interval)))
}

fn resources(map: Map, model: &Model, service: &Service) -> Map {
    let late = |key: &str| late(model, service, key);
    let amount = |amount: &Resources, of: &str| {
        let cpus = amount.cpus.as_ref().map(|cpus| cpus.value.clone().into());
        Map::new().maybe("cpus", late(&format!("{of}.cpus")).or(cpus)).maybe(
            "memory",
            late(&format!("{of}.memory")).or(amount.memory.map(|size| size.compose().into())),
        )
    };
    let resources: Yaml = Map::new()
        .filled(
            "limits",
            amount(&service.limits, "limits").maybe("pids", container::pids_beside(model, service)),
        )
        .filled("reservations", amount(&service.reservations, "reservations"))
        .into();
    let ours = !service.container.as_stated;
    let replicas = late("scale").or((service.replicas.get() != 1).then(|| service.replicas.get().into()));
    // Where there was no `deploy` before, compose takes a number of containers in it for another service and makes
    // those that run anew, instead of starting more beside them.
    let deployed =
        !resources.is_empty() || service.raw_compose.iter().any(|node| node.name.value == "deploy");
    let (replicas, scale) = if deployed { (replicas, None) } else { (None, replicas) };
    map.maybe("scale", scale)
        .filled("deploy", Map::new().maybe("replicas", replicas).filled("resources", resources))
        .comment("What makes the reserved processors count: compose itself ignores them.")
        .maybe(
            "cpu_shares",
            service.reservations.cpus.as_ref().filter(|_| ours).and_then(|cpus| shares(cpus)),
        )
}

/// The weight of so many processors under contention: 1024 for each, as everywhere that reservations are weights.
fn shares(cpus: &str) -> Option<u32> {
    let shares = cpus.parse::<f64>().ok()? * 1024.0;
    // The kernel knows no weight below 2.
    Some(shares.round().max(2.0) as u32)
}

fn hardening(map: Map, model: &Model, service: &Service) -> Map {
    let of = |key: &str| {
        let stated = service.container.lists.iter().find(|(known, _)| *known == key);
        stated.into_iter().flat_map(|(_, texts)| texts).map(|value| text(&model.variables, value))
    };
    let kept = service.capabilities.iter().flatten().map(|name| name.to_string());
    let dropped = service.capabilities.is_some().then(|| "ALL".to_owned());
    let map = map
        .filled("cap_drop", flow(dropped.into_iter().chain(of("cap_drop"))))
        .filled("cap_add", flow(kept.chain(of("cap_add"))));
    // Compose refuses to place values from the environment into a container that is read-only.
    let read_only = service.read_only
        && service.secret_files.is_empty()
        && !container::states(&service.container, "read_only");
    let no_gain = !service.container.gain.unwrap_or(service.container.as_stated);
    let ours = no_gain.then(|| "no-new-privileges:true".to_owned());
    map.maybe("read_only", read_only.then_some(true))
        .filled("security_opt", flow(ours.into_iter().chain(of("security_opt"))))
}
