//! Times in which nobody is told, on the clock of the system.

use crate::{
    emit::yaml::{Map, flow, seq},
    model::{Model, Quiet},
    values::{Time, Weekday},
};

/// Each quiet time that a receiver names.
pub fn intervals(model: &Model) -> Vec<Map> {
    let named = |quiet: &&Quiet| model.notify.receivers.iter().any(|one| one.quiet.contains(&quiet.name));
    let all = model.notify.quiet.iter().filter(named);
    all.map(|quiet| {
        Map::new()
            .set("name", quiet.name.as_str())
            .set("time_intervals", seq(parts(quiet, model.timezone.as_str())))
    })
    .collect()
}

/// Alertmanager knows no time that goes over midnight: it has two parts, of which the second is on the day after.
fn parts(quiet: &Quiet, zone: &str) -> Vec<Map> {
    let end = |time: Time| if time == Time::MIDNIGHT { "24:00".to_owned() } else { time.to_string() };
    let days = quiet.days.clone();
    let next = || days.iter().map(|day| Weekday::ALL[usize::from(day.iso()) % 7]).collect();
    match (quiet.from, quiet.until) {
        (None, None) => vec![part(None, days, zone)],
        (Some(from), Some(until)) if until <= from && until != Time::MIDNIGHT => vec![
            part(Some((from.to_string(), "24:00".to_owned())), days.clone(), zone),
            part(Some(("00:00".to_owned(), until.to_string())), next(), zone),
        ],
        (from, until) => {
            let from = from.unwrap_or(Time::MIDNIGHT).to_string();
            vec![part(Some((from, end(until.unwrap_or(Time::MIDNIGHT)))), days, zone)]
        }
    }
}

fn part(times: Option<(String, String)>, mut days: Vec<Weekday>, zone: &str) -> Map {
    days.sort_unstable();
    let times = times.map(|(from, until)| Map::new().set("start_time", from).set("end_time", until));
    Map::new()
        .filled("times", seq(times))
        .filled("weekdays", flow(days.iter().map(ToString::to_string)))
        .maybe("location", (zone != "UTC").then(|| zone.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::intervals;
    use crate::{check::testing, emit::yaml::Yaml};

    fn text(quiet: &str) -> String {
        let model = testing::model(&format!(
            "secret \"HOOK\"\nservice \"web\" kind=\"static-site\" {{ build \".\"; }}\nmonitor\nnotify {{ quiet \"x\" {quiet}; webhook url=(secret)\"HOOK\" quiet=\"x\"; }}"
        ));
        let all: Vec<Yaml> = intervals(&model).into_iter().map(Yaml::from).collect();
        all[0].document("")
    }

    #[test]
    fn a_night_has_two_parts() {
        let night = text("from=\"22:00\" until=\"07:00\" { on \"friday\" \"sunday\"; }");
        assert!(
            night.contains("weekdays: [\"friday\", \"sunday\"]") && night.contains("end_time: \"24:00\""),
            "{night}"
        );
        assert!(
            night.contains("weekdays: [\"monday\", \"saturday\"]") && night.contains("end_time: \"07:00\""),
            "{night}"
        );
        assert_eq!(text("from=\"12:00\" until=\"13:00\"").matches("start_time").count(), 1);
        assert_eq!(text("from=\"18:00\" until=\"00:00\"").matches("end_time: \"24:00\"").count(), 1);
        assert!(!text("{ on \"sunday\"; }").contains("times:\n"));
    }
}
