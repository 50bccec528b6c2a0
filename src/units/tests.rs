//! What people write, what is refused, and that what is printed is read again.

use super::*;

fn refused<T: Quantity + fmt::Debug>(text: &str) -> String {
    text.parse::<T>().map_or_else(|e| e.to_string(), |value| format!("accepted as {value:?}"))
}

#[test]
fn durations() {
    for (text, seconds) in
        [("250ms", 0.25), ("30s", 30.0), ("5m", 300.0), ("2h", 7200.0), ("1mo", 2_628_000.0), ("1y", 31_536_000.0), ("0s", 0.0)]
    {
        assert_eq!(text.parse(), Ok(Time(seconds)), "{text}");
    }
    assert_eq!(
        refused::<Time>("30"),
        "`30` has no unit: expected a duration like `250ms`, `30s`, `5m`, `2h`, `7d`, `4w`, `1mo` or `1y`"
    );
    assert!(refused::<Time>("3 fortnights").contains("unknown unit `fortnights`"));
    assert!(refused::<Time>("-3s").contains("is negative"));
    for text in ["", "s", ".s", "NaN", "infs", "1e999s", "1e14y", "1h30m", "é", "1é"] {
        assert!(text.parse::<Time>().is_err(), "{text}");
    }
}

#[test]
fn other_quantities() {
    assert_eq!("12/m".parse(), Ok(Rate(0.2)));
    assert_eq!("99.9%".parse(), Ok(Fraction(0.999)));
    assert_eq!("99.95%".parse(), Ok(Fraction(0.9995)));
    assert_eq!("4%/mo".parse(), Ok(GrowthRate { fraction: 0.04, per: MONTH }));
    assert_eq!("3600/h".parse(), Ok(MoneyPerTime(1.0)));
    assert!(refused::<Fraction>("200%").contains("more than 1"));
    assert!(refused::<Number>("0").contains("not above 0"));
    assert!(refused::<Rate>("900").contains("does not say per what time"));
}

#[test]
fn what_they_print_they_parse() {
    for text in ["250ms", "30s", "90m", "1y", "0s", "1.2345s", "3w"] {
        let time: Time = text.parse().unwrap();
        assert_eq!(time.to_string().parse(), Ok(time), "{text} prints {time}");
    }
    for text in ["900/s", "12/m", "3/w", "0.1/y", "1e-9/s"] {
        let rate: Rate = text.parse().unwrap();
        assert_eq!(rate.to_string().parse(), Ok(rate), "{text} prints {rate}");
    }
    for text in ["99.95%", "0.1234567890123", "0%", "100%"] {
        let fraction: Fraction = text.parse().unwrap();
        assert_eq!(fraction.to_string().parse(), Ok(fraction), "{text} prints {fraction}");
    }
    assert_eq!("0.34/h".parse::<MoneyPerTime>().unwrap().to_string(), "0.34/h");
    assert_eq!("-2%/mo".parse::<GrowthRate>().unwrap().to_string(), "-2%/mo");
}
