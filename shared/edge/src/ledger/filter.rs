//! The conditions of lists, and the two statements of which each list consists: a page of it, newest
//! first, and how many rows there are in all. Values are parameters; only fixed text reaches a
//! statement.

use proof_domain::page::PageRequest;
use proof_domain::tenant::Owner;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Statement;

/// The answer to a count.
#[derive(Deserialize)]
pub(super) struct Count {
    pub(super) total: u64,
}

/// What rows have to be like.
pub(super) struct Filter {
    /// Before the name of each column, where a statement names several tables: `d.`.
    table: &'static str,
    conditions: Vec<String>,
    pub(super) parameters: Vec<Value>,
}

impl Filter {
    /// Rows of this owner.
    pub(super) fn of(table: &'static str, owner: &Owner) -> Self {
        let mut filter = Self {
            table,
            conditions: Vec::new(),
            parameters: Vec::new(),
        };
        filter.add("organisation_id =", Some(json!(owner.organisation)));
        filter.add("environment =", Some(json!(owner.environment)));
        filter
    }

    /// And of which this holds, if a value is given.
    pub(super) fn add(&mut self, condition: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.parameters.push(value);
            let number = self.parameters.len();
            let table = self.table;
            self.conditions
                .push(format!("{table}{condition} ?{number}"));
        }
    }

    pub(super) fn conditions(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// A page of the rows.
    pub(super) fn page(&self, columns: &str, from: &str, page: PageRequest) -> Statement<'static> {
        let (table, conditions) = (self.table, self.conditions());
        let (limit, offset) = (self.parameters.len() + 1, self.parameters.len() + 2);
        let parameters = [
            &self.parameters[..],
            &[json!(page.limit), json!(page.offset())],
        ];
        Statement::of(
            format!(
                "SELECT {columns} FROM {from} WHERE {conditions}
                 ORDER BY {table}created_at DESC, {table}id LIMIT ?{limit} OFFSET ?{offset}"
            ),
            parameters.concat(),
        )
    }

    /// How many there are: `COUNT(*)`, or what a counter says.
    pub(super) fn total(&self, counting: &str, from: &str) -> Statement<'static> {
        let conditions = self.conditions();
        Statement::of(
            format!("SELECT {counting} AS total FROM {from} WHERE {conditions}"),
            self.parameters.clone(),
        )
    }
}
