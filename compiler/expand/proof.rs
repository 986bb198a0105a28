//! Proofs: items of a checklist that the compiler can see to hold, with the evidence in words.

use crate::model::{Model, MountSource, Reach, Service, Tls};

/// One proof.
pub struct Proof {
    /// What `proved-by` calls it.
    pub name: &'static str,
    /// What it proves, for the reference.
    pub about: &'static str,
    /// The evidence, or why it does not hold.
    pub prove: fn(&Model) -> Result<String, String>,
}

/// Every proof, sorted by name.
pub const ALL: &[Proof] = &[
    Proof {
        name: "access-log-masked",
        about: "the access log masks secrets in query strings",
        prove: access_log_masked,
    },
    Proof { name: "alerts-reach-someone", about: "alerts have a receiver", prove: alerts_reach_someone },
    Proof {
        name: "backups-verified",
        about: "every datastore has a backup that is verified and drilled",
        prove: backups_verified,
    },
    Proof {
        name: "datastore-authenticated",
        about: "every datastore asks for a password",
        prove: datastore_authenticated,
    },
    Proof {
        name: "firewall-closed-by-default",
        about: "nothing but the stated openings can be reached",
        prove: firewall_closed,
    },
    Proof { name: "ingress-tls", about: "everything from outside comes over TLS", prove: ingress_tls },
    Proof { name: "logs-rotated", about: "every log is rotated", prove: logs_rotated },
    Proof {
        name: "modern-tls",
        about: "nothing older than TLS 1.2 is spoken with the outside",
        prove: modern_tls,
    },
    Proof {
        name: "no-literal-secrets",
        about: "no secret is written into the description or an artifact",
        prove: no_literal_secrets,
    },
];

fn access_log_masked(model: &Model) -> Result<String, String> {
    match &model.ingress {
        Some(_) => Ok(model
            .language
            .pick(
                "the nginx log format masks the values of sensitive parameters",
                "nginx 로그 형식이 민감한 매개변수의 값을 가림",
            )
            .into()),
        None => Err("there is no ingress whose log could be masked".into()),
    }
}

fn alerts_reach_someone(model: &Model) -> Result<String, String> {
    match (model.notify.receivers.len(), &model.monitoring) {
        (0, _) => Err("`notify` names no receiver".into()),
        (_, None) => Err("there is no `monitor`, so there are no alerts".into()),
        (n, Some(_)) => Ok(format!("{}: {n}", model.language.pick("receivers", "수신처"))),
    }
}

fn backups_verified(model: &Model) -> Result<String, String> {
    let backed_up = model.backed_up();
    let bare = model.services.iter().filter(|s| s.datastore && !backed_up.contains(&s.name));
    // What the description says may be lost is not missed.
    let (may_be_lost, missed): (Vec<&Service>, Vec<&Service>) = bare.partition(|service| {
        model
            .allows
            .iter()
            .any(|allow| allow.code.as_str() == "backup-missing" && allow.covers(service.origin.span()))
    });
    match missed.first() {
        Some(service) => Err(format!("`{}` has no backup", service.name)),
        None if model.backups.is_empty() => Err("there is no backup".into()),
        None => {
            let names: Vec<&str> = model.backups.iter().map(|b| b.name.as_str()).collect();
            let mut evidence = format!(
                "{}: {}",
                model.language.pick("verified each time and drilled", "매번 검증하고 복구 훈련함"),
                names.join(", ")
            );
            if !may_be_lost.is_empty() {
                let names: Vec<&str> = may_be_lost.iter().map(|service| service.name.as_str()).collect();
                evidence += &format!(
                    "; {}: {}",
                    model.language.pick("may be lost", "백업하지 않음(유실 허용)"),
                    names.join(", ")
                );
            }
            Ok(evidence)
        }
    }
}

fn datastore_authenticated(model: &Model) -> Result<String, String> {
    let mut names = Vec::new();
    for service in model.services.iter().filter(|service| service.datastore) {
        if let Some(variable) = &service.unauthenticated {
            return Err(format!("`{}` may ask nobody for a password, by `{variable}`", service.name));
        }
        let secret = service
            .command
            .iter()
            .flat_map(|t| t.variables())
            .chain(service.environment.iter().flat_map(|(_, t)| t.variables()))
            .any(|name| model.variable(name).is_some_and(|variable| variable.secret));
        if !secret {
            return Err(format!("`{}` has no password", service.name));
        }
        names.push(service.name.as_str());
    }
    if names.is_empty() {
        return Err("there is no datastore".into());
    }
    Ok(format!("{}: {}", model.language.pick("with a password", "비밀번호 설정됨"), names.join(", ")))
}

fn firewall_closed(model: &Model) -> Result<String, String> {
    if let Some(service) =
        model.services.iter().find(|s| s.datastore && s.published.iter().any(|p| p.reach == Reach::Public))
    {
        return Err(format!("`{}` can be reached from everywhere", service.name));
    }
    let ports: Vec<String> =
        model.firewall.openings.iter().map(|o| format!("{}/{}", o.ports, o.protocol)).collect();
    Ok(format!(
        "{}: {}",
        model.language.pick("denied by default; open are", "기본 차단; 열린 포트"),
        ports.join(", ")
    ))
}

fn ingress_tls(model: &Model) -> Result<String, String> {
    match model.ingress.as_ref().map(|ingress| &ingress.tls) {
        None => Err("there is no ingress".into()),
        Some(Tls::None) => Err("the ingress has `tls \"none\"`".into()),
        Some(Tls::LetsEncrypt { .. }) => Ok(model
            .language
            .pick(
                "Let's Encrypt, renewed twice a day when due; http redirects to https",
                "Let's Encrypt, 하루 두 번 갱신 확인; http는 https로 전환",
            )
            .into()),
        Some(Tls::Given { .. }) => Ok(model
            .language
            .pick("a given certificate; http redirects to https", "제공된 인증서; http는 https로 전환")
            .into()),
        Some(Tls::SelfSigned) => Ok(model
            .language
            .pick(
                "a self-signed certificate; http redirects to https",
                "자체 서명 인증서; http는 https로 전환",
            )
            .into()),
    }
}

fn logs_rotated(model: &Model) -> Result<String, String> {
    let unrotated = model.services.iter().find(|service| {
        service.mounts.iter().any(|mount| {
            matches!(&mount.source, MountSource::Host(path) if path.as_str().starts_with("/var/log/")
                && !mount.read_only
                && !model.logs.iter().any(|log| log.pattern.starts_with(path.as_str())))
        })
    });
    match unrotated {
        Some(service) => Err(format!("`{}` writes logs to the host that nothing rotates", service.name)),
        None => Ok(model
            .language
            .pick("containers by size, files by logrotate", "컨테이너 로그는 크기로, 파일은 logrotate로")
            .into()),
    }
}

fn modern_tls(model: &Model) -> Result<String, String> {
    let Some(ingress) = model.ingress.as_ref().filter(|ingress| !matches!(ingress.tls, Tls::None)) else {
        return Err("there is no TLS".into());
    };
    let mut stated = ingress.raw_http.iter().chain(&ingress.raw_server);
    if stated.any(|text| text.value.named("ssl_protocols").next().is_some()) {
        return Err("the description states `ssl_protocols` in nginx's own words".into());
    }
    Ok("nginx: ssl_protocols TLSv1.2 TLSv1.3".into())
}

fn no_literal_secrets(model: &Model) -> Result<String, String> {
    if let Some(literal) = model.literals.iter().find(|literal| literal.secret().is_some()) {
        return Err(format!("`{}` is written out", literal.name));
    }
    let secrets: Vec<&str> = model.variables.iter().filter(|v| v.secret).map(|v| v.name.as_str()).collect();
    Ok(format!(
        "{}: {}",
        model.language.pick("only in the environment file", "환경 파일에만 있음"),
        secrets.join(", ")
    ))
}
