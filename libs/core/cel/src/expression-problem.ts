import { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { printableLine } from '@sluice/kernel';
import { celEnvironment, type CelVariables } from './cel-environment.js';

/** Of one expression: far above what a condition needs, far below what takes long to read. */
const MAX_EXPRESSION = 4_000;

/** What is wrong, and where in the expression's text. */
export interface ExpressionProblem {
  readonly message: string;
  /** Count from 1; absent when the library does not say. */
  readonly line?: number;
  readonly column?: number;
}

/** Why a text is no CEL expression that gives true or false; undefined when it is one. Bounded in memory, but not in time: run text of strangers in the sandbox. */
export function expressionProblem(expression: string, variables: CelVariables): ExpressionProblem | undefined {
  if (expression.length > MAX_EXPRESSION) return { message: `must not be longer than ${MAX_EXPRESSION} characters` };
  const checked = celEnvironment(variables).check(expression);
  if (!checked.valid) return describeCelError(checked.error, expression);
  const type = String(checked.type);
  return type === 'bool' || type === 'dyn' ? undefined : { message: `gives ${type}, but must give true or false` };
}

/** An error of the library in one line. */
export function describeCelError(error: unknown, expression: string): ExpressionProblem {
  if (!isCelError(error)) return { message: printableLine(error instanceof Error ? error.message : String(error), 200) };
  const message = printableLine(error.summary ?? error.message, 200);
  const start = error.range?.start;
  return start === undefined ? { message } : { message, ...positionOf(expression, start) };
}

/** `at 2:14` in a text of several lines, `at character 14` in others. */
export function placeText({ line, column }: Pick<ExpressionProblem, 'line' | 'column'>): string {
  if (line === undefined || column === undefined) return '';
  return line === 1 ? ` at character ${column}` : ` at ${line}:${column}`;
}

function isCelError(error: unknown): error is ParseError | EvaluationError | CelTypeError {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError;
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
