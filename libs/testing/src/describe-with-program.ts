import { programOnPath } from './services.js';

/** A suite that runs a program of a Debian package. Where it is missing the tests say so loudly; with `CI` set that is a failure. */
export function describeWithProgram(program: string, title: string, suite: () => void): void {
  if (programOnPath(program) !== undefined) return describe(title, suite);
  const message = `NOT COVERED: "${title}", because ${program} is missing. Run the tests with SLUICE_SETUP=1 to install it.`;
  process.stderr.write(`\n${message}\n`);
  describe(title, () => {
    if (process.env['CI']) it(`runs where ${program} is`, () => Promise.reject(new Error(message)));
    else it.skip(`runs where ${program} is`, () => undefined);
  });
}
