//! A page as GitHub's and GitLab's Markdown.

use super::{Block, Grid, Page, printable};

/// The page from top to bottom.
pub fn draw(page: &Page) -> String {
    let blocks = page.0.iter().map(|block| match block {
        Block::Grid(grid) => grid_of(grid),
        Block::Line(line) => escaped(line),
        Block::Text(text) => indented(text),
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

fn grid_of(grid: &Grid) -> String {
    let head = row(grid.head.iter().map(|name| escaped(name)));
    let rule = row(grid.head.iter().map(|_| "---".to_owned()));
    let rows = grid.rows.iter();
    let rows = rows.map(|cells| row(cells.iter().map(|cell| escaped(&cell.text))));
    [head, rule]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

/// As code: an indented line ends only with its line, whatever stands in it.
fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {}", printable(line)));
    lines.collect::<Vec<_>>().join("\n")
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// Invisible: it ends what would become a mention.
const BREAK: char = '\u{200b}';

/// The text as it stands, whatever it would mean in Markdown or HTML: no mention of a person and no link either.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        if c == '@' {
            escaped.extend([c, BREAK]);
            continue;
        }
        if matches!(
            c,
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '&' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped.replace("://", "\\://")
}
