use proptest::prelude::*;

use super::*;

fn shown(text: &str, unit: Unit) -> String {
    Quantity::new(parse_number(text).unwrap(), unit).display(|_| true)
}

#[test]
fn shares_are_shown_in_percent_and_times_in_the_unit_that_people_use() {
    let table = [
        ("0.0002", Unit::Ratio, "0.02%"),
        ("0.99962", Unit::Ratio, "99.962%"),
        ("2.13e-4", Unit::Ratio, "0.0213%"),
        ("7", Unit::Ratio, "700%"),
        ("-0.004", Unit::Ratio, "-0.4%"),
        ("42", Unit::Percent, "42%"),
        ("0.1419", Unit::Seconds, "142ms"),
        ("0.178947368", Unit::Seconds, "179ms"),
        ("1.25", Unit::Milliseconds, "1.25ms"),
        ("0.000733", Unit::Seconds, "733us"),
        ("9.5", Unit::Seconds, "9500ms"),
        ("12.4", Unit::Seconds, "12s"),
        ("0", Unit::Seconds, "0ms"),
        ("-0", Unit::Ratio, "0%"),
        ("15100", Unit::Count, "15100"),
        ("1234567", Unit::Count, "1234567"),
        ("2144.2", Unit::Count, "2144.2"),
        ("22.285714285714285", Unit::Score, "22.286"),
        ("12.5", Unit::PerSecond, "12.5/s"),
        ("1536", Unit::Kibibytes, "1.5MiB"),
        ("87", Unit::Days, "87d"),
    ];
    for (number, unit, text) in table {
        assert_eq!(shown(number, unit), text, "{number} {unit:?}");
    }
}

#[test]
fn amounts_in_different_units_of_one_dimension_are_compared() {
    let parse = |text| Quantity::parse(text).unwrap();
    assert!(parse("1s") == parse("1000ms"));
    assert!(parse("7d") > parse("167h"));
    assert!(parse("1GiB") > parse("1GB"));
    assert!(parse("60/min") == parse("1/s"));
    assert_eq!(parse("1s").partial_cmp(&parse("1%")), None);
}

#[test]
fn what_is_no_finite_number_is_refused() {
    for text in [
        "NaN",
        "+Inf",
        "-Inf",
        "",
        " ",
        "1,000",
        "0x10",
        "1e",
        "--1",
        "1e999999999",
        ".",
    ] {
        assert_eq!(parse_number(text), Err(NumberError), "{text}");
    }
    assert!(parse_number(&"9".repeat(401)).is_err());
    assert!(from_f64(f64::NAN).is_err());
    assert!(from_f64(f64::INFINITY).is_err());
}

#[test]
fn a_float_stands_for_its_shortest_decimal() {
    assert_eq!(from_f64(0.42).unwrap(), parse_number("0.42").unwrap());
    assert_eq!(from_f64(1e-300).unwrap(), parse_number("1e-300").unwrap());
}

fn units() -> impl Strategy<Value = Unit> {
    prop::sample::select(Unit::ALL.to_vec())
}

proptest! {
    #[test]
    fn a_shown_quantity_reads_back_within_its_own_rounding(number in -1e9f64..1e9, unit in units()) {
        let quantity = Quantity::new(from_f64(number).unwrap(), unit);
        let text = quantity.display(|_| true);
        let (read, symbol) = split(&text).unwrap();
        let unit = symbol.unwrap_or(unit);
        let read = Quantity::new(read, unit);
        prop_assert_eq!(read.dimension(), quantity.dimension());
        let back = convert_f64(&read);
        let exact = convert_f64(&quantity);
        prop_assert!((back - exact).abs() <= exact.abs() * 0.05 + 1e-5, "{} {:?}", text, quantity);
    }

    #[test]
    fn exactness_is_reached_where_no_rounding_is_faithful(number in -1e6f64..1e6) {
        let quantity = Quantity::new(from_f64(number).unwrap(), Unit::Ratio);
        let text = quantity.display(|rounded| rounded == &quantity);
        prop_assert!(Quantity::parse(&text).unwrap() == quantity);
    }
}

fn convert_f64(quantity: &Quantity) -> f64 {
    let (up, down) = quantity.unit.factor();
    let number: f64 = quantity.number.to_plain_string().parse().unwrap();
    number * up as f64 / down as f64
}
