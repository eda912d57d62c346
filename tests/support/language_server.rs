//! The language server of editors, as a client of the Language Server Protocol sees it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};

/// A running yaml-language-server with a folder of files.
pub(crate) struct LanguageServer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    requests: u64,
}

impl LanguageServer {
    /// Starts the server; `None` if `scripts/test` did not install it.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        let installed = PathBuf::from(std::env::var_os("WHARF_TEST_EDITOR")?);
        let program = installed.join("node_modules/yaml-language-server/bin/yaml-language-server");
        let mut child = Command::new("node")
            .arg(program)
            .arg("--stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed, since npm has installed the server");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let folder = folder.canonicalize().expect("a folder");
        let mut server = Self { child, input, output, folder, requests: 0 };
        server.initialize();
        Some(server)
    }

    fn initialize(&mut self) {
        let uri = self.uri("");
        let completion = json!({ "documentationFormat": ["markdown"], "snippetSupport": true });
        let capabilities = json!({
            "hover": { "contentFormat": ["markdown"] },
            "completion": { "completionItem": completion },
        });
        self.request(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": uri,
                "capabilities": { "textDocument": capabilities },
                "workspaceFolders": [{ "uri": uri, "name": "catalog" }],
            }),
        );
        self.notify("initialized", &json!({}));
    }

    /// Opens a file, and returns what the editor underlines in it.
    pub(crate) fn open(&mut self, name: &str, text: &str) -> Vec<String> {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        loop {
            let message = self.receive();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                let diagnostics = message["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
                return diagnostics.iter().map(|found| text_of(&found["message"])).collect();
            }
        }
    }

    /// The suggestions at a place of an open file, each with its meaning.
    pub(crate) fn complete(&mut self, name: &str, line: usize, column: usize) -> Vec<(String, String)> {
        let result = self.ask("textDocument/completion", name, line, column);
        let items = result.get("items").unwrap_or(&result).as_array().cloned().unwrap_or_default();
        items.iter().map(|item| (text_of(&item["label"]), text_of(&item["documentation"]))).collect()
    }

    /// What is shown for a place of an open file, in Markdown.
    pub(crate) fn hover(&mut self, name: &str, line: usize, column: usize) -> String {
        text_of(&self.ask("textDocument/hover", name, line, column)["contents"])
    }

    fn ask(&mut self, method: &str, name: &str, line: usize, column: usize) -> Json {
        let document = json!({ "uri": self.uri(name) });
        let position = json!({ "line": line, "character": column });
        self.request(method, &json!({ "textDocument": document, "position": position }))
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.join(name).display())
    }

    fn request(&mut self, method: &str, parameters: &Json) -> Json {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        loop {
            let mut message = self.receive();
            if message["id"] == id && message.get("method").is_none() {
                return message["result"].take();
            }
        }
    }

    fn notify(&mut self, method: &str, parameters: &Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    fn send(&mut self, message: &Json) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    /// The next message, after an answer to what the server asks.
    fn receive(&mut self) -> Json {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("a header") > 0, "the server has stopped");
            if let Some(number) = line.strip_prefix("Content-Length:") {
                length = number.trim().parse().expect("a length");
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("a message");
        let message: Json = serde_json::from_slice(&text).expect("JSON");
        if let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) {
            let answer = if method == "workspace/configuration" { settings(&message) } else { Json::Null };
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": answer }));
        }
        message
    }
}

impl Drop for LanguageServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The settings of a section each; the server must not load schemas from the internet.
fn settings(message: &Json) -> Json {
    let sections = message["params"]["items"].as_array().cloned().unwrap_or_default();
    let settings = json!({
        "validate": true, "hover": true, "completion": true,
        "schemaStore": { "enable": false }, "kubernetesCRDStore": { "enable": false },
    });
    let of = |section: &Json| if section["section"] == "yaml" { settings.clone() } else { json!({}) };
    sections.iter().map(of).collect()
}

/// A text, or the text of Markdown.
fn text_of(json: &Json) -> String {
    json.as_str().or(json["value"].as_str()).unwrap_or_default().to_owned()
}
