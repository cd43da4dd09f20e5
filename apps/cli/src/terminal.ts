import { formatDuration, printable } from '@sluice/kernel';
import Table from 'cli-table3';
import colors from 'picocolors';

export type OutputFormat = 'table' | 'json' | 'markdown';

/** Where a command writes; tests give their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Colours and progress only for people. */
  readonly interactive: boolean;
  readonly now: () => number;
}

export function processTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(`${withoutOrders(text)}\n`),
    err: (text) => process.stderr.write(`${withoutOrders(text)}\n`),
    interactive: process.stdout.isTTY === true,
    now: Date.now,
  };
}

/** Empties the terminal. */
export const CLEAR = '\u001b[H\u001b[2J\u001b[3J';
// all that gives a terminal orders but line breaks, tabs and the colours that we paint with
const ORDERS = /\u001b(?!\[\d{1,3}m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

/** What somebody else has written (a path, a message, a commit's subject) gives the terminal no orders. Written as JSON has it, so that a machine reads the same as before. */
export function withoutOrders(text: string): string {
  const ours = text.startsWith(CLEAR) ? CLEAR : '';
  return ours + text.slice(ours.length).replace(ORDERS, (order) => `\\u${order.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The machine's form: what the server answered, nothing else on standard output. */
export function writeJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value, null, 2));
}

/** A plain table without lines; cells from the server lose their control characters. */
export function writeTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: head.map((title) => paint(terminal, 'dim', title)),
    chars: Object.fromEntries(['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((name) => [name, ''])),
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
  });
  table.options.chars.middle = '';
  table.push(...rows.map((row) => row.map((cell) => printableCell(cell))));
  terminal.out(table.toString().replace(/[ \t]+$/gm, ''));
}

type Paint = 'dim' | 'green' | 'yellow' | 'red' | 'bold';

export function paint(terminal: Pick<Terminal, 'interactive'>, how: Paint, text: string): string {
  return terminal.interactive ? colors[how](text) : text;
}

/** Age of a time of the server's: `5m`. */
export function age(terminal: Terminal, time: string | undefined): string {
  return time === undefined ? '' : formatDuration(terminal.now() - Date.parse(time));
}

export function short(commit: string | undefined): string {
  return commit?.slice(0, 10) ?? '';
}

// Colour codes are ours and stay; everything else that is not printable goes.
function printableCell(cell: string): string {
  return cell
    .split(/(\u001b\[\d+m)/)
    .map((part) => (/^\u001b\[\d+m$/.test(part) ? part : printable(part, 400)))
    .join('');
}
