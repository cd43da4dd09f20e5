// What jest wrote for each project (nx brings it back when a run comes from its cache), added up.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'test-results.json';

/** A result that is left from an earlier run must not count for this one. */
export function forgetResults(root, projects) {
  for (const { folder } of projects) rmSync(join(root, folder, FILE), { force: true });
}

/** @returns {{ project: string, passed: number, failed: number, skipped: number, failures: string[] }[]} */
export function readResults(root, projects) {
  return projects.map(({ name, folder }) => ({ project: name, ...readResult(join(root, folder, FILE)) }));
}

/** @returns {{ lines: string[], failed: number }} what to print at the end; a step that failed without a failing test counts as one failure */
export function summarise({ steps, results, missing }) {
  const passed = sum(results.map((result) => result.passed));
  const skipped = sum(results.map((result) => result.skipped));
  const inTests = sum(results.map((result) => result.failed));
  const brokenSteps = steps.filter(({ name, ok }) => !ok && !(name === 'test' && inTests > 0)).map(({ name }) => name);
  const failed = inTests + brokenSteps.length;
  const lines = [
    '',
    ...results.flatMap(({ project, failures }) => failures.map((failure) => `FAILED ${project}: ${failure}`)),
    ...brokenSteps.map((name) => `FAILED ${name}: see its output above`),
    ...(missing.length > 0 || skipped > 0 ? notCovered(missing, skipped) : []),
    `${passed} passed, ${failed} failed`,
  ];
  return { lines, failed };
}

function notCovered(missing, skipped) {
  const bar = '!'.repeat(72);
  return [
    bar,
    ...missing.map((service) => `NOT COVERED: ${service.for} (${service.program} is missing; Debian package ${service.package})`),
    ...(skipped > 0 ? [`NOT COVERED: ${skipped} skipped tests`] : []),
    ...(missing.length > 0 ? ['Run with SLUICE_SETUP=1 to install what is missing.'] : []),
    bar,
  ];
}

function readResult(path) {
  let result;
  try {
    result = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: ['its tests did not run to the end'] };
  }
  const suites = result.testResults ?? [];
  const broken = suites.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'));
  const failures = suites.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName));
  return {
    passed: result.numPassedTests,
    failed: failures.length + broken.length,
    skipped: result.numPendingTests + result.numTodoTests,
    failures: [...failures, ...broken.map(({ name, message }) => `${name.slice(name.lastIndexOf('/') + 1)}: ${firstLine(message)}`)],
  };
}

function firstLine(message) {
  return message.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('●'))[0] ?? 'the suite could not be run';
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
