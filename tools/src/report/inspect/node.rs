//! A line of the tree, and what stands below it.

/// A line of the tree and the lines below it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) label: String,
    /// Shown one after the other, with commas.
    pub(crate) items: Vec<String>,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn new(label: impl Into<String>, items: Vec<String>) -> Self {
        Self { label: label.into(), items, children: Vec::new() }
    }

    pub(crate) fn with(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }
}
