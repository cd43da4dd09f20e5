#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { messageOf } from '@sluice/kernel';
import { CommanderError } from 'commander';
import { exitCodeOf } from './exit-code.js';
import { createProgram, usageExitCode } from './program.js';
import { paint, processTerminal } from './terminal.js';

// whoever reads our output (`| head`) may have enough of it
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
// whoever reads only what it says of errors and progress may have enough of that: the command goes on, and ends as it ends
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const terminal = processTerminal();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

try {
  await createProgram({ terminal, environment: process.env, folder: process.cwd() }, version).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = usageExitCode(error.exitCode);
  } else {
    terminal.err(`${paint({ interactive: process.stderr.isTTY === true }, 'red', 'sluice:')} ${messageOf(error)}`);
    process.exitCode = exitCodeOf(error);
  }
}
