//! What the lines of a log hold, and what is drawn from them.

use super::{MetricType, Origin};
use crate::values::{Decimal, Form, Line, MetricName, Name};

/// What is known of the lines of a log: each is a JSON object.
#[derive(Clone, Debug)]
pub struct LogSchema {
    /// The service that writes it.
    pub service: Name,
    /// The file on the host.
    pub file: String,
    /// The file as its service names it.
    pub path: String,
    /// The fields of each object.
    pub fields: Vec<Field>,
    /// Whether there may be others.
    pub open: bool,
    /// What is counted and measured of the lines.
    pub metrics: Vec<LogMetric>,
    /// Where it is stated.
    pub origin: Origin,
}

impl LogSchema {
    /// What its files in the tree begin with: `logs/backend/app.jsonl`.
    pub fn place(&self) -> String {
        format!("logs/{}/{}", self.service, self.file.rsplit('/').next().unwrap_or_default())
    }
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Line,
    /// What its value is.
    pub kind: FieldType,
    /// Whether it is a list of such values.
    pub list: bool,
    /// Whether it may be absent or null.
    pub optional: bool,
    /// The only values; any when empty.
    pub one_of: Vec<Line>,
    /// The least number.
    pub min: Option<Decimal>,
    /// The greatest number.
    pub max: Option<Decimal>,
    /// The form of a text.
    pub form: Option<Form>,
    /// What its numbers count.
    pub unit: Option<LogUnit>,
    /// What it means.
    pub about: Option<Line>,
    /// The fields of the object that it is.
    pub fields: Vec<Field>,
    /// Whether that object may have others.
    pub open: bool,
}

impl Field {
    /// The values that it can have, as text, when they are few.
    pub fn choices(&self) -> Option<Vec<String>> {
        match (self.one_of.as_slice(), self.kind) {
            _ if self.list => None,
            ([], FieldType::Boolean) => Some(vec!["false".to_owned(), "true".to_owned()]),
            ([], _) => None,
            (values, _) => Some(values.iter().map(ToString::to_string).collect()),
        }
    }
}

/// What the value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A date with a time and its zone, as RFC 3339 writes it.
    Time,
    /// A date, `2025-01-21`.
    Date,
    /// A URL.
    Url,
    /// An address of mail.
    Email,
    /// An address of IP, of either version.
    Ip,
    /// A UUID.
    Uuid,
    /// An object.
    Object,
}

impl FieldType {
    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(self, FieldType::Integer | FieldType::Number)
    }
}

/// What numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogUnit {
    /// Thousandths of a microsecond.
    Nanoseconds,
    /// Millionths of a second.
    Microseconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Bytes.
    Bytes,
    /// 1024 bytes.
    Kibibytes,
    /// 1024 × 1024 bytes.
    Mebibytes,
    /// Hundredths.
    Percent,
}

impl LogUnit {
    /// The base unit, as names of metrics tell it, and how many of it one is.
    pub fn base(self) -> (&'static str, f64) {
        match self {
            LogUnit::Nanoseconds => ("seconds", 1e-9),
            LogUnit::Microseconds => ("seconds", 1e-6),
            LogUnit::Milliseconds => ("seconds", 0.001),
            LogUnit::Seconds => ("seconds", 1.0),
            LogUnit::Minutes => ("seconds", 60.0),
            LogUnit::Bytes => ("bytes", 1.0),
            LogUnit::Kibibytes => ("bytes", 1024.0),
            LogUnit::Mebibytes => ("bytes", 1_048_576.0),
            LogUnit::Percent => ("ratio", 0.01),
        }
    }
}

/// A metric that is drawn from the lines of a log.
#[derive(Clone, Debug)]
pub struct LogMetric {
    /// Its name.
    pub name: MetricName,
    /// Its type; no summary.
    pub kind: MetricType,
    /// What it counts.
    pub about: String,
    /// Its labels: their names, the fields, and the values that these have.
    pub labels: Vec<(String, Vec<String>, Vec<String>)>,
    /// The field whose numbers it takes, part by part, and what one of these is in the metric's unit; lines are counted
    /// without.
    pub of: Option<(Vec<String>, f64)>,
    /// Fields that must have one of these values for a line to count.
    pub conditions: Vec<(Vec<String>, Vec<String>)>,
    /// Upper bounds of a histogram's buckets, ascending.
    pub buckets: Vec<Decimal>,
}
