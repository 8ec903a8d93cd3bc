//! Problems drawn onto their lines.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Finding;

pub(super) fn draw(findings: &[Finding], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let groups = findings.iter().map(group).collect::<Vec<_>>();
    renderer.render(&groups)
}

/// The place stands in the title: columns of the drawn line are not those of the file.
fn group(finding: &Finding) -> Group<'_> {
    let title = Level::ERROR.primary_title(finding.what());
    let Some(excerpt) = &finding.excerpt else {
        return title.element(Level::HELP.message(&finding.fix));
    };
    let mark = AnnotationKind::Primary
        .span(excerpt.mark.clone())
        .label(&finding.fix);
    title.element(
        Snippet::source(&excerpt.line)
            .line_start(finding.line)
            .annotation(mark),
    )
}
