import { printableLine } from '@sluice/kernel';
import type { CommandOutcome } from './process/run-command.js';

/** Of a report's 500 characters for one resource. */
const TAIL_CHARS = 350;
/** A shorter value would take half of a message with it. */
const LEAST_SECRET = 4;

/** Terraform's convention, which others share: https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode */
export type Verdict = 'nothing to do' | 'changes' | 'failed';

export function verdictOf({ outcome, exitCode }: CommandOutcome): Verdict {
  if (outcome !== 'exited') return 'failed';
  if (exitCode === 0) return 'nothing to do';
  return exitCode === 2 ? 'changes' : 'failed';
}

/** What is said of a command that did not do its work: how it ended, and the end of what it wrote, without the values that were passed to it. */
export function describeRun({ outcome, exitCode, signal, message, durationMs, output }: CommandOutcome, secrets: readonly string[]): string {
  const how = { exited: `ended with ${signal ?? `exit code ${exitCode ?? '?'}`}`, 'timed-out': `took longer than ${durationMs} ms and was ended`, 'not-started': message, lost: 'was ended with the agent' }[outcome];
  const said = endOf(output, secrets);
  return printableLine(said === '' ? how : `${how}: ${said}`, 480);
}

/** The end of what a command wrote, on one line, without the values that were passed to it. */
export function endOf(output: string, secrets: readonly string[]): string {
  return printableLine(masked(output, secrets).trim().slice(-TAIL_CHARS), TAIL_CHARS);
}

function masked(text: string, secrets: readonly string[]): string {
  // the longest first: one may be a part of another
  const values = secrets.filter((secret) => secret.length >= LEAST_SECRET).sort((a, b) => b.length - a.length);
  return values.reduce((left, value) => left.replaceAll(value, '***'), text);
}
