//! The little XML that is read: texts by the names around them.

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};

/// Deeper than what is read ever goes.
const DEEPEST: usize = 16;

/// Texts of a document by the path of their element, without namespaces: `Response/Result/Arn`.
pub struct Texts(BTreeMap<String, Vec<String>>);

/// The texts of a whole document; `None`: it is none.
pub fn texts(document: &[u8]) -> Option<Texts> {
    let text = std::str::from_utf8(document).ok()?;
    let mut reader = Reader::from_str(text);
    let (mut path, mut found) = (Vec::<String>::new(), BTreeMap::<_, Vec<_>>::new());
    let mut has_begun = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if path.len() < DEEPEST => {
                // A second document behind the first is none.
                if has_begun && path.is_empty() {
                    return None;
                }
                has_begun = true;
                let name = start.local_name();
                path.push(std::str::from_utf8(name.as_ref()).ok()?.to_owned());
                found.entry(path.join("/")).or_default().push(String::new());
            }
            Event::Text(text) => {
                let text = text.decode().ok()?;
                let last = found.get_mut(&path.join("/")).and_then(|it| it.last_mut());
                if let Some(last) = last {
                    last.push_str(&text);
                }
            }
            Event::End(_) => drop(path.pop()),
            Event::Eof if path.is_empty() && has_begun => return Some(Texts(found)),
            Event::Decl(_) | Event::Comment(_) | Event::Empty(_) => {}
            // What refers to something else, or may hold anything, stands in no answer of this API.
            Event::Start(_)
            | Event::Eof
            | Event::CData(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => return None,
        }
    }
}

// === impl Texts ===

impl Texts {
    /// Whether the outermost element has this name.
    pub fn begins(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The text of the only element at a path; `None`: there is none, several, or nothing in it.
    pub fn one(&self, path: &str) -> Option<String> {
        match self.0.get(path)?.as_slice() {
            [one] if !one.trim().is_empty() => Some(one.trim().to_owned()),
            [..] => None,
        }
    }
}
