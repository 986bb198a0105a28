//! The nouns of the language: each is made once from text, says what it is, and is right ever after.
//!
//! It refuses to know of KDL, spans or diagnostics; the reader adds those. One noun per file.

#[macro_use]
mod checked_text;
mod character;
pub(crate) mod choice;

mod account;
mod alert_name;
mod engine_name;
mod env_key;
mod env_name;
mod form;
mod git_ref;
mod label_name;
mod metric_name;
mod name;
mod part_of_day;
mod pattern;
mod priority_name;
mod promql;
mod run_as;
mod samples;
mod selector;
mod unit_name;
mod user_name;
mod variable_type;

mod amount;
mod boolean;
mod chat_id;
mod count;
mod decimal;
mod directives;
mod duration;
mod mode;
mod percent;
mod rate;
mod replicas;
mod size;
mod version;

mod month;
mod month_day;
mod schedule;
mod time;
mod timezone;
mod weekday;
mod year_day;

mod address;
mod chain_rule;
mod cidr;
mod clock_change;
mod domain;
mod door;
mod host_port;
mod hostname;
mod interface;
mod ip;
mod port;
mod ports;
mod ufw_rule;

mod abs_path;
mod bind_path;
mod host_path;
mod log_path;
mod rel_path;
mod url;
mod url_path;

mod age_key;
mod email;
mod git_url;
mod http_header;
mod image;
mod language;
mod mac_address;
mod mailbox;
mod phone;
mod text;

mod bound;

pub use abs_path::AbsPath;
pub use account::Account;
pub use address::Address;
pub use age_key::AgeKey;
pub use alert_name::AlertName;
pub use amount::Amount;
pub use bind_path::BindPath;
pub use bound::{Bound, Operator, Quantity};
pub use chain_rule::ChainRule;
pub use chat_id::ChatId;
pub(crate) use choice::{choice, one_of};
pub use cidr::Cidr;
pub use clock_change::{Clock, Day};
pub use count::Count;
pub use decimal::Decimal;
pub use directives::{Directive, Directives, read as read_directives};
pub use domain::Domain;
pub use door::Door;
pub use duration::Duration;
pub use email::Email;
pub use engine_name::EngineName;
pub use env_key::EnvKey;
pub use env_name::EnvName;
pub use form::Form;
pub use git_ref::GitRef;
pub use git_url::GitUrl;
pub use host_path::HostPath;
pub use host_port::HostPort;
pub use hostname::{HostPattern, Hostname};
pub use http_header::{HeaderName, HeaderValue};
pub use image::Image;
pub use interface::Interface;
pub use ip::Ip;
pub use label_name::LabelName;
pub use language::Language;
pub use log_path::LogPath;
pub use mac_address::MacAddress;
pub use mailbox::Mailbox;
pub use metric_name::MetricName;
pub use mode::Mode;
pub use month::Month;
pub use month_day::{MonthDay, Nth};
pub use name::Name;
pub(crate) use name::camel;
pub use part_of_day::PartOfDay;
pub use pattern::Pattern;
pub use percent::Percent;
pub use phone::Phone;
pub use port::Port;
pub use ports::Ports;
pub use priority_name::PriorityName;
pub use promql::Promql;
pub use rate::Rate;
pub use rel_path::RelPath;
pub use replicas::Replicas;
pub use run_as::RunAs;
pub use samples::Samples;
pub use schedule::{
    Cadence, CalendarTimes, Cron, MonthDays, OnCalendar, Recurrence, Schedule, Times, Weekdays,
};
pub use selector::{Labels, Selector};
pub use size::Size;
pub use text::{Line, Prose};
pub use time::Time;
pub use timezone::Timezone;
pub use ufw_rule::UfwRule;
pub use unit_name::UnitName;
pub use url::Url;
pub use url_path::UrlPath;
pub use user_name::UserName;
pub use variable_type::VariableType;
pub use version::Version;
pub use weekday::Weekday;
pub use year_day::YearDay;

/// A quantity or name that is written as text and checked as what it is.
pub trait Value: Sized {
    /// What it is, with its article, as messages and the reference page call it: `a duration`.
    const WHAT: &'static str;
    /// Correct examples, as they are typed; the first is shown in messages.
    const EXAMPLES: &'static [&'static str];
    /// Whether the examples are all that there is: then the reference page shows every one.
    const FEW: bool = false;

    /// Reads `text`. The error says what is wrong with the text (lower case, no full stop), not where; it is a
    /// sentence that stands alone and names the noun.
    fn parse(text: &str) -> Result<Self, String>;
}

#[cfg(test)]
mod laws;
