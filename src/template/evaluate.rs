//! The evaluation of a program: each node pays for itself, so that no template takes more time or memory than
//! its budget.

use super::argument::Arguments;
use super::budget::Budget;
use super::fault::{Fault, Problem};
use super::output::{Output, Rendered, Style};
use super::program::{self, Expression, For, Node, Statement};
use super::scope::{Position, Scope};
use super::value::Value;

type Evaluated<T> = Result<T, Fault>;

pub(super) fn render(
    body: &[Statement],
    words: &[(&str, Value)],
    style: Style,
    budget: &mut Budget,
) -> Evaluated<Rendered> {
    let mut evaluator = Evaluator { scope: Scope::new(words), output: Output::new(style, budget) };
    evaluator.all(body)?;
    Ok(evaluator.output.finish())
}

struct Evaluator<'p, 'b> {
    scope: Scope<'p>,
    output: Output<'b>,
}

impl<'p> Evaluator<'p, '_> {
    fn budget(&mut self) -> &mut Budget {
        self.output.budget
    }

    /// A block, which is the scope of the names that it sets.
    fn block(&mut self, body: &'p [Statement]) -> Evaluated<()> {
        let depth = self.scope.depth();
        let result = self.all(body);
        self.scope.leave(depth);
        result
    }

    fn all(&mut self, body: &'p [Statement]) -> Evaluated<()> {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &'p Statement) -> Evaluated<()> {
        match statement {
            // This can only fail because of the budget, whose finding has no location.
            Statement::Raw { text, line } => self.output.raw(text, *line).map_err(|problem| problem.at(0..0)),
            Statement::Emit { value, line } => {
                let result = self.emitted(value)?;
                self.output.value(&result, *line).map_err(|problem| problem.at(value.span()))
            }
            Statement::If { condition, yes, no } => {
                let branch = if self.defined(condition)?.is_true() { yes } else { no };
                self.block(branch)
            }
            Statement::For(repeated) => self.repeat(repeated),
            Statement::Set { target, value } => {
                let result = self.defined(value)?;
                self.scope
                    .assign(target, result, self.output.budget)
                    .map_err(|problem| problem.at(value.span()))
            }
            Statement::With { assignments, body } => {
                let depth = self.scope.depth();
                let result = self.with(assignments, body);
                self.scope.leave(depth);
                result
            }
        }
    }

    /// The output of a value, which is JSON already, so that `tojson` at the end changes nothing.
    fn emitted(&mut self, node: &'p Node) -> Evaluated<Value> {
        match &node.expression {
            Expression::Filter(filter, value, arguments)
                if filter.is_json() && arguments.positional.is_empty() && arguments.named.is_empty() =>
            {
                self.defined(value)
            }
            _ => self.defined(node),
        }
    }

    fn with(&mut self, assignments: &'p [(program::Target, Node)], body: &'p [Statement]) -> Evaluated<()> {
        for (target, node) in assignments {
            let value = self.defined(node)?;
            self.scope
                .assign(target, value, self.output.budget)
                .map_err(|problem| problem.at(node.span()))?;
        }
        self.all(body)
    }

    fn repeat(&mut self, repeated: &'p For) -> Evaluated<()> {
        let items = self.items(repeated)?;
        if items.is_empty() {
            return self.block(&repeated.otherwise);
        }
        let (depth, length) = (self.scope.depth(), items.len());
        self.scope.enter_loop();
        for (index, item) in items.into_iter().enumerate() {
            self.scope.turn(Position { index, length });
            self.scope
                .assign(&repeated.target, item, self.output.budget)
                .map_err(|problem| problem.at(repeated.list.span()))?;
            self.all(&repeated.body)?;
            self.scope.leave(depth);
        }
        self.scope.leave_loop();
        Ok(())
    }

    /// The items of a loop that match its condition.
    fn items(&mut self, repeated: &'p For) -> Evaluated<Vec<Value>> {
        let span = || repeated.list.span();
        let items = match self.defined(&repeated.list)? {
            Value::List(list) => list.items.clone(),
            Value::Map(map) => map.pairs.iter().map(|(key, _)| Value::Text(key.clone())).collect(),
            other => return Err(Problem::operation(format!("{} is not a list", other.kind())).at(span())),
        };
        self.budget().items(items.len()).map_err(|problem| problem.at(span()))?;
        let Some(filter) = &repeated.filter else { return Ok(items) };
        let depth = self.scope.depth();
        let mut kept = Vec::new();
        for item in items {
            self.scope
                .assign(&repeated.target, item.clone(), self.output.budget)
                .map_err(|problem| problem.at(span()))?;
            if self.defined(filter)?.is_true() {
                kept.push(item);
            }
            self.scope.leave(depth);
        }
        Ok(kept)
    }

    /// The value of a node that must not be undefined.
    fn defined(&mut self, node: &'p Node) -> Evaluated<Value> {
        match self.value(node)? {
            Value::Undefined => Err(Problem::Undefined.at(node.span())),
            value => Ok(value),
        }
    }

    fn value(&mut self, node: &'p Node) -> Evaluated<Value> {
        self.budget().step().map_err(|problem| problem.at(node.span()))?;
        let result = match &node.expression {
            Expression::Constant(value) => Ok(value.clone()),
            Expression::Name(name) => self.scope.get(name, self.output.budget),
            Expression::Loop(field) => Ok(self.scope.position(*field)),
            Expression::Not(operand) => Ok(Value::Bool(!self.defined(operand)?.is_true())),
            Expression::Negate(operand) => negate(&self.defined(operand)?),
            Expression::And(operands) => {
                let left = self.defined(&operands.0)?;
                return if left.is_true() { self.defined(&operands.1) } else { Ok(left) };
            }
            Expression::Or(operands) => {
                let left = self.defined(&operands.0)?;
                return if left.is_true() { Ok(left) } else { self.defined(&operands.1) };
            }
            Expression::Binary(operator, operands) => {
                let (left, right) = (self.defined(&operands.0)?, self.defined(&operands.1)?);
                operator.apply(&left, &right, self.output.budget)
            }
            Expression::Choice { condition, yes, no } => {
                let branch = if self.defined(condition)?.is_true() { Some(yes) } else { no.as_ref() };
                return branch.map_or(Ok(Value::Undefined), |branch| self.value(branch));
            }
            Expression::Item(operands) => self.item(&operands.0, &operands.1)?,
            Expression::Slice(operands) => self.slice(operands)?,
            Expression::Compare(first, rest) => return self.compare(first, rest),
            Expression::Filter(filter, operand, arguments) => {
                let value =
                    if filter.takes_undefined() { self.value(operand)? } else { self.defined(operand)? };
                let arguments = self.arguments(arguments)?;
                filter.apply(&value, arguments, self.output.budget)
            }
            Expression::Test(test, operand, argument) => {
                let value =
                    if test.takes_undefined() { self.value(operand)? } else { self.defined(operand)? };
                let argument =
                    argument.as_ref().map_or(Ok(Value::Undefined), |argument| self.defined(argument))?;
                test.holds(&value, &argument, self.output.budget).map(Value::Bool)
            }
            Expression::Range(bounds) => range(&self.each(bounds)?, self.output.budget),
            Expression::List(items) => Value::list_of(self.each(items)?),
            Expression::Map(pairs) => self.map(pairs)?,
        };
        result.map_err(|problem| problem.at(node.span()))
    }

    fn each(&mut self, nodes: &'p [Node]) -> Evaluated<Vec<Value>> {
        nodes.iter().map(|node| self.defined(node)).collect()
    }

    fn arguments(&mut self, arguments: &'p program::Arguments) -> Evaluated<Arguments> {
        let positional = self.each(&arguments.positional)?;
        let named = arguments.named.iter().map(|(name, node)| Ok((name.clone(), self.defined(node)?)));
        Ok(Arguments::new(positional, named.collect::<Evaluated<_>>()?))
    }

    fn map(&mut self, pairs: &'p [(Node, Node)]) -> Evaluated<Result<Value, Problem>> {
        let mut made = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let Value::Text(text) = self.defined(key)? else {
                return Err(Problem::operation("a key must be text").at(key.span()));
            };
            made.push((text, self.defined(value)?));
        }
        Ok(Value::map_of(made))
    }

    fn compare(
        &mut self,
        first: &'p Node,
        rest: &'p [(super::operator::Comparison, Node)],
    ) -> Evaluated<Value> {
        let mut left = self.defined(first)?;
        for (comparison, node) in rest {
            let right = self.defined(node)?;
            let holds = comparison
                .holds(&left, &right, self.output.budget)
                .map_err(|problem| problem.at(first.start as usize..node.end as usize))?;
            if !holds {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    /// The value at a key or an index; `None` if there is none.
    fn item(&mut self, whole: &'p Node, key: &'p Node) -> Evaluated<Result<Value, Problem>> {
        let (whole, key) = (self.defined(whole)?, self.defined(key)?);
        Ok(match (&whole, &key) {
            (Value::Map(map), Value::Text(key)) => {
                map.get(key, self.output.budget).map(|found| found.cloned().unwrap_or_default())
            }
            (Value::List(list), Value::Int(index)) => {
                let at = position(*index, list.items.len());
                Ok(at.and_then(|at| list.items.get(at)).cloned().unwrap_or_default())
            }
            (Value::Text(text), Value::Int(index)) => self.budget().text(text.len()).map(|()| {
                let at = position(*index, text.chars().count());
                at.and_then(|at| text.chars().nth(at))
                    .map_or(Value::Undefined, |char| Value::text(&char.to_string()))
            }),
            _ => Ok(Value::Undefined),
        })
    }

    fn slice(
        &mut self,
        operands: &'p (Node, Option<Node>, Option<Node>),
    ) -> Evaluated<Result<Value, Problem>> {
        let whole = self.defined(&operands.0)?;
        let start = self.bound(operands.1.as_ref())?;
        let stop = self.bound(operands.2.as_ref())?;
        Ok(match &whole {
            Value::List(list) => {
                let (start, stop) = clamp(start, stop, list.items.len());
                self.budget()
                    .items(stop - start)
                    .and_then(|()| Value::list_of(list.items[start..stop].to_vec()))
            }
            Value::Text(text) => self.budget().text(text.len()).map(|()| {
                let (start, stop) = clamp(start, stop, text.chars().count());
                Value::text(&text.chars().skip(start).take(stop - start).collect::<String>())
            }),
            other => Err(Problem::operation(format!("{} cannot be sliced", other.kind()))),
        })
    }

    fn bound(&mut self, node: Option<&'p Node>) -> Evaluated<Option<i64>> {
        let Some(node) = node else { return Ok(None) };
        match self.defined(node)? {
            Value::Int(number) => Ok(Some(number)),
            other => {
                Err(Problem::operation(format!("{} is not a whole number", other.kind())).at(node.span()))
            }
        }
    }
}

fn negate(value: &Value) -> Result<Value, Problem> {
    match value {
        Value::Int(number) => {
            number.checked_neg().map(Value::Int).ok_or_else(|| Problem::operation("the number is too large"))
        }
        Value::Float(number) => Ok(Value::Float(-number)),
        other => Err(Problem::operation(format!("{} is not a number", other.kind()))),
    }
}

/// An index that counts from the end if it is negative.
fn position(index: i64, length: usize) -> Option<usize> {
    if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

/// The bounds of a slice within a length.
fn clamp(start: Option<i64>, stop: Option<i64>, length: usize) -> (usize, usize) {
    let within = |index: i64| {
        if index < 0 {
            position(index, length).unwrap_or(0)
        } else {
            usize::try_from(index).unwrap_or(length).min(length)
        }
    };
    let (start, stop) = (start.map_or(0, within), stop.map_or(length, within));
    (start, stop.max(start))
}

/// `range(stop)`, `range(start, stop)` or `range(start, stop, step)`
fn range(bounds: &[Value], budget: &mut Budget) -> Result<Value, Problem> {
    let number = |value: &Value| match value {
        Value::Int(number) => Ok(*number),
        other => Err(Problem::operation(format!("{} is not a whole number", other.kind()))),
    };
    let bounds = bounds.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let (start, stop, step) = match bounds[..] {
        [stop] => (0, stop, 1),
        [start, stop] => (start, stop, 1),
        [start, stop, step] if step != 0 => (start, stop, step),
        _ => {
            return Err(Problem::operation(
                "`range` takes `stop`, `start, stop` or `start, stop, step`, where the step is not 0",
            ));
        }
    };
    let mut items = Vec::new();
    let mut next = Some(start);
    while let Some(number) = next.filter(|number| if step > 0 { *number < stop } else { *number > stop }) {
        budget.step()?;
        items.push(Value::Int(number));
        next = number.checked_add(step);
    }
    Value::list_of(items)
}
