//! Figures as tables of Markdown, with the aims beside them.

use comfy_table::{Table, presets};

use crate::load::Figures;

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub enum Aim {
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
}

/// The figures of loads, and how they compare.
#[derive(Debug)]
pub struct Loads(Table);

// === impl Loads ===

impl Loads {
    /// Without a line yet; `ratio` says what of which is compared.
    pub fn new(what: &str, ratio: &str) -> Self {
        let head = [what, "callers", "calls/s", "p50 ms", "p99 ms", ratio, "aim"];
        Self(table(&head))
    }

    /// What others are compared with.
    pub fn bound(&mut self, name: &str, callers: usize, figures: Figures) {
        self.line(name, callers, figures, [String::new(), String::new()]);
    }

    /// What is compared, and how it should.
    pub fn compared(
        &mut self,
        name: &str,
        callers: usize,
        figures: Figures,
        ratio: f64,
        aim: Option<Aim>,
    ) {
        let aim = aim.map(|aim| aim.judged(ratio)).unwrap_or_default();
        self.line(name, callers, figures, [format!("{ratio:.2}"), aim]);
    }

    /// As it is printed.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    fn line(&mut self, name: &str, callers: usize, figures: Figures, [ratio, aim]: [String; 2]) {
        self.0.add_row([
            name.to_owned(),
            callers.to_string(),
            format!("{:.0}", figures.per_second),
            format!("{:.2}", figures.p50_ms),
            format!("{:.2}", figures.p99_ms),
            ratio,
            aim,
        ]);
    }
}

// === impl Aim ===

impl Aim {
    /// The aim, and whether a figure met it.
    pub fn judged(self, figure: f64) -> String {
        let (aim, met) = match self {
            Self::AtLeast(least) => (format!("≥ {least}"), figure >= least),
            Self::AtMost(most) => (format!("≤ {most}"), figure <= most),
        };
        let word = if met { "met" } else { "missed" };
        format!("{aim}: {word}")
    }
}

/// A table with this head.
pub fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(head);
    table
}
