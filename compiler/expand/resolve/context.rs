//! What every part of the resolution looks things up in.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{external, rotation};
use crate::{
    diagnostic::{Diagnostic, meant},
    expand::{
        kind::Kind,
        kinds::Kinds,
        placeholder::{Scope, Unfilled},
        read::{
            external::ExternalSpec,
            from::Source,
            service::ServiceSpec,
            site::RouteSpec,
            system::SystemSpec,
            template::{Piece, Template},
            variable::VariableSpec,
        },
        setting::Typed,
    },
    model::{Host, Origin, Part, Service, Text, Variable},
    source::{Located, Span},
    syntax::{Scalar, Sink},
    values::{EnvName, Hostname, Language, Line, Name, RelPath, UrlPath, Value as _},
};

/// Reads a file that the description names, relative to the source in which the span lies. The error says why not.
pub type ReadFile<'a> = dyn Fn(Span, &RelPath) -> Result<String, String> + Sync + 'a;

/// Everything stated, with the scopes that placeholders and references are filled from.
pub struct Context<'a> {
    /// The description.
    pub spec: &'a SystemSpec,
    /// Stated and derived services.
    pub specs: &'a [ServiceSpec],
    /// All kinds.
    pub kinds: &'a Kinds,
    /// All hosts, at least one.
    pub hosts: &'a [Host],
    /// Where users reach the system.
    pub domain: Hostname,
    /// Language of texts for people.
    pub language: Language,
    /// Reads files that the description names.
    pub read: &'a ReadFile<'a>,
    /// Where problems are reported.
    pub sink: &'a Sink,
    services: BTreeMap<&'a Name, &'a ServiceSpec>,
    externals: BTreeMap<&'a Name, &'a ExternalSpec>,
    variables: BTreeMap<&'a EnvName, &'a VariableSpec>,
    scopes: BTreeMap<&'a Name, Scope>,
}

impl<'a> Context<'a> {
    /// Builds the scopes of all services.
    pub fn new(
        spec: &'a SystemSpec,
        specs: &'a [ServiceSpec],
        kinds: &'a Kinds,
        hosts: &'a [Host],
        domain: Hostname,
        read: &'a ReadFile<'a>,
        sink: &'a Sink,
    ) -> Self {
        // Of two of one name, which has been reported, the first is meant.
        let services = specs.iter().rev().map(|service| (&service.name.value, service)).collect();
        let variables =
            spec.variables.iter().rev().map(|variable| (&variable.name.value, variable)).collect();
        let externals =
            spec.externals.iter().rev().map(|external| (&external.name.value, external)).collect();
        let language = spec.runbook.as_ref().map_or(Language::English, |runbook| runbook.language);
        let scopes = BTreeMap::new();
        let mut context = Context {
            spec,
            specs,
            kinds,
            hosts,
            domain,
            language,
            read,
            sink,
            services,
            externals,
            variables,
            scopes,
        };
        let routed = context.routed();
        let plain =
            |service: &ServiceSpec| Some(context.plain_scope(service, context.kind(service)?, &routed));
        let scope = |service: &'a ServiceSpec| {
            let mut scope = plain(service)?;
            // What an exporter observes is in its scope as `of`.
            if let Some(name) = &service.derived.observes
                && let Some(observed) = context.service(name).and_then(plain)
            {
                scope.text("of", name.to_string());
                scope.nest("of", &observed);
            }
            Some((&service.name.value, scope))
        };
        context.scopes = specs.iter().filter_map(scope).collect();
        context
    }

    /// The kind of a service; an unknown one has been reported by its reader.
    pub fn kind(&self, spec: &ServiceSpec) -> Option<&'a Kind> {
        self.kinds.get(spec.kind.value.as_str()).map(|defined| &defined.kind)
    }

    /// The stated or derived service of that name.
    pub fn service(&self, name: &Name) -> Option<&'a ServiceSpec> {
        self.services.get(name).copied()
    }

    /// What somebody else runs under that name.
    pub fn external(&self, name: &Name) -> Option<&'a ExternalSpec> {
        self.externals.get(name).copied()
    }

    /// The scope of a service.
    pub fn scope(&self, name: &Name) -> Option<&Scope> {
        self.scopes.get(name)
    }

    /// Where it exports metrics itself: as it says, as its kind does, or, when it says no more than a port, as usual.
    pub fn metrics_path(&self, spec: &ServiceSpec, kind: &Kind) -> Option<UrlPath> {
        let stated = spec.metrics.as_ref().and_then(|metrics| metrics.path.as_ref());
        let path = stated.or(kind.metrics_path.as_ref()).map(|path| path.value.clone());
        path.or_else(|| spec.metrics.as_ref().and_then(|_| UrlPath::parse("/metrics").ok()))
    }

    /// Services that routes of the ingress lead to.
    fn routed(&self) -> BTreeSet<&'a Name> {
        let ingress = self.spec.ingress.iter();
        let routes =
            ingress.flat_map(|one| one.routes.iter().chain(one.sites.iter().flat_map(|site| &site.routes)));
        routes.flat_map(RouteSpec::answering).map(|name| &name.value).collect()
    }

    fn plain_scope(&self, spec: &ServiceSpec, kind: &Kind, routed: &BTreeSet<&Name>) -> Scope {
        let mut scope = Scope::default();
        for name in ["port", "version", "health", "metrics", "log", "log-every", "routed"] {
            scope.absent(name);
        }
        scope.text("name", spec.name.value.to_string());
        scope.text("system", self.spec.name.value.to_string());
        scope.text("domain", self.domain.to_string());
        scope.text("timezone", self.spec.timezone.value.to_string());
        let listen = spec.unit.as_ref().map_or("0.0.0.0".to_owned(), |unit| unit.listen.value.to_string());
        scope.text("listen", listen);
        if let Some(port) = spec.port.as_ref().or(kind.port.as_ref()) {
            scope.text("port", port.value.to_string());
        }
        if let Some(version) = spec.version.as_ref().or(kind.version.as_ref()) {
            scope.text("version", version.value.to_string());
        }
        if let Some(path) = spec.health.as_ref().and_then(|h| h.path.as_ref()).or(kind.health_path.as_ref()) {
            scope.text("health", path.value.to_string());
        }
        if let Some(path) = self.metrics_path(spec, kind) {
            scope.text("metrics", path.to_string());
        }
        // Who is reached directly as well can be told anything.
        if spec.publish.is_empty() && routed.contains(&spec.name.value) {
            scope.set("routed", vec![Typed::Bool(true)]);
        }
        for setting in &kind.settings {
            scope.absent(setting.name.value.as_str());
        }
        for (name, values, _, _) in &spec.settings {
            scope.set(name.as_str(), values.clone());
        }
        for (name, values) in &spec.derived.settings {
            scope.set(*name, values.clone());
        }
        scope
    }

    /// Fills a text of a kind. None when it is left out; what is wrong with the kind is reported at its place.
    pub fn fill(&self, scope: &Scope, template: &Located<Line>, nth: usize) -> Option<Text> {
        self.filled(scope.fill(template.value.as_str(), nth), template.span)
    }

    /// The value of a filling, with what is wrong about it reported.
    pub fn filled<T>(&self, result: Result<T, Unfilled>, span: Span) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Unfilled::Absent) => None,
            Err(Unfilled::Wrong(error)) => {
                self.sink.report(Diagnostic::error("invalid-placeholder", error).at(span, "in this text of the kind").help("settings of the kind, `name`, `port`, `version`, `health`, `metrics`, `routed`, `listen`, `domain`, `timezone` and `of.…` are known; `{{` is a brace"));
                None
            }
        }
    }

    /// The service that a reference names; a dangling one is reported.
    pub fn reference(&self, name: &Name, span: Span) -> Option<&'a ServiceSpec> {
        let found = self.service(name);
        if found.is_none() {
            let known: Vec<&str> = self.specs.iter().map(|spec| spec.name.value.as_str()).collect();
            let diagnostic = Diagnostic::error("unknown-service", format!("there is no service `{name}`"))
                .at(span, "named here");
            let others = self.spec.externals.iter().map(|external| external.name.value.as_str());
            let help = match self.external(name) {
                Some(_) => {
                    "it is external: others can need and reach it, and it has no container here".to_owned()
                }
                None => meant(name.as_str(), known.iter().copied().chain(others), || {
                    format!("services: {}", known.join(", "))
                }),
            };
            self.sink.report(diagnostic.help(help));
        }
        found
    }

    /// The text that a value stands for, as it is seen from the private network.
    pub fn value(&self, source: &Located<Source>) -> Option<Text> {
        self.value_seen(source, false)
    }

    /// What a value is as long as nobody sets its variables: by their defaults. None when one has no default.
    pub fn by_default(&self, source: &Source) -> Option<String> {
        let declared = |name: &EnvName| {
            let default = self.variables.get(name)?.default.as_ref()?;
            Some(default.to_string())
        };
        match source {
            Source::Literal(scalar) => Some(scalar.text().into_owned()),
            Source::Variable(name) => declared(name),
            Source::Template(template) => template.by_default(declared),
            _ => None,
        }
    }

    /// The text that a value stands for to this service: programs of the host reach containers where they are published.
    pub fn value_for(&self, asker: &ServiceSpec, source: &Located<Source>) -> Option<Text> {
        self.value_seen(source, asker.unit.is_some())
    }

    /// The scope of a service as others see it: under its name, or from the host.
    fn scope_seen(&self, name: &Name, from_host: bool) -> Option<Cow<'_, Scope>> {
        let scope = self.scope(name)?;
        if !from_host {
            return Some(Cow::Borrowed(scope));
        }
        let spec = self.service(name)?;
        let mut seen = scope.clone();
        match &spec.unit {
            Some(unit) => seen.text("name", unit.listen.value.to_string()),
            None => {
                let port = spec.port.as_ref().or(self.kind(spec)?.port.as_ref()).map(|port| port.value);
                let published =
                    port.and_then(|port| spec.publish.iter().find_map(|publish| publish.host_of(port)));
                seen.text("name", "127.0.0.1");
                if let Some(published) = published {
                    seen.text("port", published.to_string());
                }
            }
        }
        Some(Cow::Owned(seen))
    }

    fn value_seen(&self, source: &Located<Source>, from_host: bool) -> Option<Text> {
        if let Some(external) = source.value.service().and_then(|name| self.external(name)) {
            return self.of_external(external, source);
        }
        Some(match &source.value {
            Source::Literal(scalar) => Text::literal(match scalar {
                Scalar::Null => String::new(),
                scalar => scalar.text().into_owned(),
            }),
            Source::Template(template) => self.template(template, source.span)?,
            Source::Secret(name) => self.variable(name, true, source.span)?,
            Source::Variable(name) => self.variable(name, false, source.span)?,
            Source::PublicUrl(path) => {
                Text::literal(self.public_url(path.as_ref().map_or("", |path| path.as_str())))
            }
            Source::HostOf(name) => {
                self.reference(name, source.span)?;
                self.scope_seen(name, from_host)?.fill("{name}", 0).ok()?
            }
            Source::PortOf(name) => {
                self.reference(name, source.span)?;
                self.known(name, source.span, from_host, "{port}")?
            }
            Source::AddressOf(name) => {
                self.reference(name, source.span)?;
                self.known(name, source.span, from_host, "{name}:{port}")?
            }
            Source::UrlOf(name) => {
                let other = self.reference(name, source.span)?;
                let kind = self.kind(other)?;
                let scope = self.scope_seen(name, from_host)?;
                let url = kind.urls.iter().find_map(|url| self.fill(&scope, url, 0));
                // What is missing of a faulty one has been told: its address may need just that.
                if url.is_none() && !other.faulty {
                    self.sink.report(
                        Diagnostic::error(
                            "no-url",
                            format!("the kind of `{name}` does not say how others connect"),
                        )
                        .at(source.span, "asked for here")
                        .help("write the address as a string, or give the kind a `url`"),
                    );
                }
                url?
            }
        })
    }

    /// What a value that refers to something external stands for.
    fn of_external(&self, external: &ExternalSpec, source: &Located<Source>) -> Option<Text> {
        let at = external.at();
        let text = match &source.value {
            Source::UrlOf(_) if external.url.is_none() => None,
            // An unknown secret has been reported.
            Source::UrlOf(_) => return external::url(self, external),
            Source::HostOf(_) => at.map(|(address, _)| address.to_string()),
            Source::PortOf(_) => at.map(|(_, port)| port.to_string()),
            _ => at.map(|(address, port)| address.with_port(port)),
        };
        if text.is_none() {
            let (code, what, help) = match &source.value {
                Source::UrlOf(_) => ("no-url", "how others connect", "give it a `url`"),
                _ => (
                    "no-port",
                    "where it answers",
                    "give it an `address` and a `port`, or write its `url` out",
                ),
            };
            self.sink.report(
                Diagnostic::error(code, format!("`{}` does not say {what}", external.name.value))
                    .at(source.span, "asked for here")
                    .at(external.span, "stated here")
                    .help(help),
            );
        }
        text.map(Text::literal)
    }

    fn known(&self, name: &Name, span: Span, from_host: bool, template: &str) -> Option<Text> {
        let text = self.scope_seen(name, from_host).and_then(|scope| scope.fill(template, 0).ok());
        if text.is_none() && !self.service(name).is_some_and(|other| other.faulty) {
            self.sink.report(
                Diagnostic::error("no-port", format!("`{name}` has no port"))
                    .at(span, "asked for here")
                    .help("give it a `port`"),
            );
        }
        text
    }

    /// The public address of a path.
    pub fn public_url(&self, path: &str) -> String {
        use crate::model::Tls;
        // Who names a proxy in front has TLS end there.
        let plain = self.spec.ingress.as_ref().is_some_and(|ingress| {
            ingress.behind.is_empty()
                && ingress.tls.as_ref().is_some_and(|tls| matches!(tls.value, Tls::None))
        });
        let port = self.spec.ingress.as_ref().and_then(|ingress| {
            let (http, https) = super::ingress::ports(ingress)?;
            let in_front = !ingress.behind.is_empty();
            let (port, usual) = if plain { (http, 80) } else { (https, 443) };
            (!in_front && port.get() != usual).then(|| format!(":{port}"))
        });
        let scheme = if plain { "http" } else { "https" };
        format!("{scheme}://{}{}{path}", self.domain, port.unwrap_or_default())
    }

    /// A text with variables in it. Those that nothing stands in for must be declared.
    fn template(&self, template: &Template, span: Span) -> Option<Text> {
        let mut text = Text::default();
        for piece in &template.pieces {
            match piece {
                Piece::Literal(literal) => text.push(literal),
                Piece::Variable(name) => text.append(&self.either(name, span)?),
                Piece::Reference { name, bare, text: whole } => {
                    for name in bare {
                        self.either(name, span)?;
                    }
                    let mut names = bare.clone();
                    if !names.contains(name) {
                        names.push(name.clone());
                    }
                    text.parts.push(Part::Reference { names, text: whole.clone() });
                }
            }
        }
        Some(text)
    }

    /// A reference to a declared secret or variable, whichever it is.
    fn either(&self, name: &EnvName, span: Span) -> Option<Text> {
        let secret = self.variables.get(name).is_some_and(|declared| declared.secret);
        self.variable(name, secret, span)
    }

    /// A reference to a declared variable; an undeclared one is reported.
    pub fn variable(&self, name: &EnvName, secret: bool, span: Span) -> Option<Text> {
        let word = if secret { "secret" } else { "variable" };
        match self.variables.get(name) {
            Some(declared) if declared.secret == secret => Some(Text::variable(name.clone())),
            Some(declared) => {
                let other = if secret { "variable" } else { "secret" };
                self.sink.report(
                    Diagnostic::error("wrong-reference", format!("`{name}` is a {other}, not a {word}"))
                        .at(span, "referred to here")
                        .at(declared.span, "declared here")
                        .help(format!("write `({other})\"{name}\"`")),
                );
                None
            }
            None => {
                let known =
                    self.spec.variables.iter().filter(|v| v.secret == secret).map(|v| v.name.value.as_str());
                let diagnostic = Diagnostic::error("unknown-secret", format!("there is no {word} `{name}`"))
                    .at(span, "named here");
                let declare = || format!("declare it in the system: `{word} \"{name}\"`");
                self.sink.report(diagnostic.help(meant(name.as_str(), known, declare)));
                None
            }
        }
    }

    /// Every declared variable with those who use it.
    pub fn variables(&self, services: &[Service], spec: &SystemSpec) -> Vec<Variable> {
        let mut users: BTreeMap<&EnvName, BTreeSet<Name>> = BTreeMap::new();
        for service in services {
            for name in service.variables() {
                users.entry(name).or_default().insert(service.name.clone());
            }
        }
        let mut variables: Vec<Variable> = spec
            .variables
            .iter()
            .map(|v| Variable {
                name: v.name.value.clone(),
                about: v.about.clone(),
                secret: v.secret,
                min_length: v.min_length.as_ref().map_or(1, |n| n.value.get()),
                constraint: v.constraint.clone(),
                rotate_every: v.rotate_every,
                default: v.default.clone(),
                used_by: users.remove(&v.name.value).unwrap_or_default().into_iter().collect(),
                rotations: rotation::rotations(self, services, &v.name.value),
                origin: Origin::Stated(v.span),
            })
            .collect();
        variables.sort_by(|a, b| a.name.cmp(&b.name));
        variables
    }
}
