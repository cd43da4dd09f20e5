import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { printableLine } from '@sluice/kernel';
import { runProgram } from './run-program.js';

/** A program that renders, as it is installed here. */
export interface Program {
  readonly path: string;
  /** `kubectl kustomize v1.20.2`. */
  readonly name: string;
  readonly isKubectl: boolean;
}

const DEADLINE = 10_000;
const VERSION = /v\d+\.\d+\.\d+[\w.+-]*/;

/** `kustomize`, or the one in kubectl. */
export async function findKustomize(searchPath: string): Promise<Program | undefined> {
  return (await found(searchPath, 'kustomize', ['version'])) ?? (await found(searchPath, 'kubectl', ['version', '--client', '--output=json']));
}

export function findHelm(searchPath: string): Promise<Program | undefined> {
  return found(searchPath, 'helm', ['version', '--template', '{{.Version}}']);
}

async function found(searchPath: string, name: string, versionArgs: readonly string[]): Promise<Program | undefined> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    if (await access(path, constants.X_OK).then(() => true, () => false)) return { path, isKubectl: name === 'kubectl', name: `${name === 'kubectl' ? 'kubectl kustomize' : name} ${await versionOf(path, versionArgs)}`.trim() };
  }
  return undefined;
}

async function versionOf(program: string, args: readonly string[]): Promise<string> {
  const result = await runProgram({ program, args, folder: tmpdir(), deadline: DEADLINE, maxBytes: 65_536 });
  return printableLine(result.kind === 'ended' ? (VERSION.exec(result.stdout.toString('utf8'))?.[0] ?? '') : '', 60);
}
