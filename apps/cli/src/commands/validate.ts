import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput, NotFound, messageOf } from '@sluice/kernel';
import { parsePipeline } from '@sluice/pipeline';
import type { Command } from 'commander';
import { globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { validateMarkdown } from '../markdown/validate-markdown.js';
import { paint, writeJson } from '../terminal.js';

const MAX_BYTES = 1_048_576;

export function validateCommand(program: Command, context: Context): void {
  program
    .command('validate')
    .description('check a pipeline file; findings have line and column')
    .argument('[file]', 'the file, or a folder that has it', 'sluice.yaml')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { path, text } = await read(file);
      const { pipeline, diagnostics } = parsePipeline(text);
      const errors = diagnostics.filter((finding) => finding.severity === 'error').length;
      const { output } = globalOptions(command);
      const about = pipeline ? `${pipeline.environments.map((environment) => environment.name).join(' → ')}; ${counted(pipeline.applications.length)}` : '';
      if (output === 'json') writeJson(context.terminal, { file: path, valid: errors === 0, diagnostics });
      else if (output === 'markdown') context.terminal.out(validateMarkdown(path, diagnostics, about));
      else for (const finding of diagnostics) context.terminal.err(`${path}:${finding.line}:${finding.column}: ${paint(context.terminal, finding.severity === 'error' ? 'red' : 'yellow', finding.severity)}: ${finding.message}`);
      if (errors > 0) throw new InvalidInput(`${path} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
      if (output === 'table' && pipeline) context.terminal.out(`${path} is valid: ${about}`);
    });
}

async function read(file: string): Promise<{ path: string; text: string }> {
  const about = await stat(file).catch(() => undefined);
  if (!about) throw new NotFound(`there is no file ${file}`);
  const path = about.isDirectory() ? join(file, 'sluice.yaml') : file;
  if (!about.isDirectory() && about.size > MAX_BYTES) throw new InvalidInput(`${path} is larger than ${MAX_BYTES} bytes: that is no pipeline file`);
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new NotFound(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function counted(applications: number): string {
  return `${applications} ${applications === 1 ? 'application' : 'applications'}`;
}
