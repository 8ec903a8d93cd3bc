//! What a person sees of an answer, in no form yet.

use super::Grid;

/// What a person sees, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page(pub Vec<Block>);

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Rows and columns.
    Grid(Grid),
    /// A sentence.
    Line(String),
    /// Lines that stay as they are, such as those of a file.
    Text(String),
}
