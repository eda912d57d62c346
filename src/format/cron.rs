//! Schedules of cron.

/// The least and the greatest number of each field: minute, hour, day of the month, month, day of the week.
const FIELDS: [(u8, u8); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

/// Returns whether `text` has five fields of numbers within their bounds.
pub(super) fn is_cron_schedule(text: &str) -> bool {
    let fields: Vec<_> = text.split(' ').collect();
    let fits = |(field, bounds): (&&str, &(u8, u8))| field.split(',').all(|item| is_item(item, *bounds));
    text.len() <= 256 && fields.len() == FIELDS.len() && fields.iter().zip(&FIELDS).all(fits)
}

/// `*`, `5`, `1-5`, each with an optional step: `*/15`.
fn is_item(item: &str, bounds: (u8, u8)) -> bool {
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let is_step = |step: &str| number(step).is_some_and(|number| number > 0) && !step.starts_with('0');
    let is_range = match range.split_once('-') {
        Some((first, last)) => within(first, bounds) && within(last, bounds),
        None => matches!(range, "*" | "?") || within(range, bounds),
    };
    is_range && step.is_none_or(is_step)
}

fn within(text: &str, (least, greatest): (u8, u8)) -> bool {
    number(text).is_some_and(|number| (least..=greatest).contains(&number))
}

/// A number of one or two digits.
fn number(text: &str) -> Option<u8> {
    let is_number = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The first range of a schedule whose end is before its beginning, which Argo CD refuses.
pub(crate) fn reversed_range(schedule: &str) -> Option<&str> {
    schedule.split([' ', ',']).map(|item| item.split('/').next().unwrap_or_default()).find(|range| {
        let ends = range.split_once('-').and_then(|(first, last)| Some((number(first)?, number(last)?)));
        ends.is_some_and(|(first, last)| first > last)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_cron_schedule, reversed_range};

    #[test]
    fn schedules_have_five_fields_within_bounds() {
        for schedule in ["* * * * *", "0 22 * * 1-5", "*/15 0,12 1-31/2 01 0", "? 9 ? 12 6"] {
            assert!(is_cron_schedule(schedule), "{schedule}");
        }
        for schedule in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * * 7",
            "*/0 * * * *",
            "0  22 * * *",
            "@daily",
            "* * * * 1-",
            "-1 * * * *",
            "* * * 13 *",
        ] {
            assert!(!is_cron_schedule(schedule), "{schedule}");
        }
    }

    #[test]
    fn a_reversed_range_is_found() {
        assert_eq!(reversed_range("0 22-4 * * *"), Some("22-4"));
        assert_eq!(reversed_range("0 4-22/2 * * 5-5"), None);
    }
}
