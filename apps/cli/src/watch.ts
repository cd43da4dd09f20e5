import { Unavailable, messageOf } from '@sluice/kernel';
import { Option } from 'commander';
import type { Context } from './context.js';
import { CLEAR, paint } from './terminal.js';

/** Milliseconds between two looks. */
const EVERY = 2_000;
/** Ages pass by themselves: where nobody sits in front of it, they are no news. */
const AGES = /\b\d+(?:ms|[smhd])\b/g;

export interface Watching {
  readonly watch?: true;
}

/** `--watch` of a command that shows how things are. */
export function watchOption(): Option {
  return new Option('-w, --watch', 'look again every two seconds until Ctrl-C; where the output is no terminal, it is written when it has changed');
}

/**
 * Shows something once, or with `--watch` for ever: on a terminal in place of what was there, elsewhere whenever it says something else. While the server is away it says so, and goes on.
 * @throws whatever else `show` throws
 */
export async function watched(context: Context, { watch }: Watching, show: (context: Context) => Promise<void>, every = EVERY): Promise<void> {
  if (watch !== true) return show(context);
  const { terminal } = context;
  let before: string | undefined;
  for (;;) {
    const shown = await looked(context, show);
    if (terminal.interactive) terminal.out(`${CLEAR}${paint(terminal, 'dim', `${new Date(terminal.now()).toISOString()}, every ${EVERY / 1_000} s until Ctrl-C`)}\n\n${shown}`);
    else if (shown.replace(AGES, '') !== before) terminal.out(shown);
    before = shown.replace(AGES, '');
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

async function looked(context: Context, show: (context: Context) => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const take = (text: string): void => void lines.push(text);
  try {
    await show({ ...context, terminal: { ...context.terminal, out: take, err: take } });
    return lines.join('\n');
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return `${paint(context.terminal, 'red', 'sluice:')} ${messageOf(error)}`;
  }
}
