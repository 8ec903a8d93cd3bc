//! A page that never grows beyond its size.

/// A part of a page.
pub(super) struct Section {
    /// Its heading.
    pub(super) title: &'static str,
    /// What stands above its rows.
    pub(super) head: &'static str,
    /// The most bytes that its rows may take.
    pub(super) room: usize,
}

/// A page in the making.
pub(super) struct Page(String);

// === impl Page ===

impl Page {
    pub(super) fn beginning(head: String) -> Self {
        Self(head)
    }

    /// Adds the rows that there is room for, and how many there was no room for. Without rows: nothing.
    pub(super) fn section(&mut self, section: &Section, rows: impl Iterator<Item = String>) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return;
        }
        let Self(page) = self;
        *page += &format!("\n### {}\n\n{}", section.title, section.head);
        let (mut room, mut cut) = (section.room, 0_usize);
        for row in rows {
            match room.checked_sub(row.len()) {
                Some(left) if cut == 0 => {
                    room = left;
                    *page += &row;
                }
                Some(_) | None => cut += 1,
            }
        }
        if cut > 0 {
            *page +=
                &format!("\n*{cut} more left out here; the passport's JSON has all of them.*\n");
        }
    }

    pub(super) fn finished(self) -> String {
        self.0
    }
}
