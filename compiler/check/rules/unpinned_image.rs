//! An image without a version is another one tomorrow.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Image, Model},
    values::{self, Value as _},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unpinned-image", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        let Some(Image::Pulled(image)) = service.image() else { continue };
        let Some(reference) = image
            .value
            .as_literal()
            .and_then(|image| values::Image::parse(image).ok())
            .filter(values::Image::is_floating)
        else {
            continue;
        };
        let label = match reference.tag() {
            Some(tag) => format!("`{tag}` names no version"),
            None => "no version, which means `latest`".into(),
        };
        diagnostics.add(
            Diagnostic::warning(
                "unpinned-image",
                format!("`{}` runs whatever its image is when it is pulled", service.name),
            )
            .at(image.span, label)
            .help(format!(
                "say which: `{}:1.2.3`, or its digest: `{}@sha256:…`",
                reference.name(),
                reference.name()
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn a_tag_that_moves() {
        let raises = |image: &str| {
            !raised("unpinned-image", &format!("service \"app\" kind=\"container\" {{ image \"{image}\" }}"))
                .is_empty()
        };
        assert!(raises("nginx"));
        assert!(raises("ghcr.io/team/app:latest"));
        assert!(raises("localhost:5000/app"));
        assert!(!raises("nginx:1.28"));
        assert!(!raises(&format!("nginx@sha256:{}", "a".repeat(64))));
    }
}
