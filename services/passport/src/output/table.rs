//! A page on a terminal, or as plain columns in a pipe.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell as Drawn, Color, ContentArrangement, Table};

use super::{Block, Cell, Grid, Page, Tone, printable};
use crate::terminal::Terminal;

/// Columns of the narrowest window that a table is fitted to. One that does not tell its width has
/// none.
const NARROWEST: u16 = 60;

/// The page from top to bottom; parts stand apart by an empty line.
pub fn draw(page: &Page, terminal: Terminal) -> String {
    let blocks = page.0.iter().map(|block| match block {
        Block::Grid(grid) => grid_of(grid, terminal),
        Block::Line(line) => printable(line).into_owned(),
        Block::Text(text) => lines(text),
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

fn lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

fn grid_of(grid: &Grid, terminal: Terminal) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(&grid.head);
    if !terminal.person {
        table.force_no_tty();
    }
    if table.width().is_some_and(|columns| columns >= NARROWEST) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    if terminal.colour {
        table.enforce_styling();
    }
    for row in &grid.rows {
        table.add_row(row.iter().map(|cell| drawn(cell, terminal)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn drawn(cell: &Cell, terminal: Terminal) -> Drawn {
    let drawn = Drawn::new(printable(&cell.text));
    match colour(cell.tone).filter(|_| terminal.colour) {
        Some(colour) => drawn.fg(colour),
        None => drawn,
    }
}

fn colour(tone: Tone) -> Option<Color> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some(Color::Green),
        Tone::Bad => Some(Color::Red),
        Tone::Doubtful => Some(Color::Yellow),
        Tone::Faint => Some(Color::DarkGrey),
    }
}
