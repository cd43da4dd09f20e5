import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput, NotFound, messageOf, present } from '@sluice/kernel';
import { parsePipeline, type Diagnostic, type Pipeline } from '@sluice/pipeline';
import type { Command } from 'commander';
import { globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { validateMarkdown } from '../markdown/validate-markdown.js';
import { paint, writeJson } from '../terminal.js';
import type { OutputFormat } from '../terminal.js';
import { checkTargets, type TargetCheck } from './check-targets.js';

const MAX_BYTES = 1_048_576;

interface Options {
  readonly strict?: boolean;
}

/** A file with everything that there is to say about it. */
interface Validated {
  readonly path: string;
  readonly pipeline?: Pipeline;
  /** In the order of the text. */
  readonly findings: readonly Diagnostic[];
  readonly targets: TargetCheck;
}

export function validateCommand(program: Command, context: Context): void {
  program
    .command('validate')
    .description('check a pipeline file; findings have line and column. Where a server is known, it is asked whether it has a way to whom the file says to notify')
    .argument('[file]', 'the file, or a folder that has it', 'sluice.yaml')
    .option('--strict', 'fail on warnings too, and where the server could not be asked')
    .action(async (file: string, { strict = false }: Options, command: Command) => {
      const globals = globalOptions(command);
      const { path, text } = await read(file);
      const { pipeline, diagnostics } = parsePipeline(text);
      const targets = await checkTargets(context, globals, text);
      const warnings = targets.kind === 'checked' ? targets.warnings : [];
      const findings = [...diagnostics, ...warnings].sort((a, b) => a.line - b.line || a.column - b.column);
      const validated: Validated = { path, ...present({ pipeline }), findings, targets };
      write(context, globals.output, validated);
      refuse(validated, strict);
      if (globals.output === 'table') context.terminal.out(`${path} is valid: ${aboutPipeline(pipeline)}`);
    });
}

function write({ terminal }: Context, output: OutputFormat, { path, pipeline, findings, targets }: Validated): void {
  const unchecked = targets.kind === 'unchecked' ? targets.why.message : undefined;
  if (output === 'json') return writeJson(terminal, { file: path, valid: countOf(findings, 'error') === 0, diagnostics: findings, ...present({ server: serverOf(targets) }) });
  if (output === 'markdown') return terminal.out(validateMarkdown(path, findings, aboutPipeline(pipeline), unchecked));
  for (const finding of findings) terminal.err(`${path}:${finding.line}:${finding.column}: ${paint(terminal, finding.severity === 'error' ? 'red' : 'yellow', finding.severity)}: ${finding.message}`);
  if (unchecked !== undefined) terminal.err(`${path}: ${paint(terminal, 'yellow', 'not checked against a server')}: ${unchecked}`);
}

/** @throws InvalidInput for what counts; what kept the server from answering */
function refuse({ path, findings, targets }: Validated, strict: boolean): void {
  const errors = countOf(findings, 'error');
  if (errors > 0) throw new InvalidInput(`${path} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
  if (!strict) return;
  if (findings.length > 0) throw new InvalidInput(`${path} has ${findings.length} ${findings.length === 1 ? 'warning' : 'warnings'}`);
  if (targets.kind === 'unchecked') throw targets.why;
}

function serverOf(targets: TargetCheck): { readonly checked: boolean; readonly url?: string; readonly why?: string } | undefined {
  if (targets.kind === 'nothing') return undefined;
  return targets.kind === 'checked' ? { checked: true, url: targets.server } : { checked: false, why: targets.why.message };
}

function countOf(findings: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

function aboutPipeline(pipeline: Pipeline | undefined): string {
  return pipeline ? `${pipeline.environments.map((environment) => environment.name).join(' → ')}; ${counted(pipeline.applications.length)}` : '';
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
