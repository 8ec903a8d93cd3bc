//! What others wrote, as text that does nothing.

use url::Url;

/// The most characters of one text.
const MAX_TEXT: usize = 400;

/// The most characters of a version or a digest: one of SHA-512 is shown whole.
const MAX_SHORT: usize = 140;

/// The longest link that is shown, in bytes.
const MAX_LINK: usize = 1_000;

/// Invisible: it ends what would become a mention, a reference or a link.
const BREAK: char = '\u{200b}';

/// What means something in the middle of a line; a link needs its colon.
const MARKUP: &str = r#"\`*_[]{}|~$^:""#;

/// Text that shows as it is: one line, no markup, no HTML, no mention, no reference, no link.
pub(super) fn plain(text: &str) -> String {
    cut(text, MAX_TEXT)
}

/// The same of a version or a digest.
pub(super) fn short(text: &str) -> String {
    cut(text, MAX_SHORT)
}

fn cut(text: &str, longest: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars();
    for character in characters.by_ref().take(longest) {
        add(&mut shown, character);
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn add(shown: &mut String, character: char) {
    match character {
        '&' => shown.push_str("&amp;"),
        '<' => shown.push_str("&lt;"),
        '>' => shown.push_str("&gt;"),
        // Mentions and references are looked for in what is shown, so that a backslash does not help.
        '@' | '#' | '!' => shown.extend(['\\', character, BREAK]),
        // For some, `www.` begins a link.
        '.' if shown.ends_with(['w', 'W']) => shown.extend([BREAK, '.']),
        _ if MARKUP.contains(character) => shown.extend(['\\', character]),
        _ if character.is_whitespace() || character.is_control() => shown.push(' '),
        _ if is_format(character) => shown.push('\u{fffd}'),
        _ => shown.push(character),
    }
}

/// Characters that change the direction of others or are not seen.
const fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A link to look at, if it is one of the web without a user in it.
pub(super) fn link(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !is_web || has_user || url.as_str().len() > MAX_LINK {
        return None;
    }
    let safe: String = url.as_str().chars().map(encoded).collect();
    Some(format!(" [look](<{safe}>)"))
}

fn encoded(character: char) -> String {
    let is_plain = character.is_ascii_alphanumeric() || "-._~:/?#[]!$&'+,;=%".contains(character);
    match is_plain {
        true => character.to_string(),
        // Of what a URL may hold all others are ASCII.
        false => format!("%{:02X}", u32::from(character)),
    }
}
