//! `certificate.sh`: a certificate is issued, renewed, and taken up by nginx.

use serde::Serialize;

use super::{Clock, Script, header, textfiles};
use crate::{
    emit::template::{Format, Template},
    model::{Model, Tls},
};

static CERTIFICATE: Template = Template::new(Format::Shell, include_str!("certificate.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    system: String,
    directory: String,
    textfiles: Option<String>,
    starter: &'static str,
    when: Option<String>,
    nginx: String,
    domain: String,
    domains: Vec<String>,
    /// Whether certbot issues it, and whom the authority writes to.
    letsencrypt: bool,
    email: Option<String>,
    /// The file that somebody else puts there.
    given: Option<String>,
}

/// The script; none without TLS.
pub fn script(model: &Model, clock: &Clock) -> Option<Script> {
    let ingress = model.ingress.as_ref()?;
    let (email, given) = match &ingress.tls {
        Tls::LetsEncrypt { email } => (Some(email.to_string()), None),
        Tls::Given { certificate, .. } => (None, Some(certificate.to_string())),
        Tls::SelfSigned => (None, None),
        Tls::None => return None,
    };
    let view = View {
        header: header(model),
        system: model.system.to_string(),
        directory: model.directory().to_owned(),
        textfiles: textfiles(model),
        starter: clock.starter("certificate"),
        when: clock.when("certificate"),
        nginx: ingress.service.to_string(),
        domain: model.domain.to_string(),
        domains: ingress.names().map(ToString::to_string).collect(),
        letsencrypt: email.is_some(),
        email,
        given,
    };
    Some(Script {
        name: "certificate".to_owned(),
        text: CERTIFICATE.render(&view),
        from: vec![format!("service/{}", ingress.service)],
    })
}
