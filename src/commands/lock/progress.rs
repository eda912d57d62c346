//! What a person sees while charts are rendered: one line that changes on a terminal, one line an application
//! elsewhere.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::sync::Mutex;

use crate::commands::print_message;
use crate::diagnostics::printable;

pub(super) struct Progress {
    all: usize,
    terminal: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    running: BTreeSet<String>,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        Self { all, terminal: io::stderr().is_terminal(), state: Mutex::default() }
    }

    pub(super) fn begin(&self, name: &str) {
        self.change(|state| {
            state.running.insert(name.to_owned());
        });
    }

    pub(super) fn end(&self, name: &str, verdict: &str) {
        self.change(|state| {
            state.running.remove(name);
            state.done += 1;
        });
        if !self.terminal {
            print_message(&format!("wharf: {} {verdict}\n", printable(name)));
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let Ok(mut state) = self.state.lock() else { return };
        change(&mut state);
        if self.terminal {
            print_message(&line(&state, self.all));
        }
    }
}

/// `rendering 3 of 12: cert-manager, longhorn`, over what stood there; nothing in the end.
fn line(state: &State, all: usize) -> String {
    const CLEAR: &str = "\r\u{1b}[2K";
    if state.running.is_empty() {
        return CLEAR.into();
    }
    let names: Vec<_> = state.running.iter().map(String::as_str).collect();
    let text = format!("rendering, {} of {all} done: {}", state.done, names.join(", "));
    format!("{CLEAR}{}", text.chars().take(79).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{State, line};

    #[test]
    fn the_line_fits_a_terminal_and_is_cleared_in_the_end() {
        let running = ["cert-manager", &"x".repeat(100)].map(String::from).into();
        let shown = line(&State { done: 2, running }, 12);
        assert!(shown.starts_with("\r\u{1b}[2Krendering, 2 of 12 done: cert-manager, xxx"), "{shown}");
        assert_eq!(shown.chars().count(), 79 + 5);
        assert_eq!(line(&State::default(), 12), "\r\u{1b}[2K");
    }
}
