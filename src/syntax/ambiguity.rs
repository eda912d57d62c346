//! Plain scalars that mean different things in YAML 1.1 and in YAML 1.2.

/// Whether the plain scalar `text` means one thing in YAML 1.1 and another in YAML 1.2: `yes`, `0755`,
/// `1_000`, `12:30`, `2024-01-01`. This includes integers of more than 64 bits, which some parsers round, and
/// `=` and `<<`, which have special tags in YAML 1.1 that PyYAML refuses.
pub fn is_ambiguous(text: &str) -> bool {
    let numeric = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'));
    let odd = || {
        (is_number(&text.replace('_', "")) || is_sexagesimal(text)) && !reads_alike(text)
            || is_hollow(text)
            || is_date(text)
    };
    is_old_boolean(text) || matches!(text, "=" | "<<") || numeric && odd()
}

/// Whether `text` is a boolean only in YAML 1.1.
fn is_old_boolean(text: &str) -> bool {
    let cases = ["y", "n", "yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word));
    cases
        && (text[1..].bytes().all(|byte| byte.is_ascii_lowercase())
            || text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Whether `text` consists of one or more digits.
fn are_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_digit(radix))
}

/// Whether some parser reads `text`, without its underscores, as a number. Go ignores underscores anywhere.
fn is_number(text: &str) -> bool {
    let text = unsigned(text);
    let based = text.split_at_checked(2).and_then(|(prefix, digits)| Some((base(prefix)?, digits)));
    if let Some((radix, digits)) = based {
        return are_digits(digits, radix);
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.is_empty() || are_digits(text, 10);
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && are_digits(unsigned(exponent), 10)
}

/// Whether `text` has only underscores where a number has its digits: PyYAML and ruamel.yaml take it for a
/// number, and fail.
fn is_hollow(text: &str) -> bool {
    let digits = unsigned(text);
    if matches!(digits.get(..2), Some("0x" | "0o" | "0b")) {
        return digits.len() > 2 && digits[2..].bytes().all(|byte| byte == b'_');
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "+0"));
    let exponent = exponent.starts_with(['+', '-']) && are_digits(unsigned(exponent), 10);
    let blank = mantissa.strip_prefix('.').unwrap_or(mantissa);
    exponent && !blank.is_empty() && blank.bytes().all(|byte| byte == b'_')
}

fn base(prefix: &str) -> Option<u32> {
    match prefix {
        "0x" | "0X" => Some(16),
        "0o" | "0O" => Some(8),
        "0b" | "0B" => Some(2),
        _ => None,
    }
}

/// Whether `text` is a number of base 60 in YAML 1.1: integers do not begin with a zero.
fn is_sexagesimal(text: &str) -> bool {
    let Some((first, rest)) = unsigned(text).split_once(':') else { return false };
    let (rest, fraction) =
        rest.split_once('.').map_or((rest, None), |(rest, fraction)| (rest, Some(fraction)));
    let zero = first.starts_with('0') && fraction.is_none();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let sixtieth = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    !zero
        && first.starts_with(|char: char| char.is_ascii_digit())
        && digits(first)
        && fraction.is_none_or(digits)
        && rest.split(':').all(sixtieth)
}

/// Whether `text` is a date, with or without a time, in YAML 1.1 or for Go (yaml.v3), which also accepts
/// `2024-1-1`.
pub(super) fn is_date(text: &str) -> bool {
    let (date, time) =
        text.split_once(['T', 't', ' ', '\t']).map_or((text, None), |(date, time)| (date, Some(time)));
    let mut parts = date.split('-');
    let year = parts.next().is_some_and(|year| year.len() == 4 && are_digits(year, 10));
    let (month, day) = (parts.next().is_some_and(is_pair), parts.next().is_some_and(is_pair));
    year && month
        && day
        && parts.next().is_none()
        && time.is_none_or(|time| is_time(time.trim_start_matches([' ', '\t'])))
}

/// Whether `text` is a time with seconds, and optionally a fraction and an offset from UTC.
fn is_time(text: &str) -> bool {
    let clock = text.find(|char: char| !char.is_ascii_digit() && char != ':').unwrap_or(text.len());
    let (clock, rest) = text.split_at(clock);
    let rest = rest
        .strip_prefix('.')
        .map_or(rest, |fraction| fraction.trim_start_matches(|char: char| char.is_ascii_digit()));
    let zone = rest.trim_start_matches([' ', '\t']);
    let offset = || {
        zone.strip_prefix(['+', '-']).is_some_and(|offset| {
            (1..=2).contains(&offset.split(':').count()) && offset.split(':').all(is_pair)
        })
    };
    clock.split(':').count() == 3
        && clock.split(':').all(is_pair)
        && (zone.is_empty() || zone == "Z" || offset())
}

/// Whether `text` is one or two digits.
fn is_pair(text: &str) -> bool {
    text.len() <= 2 && are_digits(text, 10)
}

/// Whether YAML 1.1 and 1.2 agree on the number `text`.
fn reads_alike(text: &str) -> bool {
    let number = unsigned(text);
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).is_ok();
    }
    if are_digits(number, 10) {
        // A leading zero makes it octal in YAML 1.1, which is the same up to 7.
        return text.parse::<i64>().is_ok_and(|value| !number.starts_with('0') || value.abs() < 8);
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "+0"));
    let Some((whole, fraction)) = mantissa.split_once('.') else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // YAML 1.1 in PyYAML allows no sign before a leading dot, and no exponent without a dot.
    let whole = if whole.is_empty() { !text.starts_with(['+', '-']) } else { digits(whole) };
    whole && digits(fraction) && exponent.starts_with(['+', '-'])
}
