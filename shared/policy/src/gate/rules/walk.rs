//! What an expression speaks of, and how much work it may be.

use std::collections::BTreeSet;

use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr},
};

/// What an expression speaks of, and how much work it may be.
#[derive(Debug, Clone, Default)]
pub(super) struct Walk {
    free: BTreeSet<String>,
    /// Lists that are gone through within each other.
    pub depth: u32,
    nodes: u64,
}

// === impl Walk ===

impl Walk {
    pub fn of(expression: &IdedExpr) -> Self {
        let mut walk = Self::default();
        walk.visit(&expression.expr, &mut Vec::new(), 0);
        walk
    }

    /// The first name that is none of these.
    pub fn first_beyond(&self, known: &[&str]) -> Option<&str> {
        let mut names = self.free.iter().map(String::as_str);
        names.find(|name| !known.contains(name))
    }

    /// The most steps that it can take where no list has more than so many items.
    pub fn steps(&self, items: usize) -> u64 {
        let items = u64::try_from(items).unwrap_or(u64::MAX).max(1);
        self.nodes.saturating_mul(items.saturating_pow(self.depth))
    }

    fn visit<'e>(&mut self, expression: &'e Expr, bound: &mut Vec<&'e str>, depth: u32) {
        self.nodes += 1;
        self.depth = self.depth.max(depth);
        match expression {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => {
                if !bound.contains(&name.as_str()) {
                    self.free.insert(name.clone());
                }
            }
            Expr::Select(select) => self.visit(&select.operand.expr, bound, depth),
            Expr::Call(call) => {
                let target = call.target.iter().map(|it| &it.expr);
                let parts = target.chain(call.args.iter().map(|it| &it.expr));
                parts.for_each(|part| self.visit(part, bound, depth));
            }
            Expr::List(list) => {
                let items = list.elements.iter();
                items.for_each(|item| self.visit(&item.expr, bound, depth));
            }
            Expr::Map(map) => self.entries(map.entries.iter().map(|it| &it.expr), bound, depth),
            Expr::Struct(made) => {
                self.entries(made.entries.iter().map(|it| &it.expr), bound, depth);
            }
            Expr::Comprehension(of) => {
                self.visit(&of.iter_range.expr, bound, depth);
                self.visit(&of.accu_init.expr, bound, depth);
                let before = bound.len();
                bound.push(&of.iter_var);
                bound.extend(of.iter_var2.as_deref());
                bound.push(&of.accu_var);
                self.visit(&of.loop_cond.expr, bound, depth + 1);
                self.visit(&of.loop_step.expr, bound, depth + 1);
                self.visit(&of.result.expr, bound, depth + 1);
                bound.truncate(before);
            }
        }
    }

    fn entries<'e>(
        &mut self,
        entries: impl Iterator<Item = &'e EntryExpr>,
        bound: &mut Vec<&'e str>,
        depth: u32,
    ) {
        for entry in entries {
            match entry {
                EntryExpr::StructField(field) => self.visit(&field.value.expr, bound, depth),
                EntryExpr::MapEntry(entry) => {
                    self.visit(&entry.key.expr, bound, depth);
                    self.visit(&entry.value.expr, bound, depth);
                }
            }
        }
    }
}
