//! Blocks of fields, as headers are (RFC 5322, section 2.2). Pure.

/// Most fields of a block, and most bytes of one.
const MAX_FIELDS: usize = 500;
const MAX_FIELD: usize = 16 * 1024;

/// A block of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, Vec<u8>)>);

// === impl Fields ===

impl Fields {
    /// Reads the block that a text begins with, and gives what stands behind the empty line after it. `None`:
    /// it is none, or over the limits.
    pub fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        let mut rest = text;
        while let Some((line, behind)) = first_line(rest) {
            rest = behind;
            if line.is_empty() {
                break;
            }
            match line.first() {
                // Goes on with the field before.
                Some(b' ' | b'\t') => {
                    let (_, value) = fields.last_mut()?;
                    value.extend_from_slice(line);
                    if value.len() > MAX_FIELD {
                        return None;
                    }
                }
                _ => fields.push(field(line)?),
            }
            if fields.len() > MAX_FIELDS {
                return None;
            }
        }
        Some((Self(fields), rest))
    }

    /// The value of the one field of a name, in ASCII; `None`: there is none, or there are several.
    pub fn only(&self, name: &str) -> Option<String> {
        let mut all = self.0.iter().filter(|(it, _)| it == name);
        let (_, value) = all.next().filter(|_| all.next().is_none())?;
        let value = std::str::from_utf8(value).ok().filter(|it| it.is_ascii())?;
        Some(value.trim().to_owned())
    }

    /// Whether there is a field of a name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(it, _)| it == name)
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|it| *it == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    // Space before the sign was once allowed (RFC 5322, section 4.5).
    let name = std::str::from_utf8(name)
        .ok()?
        .trim_end_matches([' ', '\t']);
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_graphic());
    is_name.then(|| {
        (
            name.to_ascii_lowercase(),
            value.get(1..).unwrap_or_default().to_vec(),
        )
    })
}

/// The first line without its end, and what follows it.
pub fn first_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.is_empty() {
        return None;
    }
    let end = text.iter().position(|it| *it == b'\n');
    let (line, rest) = match end {
        Some(end) => (text.get(..end)?, text.get(end.saturating_add(1)..)?),
        None => (text, &[][..]),
    };
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest))
}
