//! The order of synchronization as a picture: applications by their waves, and what each waits for.

use std::collections::BTreeMap;

use super::picture::{Column, Connector, Node, Picture, Row, Style};
use crate::model::{Application, Model};

/// The picture of the waves of applications. An application of a wave is synced when those of all earlier
/// waves are healthy.
pub fn waves(model: &Model) -> Picture {
    let mut picture = Picture {
        title: "The order in which applications are synced".into(),
        legend: vec![
            "Each wave waits until all applications of the waves before it are healthy.".into(),
            "→ an application that must be healthy before: dependsOn".into(),
        ],
        ..Picture::default()
    };
    let mut columns: BTreeMap<i32, Vec<Node>> = BTreeMap::new();
    for application in model.applications() {
        let node = node(application, &mut picture.lines);
        columns.entry(application.wave).or_default().push(node);
    }
    let column = |(wave, boxes)| Column { heading: format!("wave {wave}"), boxes };
    picture.columns = columns.into_iter().map(column).collect();
    picture
}

fn node(application: &Application, lines: &mut Vec<Connector>) -> Node {
    let (code, namespace) = (&application.code, application.rendered_for());
    let mut rows = Vec::new();
    for needed in &application.depends_on {
        rows.push(Row { text: format!("→ {needed}"), is_open: false, line: Some(lines.len()) });
        lines.push(Connector {
            from: code.to_string(),
            to: needed.to_string(),
            hint: format!("{code} waits for {needed}"),
            dashed: false,
            is_host: false,
        });
    }
    if namespace != code.as_str() {
        rows.push(Row { text: format!("in {namespace}"), is_open: false, line: None });
    }
    Node {
        id: code.to_string(),
        title: code.to_string(),
        hint: format!("{code} in {namespace}, wave {}", application.wave),
        style: Style::Entry,
        rows,
    }
}
