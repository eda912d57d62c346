//! From minijinja's tree to a program. Unsupported constructs are refused here, before anything is evaluated.

use std::ops::Range;

use minijinja::machinery::ast::{BinOpKind, CallArg, CompareOpKind, Expr, Stmt, UnaryOpKind};
use minijinja::machinery::{Span, parse};
use minijinja::value::ValueKind;

use super::fault::{Fault, Problem};
use super::filter::{self, Filter};
use super::operator::{Binary, Comparison};
use super::predicate::{self, Predicate};
use super::program::{Arguments, Expression, For, LoopField, Node, Program, Statement, Target};
use super::size;
use super::value::Value;

/// How deep blocks may be nested.
const MAX_BLOCKS: usize = 20;

/// How deep operators, calls and brackets may be nested.
const MAX_OPERATORS: usize = 60;

type Parsed<T> = Result<T, Fault>;

pub(super) fn program(text: &str) -> Parsed<Program> {
    size::check(text)?;
    let tree = parse(text, "", minijinja::syntax::SyntaxConfig::default())
        .map_err(|error| syntax(&error, text.len()))?;
    let breaks = text.match_indices('\n').map(|(at, _)| at).collect();
    let Stmt::Template(template) = tree else { return Ok(Program::default()) };
    Ok(Program { body: Parser { text, breaks }.body(&template.children, 0)? })
}

fn syntax(error: &minijinja::Error, length: usize) -> Fault {
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let Range { start, end } = error.range().unwrap_or_default();
    // What is missing at the end is reported at the end.
    Problem::Syntax(message).at(start.min(length)..end.max(start).min(length))
}

struct Parser<'t> {
    text: &'t str,
    /// Where its lines end.
    breaks: Vec<usize>,
}

impl Parser<'_> {
    fn body(&self, statements: &[Stmt<'_>], depth: usize) -> Parsed<Vec<Statement>> {
        let mut body = Vec::with_capacity(statements.len());
        for statement in statements {
            body.push(self.statement(statement, depth + 1)?);
        }
        Ok(body)
    }

    fn statement(&self, statement: &Stmt<'_>, depth: usize) -> Parsed<Statement> {
        Ok(match statement {
            Stmt::EmitRaw(raw) => {
                // The span still contains the whitespace that a tag removed.
                let start = raw.raw.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
                Statement::Raw { text: raw.raw.into(), line: self.line(start) }
            }
            Stmt::EmitExpr(emit) => {
                let value = node(&emit.expr, 0)?;
                Statement::Emit { line: self.line(value.start as usize), value }
            }
            _ if depth > MAX_BLOCKS => {
                return Err(Problem::TooLong("blocks are nested more than 20 levels deep")
                    .at(head(span_of(statement))));
            }
            Stmt::IfCond(condition) => Statement::If {
                condition: node(&condition.expr, 0)?,
                yes: self.body(&condition.true_body, depth)?,
                no: self.otherwise(&condition.false_body, depth)?,
            },
            Stmt::ForLoop(repeated) if !repeated.recursive => Statement::For(Box::new(For {
                target: target(&repeated.target)?,
                list: node(&repeated.iter, 0)?,
                filter: repeated.filter_expr.as_ref().map(|filter| node(filter, 0)).transpose()?,
                body: self.body(&repeated.body, depth)?,
                otherwise: self.body(&repeated.else_body, depth)?,
            })),
            Stmt::Set(set) => Statement::Set { target: target(&set.target)?, value: node(&set.expr, 0)? },
            Stmt::WithBlock(with) => Statement::With {
                assignments: with
                    .assignments
                    .iter()
                    .map(|(name, value)| Ok((target(name)?, node(value, 0)?)))
                    .collect::<Parsed<_>>()?,
                body: self.body(&with.body, depth)?,
            },
            _ => return Err(refused(statement)),
        })
    }

    /// An `elif` is in the `else` of its `if` in the tree, but does not count as a level.
    fn otherwise(&self, statements: &[Stmt<'_>], depth: usize) -> Parsed<Vec<Statement>> {
        match statements {
            [elif @ Stmt::IfCond(_)] => Ok(vec![self.statement(elif, depth)?]),
            _ => self.body(statements, depth),
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.breaks.partition_point(|at| *at < offset)
    }
}

fn span_of(statement: &Stmt<'_>) -> Span {
    match statement {
        Stmt::Template(it) => it.span(),
        Stmt::EmitExpr(it) => it.span(),
        Stmt::EmitRaw(it) => it.span(),
        Stmt::ForLoop(it) => it.span(),
        Stmt::IfCond(it) => it.span(),
        Stmt::WithBlock(it) => it.span(),
        Stmt::Set(it) => it.span(),
        Stmt::SetBlock(it) => it.span(),
        Stmt::AutoEscape(it) => it.span(),
        Stmt::FilterBlock(it) => it.span(),
        Stmt::Do(it) => it.span(),
        // In a build of minijinja with additional features.
        #[allow(
            unreachable_patterns,
            reason = "the variants depend on features, which other crates of a build may add"
        )]
        _ => Span::default(),
    }
}

/// An unsupported statement.
fn refused(statement: &Stmt<'_>) -> Fault {
    let what = match statement {
        Stmt::ForLoop(_) => "a recursive loop",
        Stmt::SetBlock(_) => "a `set` without `=`",
        Stmt::AutoEscape(_) => {
            return Problem::Refused("values are always escaped".to_owned())
                .at(word(span_of(statement), "autoescape".len()));
        }
        Stmt::FilterBlock(_) => "`filter` around a block",
        Stmt::Do(_) => "`do`",
        _ => "this statement",
    };
    Problem::Refused(format!("templates do not support {what}; they support `if`, `for`, `set` and `with`"))
        .at(head(span_of(statement)))
}

/// The first bytes of a statement: its keyword.
fn head(span: Span) -> Range<usize> {
    word(span, 3)
}

fn word(span: Span, length: usize) -> Range<usize> {
    let Range { start, end } = size::range(span);
    start..end.min(start + length)
}

fn target(expression: &Expr<'_>) -> Parsed<Target> {
    let name = |expression: &Expr<'_>| match expression {
        Expr::Var(name) => Ok(Box::from(name.id)),
        _ => Err(Problem::Refused("only a name can be assigned a value".to_owned())
            .at(size::range(expression.span()))),
    };
    match expression {
        Expr::List(list) => list.items.iter().map(name).collect::<Parsed<_>>().map(Target::Names),
        _ => name(expression).map(Target::Name),
    }
}

fn node(expression: &Expr<'_>, depth: usize) -> Parsed<Node> {
    let span = size::range(expression.span());
    if depth > MAX_OPERATORS {
        return Err(Problem::TooLong("operators are nested more than 60 levels deep").at(span));
    }
    let at = |problem: Problem| problem.at(span.clone());
    let boxed = |expression: &Expr<'_>| node(expression, depth + 1).map(Box::new);
    let pair =
        |one: &Expr<'_>, other: &Expr<'_>| Ok(Box::new((node(one, depth + 1)?, node(other, depth + 1)?)));
    let optional = |expression: &Option<Expr<'_>>| {
        expression.as_ref().map(|expression| node(expression, depth + 1)).transpose()
    };
    let expression = match expression {
        Expr::Const(constant) => Expression::Constant(value(&constant.value).map_err(at)?),
        Expr::Var(name) if name.id == "loop" => {
            return Err(at(Problem::Refused(
                "`loop` can only be used with a field: `loop.index`".to_owned(),
            )));
        }
        Expr::Var(name) => Expression::Name(name.id.into()),
        Expr::GetAttr(get) => match &get.expr {
            Expr::Var(name) if name.id == "loop" => Expression::Loop(LoopField::named(get.name).map_err(at)?),
            whole => {
                let name = Node { start: 0, end: 0, expression: Expression::Constant(Value::text(get.name)) };
                Expression::Item(Box::new((node(whole, depth + 1)?, name)))
            }
        },
        Expr::GetItem(get) => Expression::Item(pair(&get.expr, &get.subscript_expr)?),
        Expr::Slice(slice) if slice.step.is_none() => Expression::Slice(Box::new((
            node(&slice.expr, depth + 1)?,
            optional(&slice.start)?,
            optional(&slice.stop)?,
        ))),
        Expr::Slice(_) => {
            return Err(at(Problem::Refused("slices with a step are not supported".to_owned())));
        }
        Expr::UnaryOp(unary) => match unary.op {
            UnaryOpKind::Not => Expression::Not(boxed(&unary.expr)?),
            UnaryOpKind::Neg => Expression::Negate(boxed(&unary.expr)?),
        },
        Expr::BinOp(binary) => match operator(binary.op) {
            Operator::And => Expression::And(pair(&binary.left, &binary.right)?),
            Operator::Or => Expression::Or(pair(&binary.left, &binary.right)?),
            Operator::Binary(operator) => Expression::Binary(operator, pair(&binary.left, &binary.right)?),
            Operator::Comparison(comparison) => {
                Expression::Compare(boxed(&binary.left)?, vec![(comparison, node(&binary.right, depth + 1)?)])
            }
        },
        Expr::Compare(compare) => {
            let rest = compare.ops.iter().map(|op| Ok((comparison(op.op), node(&op.expr, depth + 1)?)));
            Expression::Compare(boxed(&compare.expr)?, rest.collect::<Parsed<_>>()?)
        }
        Expr::IfExpr(choice) => Expression::Choice {
            condition: boxed(&choice.test_expr)?,
            yes: boxed(&choice.true_expr)?,
            no: optional(&choice.false_expr)?.map(Box::new),
        },
        Expr::Filter(filter) => {
            let Some(known) = Filter::named(filter.name) else {
                return Err(at(unknown("filter", filter.name, &filter::NAMES)));
            };
            let Some(value) = &filter.expr else {
                return Err(at(Problem::Refused("a filter needs a value".to_owned())));
            };
            Expression::Filter(known, boxed(value)?, arguments(&filter.args, depth)?)
        }
        Expr::Test(test) => {
            let Some(known) = Predicate::named(test.name) else {
                return Err(at(unknown("test", test.name, &predicate::NAMES)));
            };
            let mut given = arguments(&test.args, depth)?;
            if given.positional.len() != usize::from(known.has_argument()) || !given.named.is_empty() {
                let wanted = if known.has_argument() { "takes one argument" } else { "takes no argument" };
                return Err(at(Problem::Refused(format!("the test `{}` {wanted}", test.name))));
            }
            Expression::Test(known, boxed(&test.expr)?, given.positional.pop().map(Box::new))
        }
        Expr::Call(call) => match (&call.expr, arguments(&call.args, depth)?) {
            (Expr::Var(name), given) if name.id == "range" && given.named.is_empty() => {
                Expression::Range(given.positional)
            }
            _ => return Err(at(Problem::Refused("the only function of templates is `range`".to_owned()))),
        },
        Expr::List(list) => {
            Expression::List(list.items.iter().map(|item| node(item, depth + 1)).collect::<Parsed<_>>()?)
        }
        Expr::Tuple(tuple) => {
            Expression::List(tuple.items.iter().map(|item| node(item, depth + 1)).collect::<Parsed<_>>()?)
        }
        Expr::Map(map) => {
            let pairs = map.keys.iter().zip(&map.values);
            Expression::Map(
                pairs
                    .map(|(key, value)| Ok((node(key, depth + 1)?, node(value, depth + 1)?)))
                    .collect::<Parsed<_>>()?,
            )
        }
    };
    let short = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Ok(Node { start: short(span.start), end: short(span.end), expression })
}

fn arguments(given: &[CallArg<'_>], depth: usize) -> Parsed<Arguments> {
    let mut arguments = Arguments::default();
    for argument in given {
        match argument {
            CallArg::Pos(value) => arguments.positional.push(node(value, depth + 1)?),
            CallArg::Kwarg(name, value) => arguments.named.push(((*name).into(), node(value, depth + 1)?)),
            CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                return Err(Problem::Refused("`*` and `**` arguments are not supported".to_owned())
                    .at(size::range(value.span())));
            }
        }
    }
    Ok(arguments)
}

fn unknown(what: &str, name: &str, known: &[&'static str]) -> Problem {
    let guess = crate::diagnostics::suggestion::did_you_mean(name, known.iter().copied());
    let help = guess.unwrap_or_else(|| {
        format!(
            "templates have {}",
            known
                .iter()
                .filter(|name| !name.contains('='))
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        )
    });
    Problem::Refused(format!(
        "there is no {what} `{}`; {help}",
        crate::diagnostics::suggestion::shorten(name)
    ))
}

enum Operator {
    And,
    Or,
    Binary(Binary),
    Comparison(Comparison),
}

fn operator(kind: BinOpKind) -> Operator {
    match kind {
        BinOpKind::ScAnd => Operator::And,
        BinOpKind::ScOr => Operator::Or,
        BinOpKind::Eq => Operator::Comparison(Comparison::Equal),
        BinOpKind::Ne => Operator::Comparison(Comparison::NotEqual),
        BinOpKind::Lt => Operator::Comparison(Comparison::Less),
        BinOpKind::Lte => Operator::Comparison(Comparison::LessOrEqual),
        BinOpKind::Gt => Operator::Comparison(Comparison::Greater),
        BinOpKind::Gte => Operator::Comparison(Comparison::GreaterOrEqual),
        BinOpKind::In => Operator::Comparison(Comparison::In),
        BinOpKind::Add => Operator::Binary(Binary::Add),
        BinOpKind::Sub => Operator::Binary(Binary::Subtract),
        BinOpKind::Mul => Operator::Binary(Binary::Multiply),
        BinOpKind::Div => Operator::Binary(Binary::Divide),
        BinOpKind::FloorDiv => Operator::Binary(Binary::FloorDivide),
        BinOpKind::Rem => Operator::Binary(Binary::Remainder),
        BinOpKind::Pow => Operator::Binary(Binary::Power),
        BinOpKind::Concat => Operator::Binary(Binary::Concat),
    }
}

fn comparison(kind: CompareOpKind) -> Comparison {
    match kind {
        CompareOpKind::Eq => Comparison::Equal,
        CompareOpKind::Ne => Comparison::NotEqual,
        CompareOpKind::Lt => Comparison::Less,
        CompareOpKind::Lte => Comparison::LessOrEqual,
        CompareOpKind::Gt => Comparison::Greater,
        CompareOpKind::Gte => Comparison::GreaterOrEqual,
        CompareOpKind::In => Comparison::In,
        CompareOpKind::NotIn => Comparison::NotIn,
    }
}

fn value(constant: &minijinja::Value) -> Result<Value, Problem> {
    match constant.kind() {
        ValueKind::None => Ok(Value::None),
        ValueKind::Bool => Ok(Value::Bool(constant.is_true())),
        ValueKind::String => Ok(Value::text(constant.as_str().unwrap_or_default())),
        ValueKind::Number => {
            number(constant).ok_or_else(|| Problem::Refused("this number is too large".to_owned()))
        }
        _ => Err(Problem::Refused("this is not a constant".to_owned())),
    }
}

fn number(constant: &minijinja::Value) -> Option<Value> {
    if constant.is_integer() {
        return constant.as_i64().map(Value::Int);
    }
    f64::try_from(constant.clone()).ok().filter(|number| number.is_finite()).map(Value::Float)
}
