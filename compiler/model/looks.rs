//! Where somebody looks first when something is wrong with a service.

use super::{Runs, Service};
use crate::values::Language;

impl Service {
    /// Commands that show its state, and its log of the last quarter of an hour.
    pub fn looks(&self) -> Vec<String> {
        let name = &self.name;
        match &self.runs {
            Runs::Unit(unit) => vec![
                format!("systemctl status {}", unit.name),
                format!("journalctl -u {} --since '15 minutes ago'", unit.name),
            ],
            Runs::Container(_) => {
                vec![format!("docker compose ps {name}"), format!("docker compose logs --since 15m {name}")]
            }
        }
    }

    /// Commands that find why it does not run, does not answer or starts again and again: how it ended, what its health
    /// check says, and its last lines, however old they are.
    pub fn looks_for_cause(&self, language: Language) -> Vec<String> {
        let name = &self.name;
        if let Runs::Unit(unit) = &self.runs {
            return vec![
                format!("systemctl status {}", unit.name),
                format!("journalctl -u {} -n 100", unit.name),
            ];
        }
        let look =
            language.pick("how it ended, and what its health check said", "종료된 이유와 헬스체크 결과");
        vec![
            format!("docker compose ps --all {name}"),
            format!(
                "docker compose ps --all --quiet {name} | xargs docker inspect --format '{{{{.Name}}}} {{{{json .State}}}}'  \
                 # ExitCode, OOMKilled, Error, Health: {look}"
            ),
            format!("docker compose logs --tail 100 {name}"),
        ]
    }
}
