//! Taking out what a terminal would act on and a reader would not see.

use super::patterns::Patterns;

/// Removes ANSI escapes, control and invisible formatting characters (the bidirectional ones among
/// them). Line breaks and tabs become a space.
pub(super) fn clean(patterns: &Patterns, text: &str) -> String {
    let text = patterns.ansi.replace_all(text, "");
    let text = patterns.space.replace_all(&text, " ");
    let text = patterns.unseen.replace_all(&text, "");
    // Escapes written out as text (`\u001b[31m`): a space, since removing could form a new one.
    patterns.ansi_as_text.replace_all(&text, " ").into_owned()
}
