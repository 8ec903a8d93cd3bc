//! Problems drawn onto their lines.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::Finding;

pub(super) fn draw(findings: &[Finding], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let groups = findings.iter().map(group).collect::<Vec<_>>();
    renderer.render(&groups)
}

fn group(finding: &Finding) -> Group<'_> {
    let path = if finding.path.is_empty() { &finding.file } else { &finding.path };
    let title = Level::ERROR.primary_title(format!("{path}: {}", finding.reason));
    let Some(excerpt) = &finding.excerpt else {
        let origin = Origin::path(&finding.file).line(finding.line).char_column(finding.column);
        return title.element(origin).element(Level::HELP.message(&finding.fix));
    };
    let mark = AnnotationKind::Primary.span(excerpt.mark.clone()).label(&finding.fix);
    let line = Snippet::source(&excerpt.line).line_start(finding.line).path(&finding.file);
    title.element(line.annotation(mark))
}
