//! What a value of an environment variable must be.

use crate::values::{Form, Language, Line, VariableType};

/// Constraints of one variable beside its least length.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// What its value is, or each of its values.
    pub kind: VariableType,
    /// The only values that are accepted; any when there is none.
    pub choices: Vec<Line>,
    /// The least value, of types that have an order.
    pub min: Option<Line>,
    /// The greatest value.
    pub max: Option<Line>,
    /// What the value matches as a whole.
    pub form: Option<Form>,
    /// The sign between the values of a list.
    pub separator: Option<char>,
}

impl Constraint {
    /// Anything at all.
    pub const ANYTHING: Constraint = Constraint {
        kind: VariableType::Text,
        choices: Vec::new(),
        min: None,
        max: None,
        form: None,
        separator: None,
    };

    /// What is wrong with a value that is not empty, without the value itself. The scripts on a host say the same.
    pub fn wrong(&self, value: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let each: Vec<&str> = match self.separator {
            Some(separator) => value.split(separator).collect(),
            None => vec![value],
        };
        for one in each {
            for problem in self.wrong_one(one) {
                if !found.contains(&problem) {
                    found.push(problem);
                }
            }
        }
        found
    }

    fn wrong_one(&self, value: &str) -> Vec<String> {
        if !self.kind.matches(value) {
            return vec![format!("not {}", self.kind.what())];
        }
        let mut found = Vec::new();
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice.as_str() == value) {
            let choices: Vec<&str> = self.choices.iter().map(Line::as_str).collect();
            found.push(format!("none of {}", choices.join(", ")));
        }
        let bound = |bound: &Option<Line>| bound.as_ref().and_then(|b| self.kind.magnitude(b.as_str()));
        if let Some(size) = self.kind.magnitude(value) {
            if let (Some(min), Some(text)) = (bound(&self.min), &self.min)
                && size < min
            {
                found.push(format!("below {text}"));
            }
            if let (Some(max), Some(text)) = (bound(&self.max), &self.max)
                && size > max
            {
                found.push(format!("above {text}"));
            }
        }
        if let Some(form) = &self.form
            && !form.matches(value)
        {
            found.push(format!("not of the form {form}"));
        }
        found
    }

    /// What a value is, for people who write one, in short parts; nothing when it may be anything.
    pub fn words(&self, language: Language) -> Vec<String> {
        let mut words = Vec::new();
        let list = self.separator.map(|separator| match separator {
            ' ' => language
                .pick(" (several, with a blank between them)", " (여러 개는 공백으로 구분)")
                .to_owned(),
            ',' => language.pick(" (several, with , between them)", " (여러 개는 쉼표(,)로 구분)").to_owned(),
            sign => language
                .pick(" (several, with % between them)", " (여러 개는 % 문자로 구분)")
                .replace('%', &sign.to_string()),
        });
        let list = list.unwrap_or_default();
        if !self.choices.is_empty() {
            let choices: Vec<&str> = self.choices.iter().map(Line::as_str).collect();
            words.push(language.pick("one of %", "% 중 하나").replace('%', &choices.join(", ")) + &list);
        } else if self.kind != VariableType::Text || !list.is_empty() {
            words.push(self.kind.words(language).to_owned() + &list);
        }
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => words.push(match language {
                Language::English => format!("{min} to {max}"),
                Language::Korean => format!("{min} 이상 {max} 이하"),
            }),
            (Some(min), None) => words.push(language.pick("at least %", "% 이상").replace('%', min.as_str())),
            (None, Some(max)) => words.push(language.pick("at most %", "% 이하").replace('%', max.as_str())),
            (None, None) => {}
        }
        words.extend(
            self.form
                .as_ref()
                .map(|form| language.pick("of the form %", "형식 %").replace('%', form.as_str())),
        );
        words
    }
}

#[cfg(test)]
mod tests {
    use super::Constraint;
    use crate::values::{Line, Value as _, VariableType};

    fn line(text: &str) -> Line {
        Line::parse(text).unwrap()
    }

    #[test]
    fn a_value_keeps_its_range() {
        let age = Constraint {
            kind: VariableType::Duration,
            min: Some(line("1m")),
            max: Some(line("1h")),
            ..Constraint::ANYTHING
        };
        assert!(age.wrong("15m").is_empty() && age.wrong("3600s").is_empty());
        assert_eq!(age.wrong("59s"), ["below 1m"]);
        assert_eq!(age.wrong("61m"), ["above 1h"]);
        assert_eq!(age.wrong("61"), ["not a duration such as 30s, 15m or 24h"]);
    }

    #[test]
    fn each_value_of_a_list_is_judged() {
        let origins = Constraint { kind: VariableType::Url, separator: Some(','), ..Constraint::ANYTHING };
        assert!(origins.wrong("http://a,https://b:3000").is_empty());
        assert_eq!(origins.wrong("http://a,,b").len(), 1);
    }

    #[test]
    fn choices_are_the_only_values() {
        let stage = Constraint { choices: vec![line("dev"), line("prod")], ..Constraint::ANYTHING };
        assert!(stage.wrong("dev").is_empty());
        assert_eq!(stage.wrong("test"), ["none of dev, prod"]);
    }
}
