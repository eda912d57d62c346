//! What is drawn: columns of boxes with rows of text, and lines between them.

use super::badges::words;
use super::build::{Auth, Graph, Host};

/// A picture, before it has a size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub(super) title: String,
    pub(super) legend: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) lines: Vec<Connector>,
}

/// A heading with boxes; it is divided into several columns of the picture if it is long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) heading: String,
    pub(super) boxes: Vec<Node>,
}

/// A box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// What lines refer to.
    pub(super) id: String,
    pub(super) title: String,
    /// What a pointer on the box shows.
    pub(super) hint: String,
    pub(super) style: Style,
    pub(super) rows: Vec<Row>,
}

/// The meaning of a box, which its colour repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Style {
    #[default]
    Entry,
    Database,
    External,
    Internal,
}

/// A line of text in a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) text: String,
    /// Whether visitors pass without auth, which the text says, too.
    pub(super) is_open: bool,
    /// The line of the picture that begins here.
    pub(super) line: Option<usize>,
}

/// A line between two boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Connector {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) hint: String,
    pub(super) dashed: bool,
    pub(super) is_host: bool,
}

impl Graph {
    /// The picture of the graph: hosts on the left, then the tiers from the last to the first, then
    /// databases.
    pub fn picture(&self) -> Picture {
        let mut picture = Picture {
            title: "Who may connect to whom".into(),
            legend: vec![
                "→ a port of another entry, which both sides allow; dashed: only some of its pods".into(),
                "to, from: other peers. DNS and its own namespace are open to every entry.".into(),
                "no auth: every visitor passes to the app, without the auth of the platform".into(),
            ],
            ..Picture::default()
        };
        let columns = self.columns(&mut picture.lines);
        picture.columns = columns.into_iter().filter(|column| !column.boxes.is_empty()).collect();
        picture
    }

    fn columns(&self, lines: &mut Vec<Connector>) -> Vec<Column> {
        let mut columns = vec![Column { heading: "hosts".into(), boxes: self.host_boxes(lines) }];
        for (tier, name) in self.tiers.iter().enumerate().rev() {
            let own = self.entries.iter().filter(|entry| entry.tier == tier && !entry.is_database);
            let boxes = own.map(|entry| self.entry_box(&entry.name, Style::Entry, lines)).collect();
            columns.push(Column { heading: format!("tier {name}"), boxes });
        }
        let databases = self.entries.iter().filter(|entry| entry.is_database);
        let boxes = databases.map(|entry| self.entry_box(&entry.name, Style::Database, lines)).collect();
        columns.push(Column { heading: "databases".into(), boxes });
        columns
    }

    /// A box for each combination of sides, with a row for each host: the order of the entries they lead to.
    fn host_boxes(&self, lines: &mut Vec<Connector>) -> Vec<Node> {
        let sides = [
            (true, true, "internet and LAN", Style::External),
            (true, false, "internet only", Style::External),
            (false, true, "LAN only", Style::Internal),
            (false, false, "no entry point", Style::Internal),
        ];
        let mut boxes = Vec::new();
        for (external, internal, title, style) in sides {
            let is_own = |host: &&Host| (host.external, host.internal) == (external, internal);
            let mut own: Vec<_> = self.hosts.iter().filter(is_own).collect();
            own.sort_by_key(|host| std::cmp::Reverse(self.tier(&host.entry)));
            let width = own.iter().map(|host| host.name.chars().count()).max().unwrap_or_default();
            let rows: Vec<_> = own.iter().map(|host| row(host, title, width, lines)).collect();
            if !rows.is_empty() {
                let (id, title) = (format!("hosts {title}"), title.to_owned());
                boxes.push(Node { id, hint: title.clone(), title, style, rows });
            }
        }
        boxes
    }

    fn tier(&self, entry: &str) -> usize {
        self.entries.iter().find(|known| known.name == entry).map_or(0, |known| known.tier)
    }

    fn entry_box(&self, name: &str, style: Style, lines: &mut Vec<Connector>) -> Node {
        let entry = self.entries.iter().find(|entry| entry.name == name);
        let mut rows = Vec::new();
        for link in self.links.iter().filter(|link| link.from == name) {
            let text = format!("→ {}{}", link.to, words(&link.ports));
            rows.push(Row { text: text.clone(), is_open: false, line: Some(lines.len()) });
            lines.push(Connector {
                from: format!("entry {name}"),
                to: format!("entry {}", link.to),
                hint: format!("{name} {text}"),
                dashed: link.is_conditional,
                is_host: false,
            });
        }
        let badges = entry.map(|entry| entry.badges.as_slice()).unwrap_or_default();
        rows.extend(badges.iter().map(|badge| Row { text: badge.clone(), is_open: false, line: None }));
        let description = entry.and_then(|entry| entry.description.clone()).unwrap_or_default();
        let profile = entry.map(|entry| entry.profile.as_str()).unwrap_or_default();
        let hint = format!("{name} (profile {profile}) {description}");
        Node { id: format!("entry {name}"), title: name.to_owned(), hint, style, rows }
    }
}

fn row(host: &Host, title: &str, width: usize, lines: &mut Vec<Connector>) -> Row {
    let auth = match host.auth {
        Auth::All => "auth",
        Auth::Some => "in part no auth",
        Auth::None => "no auth",
    };
    let row = Row {
        text: format!("{:width$}  {auth}", host.name),
        is_open: host.auth != Auth::All,
        line: Some(lines.len()),
    };
    lines.push(Connector {
        from: format!("hosts {title}"),
        to: format!("entry {}", host.entry),
        hint: format!("{} leads to {}", host.name, host.entry),
        dashed: false,
        is_host: true,
    });
    row
}
