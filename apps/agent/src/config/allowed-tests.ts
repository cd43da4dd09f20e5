import { readFileSync } from 'node:fs';
import { isName, messageOf } from '@sluice/kernel';
import type { AllowedTest } from '@sluice/sync';
import { z } from 'zod';
import { EXIT, Stop } from '../exit-code.js';

const name = z.string().refine(isName, 'a test is named by lower-case letters, digits and "-"');
const command = z.array(z.string().max(1_000)).min(1).max(50);
const list = z.record(name, command).refine((tests) => Object.keys(tests).length <= 50, 'at most 50 tests');

type List = z.output<typeof list>;

/** `{"smoke": ["./smoke.sh"]}`: names of tests with exactly the command that each may run. @returns undefined when it is not that. */
export function parseAllowedTests(text: string): readonly AllowedTest[] | undefined {
  const tests = listOf(text);
  return tests && Object.entries(tests).map(([test, argv]) => ({ name: test, command: argv }));
}

/** `smoke=./smoke.sh`, or `smoke=["./smoke.sh","--quick"]`, added to a list. @throws Stop for anything else. */
export function withAllowedTest(text: string, flag: string): string {
  const at = flag.indexOf('=');
  const [test, value] = [flag.slice(0, at), flag.slice(at + 1)];
  const argv = value.startsWith('[') ? jsonOf(value) : [value];
  const added = list.safeParse({ ...(jsonOf(text) as object), [test]: argv });
  if (at < 1 || value === '' || !added.success) throw new Stop(EXIT.settings, `--allow-test ${JSON.stringify(flag.slice(0, 200))}: write name=program, or name=["program","argument"]`);
  return JSON.stringify(added.data);
}

/** The environment with the tests of the file that it names under those that it lists itself. @throws Stop when the file is not one. */
export function withTestsFile(environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const { SLUICE_ALLOWED_TESTS_FILE: file, SLUICE_ALLOWED_TESTS: text = '{}', ...rest } = environment;
  if (file === undefined) return { ...environment };
  const [own, here] = [readList(file), listOf(text)];
  return { ...rest, SLUICE_ALLOWED_TESTS: here ? JSON.stringify({ ...own, ...here }) : text };
}

function readList(file: string): List {
  try {
    return list.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Stop(EXIT.settings, `The file of allowed tests (SLUICE_ALLOWED_TESTS_FILE=${file}) is to hold {"name": ["program", "argument"]}: ${messageOf(error)}`, error);
  }
}

function listOf(text: string): List | undefined {
  const parsed = list.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
