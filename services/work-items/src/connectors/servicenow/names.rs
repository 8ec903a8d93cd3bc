//! What values may be, so that each stands for itself in a query. Pure.

/// Longest value.
const MAX_VALUE: usize = 100;
/// Begins a value that the server runs as a script.
const SCRIPT: &str = "javascript:";
/// Is read as "has no value".
const EMPTY: &str = "null";

/// Whether it is the number of a record, such as `CHG0030412`.
pub fn is_number(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let mut digits = text.bytes().skip(letters);
    let count = text.len().saturating_sub(letters);
    (2..=6).contains(&letters) && (5..=12).contains(&count) && digits.all(|it| it.is_ascii_digit())
}

/// Whether it is one exact value: no operator, no pattern, nothing that is run.
pub fn is_value(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (1..=MAX_VALUE).contains(&text.len())
        && may_stand_in_value(text)
        && !lower.contains(SCRIPT)
        && lower != EMPTY
}

/// Whether it may be a part of such a value.
pub fn may_stand_in_value(text: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"._-:/+#~".contains(&it);
    text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_prefix_and_digits_and_nothing_else() {
        for good in ["CHG0030412", "CH12345", "CHANGE123456789012"] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "",
            "CHG",
            "CHG1234",
            "C12345",
            "CHANGES12345",
            "chg0030412",
            "CHG1234567890123",
            "CHG0030412^ORactive=true",
            "CHG0030412 ",
            "CHG003O412",
            "CHG*",
            "0030412",
            "CHG००३०४१२",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }

    #[test]
    fn a_value_stands_for_itself() {
        for good in [
            "rel-2.14.0+7",
            "68fca293dbd43780c33c7bec0f96197d",
            "a/b:c~1#2_3",
        ] {
            assert!(is_value(good), "{good}");
        }
        for bad in [
            "",
            "a^b",
            "a^ORb",
            "*",
            "a*",
            "javascript:gs.getUserID()",
            "x-JavaScript:1",
            "NULL",
            "a b",
            "a,b",
            "a=b",
            "a@b",
            "a%5Eb",
            "a\n",
            "é",
        ] {
            assert!(!is_value(bad), "{bad}");
        }
        assert!(!is_value(&"a".repeat(MAX_VALUE + 1)));
    }
}
