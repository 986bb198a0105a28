//! Typed settings of a kind: `setting "memory" type="size"`, and the values that services give them.

use std::cmp::Ordering;

use crate::{
    diagnostic::Diagnostic,
    expand::kind::Phrase,
    source::{Located, Span},
    syntax::{Entry, Reader, Scalar},
    values::{AbsPath, Count, Duration, EnvName, Line, Name, Percent, Port, Size, Value, choice},
};

/// What services of a kind can be told.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name: a property or child of the service, and a placeholder in the kind.
    pub name: Located<Name>,
    /// Its type.
    pub kind: SettingType,
    /// What holds when a service is silent; may refer to `{name}`.
    pub default: Option<Located<Line>>,
    /// Whether a service must give it.
    pub required: bool,
    /// The values of a choice.
    pub choices: Vec<Located<Line>>,
    /// The least value that makes sense.
    pub min: Option<Located<Line>>,
    /// The greatest value that makes sense.
    pub max: Option<Located<Line>>,
    /// Whether it may be given several times.
    pub many: bool,
    /// What it does.
    pub about: Phrase,
    /// Where a value was recommended, for the reference.
    pub source: Option<String>,
}

/// The types of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingType {
    /// Any line of text.
    Text,
    /// A whole number.
    Count,
    /// A number with a fraction.
    Decimal,
    /// `#true` or `#false`.
    Bool,
    /// `"30s"`.
    Duration,
    /// `"256MiB"`.
    Size,
    /// `"90%"`.
    Percent,
    /// A port.
    Port,
    /// An absolute path.
    Path,
    /// One of `choices`.
    Choice,
    /// `(secret)"NAME"`.
    Secret,
}

choice! { SettingType, "a type of setting", {
    "text" => Text, "count" => Count, "decimal" => Decimal, "bool" => Bool, "duration" => Duration, "size" => Size,
    "percent" => Percent, "port" => Port, "path" => Path, "choice" => Choice, "secret" => Secret,
} }

impl SettingType {
    /// Whether one value can be less than another.
    const fn ordered(self) -> bool {
        use SettingType::{Count, Decimal, Duration, Percent, Port, Size};
        matches!(self, Count | Decimal | Duration | Size | Percent | Port)
    }
}

/// A value of a setting, typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Text, numbers, paths, choices.
    Text(String),
    /// A boolean.
    Bool(bool),
    /// A duration.
    Duration(Duration),
    /// A size.
    Size(Size),
    /// A percentage.
    Percent(Percent),
    /// A reference to a secret.
    Secret(EnvName),
}

impl Typed {
    /// What it is compared by, among values of one type; none for what has no order.
    fn magnitude(&self) -> Option<f64> {
        match self {
            // What is no number has no bounds either.
            Typed::Text(text) => text.parse().ok(),
            Typed::Duration(duration) => Some(duration.millis() as f64),
            Typed::Size(size) => Some(size.bytes() as f64),
            Typed::Percent(percent) => percent.ratio().to_string().parse().ok(),
            Typed::Bool(_) | Typed::Secret(_) => None,
        }
    }
}

impl Setting {
    /// Reads one value of this setting from an entry; the error says what is wrong.
    pub fn read(&self, entry: &Entry) -> Result<Typed, String> {
        if self.kind == SettingType::Secret {
            return match (&entry.annotation, &entry.scalar) {
                (Some(annotation), Scalar::Text(name)) if annotation == "secret" => {
                    EnvName::parse(name).map(Typed::Secret)
                }
                _ => Err("a secret is named, never written: `(secret)\"NAME\"` or `secret=\"NAME\"`".into()),
            };
        }
        if let Some(annotation) = &entry.annotation {
            return Err(format!("`({annotation})` has no meaning here"));
        }
        self.parse(&entry.scalar.text())
    }

    /// Reads one value of this setting from text: of its type, and within its range.
    pub fn parse(&self, text: &str) -> Result<Typed, String> {
        let value = self.typed(text)?;
        let beyond = |bound: &Option<Located<Line>>, side: Ordering| {
            let bound = bound.as_ref()?;
            let limit = self.typed(bound.value.as_str()).ok()?;
            (value.magnitude()?.partial_cmp(&limit.magnitude()?) == Some(side))
                .then(|| bound.value.to_string())
        };
        match (beyond(&self.min, Ordering::Less), beyond(&self.max, Ordering::Greater)) {
            (Some(least), _) => Err(format!("it must be at least {least}")),
            (_, Some(most)) => Err(format!("it must be at most {most}")),
            (None, None) => Ok(value),
        }
    }

    /// Reads one value of this setting's type.
    fn typed(&self, text: &str) -> Result<Typed, String> {
        Ok(match self.kind {
            SettingType::Text => Typed::Text(Line::parse(text)?.to_string()),
            SettingType::Count => Typed::Text(Count::parse(text)?.to_string()),
            SettingType::Decimal => Typed::Text(decimal(text)?),
            SettingType::Bool => Typed::Bool(bool::parse(text)?),
            SettingType::Duration => Typed::Duration(Duration::parse(text)?),
            SettingType::Size => Typed::Size(Size::parse(text)?),
            SettingType::Percent => Typed::Percent(Percent::parse(text)?),
            SettingType::Port => Typed::Text(Port::parse(text)?.to_string()),
            SettingType::Path => Typed::Text(AbsPath::parse(text)?.to_string()),
            SettingType::Choice => {
                if !self.choices.iter().any(|choice| choice.value.as_str() == text) {
                    let known: Vec<&str> = self.choices.iter().map(|choice| choice.value.as_str()).collect();
                    return Err(format!("one of {} is right here", known.join(", ")));
                }
                Typed::Text(text.to_owned())
            }
            SettingType::Secret => return Err("a secret has no default".into()),
        })
    }

    /// Its range as people read it: `1MiB to 4GiB`; none when anything goes.
    pub fn range(&self) -> Option<String> {
        let text = |bound: &Option<Located<Line>>| bound.as_ref().map(|bound| bound.value.to_string());
        match (text(&self.min), text(&self.max)) {
            (Some(min), Some(max)) => Some(format!("{min} to {max}")),
            (Some(min), None) => Some(format!("at least {min}")),
            (None, Some(max)) => Some(format!("at most {max}")),
            (None, None) => None,
        }
    }

    /// What to write, for messages.
    fn example(&self, name: &str) -> String {
        let typed =
            |examples: &[&str]| examples.first().map(|one| format!("write for example `{name} {one:?}`"));
        let bare =
            |examples: &[&str]| examples.first().map(|one| format!("write for example `{name} {one}`"));
        match self.kind {
            SettingType::Text => typed(Line::EXAMPLES),
            SettingType::Count => bare(Count::EXAMPLES),
            SettingType::Decimal => Some(format!("write for example `{name} 0.9`")),
            SettingType::Bool => Some(format!("write `{name} #true` or `{name} #false`")),
            SettingType::Duration => typed(Duration::EXAMPLES),
            SettingType::Size => typed(Size::EXAMPLES),
            SettingType::Percent => typed(Percent::EXAMPLES),
            SettingType::Port => bare(Port::EXAMPLES),
            SettingType::Path => typed(AbsPath::EXAMPLES),
            SettingType::Choice => {
                self.choices.first().map(|one| format!("write for example `{name} {:?}`", one.value.as_str()))
            }
            SettingType::Secret => Some(format!(
                "state `secret \"NAME\"` in the system, and write `{name} secret=\"NAME\"` here"
            )),
        }
        .unwrap_or_default()
    }

    /// What it takes with its range, for messages.
    pub fn expected(&self) -> String {
        self.range().map_or_else(|| self.what().to_owned(), |range| format!("{}, {range}", self.what()))
    }

    /// What it takes.
    pub fn what(&self) -> &'static str {
        match self.kind {
            SettingType::Text => Line::WHAT,
            SettingType::Count => Count::WHAT,
            SettingType::Decimal => "a number",
            SettingType::Bool => bool::WHAT,
            SettingType::Duration => Duration::WHAT,
            SettingType::Size => Size::WHAT,
            SettingType::Percent => Percent::WHAT,
            SettingType::Port => Port::WHAT,
            SettingType::Path => AbsPath::WHAT,
            SettingType::Choice => "one of its choices",
            SettingType::Secret => "a secret",
        }
    }
}

fn decimal(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let good = |part: &str| !part.is_empty() && part.len() <= 15 && part.bytes().all(|b| b.is_ascii_digit());
    if good(whole) && good(fraction) { Ok(text.to_owned()) } else { Err("write a number such as 0.9".into()) }
}

/// Reads a `setting` node of a kind.
pub fn setting(r: &mut Reader) -> Option<Setting> {
    r.example("setting \"memory\" type=\"size\" min=\"16MiB\" about=\"most memory that data may take\"");
    let name = r
        .arg::<Name>("name", "its name: a property or child of the service, and a placeholder in the kind")
        .required();
    let kind = r.prop::<SettingType>("type", "its type").or("text");
    let default = r
        .prop::<Line>("default", "what holds when a service is silent; `{name}` in it is the service's name")
        .optional();
    let required = r.flag("required", "whether a service must give it");
    let choices = r.list::<Line>("choices", "the values of a choice");
    let min = r.prop::<Line>("min", "the least value, of its type: `64MiB`, `1s`, `0.5`").optional();
    let max = r.prop::<Line>("max", "the greatest value, of its type").optional();
    let many = r.flag("many", "whether it may be given several times");
    let about = r.prop::<Line>("about", "what it does").optional();
    let ko = r.prop::<Line>("ko", "the same in Korean").optional();
    let source = r.prop::<Line>("source", "where the default comes from").optional();
    // Kept as a fact of the kind, where a plan finds it.
    r.prop::<Line>("at-risk", "what becomes of data that is there when this changes, where it may be lost")
        .optional();
    let setting = Setting {
        name: name?,
        kind: kind?.value,
        default,
        required,
        choices,
        min,
        max,
        many,
        about: Phrase {
            en: about.map(|text| text.value.to_string()).unwrap_or_default(),
            ko: ko.map(|text| text.value.to_string()),
        },
        source: source.map(|text| text.value.to_string()),
    };
    for bound in [&setting.min, &setting.max].into_iter().flatten() {
        let text = bound.value.as_str();
        let error = match setting.typed(text) {
            _ if !setting.kind.ordered() => "values of this type have no order".to_owned(),
            Ok(_) => continue,
            Err(error) => error,
        };
        r.sink().report(
            Diagnostic::error(
                "invalid-value",
                format!("`{text}` cannot bound `{}`, which is {}", setting.name.value, setting.what()),
            )
            .at(bound.span, error)
            .help("numbers, durations, sizes and percentages can have a `min` and a `max`, each of the setting's own type"),
        );
    }
    if let Some(default) = &setting.default
        && !default.value.as_str().contains('{')
        && let Err(error) = setting.parse(default.value.as_str())
    {
        r.sink().report(
            Diagnostic::error(
                "invalid-value",
                format!("the default of `{}` is {}, which it is not", setting.name.value, setting.expected()),
            )
            .at(default.span, error)
            .help("give a default that is of the setting's type, or none"),
        );
    }
    Some(setting)
}

/// The values that a service gives to the settings of its kind, and the kind's defaults for the rest.
pub fn values(r: &mut Reader, settings: &[Setting], service: &str) -> Vec<(Name, Vec<Typed>, bool, Span)> {
    let mut found = Vec::new();
    for setting in settings {
        let name = setting.name.value.as_str();
        let entries = match (setting.many, r.node()) {
            (true, Some(node)) => {
                let children = node.children.iter().filter(|child| child.name.value == name);
                node.prop(name)
                    .into_iter()
                    .chain(children.flat_map(|child| &child.entries))
                    .cloned()
                    .collect()
            }
            _ if setting.kind == SettingType::Bool => {
                r.switch_setting(name).map(|(entry, _)| vec![entry]).unwrap_or_default()
            }
            _ => r.setting(name).map(|(entry, _)| vec![entry]).unwrap_or_default(),
        };
        let mut values = Vec::new();
        for entry in &entries {
            match setting.read(entry) {
                Ok(value) => values.push(value),
                Err(error) => r.sink().report(
                    Diagnostic::error(
                        "invalid-value",
                        format!("`{name}` is {}, which `{}` is not", setting.expected(), entry.scalar.text()),
                    )
                    .at(entry.span, error)
                    .help(setting.example(name)),
                ),
            }
            r.keep(name, shown(entry), entry.span);
        }
        let span = entries.first().map(|entry| entry.span).or(r.span());
        let stated = !entries.is_empty();
        if !stated && let Some(default) = &setting.default {
            let text = default.value.as_str().replace("{name}", service);
            values.extend(setting.parse(&text).ok());
            if let Some(span) = span {
                r.keep(name, text, span);
            }
        }
        if !stated
            && setting.required
            && let Some(span) = span
        {
            r.sink().report(
                Diagnostic::error("missing-property", format!("`{service}` needs `{name}`"))
                    .at(span, format!("{} is missing: {}", setting.what(), setting.about.en))
                    .help(if setting.kind == SettingType::Secret {
                        format!("write for example `{name} secret=\"NAME\"` inside")
                    } else {
                        setting.example(name)
                    }),
            );
        }
        if !values.is_empty()
            && let Some(span) = span
        {
            found.push((setting.name.value.clone(), values, stated, span));
        }
    }
    found
}

/// What holds for a service of which nothing is said: the defaults.
pub fn defaults(settings: &[Setting], service: &str, span: Span) -> Vec<(Name, Vec<Typed>, bool, Span)> {
    let default = |setting: &Setting| {
        let text = setting.default.as_ref()?.value.as_str().replace("{name}", service);
        Some((setting.name.value.clone(), vec![setting.parse(&text).ok()?], false, span))
    };
    settings.iter().filter_map(default).collect()
}

fn shown(entry: &Entry) -> String {
    match &entry.annotation {
        Some(annotation) => format!("({annotation}){}", entry.scalar.text()),
        None => entry.scalar.text().into_owned(),
    }
}
