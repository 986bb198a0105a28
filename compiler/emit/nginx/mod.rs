//! The reverse proxy: `nginx/nginx.conf`, one file with upstreams and servers, what may be logged, the headers for
//! services, and the entrypoint hook that finds a certificate.

mod gives_way;
mod location;
mod mask;
mod stated;
mod upstream;
mod view;

use super::{
    artifact::{Artifact, OnChange},
    template::{Format, Template},
};
use crate::model::{Model, Route};

static MAIN: Template = Template::new(Format::Nginx, include_str!("nginx.conf.tera"));
static SITE: Template = Template::new(Format::Nginx, include_str!("site.conf.tera"));
static MASKING: Template = Template::new(Format::Nginx, include_str!("masking.inc.tera"));
static FORWARDED: Template = Template::new(Format::Nginx, include_str!("forwarded.inc.tera"));
static UPSTREAM: Template = Template::new(Format::Nginx, include_str!("upstream.conf.tera"));
static CERTIFICATE: Template = Template::new(Format::Shell, include_str!("certificate.sh.tera"));

/// What every reverse proxy needs.
pub static TEMPLATES: &[&Template] = &[&MAIN, &SITE, &MASKING, &FORWARDED];

/// Makes the files; none without an ingress.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let Some(ingress) = &model.ingress else { return Vec::new() };
    let view = view::view(model, ingress);
    let mut from = vec!["system".to_owned(), format!("service/{}", ingress.service)];
    from.extend(ingress.routes().map(|route| format!("route/{}", route.path)));
    let targets = ingress.routes().flat_map(Route::targets);
    from.extend(targets.map(|target| match &target.outside {
        Some(_) => format!("external/{}", target.service),
        None => format!("service/{}", target.service),
    }));
    from.extend(
        ingress.sites.iter().flat_map(|site| &site.files).map(|files| format!("files/{}", files.path)),
    );
    let service = &ingress.service;
    let reload = || OnChange::Reload(format!("{service} (docker compose exec {service} nginx -s reload)"));
    let file = |path: String, contents: String, mode: u32, on_change: OnChange| Artifact {
        path,
        contents: contents.into(),
        mode,
        emitter: "nginx",
        from: from.clone(),
        on_change,
    };
    let mut files = vec![
        file("nginx/nginx.conf".into(), gives_way::settled(MAIN.render(&view)), 0o644, reload()),
        file(
            format!("nginx/conf.d/{}.conf", model.system),
            gives_way::settled(SITE.render(&view)),
            0o644,
            reload(),
        ),
        file("nginx/conf.d/masking.inc".into(), MASKING.render(&view), 0o644, reload()),
        file("nginx/conf.d/forwarded.inc".into(), FORWARDED.render(&view), 0o644, reload()),
    ];
    for servers in upstream::beside(model, ingress) {
        let path = format!("nginx/upstreams/{}.conf", servers.service);
        files.push(file(path, UPSTREAM.render(&servers), 0o644, reload()));
    }
    if view.tls {
        files.push(file(
            "nginx/docker-entrypoint.d/10-certificate.sh".into(),
            CERTIFICATE.render(&view),
            0o755,
            OnChange::Restart(service.to_string()),
        ));
    }
    files
}
